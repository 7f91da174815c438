"""What a build says that it lacks: headers, libraries, programs, in the words of compilers and build tools."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["header", "library", "program", "module", "linked", "cuda"]


@dataclass(frozen=True)
class Lacking:
    """A ``header`` (``libpq-fe.h``), a ``library`` to link with (``pq``), a ``program``, a ``module`` of pkg-config or
    CMake; or a library that is ``linked`` with and that the image lacks, with the ``package`` that has it; or such a
    library of the ``cuda`` toolkit, with its wheel.
    """

    kind: Kind
    name: str
    package: str | None = None


_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.+-]*"
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    ("header", rf"fatal error: ['\"]?(?P<name>{_NAME}(?:/{_NAME})*)['\"]?: No such file or directory"),
    ("header", rf"fatal error: '(?P<name>{_NAME}(?:/{_NAME})*)' file not found"),
    ("library", rf"cannot find -l:?(?:lib)?(?P<name>{_NAME}?)(?:\.so|\.a)?(?::|\s|$)"),
    ("module", rf"Package '?(?P<name>{_NAME})'?, required by .* not found"),
    ("module", rf"Package (?P<name>{_NAME}) was not found in the pkg-config search path"),
    ("module", rf"No package '(?P<name>{_NAME})' found"),
    ("module", rf"Dependency \"(?P<name>{_NAME})\" not found"),
    ("module", rf"Could NOT find (?P<name>{_NAME})"),
    ("module", rf"package configuration file provided by \"(?P<name>{_NAME})\""),
    ("program", rf"command '(?:\S*/)?(?P<name>{_NAME})' failed: No such file or directory"),
    ("program", rf"error: \[Errno 2\] No such file or directory: '(?:\S*/)?(?P<name>{_NAME})'"),
    ("program", rf"FileNotFoundError: .*No such file or directory: '(?:\S*/)?(?P<name>{_NAME})'"),
    ("program", rf"Program ['\"]?(?P<name>{_NAME})['\"]? not found"),
    ("program", rf"(?:/bin/)?sh: (?:line )?\d+: (?:exec: )?(?P<name>{_NAME}): not found"),
    ("program", rf"make(?:\[\d+\])?: (?P<name>{_NAME}): No such file or directory"),
    ("program", rf"error: linker `(?P<name>{_NAME})` not found"),
    ("program", rf"(?P<name>{_NAME}) executable not found"),
    ("program", r"(?:can't find|could not find|cannot find) (?P<name>Rust|rustc|cargo) compiler"),
    ("program", r"No (?P<name>CMAKE_C_COMPILER|CMAKE_CXX_COMPILER|CMAKE_Fortran_COMPILER) could be found"),
    ("program", r"Unknown compiler\(s\): \[\[?'(?P<name>[A-Za-z0-9+_-]+)'"),
    ("program", r"unable to execute '(?P<name>[A-Za-z0-9+_-]+)'"),
    ("program", r"(?P<name>pg_config) (?:executable )?(?:not found|is required)"),
    # What the loader says of a wheel in the import check; the driver's libraries are in no image.
    ("linked", rf"(?:Import|OS)Error: (?!libcuda\.|libnvidia-)(?P<name>{_NAME}\.so[.0-9]*): cannot open shared object"),
)
_SEARCHES = tuple((kind, re.compile(pattern, re.IGNORECASE if kind == "program" else 0)) for kind, pattern in _PATTERNS)
_LINKED = re.compile(
    rf"neve: \S+ links with (?P<name>{_NAME}), which the image lacks"
    r" \((?P<kind>package|component) (?P<package>[a-z0-9][a-z0-9+.-]*)?\)"
)
# Programs by the name that a tool has for them.
_CALLED = {
    "rust": "rustc",
    "cmake_c_compiler": "gcc",
    "cmake_cxx_compiler": "g++",
    "cmake_fortran_compiler": "gfortran",
    "cc": "gcc",
    "c++": "g++",
    "x86_64-linux-gnu-gcc": "gcc",
    "aarch64-linux-gnu-gcc": "gcc",
    "x86_64-linux-gnu-g++": "g++",
    "aarch64-linux-gnu-g++": "g++",
}


def lacking(lines: Iterable[str]) -> tuple[Lacking, ...]:
    """What the ``lines`` of a build's log say that there is not, in their order, each once."""
    found: dict[Lacking, None] = {}
    for line in lines:
        if (linked := _LINKED.search(line)) is not None:
            of: Kind = "linked" if linked["kind"] == "package" else "cuda"
            found[Lacking(of, linked["name"], linked["package"] or None)] = None
            continue
        for kind, pattern in _SEARCHES:
            if (match := pattern.search(line)) is not None:
                name = match["name"]
                found[Lacking(kind, _CALLED.get(name.lower(), name) if kind == "program" else name)] = None
                break
    return tuple(found)


__all__ = ["Lacking", "lacking"]
