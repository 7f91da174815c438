"""The same project in another world: an empty store, another user, Nix, umask, locale, time zone, directory."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import site
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import neve
from neve.files import cache_home
from tests.build.project import Project

_TRIAL = "import os, sys, urllib3, pysequoia, uv, neve; sys.exit(not os.access(uv.find_uv_bin(), os.X_OK))"
_KEPT = ("NEVE_DEBIAN_MIRROR", "NEVE_DEBIAN_SECURITY_MIRROR", "NEVE_DEBIAN_KEYRING", "SSL_CERT_FILE")


@dataclass(frozen=True, kw_only=True)
class World:
    """What differs from an ordinary build in an empty store."""

    user: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    umask: int = 0o022
    directory: str = "project"
    touch: float | None = None  # the time that all files of the project get
    prefix: tuple[str, ...] = ()


class CannotBeMadeError(Exception):
    """This machine or this user cannot make that world; the text says why."""


@contextmanager
def elsewhere(original: Project, world: World) -> Iterator[Project]:
    """A copy of ``original``, with its locks, in ``world``: a home of its own with an empty store.

    The downloads are copied from neve's cache, so that nothing is asked of a network that this test does not need.
    """
    account = _account(world)
    # Nix refuses a store below a directory that everybody may write to.
    base = Path("/var/lib") if os.geteuid() == 0 else cache_home()
    home = Path(tempfile.mkdtemp(prefix="neve-test-", dir=base))
    try:
        directory = home / "work" / world.directory
        ignored = shutil.ignore_patterns(".neve", "flake.*", "nix", "result*")
        shutil.copytree(original.directory, directory, ignore=ignored)
        _copy_downloads(original.directory, home / ".cache/neve")
        if world.touch is not None:
            for path in directory.rglob("*"):
                os.utime(path, (world.touch, world.touch))
        if account is not None:
            subprocess.run(["chown", "-R", f"{account.pw_uid}:{account.pw_gid}", home], check=True)
        yield _project(directory, home, account, world)
    finally:
        subprocess.run(["chmod", "-R", "u+w", home], check=True)
        shutil.rmtree(home)


def _copy_downloads(directory: Path, cache: Path) -> None:
    """The indexes, the .debs (Nix's own among them), and of the wheels those that the locks name."""
    named = set(re.findall(r"\b[0-9a-f]{64}\b", "".join(file.read_text() for file in directory.glob("*.lock"))))
    for part in ("artefacts", "debian"):
        for file in (cache_home() / part).rglob("*"):
            if file.is_file() and (file.suffix != ".whl" or file.parent.name in named):
                copy = cache / file.relative_to(cache_home())
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)


def _account(world: World) -> pwd.struct_passwd | None:
    if world.user is None:
        return None
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        raise CannotBeMadeError("needs root and setpriv, to become another user")
    return pwd.getpwnam(world.user)


def _project(directory: Path, home: Path, account: pwd.struct_passwd | None, world: World) -> Project:
    prefix = world.prefix
    if account is not None:
        prefix = ("setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", *prefix)
    environ = {
        "PATH": os.defpath,
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join([str(Path(neve.__file__).parents[1]), *site.getsitepackages()]),
        **{key: value for key, value in os.environ.items() if key in _KEPT or key.lower().endswith("_proxy")},
        **world.environ,
    }
    # The tests' own interpreter may lie in root's home, where another user cannot follow.
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        trial = subprocess.run([*prefix, python, "-c", _TRIAL], env=environ, check=False, cwd="/", capture_output=True)
        if trial.returncode == 0:
            return Project(directory=directory, python=python, prefix=prefix, environ=environ, umask=world.umask)
    raise CannotBeMadeError("this environment cannot be read by other users")
