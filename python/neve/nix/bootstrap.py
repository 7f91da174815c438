"""What is in the store before the first build: a static busybox, under its fixed-output path."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from neve.errors import NeveError
from neve.nix.call import add_directory, missing
from neve.nix.nix import Nix
from neve.nix.store_path import directory_path, nar_sha256

if TYPE_CHECKING:
    from neve.tools import Toolbox

NAME = "neve-busybox"


class Bootstrap(NamedTuple):
    """The busybox in the store: its path, and the SHA-256 of its NAR (hexadecimal), which fixes the path."""

    path: str
    nar_sha256: str


def bootstrap(nix: Nix, toolbox: Toolbox, *, busybox: Path | None = None) -> Bootstrap:
    """Put ``busybox`` (default: the toolbox's) into the store as ``bin/busybox`` with a link for each applet.

    It is added only where it is missing. Raises NeveError where the program is no busybox that runs here.
    """
    from neve.tools import BUSYBOX

    with _tree(busybox or toolbox.embedded(BUSYBOX)) as tree:
        digest = nar_sha256(tree)
        path = directory_path(NAME, digest)
        if missing(nix, [path]):
            added = add_directory(nix, tree, NAME)
            if added != path:
                raise NeveError(
                    "Nix names the bootstrap path otherwise than neve", why=f"{added}, not {path}"
                )
    return Bootstrap(path, digest)


def bootstrap_path(busybox: Path) -> Bootstrap:
    """What :func:`bootstrap` gives for ``busybox``, without a Nix."""
    with _tree(busybox) as tree:
        digest = nar_sha256(tree)
    return Bootstrap(directory_path(NAME, digest), digest)


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


__all__ = ["NAME", "Bootstrap", "bootstrap", "bootstrap_path"]
