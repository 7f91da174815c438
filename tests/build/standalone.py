"""An archive as the python-build-standalone project makes them, of Debian's interpreter and headers.

None of the real ones is to be had on every machine that runs the tests. What counts is alike: the layout, a program
that finds its library beside it and needs nothing of the system but glibc, variables that tell of /install and clang.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from neve.files import cache_home
from neve.progress import Silent
from neve.tools import Toolbox
from neve.tools.install import find_patchelf
from neve.tools.tool import Tool, python
from tests.interpreter.served import Archive

_LIBRARIES = (
    *("bz2", "crypto", "db-", "expat", "ffi", "lzma", "ncursesw"),
    *("readline", "sqlite3", "ssl", "tinfo", "uuid", "z"),
)


def standalone(minor: str, suite: str, directory: Path) -> Archive:
    """CPython ``minor`` of the Debian ``suite``, made below ``directory``."""
    own = python(minor, suite)
    tool = Tool(
        name=f"{own.name}-with-headers",
        program=own.program,
        packages=(own.name, f"lib{own.name}-dev"),
        skip=own.skip | {"libc6-dev", "libexpat1-dev", "zlib1g-dev"},
        suite=suite,
        patch=own.patch,
    )
    program = Toolbox(cache=cache_home(), progress=Silent()).embedded(tool)
    root = directory / "python"
    _copy(program.parents[2], root, own.name)
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    archive = directory / "archive.tar.gz"
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        tar.add(root, "python")
    return Archive(version=version, content=archive.read_bytes())


def _copy(tree: Path, root: Path, name: str) -> None:
    usr, triplet = tree / "usr", "x86_64-linux-gnu"
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
    loader = "/lib64/ld-linux-x86-64.so.2"
    words = ["--set-interpreter", loader, "--force-rpath", "--set-rpath", "$ORIGIN/../lib"]
    subprocess.run([find_patchelf(), *words, program], check=True)
    for dangling in [path for path in root.rglob("*") if path.is_symlink() and not path.exists()]:
        dangling.unlink()
    for data in (root / "lib" / name).glob("_sysconfigdata_*.py"):
        text = data.read_text()
        text = re.sub(r"(?<=[\"' =ILR])/usr(?=[/\"' ])", "/install", text)
        text = text.replace(f"{triplet}-gcc-ar", "llvm-ar").replace(f"{triplet}-g++", "clang++")
        data.write_text(text.replace(f"{triplet}-gcc", "clang"))


__all__ = ["standalone"]
