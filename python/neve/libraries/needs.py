"""What the wheels of an environment need of the image: the sonames that no wheel brings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from neve.libraries.elf import MACHINES, Elf
from neve.libraries.sonames import is_foreign, is_loaders
from neve.libraries.wheel import WheelFiles

# An extension module is what Python imports: NAME.TAG.so, or NAME.so; what is named lib... is a library.
_EXTENSION = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.(?P<tag>[A-Za-z0-9_-]+))?\.so\Z")
_OWN = re.compile(r"(abi3|abi3t|cpython-(?P<version>[0-9]+t?)d?(-.*)?)\Z")
_PLUGINS = re.compile(r"(^|/)(plugins?|qml|imageformats|platforms|gstreamer-[0-9.]+)/")


@dataclass(frozen=True, kw_only=True)
class Need:
    """A soname that the wheel with the file name ``wheel`` needs, and no wheel of the environment has.

    ``by`` is the file in the wheel; ``certain`` says that importing a module of the environment loads that, else only
    a program or a plugin asks for it, or code that opens it by name.
    """

    wheel: str
    soname: str
    by: str
    certain: bool


def find_needs(wheels: Mapping[str, WheelFiles], *, architecture: str, python: str) -> tuple[Need, ...]:
    """The needs of ``wheels`` (by file name) on ``architecture`` for CPython ``python`` ("3.13", "3.13t"), by wheel and
    soname.

    Files for other machines or another C library do not count.
    """
    files = dict(_files(wheels, MACHINES[architecture]))
    providers = _providers(files)
    reached = _closure(files, providers, python.replace(".", ""))
    found: dict[tuple[str, str], Need] = {}
    for (wheel, path), elf in sorted(files.items(), key=lambda entry: (entry[0] not in reached, entry[0])):
        for soname in map(_base, elf.needed):
            if soname not in providers and not is_loaders(soname):
                certain = (wheel, path) in reached
                found.setdefault((wheel, soname), Need(wheel=wheel, soname=soname, by=path, certain=certain))
    return tuple(found[key] for key in sorted(found))


def newest_glibc(wheels: Mapping[str, WheelFiles], *, architecture: str) -> dict[str, tuple[int, int]]:
    """By file name, the newest version of glibc whose symbols a wheel asks for, where it asks for any."""
    found: dict[str, tuple[int, int]] = {}
    for (wheel, _), elf in _files(wheels, MACHINES[architecture]):
        for name in elf.versions:
            match = re.match(r"GLIBC_2\.([0-9]{1,3})(\.[0-9]+)?\Z", name)
            if match:
                found[wheel] = max(found.get(wheel, (2, 0)), (2, int(match[1])))
    return found


def _files(wheels: Mapping[str, WheelFiles], machine: int) -> Iterator[tuple[tuple[str, str], Elf]]:
    for wheel, content in wheels.items():
        for path, elf in content.files.items():
            if elf.machine == machine and elf.bits == 64 and elf.little and not any(map(is_foreign, elf.needed)):
                yield (wheel, path), elf


def _providers(files: Mapping[tuple[str, str], Elf]) -> dict[str, list[tuple[str, str]]]:
    """Who has a soname: by its DT_SONAME, or by the name of the file."""
    found: dict[str, list[tuple[str, str]]] = {}
    for key, elf in files.items():
        for name in {_base(key[1]), _base(elf.soname or "")} - {""}:
            found.setdefault(name, []).append(key)
    return found


def _closure(
    files: Mapping[tuple[str, str], Elf], providers: Mapping[str, list[tuple[str, str]]], version: str
) -> set[tuple[str, str]]:
    """The extension modules, and the libraries that they load."""
    todo = [key for key, elf in files.items() if _is_extension(key[1], elf, version)]
    reached = set(todo)
    while todo:
        for soname in files[todo.pop()].needed:
            for key in providers.get(_base(soname), ()):
                if key not in reached:
                    reached.add(key)
                    todo.append(key)
    return reached


def _is_extension(path: str, elf: Elf, version: str) -> bool:
    match = _EXTENSION.match(_base(path))
    if match is None or elf.program or _PLUGINS.search(path):
        return False
    if match["tag"] is None:
        return not _base(path).startswith("lib")
    own = _OWN.match(match["tag"])
    return own is not None and own["version"] in (None, version)


def _base(path: str) -> str:
    return path.rpartition("/")[2]


__all__ = ["Need", "find_needs", "newest_glibc"]
