"""System packages by attribute path of nixpkgs: which spellings are taken, and why others are not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from neve.errors import NeveError

_PART = r"[A-Za-z0-9_][A-Za-z0-9_'+-]*"
ATTRIBUTE = re.compile(rf"{_PART}(\.{_PART})*\Z")

_PACKAGES = re.compile(r"(?:python|pypy)[0-9]*(?:Free[Tt]hreading)?Packages(\.(?P<name>[^.]+).*)?\Z")
_PACKAGES_OF = re.compile(r"python[0-9]*\.(pkgs|withPackages)(\.(?P<name>[^.]+).*)?\Z")
_PARTS = r"-(dev|venv|pip|full|minimal|distutils)\Z"  # what Debian takes out of the interpreter
_DEBIAN_PACKAGES = re.compile(rf"python3(?!{_PARTS})-(?P<name>[a-z0-9.+-]+)\Z")
_INTERPRETER = re.compile(
    rf"(?:pypy[0-9]*|python(3\.(?P<debian>[0-9]+)|3(?P<nixpkgs>[0-9]*))?)((Full|Minimal|Free[Tt]hreading)?(\..*)?\Z|{_PARTS})",
)
_DEBIAN_LIBRARY = re.compile(r"lib.*([0-9]\.[0-9]+-[0-9]+|t64|-dev)\Z")

# The Debian names that wheels most often want. Others that look like an attribute get their hint from evaluation.
_NEAR = {
    "libgl1": "libGL",
    "libgl1-mesa-glx": "libGL",
    "libglib2.0-0": "glib",
    "libglib2.0-0t64": "glib",
    "zlib1g": "zlib",
    "zlib1g-dev": "zlib",
}


def attribute_problems(system: Sequence[str], *, where: str, key: str = "tool.neve.system") -> list[NeveError]:
    """An error for each of ``system`` that is no attribute path of a system package; ``where`` is the file, ``key``
    what of it names them.

    Python packages and interpreters are none: they come from uv.lock and from ``python``.
    """
    problems = [_problem(path, f"{where}, {key}[{number}]") for number, path in enumerate(system)]
    return [problem for problem in problems if problem is not None]


def _problem(path: str, where: str) -> NeveError | None:
    return _debian(path, where) or _python(path, where) or _misspelled(path, where)


def _debian(name: str, where: str) -> NeveError | None:
    if "=" in name:
        return NeveError(
            f"{name!r} asks for a version",
            where=where,
            why="versions cannot be chosen in nixpkgs: each state of it has one of each package",
            fixes=[
                f"write {name.partition('=')[0]!r}",
                "for another version take another `release`, or an attribute that names it, such as 'nodejs_22'",
            ],
        )
    package = name.partition(":")[0]
    if package not in _NEAR and not _DEBIAN_LIBRARY.match(package):
        return None
    near = _NEAR.get(package)
    return NeveError(
        f"{name!r} is a name of Debian's",
        where=where,
        why='with `base = "nixpkgs"` packages go by their names there, and a package holds its headers',
        fixes=[
            f"write {near!r}" if near else "`nix search nixpkgs WORD` finds the name there",
            'or take `base = "debian"`',
        ],
    )


def _python(path: str, where: str) -> NeveError | None:
    packages = _PACKAGES.match(path) or _PACKAGES_OF.match(path) or _DEBIAN_PACKAGES.match(path)
    if packages:
        return NeveError(
            f"{path!r} is a Python package",
            where=where,
            why="Python packages come from uv.lock: with a second source no lock would describe the environment",
            fixes=[f"`uv add {packages['name'] or 'NAME'}`, and take {path!r} out of `system`"],
        )
    interpreter = _INTERPRETER.match(path)
    if not interpreter:
        return None
    minor = interpreter["nixpkgs"] or interpreter["debian"] or "13"
    return NeveError(
        f"{path!r} is an interpreter",
        where=where,
        why="the image has the project's interpreter already, and `python` says which",
        fixes=[f'write `python = "3.{minor}"` under [tool.neve], and take {path!r} out of `system`'],
    )


def _misspelled(path: str, where: str) -> NeveError | None:
    bare = re.sub(r"\A(nixpkgs#|nixpkgs\.|pkgs\.)", "", path)
    if bare != path and ATTRIBUTE.match(bare):
        return NeveError(
            f"{path!r} names nixpkgs itself", where=where, why="every path begins there", fixes=[f"write {bare!r}"]
        )
    if ATTRIBUTE.match(path):
        return None
    return NeveError(
        f"{path!r} is no attribute path",
        where=where,
        why="a package of nixpkgs goes by letters, digits and _ - ' +, with dots between the parts",
        fixes=["write it as in 'ffmpeg' or 'cudaPackages_12_9.cuda_nvcc'"],
    )


__all__ = ["ATTRIBUTE", "attribute_problems"]
