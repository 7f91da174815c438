"""Which GPUs compiled CUDA code runs on: its architectures, and NVIDIA's rules of what runs where.

Architectures are written as compute capabilities, as in ``[tool.neve.cuda] architectures`` and TORCH_CUDA_ARCH_LIST:
"8.6" is sm_86 (or compute_86), "9.0a" sm_90a, "10.0f" sm_100f. The rules are those of the CUDA Programming Guide
(binary compatibility, PTX compatibility, architecture- and family-specific features).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

# The compute capabilities of GPUs that are in computers today (NVIDIA's list of CUDA GPUs). One that is not here is
# judged all the same: this is the list of what is named when the question is "which". nvcc compiles for more, such as
# 8.8, of which NVIDIA lists no GPU: they are named where something is made for them.
GPUS = (
    *("5.0", "5.2", "6.0", "6.1", "7.0", "7.5", "8.0", "8.6", "8.9", "9.0", "10.0", "10.3", "12.0", "12.1"),
    *("5.3", "6.2", "7.2", "8.7", "11.0"),  # Jetson
)
# Jetson's: code for another GPU of the same major version does not count as code for these.
_TEGRA = ((5, 3), (6, 2), (7, 2), (8, 7))
# What code is called that the project's own build compiles, where others go by the names of their wheels.
OWN_CODE = "the project's own code"
_CAPABILITY = re.compile(r"(?P<major>[0-9]{1,2})\.(?P<minor>[0-9])(?P<kind>[af]?)\Z")


class Architecture(NamedTuple):
    """A GPU architecture that code is made for; ``kind`` is "a" for that architecture's own features, "f" for its
    family's.
    """

    major: int
    minor: int
    kind: str = ""

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}{self.kind}"

    @classmethod
    def of(cls, number: int, kind: str = "") -> Architecture:
        """That of sm_``number``: 86 is 8.6, 120 is 12.0."""
        return cls(number // 10, number % 10, kind)


def parse_architecture(text: str) -> Architecture:
    """``text`` ("8.6", "9.0a") as an architecture. Raises ValueError."""
    found = _CAPABILITY.match(text)
    if found is None:
        raise ValueError(f"{text!r} is no compute capability")
    return Architecture(int(found["major"]), int(found["minor"]), found["kind"])


@dataclass(frozen=True, kw_only=True)
class Architectures:
    """What code is there: ``sass`` for real GPUs, ``ptx`` that the driver compiles for newer ones; both sorted."""

    sass: tuple[str, ...] = ()
    ptx: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sass or self.ptx)

    def __str__(self) -> str:
        """Such as "8.0 9.0 9.0a +PTX 9.0"."""
        return " ".join([*self.sass, *(f"{one}+PTX" for one in self.ptx)])

    def covers(self, capability: str) -> bool:
        """Whether a GPU of ``capability`` ("8.6") runs it. Raises ValueError where that is none.

        Machine code runs on the same major version from its minor version on (not on Jetson's, which want their own);
        PTX is compiled for its own and every newer GPU. What is made for one architecture's own features ("9.0a") runs
        there alone, for those of a family ("10.0f") on its major version from its minor version on.
        """
        gpu = parse_architecture(capability)
        return any(_runs(parse_architecture(code), gpu) for code in self.sass) or any(
            _compiles(parse_architecture(code), gpu) for code in self.ptx
        )


def declared_code(words: Iterable[str]) -> Architectures:
    """The code that ``words`` declare, as ``tool.neve.cuda.architectures`` has them: "8.0" machine code, "9.0+PTX" PTX
    besides. Raises ValueError.
    """
    plain = {word: word.removesuffix("+PTX") for word in words}
    return architectures(plain.values(), [name for word, name in plain.items() if word != name])


def architectures(sass: Iterable[Architecture | str], ptx: Iterable[Architecture | str]) -> Architectures:
    """Those of ``sass`` and ``ptx``, each once and in order. Raises ValueError."""

    def sort(given: Iterable[Architecture | str]) -> tuple[str, ...]:
        return tuple(str(one) for one in sorted({parse_architecture(str(each)) for each in given}))

    return Architectures(sass=sort(sass), ptx=sort(ptx))


def runs_on(wheels: Mapping[str, Architectures], gpus: Iterable[str] | None = None) -> tuple[str, ...]:
    """Those of ``gpus`` (None: all that are known, and what the code is made for) that run each of ``wheels`` (by name)
    with code for GPUs: what the image as a whole runs on. NVIDIA's libraries decide where nothing else has code: others
    call them, and know where they cannot.
    """
    all_of = {name: has for name, has in wheels.items() if has}
    own = [has for name, has in all_of.items() if not _is_library(name)]
    deciding = own or list(all_of.values())
    if gpus is None:
        gpus = {*GPUS, *(_plain(parse_architecture(code)) for has in own for code in has.sass)}
    ordered = map(str, sorted(map(parse_architecture, gpus)))
    return tuple(gpu for gpu in ordered if all(has.covers(gpu) for has in deciding))


@dataclass(frozen=True, kw_only=True)
class Misfit:
    """A wheel without code for a GPU. ``gpu`` says how that is: "older" than all that the wheel has code for, "newer",
    or "other" (between them, or one for which code must be made on purpose).
    """

    name: str
    has: Architectures
    capability: str
    gpu: Literal["older", "newer", "other"]

    @property
    def certain(self) -> bool:
        """Whether what is in the wheel fails on that GPU."""
        return not _is_library(self.name)

    def __str__(self) -> str:
        """Such as "torch needs compute capability 7.5 or newer, the GPU has 7.0"."""
        codes = sorted(map(parse_architecture, (*self.has.sass, *self.has.ptx)))
        if self.gpu == "older":
            return f"{self.name} needs compute capability {_plain(codes[0])} or newer, the GPU has {self.capability}"
        if self.gpu == "newer":
            return (
                f"{self.name} has code up to compute capability {_plain(codes[-1])} and none that a driver could "
                f"compile for newer ones, the GPU has {self.capability}"
            )
        return f"{self.name} has code for compute capabilities {self.has}, the GPU has {self.capability}"


def misfits(wheels: Mapping[str, Architectures], capability: str) -> tuple[Misfit, ...]:
    """Which of ``wheels`` (by name; ``stages.gpu.wheel_architectures``) do not run on a GPU of ``capability``, sorted
    by name. Raises ValueError where ``capability`` is none.
    """
    gpu = parse_architecture(capability)
    return tuple(
        Misfit(name=name, has=has, capability=capability, gpu=_side(has, gpu))
        for name, has in sorted(wheels.items())
        if has and not has.covers(capability)
    )


def _is_library(name: str) -> bool:
    return name.startswith("nvidia-")


def _side(has: Architectures, gpu: Architecture) -> Literal["older", "newer", "other"]:
    places = [parse_architecture(one)[:2] for one in (*has.sass, *has.ptx)]
    if gpu[:2] < min(places):
        return "older"
    return "newer" if gpu[:2] > max(places) else "other"


def _runs(code: Architecture, gpu: Architecture) -> bool:
    if code.kind == "a" or gpu[:2] in _TEGRA or code[:2] in _TEGRA:
        return code[:2] == gpu[:2]
    return code.major == gpu.major and code.minor <= gpu.minor


def _compiles(code: Architecture, gpu: Architecture) -> bool:
    if code.kind == "a":
        return code[:2] == gpu[:2]
    if code.kind == "f":
        return code.major == gpu.major and code.minor <= gpu.minor
    return code[:2] <= gpu[:2]


def _plain(code: Architecture) -> str:
    return f"{code.major}.{code.minor}"


__all__ = [
    "GPUS",
    "OWN_CODE",
    "Architecture",
    "Architectures",
    "Misfit",
    "architectures",
    "declared_code",
    "misfits",
    "parse_architecture",
    "runs_on",
]
