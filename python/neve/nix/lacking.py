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
    CMake, or a target of one (``CUDA::cublas``); or a library that is ``linked`` with and that the image lacks, with
    the ``package`` that has it; or such a library of the ``cuda`` toolkit, with its wheel.
    """

    kind: Kind
    name: str
    package: str | None = None


_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.+-]*"
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    ("header", rf"fatal error: ['\"]?(?P<name>{_NAME}(?:/{_NAME})*)['\"]?: No such file or directory"),
    ("header", rf"fatal error: '(?P<name>{_NAME}(?:/{_NAME})*)' file not found"),
    ("header", rf"cannot open source file \"(?P<name>{_NAME}(?:/{_NAME})*)\""),
    ("library", rf"cannot find -l:?(?:lib)?(?P<name>{_NAME}?)(?:\.so|\.a)?(?::|\s|$)"),
    ("library", rf"ninja: error: '(?:\S*/)?lib(?P<name>{_NAME}?)\.(?:so|a)', needed by"),
    # CMake has the target that it did not find on a line of its own.
    ("module", r"^\s+(?P<name>CUDA::\w+)\s*$"),
    ("module", r"\"(?P<name>CUDA::\w+)\" but the target was not found"),
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
    ("program", rf"(?:/bin/)?sh: (?:line )?\d+: (?:exec: )?(?:\S*/)?(?P<name>{_NAME}): not found"),
    ("program", rf"(?:\s|^|/)(?P<name>{_NAME}): command not found"),
    ("program", rf"make(?:\[\d+\])?: (?:\S*/)?(?P<name>{_NAME}): No such file or directory"),
    ("program", rf"error: linker `(?P<name>{_NAME})` not found"),
    ("program", rf"(?P<name>{_NAME}) executable not found"),
    ("program", r"(?:can't find|could not find|cannot find) (?P<name>Rust|rustc|cargo) compiler"),
    ("program", r"No (?P<name>CMAKE_C_COMPILER|CMAKE_CXX_COMPILER|CMAKE_Fortran_COMPILER|CMAKE_CUDA_COMPILER) could"),
    ("program", r"(?:could not|cannot|failed to) find [`'\"]?(?P<name>nvcc)\b"),
    ("program", r"\b(?P<name>nvcc) (?:was )?not found"),
    ("program", r"(?P<name>CUDA_HOME) environment variable is not set"),
    ("program", r"compiler set in environment variable (?P<name>CUDACXX)\b"),
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
# What is looked for and done without: CMake says so with two dashes, others warn.
_OPTIONAL = re.compile(r"^\s*-- |\bwarning\b|Warning: ", re.IGNORECASE)
# Programs by the name that a tool has for them.
_CALLED = {
    "rust": "rustc",
    "cmake_c_compiler": "gcc",
    "cmake_cxx_compiler": "g++",
    "cmake_fortran_compiler": "gfortran",
    "cmake_cuda_compiler": "nvcc",
    "cuda_home": "nvcc",
    "cudacxx": "nvcc",
    "cc": "gcc",
    "c++": "g++",
    "x86_64-linux-gnu-gcc": "gcc",
    "aarch64-linux-gnu-gcc": "gcc",
    "x86_64-linux-gnu-g++": "g++",
    "aarch64-linux-gnu-g++": "g++",
}


def lacking(lines: Iterable[str]) -> tuple[Lacking, ...]:
    """What the ``lines`` of a build's log say that there is not, in their order, each once; what could be done without
    only where they say nothing else.
    """
    found: dict[Lacking, bool] = {}
    for line in lines:
        if (lack := _lack(line)) is not None:
            found[lack] = found.get(lack, True) and _OPTIONAL.search(line) is not None
    return tuple(lack for lack, optional in found.items() if not optional) or tuple(found)


def _lack(line: str) -> Lacking | None:
    if (linked := _LINKED.search(line)) is not None:
        return Lacking("linked" if linked["kind"] == "package" else "cuda", linked["name"], linked["package"] or None)
    for kind, pattern in _SEARCHES:
        if (match := pattern.search(line)) is not None:
            name = match["name"]
            return Lacking(kind, _CALLED.get(name.lower(), name) if kind == "program" else name)
    return None


__all__ = ["Lacking", "lacking"]
