"""An archive as the python-build-standalone project makes them, of Debian's interpreter and headers.

None of the real ones is to be had on every machine that runs the tests. What counts is alike: the layout, a program
that finds its library beside it and needs nothing of the system but glibc, variables that tell of /install and clang.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path

from neve.bases.debian.deb import unpack
from neve.bases.debian.index import load_index
from neve.bases.debian.lock import DEBIAN_ARCHITECTURES
from neve.bases.debian.mirror import find_mirrors
from neve.bases.debian.solve import closure
from neve.fetch import Fetcher
from neve.files import cache_home
from neve.progress import Silent
from neve.tools.install import find_patchelf, needed
from neve.tools.tool import python
from tests.interpreter.served import Archive

_LIBRARIES = (
    *("bz2", "crypto", "db-", "expat", "ffi", "lzma", "ncursesw"),
    *("readline", "sqlite3", "ssl", "tinfo", "uuid", "z"),
)


def standalone(minor: str, suite: str, directory: Path, *, architecture: str = "x86_64") -> Archive:
    """CPython ``minor`` of the Debian ``suite`` for ``architecture``, made below ``directory``; nothing of it runs."""
    own = python(minor, suite)
    packages = (own.name, f"lib{own.name}-dev")
    tool = replace(own, packages=packages, skip=own.skip | {"libc6-dev", "libexpat1-dev", "zlib1g-dev"})
    mirrors, fetcher = find_mirrors(None, os.environ), Fetcher(cache_home(), Silent())
    index = load_index(suite, DEBIAN_ARCHITECTURES[architecture], mirrors, fetcher, Silent())
    chosen = needed(tool, closure(index, packages))
    tree, root = directory / "tree", directory / "python"
    for deb in fetcher.fetch([package.artefact(mirrors) for package in chosen]):
        unpack(deb, tree)
    _copy(tree, root, own.name, architecture)
    version = next(package.version for package in chosen if package.name == own.name).partition("-")[0]
    archive = directory / "archive.tar.gz"
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        tar.add(root, "python")
    return Archive(version=version, content=archive.read_bytes(), architecture=architecture)


def _copy(tree: Path, root: Path, name: str, architecture: str) -> None:
    usr, triplet = tree / "usr", f"{architecture}-linux-gnu"
    shutil.copytree(usr / "lib" / name, root / "lib" / name, symlinks=True, ignore_dangling_symlinks=True)
    shutil.copytree(usr / "include" / name, root / "include" / name)
    shutil.copy(usr / "include" / triplet / name / "pyconfig.h", root / "include" / name / "pyconfig.h")
    for library in _LIBRARIES:
        for file in sorted((usr / "lib" / triplet).glob(f"lib{library}*.so*")):
            shutil.copy(file, root / "lib" / file.name)
    (root / "bin").mkdir()
    shutil.copy(usr / "bin" / name, root / "bin" / name)
    (root / "bin" / "python3").symlink_to(name)
    program = root / "bin" / name
    words = ["--force-rpath", "--set-rpath", "$ORIGIN/../lib"]
    subprocess.run([find_patchelf(), *words, program], check=True)
    for dangling in [path for path in root.rglob("*") if path.is_symlink() and not path.exists()]:
        dangling.unlink()
    for data in (root / "lib" / name).glob("_sysconfigdata_*.py"):
        text = data.read_text()
        text = re.sub(r"(?<=[\"' =ILR])/usr(?=[/\"' ])", "/install", text)
        text = text.replace(f"{triplet}-gcc-ar", "llvm-ar").replace(f"{triplet}-g++", "clang++")
        data.write_text(text.replace(f"{triplet}-gcc", "clang"))


__all__ = ["standalone"]
