"""Point ELF files to the loader and the libraries in the store.

Each file's run path is replaced by the directories in which its needed libraries are found, the given paths
themselves first; what it had, ``$ORIGIN`` too, is dropped, as in nixpkgs. A library that is found nowhere ends this
with 1, unless its name matches one to ignore.
"""

import argparse
import fnmatch
import os
import subprocess
import sys
from pathlib import Path


def kind(path: Path) -> tuple[int, int] | None:
    """The class and the machine of the ELF file ``path``, None for all else."""
    with path.open("rb") as file:
        head = file.read(20)
    if len(head) < 20 or head[:4] != b"\x7fELF":
        return None
    return head[4], int.from_bytes(head[18:20], "little")


def patchelf(*words: str | Path) -> list[str] | None:
    """What patchelf prints, by lines; None where it fails."""
    done = subprocess.run(["patchelf", *map(str, words)], capture_output=True, text=True, check=False)
    return None if done.returncode else done.stdout.split("\n")[:-1]


class Libraries:
    """Which directory has a library for a kind of ELF file."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, tuple[int, int]], Path] = {}

    def add(self, directory: Path, *, recurse: bool) -> None:
        """Add what lies in ``directory``."""
        files = directory.rglob("*") if recurse else directory.glob("*")
        for path in sorted(files):
            if path.is_file() and ".so" in path.name and (what := kind(path)):
                self.found.setdefault((path.name, what), path.resolve().parent if path.is_symlink() else path.parent)


def patch(path: Path, libraries: Libraries, options: argparse.Namespace, loader: Path) -> list[str]:
    """Patch ``path``; the sonames that were not found."""
    what = kind(path)
    needed = patchelf("--print-needed", path)
    if needed is None or what is None or what != kind(loader):
        return []
    program = patchelf("--print-interpreter", path) is not None
    run_path = [*options.runtime_dependencies] if program else []
    missing = []
    for name in needed:
        if Path(options.libc, name).exists():
            continue
        directory = libraries.found.get((name, what))
        if directory is None:
            missing.append(name)
        else:
            run_path.append(str(directory))
    run_path = list(dict.fromkeys([*run_path, *options.append_rpaths]))
    mode = path.stat().st_mode
    path.chmod(mode | 0o200)
    words: list[str | Path] = ["--set-interpreter", loader] if program else []
    words += ["--set-rpath", ":".join(run_path)] if run_path else []
    if words and patchelf(*words, path) is None:
        sys.exit(f"auto-patchelf: cannot patch {path}")
    path.chmod(mode)
    sys.stdout.write(f"{path}: {':'.join(run_path) or 'nothing to set'}\n")
    return missing


def main() -> None:
    """Patch all; report what is missing at the end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--no-recurse", dest="recurse", action="store_false")
    parser.add_argument("--libc")
    for name in ("ignore-missing", "libs", "runtime-dependencies", "append-rpaths", "paths"):
        parser.add_argument(f"--{name}", nargs="*", default=[])
    options = parser.parse_args()
    loader = next(Path(options.libc).glob("ld-linux-*.so.*"))
    libraries = Libraries()
    for path in map(Path, options.paths):
        libraries.add(path, recurse=options.recurse)
    for path in map(Path, options.libs):
        libraries.add(path, recurse=False)
    failed = False
    for root in map(Path, options.paths):
        files = [root] if root.is_file() else sorted(root.rglob("*") if options.recurse else root.glob("*"))
        for path in files:
            if path.is_symlink() or not path.is_file() or not os.access(path, os.R_OK) or kind(path) is None:
                continue
            for name in patch(path, libraries, options, loader):
                ignored = any(fnmatch.fnmatch(name, pattern) for pattern in options.ignore_missing)
                sys.stdout.write(f"{'ignored' if ignored else 'error'}: {name}, which {path} needs, is not found\n")
                failed |= not ignored
    sys.exit(failed)


main()
