"""What is in the store before the first build: a static busybox, under its fixed-output path."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from neve.errors import DefectError, NeveError
from neve.files import explained, write_atomic
from neve.nix.call import add_directory, missing
from neve.nix.nix import Nix
from neve.nix.store_path import directory_path, nar_sha256

if TYPE_CHECKING:
    from neve.tools import Toolbox

NAME = "neve-busybox"
_MACHINES = {"x86_64": 62, "aarch64": 183}  # e_machine of ELF
_APPLETS = re.compile(rb"\[\0\[\[\0(?:[a-z0-9_-]+\0)+(?=\0)")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Bootstrap(NamedTuple):
    """The busybox in the store: its path, and the SHA-256 of its NAR (hexadecimal), which fixes the path."""

    path: str
    nar_sha256: str


def bootstrap(nix: Nix, toolbox: Toolbox, *, busybox: Path | None = None) -> Bootstrap:
    """Put ``busybox`` (default: the toolbox's) into the store as ``bin/busybox`` with a link for each applet.

    It is added only where it is missing. Raises NeveError where the program is no busybox that runs here.
    """
    from neve.tools import BUSYBOX

    program = busybox or toolbox.embedded(BUSYBOX)
    with explained("read the busybox", program):
        content = hashlib.sha256(program.read_bytes()).hexdigest()
    record = toolbox.cache / "bootstrap" / content
    known = _recorded(record)
    if known is not None and not missing(nix, [known.path]):
        return known
    with _tree(program) as tree:
        digest = nar_sha256(tree)
        path = directory_path(NAME, digest)
        added = add_directory(nix, tree, NAME)
    if added != path:
        raise DefectError("Nix names the bootstrap path otherwise than neve", why=f"{added}, not {path}")
    write_atomic(record, f"{digest}\n")
    return Bootstrap(path, digest)


def bootstrap_path(busybox: Path) -> Bootstrap:
    """What :func:`bootstrap` gives for ``busybox``, without a Nix."""
    with _tree(busybox) as tree:
        digest = nar_sha256(tree)
    return Bootstrap(directory_path(NAME, digest), digest)


def _recorded(record: Path) -> Bootstrap | None:
    """What the busybox that ``record`` is named after was called last time: making the tree takes 80 ms."""
    try:
        digest = record.read_text().strip()
    except (OSError, ValueError):
        return None
    return Bootstrap(directory_path(NAME, digest), digest) if _DIGEST.fullmatch(digest) else None


@contextmanager
def _tree(busybox: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="neve-busybox-") as temporary:
        programs = Path(temporary, "tree/bin")
        programs.mkdir(parents=True)
        shutil.copyfile(busybox, programs / "busybox")
        (programs / "busybox").chmod(0o555)
        for applet in _applets(busybox):
            (programs / applet).symlink_to("busybox")
        yield programs.parent


def _applets(busybox: Path) -> list[str]:
    if (foreign := _foreign_applets(busybox.read_bytes())) is not None:
        return foreign
    try:
        listed = subprocess.run(
            [busybox, "--list"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            env=dict(os.environ),
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise NeveError(f"{busybox} is no busybox that runs here", why=str(error)) from error
    names = set(listed.stdout.decode().split()) - {"busybox"}
    if "sh" not in names or any("/" in name for name in names):
        raise NeveError(f"{busybox} is no busybox with a shell", why=f"it lists {len(names)} applets")
    return sorted(names)


def _foreign_applets(program: bytes) -> list[str] | None:
    """The applets of a busybox for another architecture, out of the sorted list of names that it looks them up in.

    None for a program of this machine's, which tells them itself. Raises NeveError where there is no such list.
    """
    machine = _MACHINES.get(os.uname().machine)
    if program[:4] != b"\x7fELF" or machine is None or int.from_bytes(program[18:20], "little") == machine:
        return None
    found = _APPLETS.search(program)
    names: list[str] = found[0].decode("ascii").rstrip("\0").split("\0") if found else []
    if "sh" not in names or names != sorted(names):
        raise NeveError("this busybox for another architecture does not tell its applets", why="it has no list of them")
    return sorted({*names} - {"busybox"})


__all__ = ["NAME", "Bootstrap", "bootstrap", "bootstrap_path"]
