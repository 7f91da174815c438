"""What an image for GPUs says of itself, so that it starts wherever there is a driver that is new enough.

NVIDIA's container toolkit reads NVIDIA_VISIBLE_DEVICES, NVIDIA_DRIVER_CAPABILITIES and NVIDIA_REQUIRE_CUDA; the dynamic
loader reads LD_LIBRARY_PATH. CUDA_VERSION is never set: alone it would make the image a "legacy" one, whose floor is
that version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from neve.cuda.architectures import Architecture, parse_architecture
from neve.cuda.compat import compat
from neve.cuda.components import compiles, named_components
from neve.cuda.table import table
from neve.cuda.wheels import cuda_wheels
from neve.dotted import most_exact

if TYPE_CHECKING:
    from neve.components.plan import Plan
    from neve.cuda.wheels import CudaWheels
    from neve.lock.compat import CompatLock
    from neve.lock.model import CudaLock, Lock
    from neve.project.config import CudaConfig
    from neve.python.artefact import Artefact

_LABEL = "dev.neve.cuda"
_PATH = "LD_LIBRARY_PATH"
_PTX = "+PTX"


@dataclass(frozen=True, kw_only=True)
class Starts:
    """Environment and labels of an image for GPUs; both are empty for one that has nothing to do with them."""

    env: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.env)


def declared_architectures(plan: Plan) -> tuple[str, ...]:
    """The GPU architectures ("8.0", "9.0+PTX") that what ``plan`` compiles is declared to be for, and told; none where
    nothing is compiled: there is no toolkit, or it has no nvcc, and no package of the base is another.
    """
    config = plan.project.config
    if not config.cuda or plan.cuda is None:
        return ()
    nvcc = compiles(named_components(plan.cuda.components))
    others = any("cuda" in name for name in (*config.system, *config.build.system))
    return config.cuda.architectures if nvcc or others else ()


def told_version(
    wheels: CudaWheels | None, toolkit: CudaLock | None, config: CudaConfig | Literal[False] | None
) -> tuple[str, str] | None:
    """The version of an image's CUDA ("13.2"; "13" where nobody tells more), and who says so: a package of ``wheels``,
    the "toolkit", or the key of the ``config``, the first of those that are as exact; None where nobody does.
    """
    told = [
        *([(wheels.version, wheels.said_by)] if wheels else []),
        *([(toolkit.version, "toolkit")] if toolkit else []),
        *([(config.version, "tool.neve.cuda.version")] if config and config.version else []),
    ]
    exact = most_exact(version for version, _ in told)
    return next(((version, who) for version, who in told if version == exact), None)


def gpu_settings(
    plan: Plan, wheels: CudaWheels | None, toolkit: CudaLock | None = None, libraries: CompatLock | None = None
) -> Starts:
    """What the image says that brings the CUDA of ``wheels``, was compiled with ``toolkit``, and has the forward
    compatibility ``libraries``; the places of the driver are the base's to add.
    """
    config = plan.project.config.cuda
    if config is False or not (config is not None or plan.cuda or wheels or toolkit):
        return Starts()
    env = {"NVIDIA_DRIVER_CAPABILITIES": "compute,utility", "NVIDIA_VISIBLE_DEVICES": "all"}
    told = told_version(wheels, toolkit, config)
    if told is None:
        return Starts(env=env)
    exact, _ = told
    versions = [exact, *(each.version for each in (wheels, toolkit) if each is not None)]
    major = max(int(version.partition(".")[0]) for version in versions)
    architectures = declared_architectures(plan) if toolkit else ()
    env["NVIDIA_REQUIRE_CUDA"] = " ".join(_requirements(major, toolkit, architectures, libraries))
    labels = {"version": exact, "driver": table().floors.get(major), "architectures": " ".join(architectures)}
    labels["compat"] = libraries.version if libraries else None
    return Starts(env=env, labels={f"{_LABEL}.{name}": value for name, value in labels.items() if value})


def for_gpus(
    plan: Plan, lock: Lock, artefacts: Sequence[Artefact], *, driver: Sequence[str], own: Sequence[str] = ()
) -> Plan:
    """``plan`` with what its image says of GPUs: what the project says itself goes before it.

    ``driver`` are the places where hosts put their driver and where this base's loader does not look by itself; they
    come last in LD_LIBRARY_PATH, after the project's and after ``own`` ones of the base, which are there in any case.
    """
    config = plan.project.config.cuda
    wheels = None if config is False else cuda_wheels(artefacts, where="the Python environment")
    found = gpu_settings(plan, wheels, lock.cuda, lock.cuda_compat)
    env, labels = {**found.env, **plan.env}, {**found.labels, **plan.labels}
    places = [*own, *(driver if found else ())]
    if places:
        named = env[_PATH].split(":") if env.get(_PATH) else []
        env[_PATH] = ":".join(dict.fromkeys([*named, *places]))
    return replace(plan, env=dict(sorted(env.items())), labels=dict(sorted(labels.items())))


def _requirements(
    major: int, toolkit: CudaLock | None, architectures: Sequence[str], libraries: CompatLock | None
) -> list[str]:
    """NVIDIA_REQUIRE_CUDA: alternatives, each of conditions that commas join.

    Machine code of any release of ``major`` runs on the driver of its first one. PTX has to be compiled by the driver,
    and only that of the release itself, or a newer one, knows its version for certain: GPUs that no machine code is
    there for need that.
    """
    floor, driver = f"cuda>={major}.0", table().floors.get(major)
    own = toolkit.version if toolkit is not None else f"{major}.0"
    compiled = _machine_code(architectures) if own.startswith(f"{major}.") and own != f"{major}.0" else None
    found = [floor]
    if compiled is not None:
        found = [f"{floor},{gpus}" for gpus in compiled] + [f"cuda>={own}"]
        release = table().releases.get(own)
        driver = release.driver if release is not None else None
    if libraries is not None:
        found += compat().requirements(major, below=driver)
    return found


def _machine_code(architectures: Sequence[str]) -> list[str] | None:
    """Conditions on the architecture of a GPU that machine code among ``architectures`` ("8.0", "9.0+PTX") runs on, or
    that nothing runs on; None where no PTX is among them that newer GPUs could take.
    """
    codes = {parse_architecture(text.removesuffix(_PTX)) for text in architectures}
    given = [parse_architecture(text.removesuffix(_PTX)) for text in architectures if text.endswith(_PTX)]
    portable = sorted(code for code in given if not code.kind)  # "9.0a" is for 9.0, "10.0f" for 10.x: as machine code
    if not portable:
        return None
    first = portable[0]
    ranges: list[tuple[tuple[int, int], tuple[int, int]]] = [((0, 0), (first.major + 1, 0))]
    for code in sorted(codes):
        start, end = (code.major, code.minor), _end(code)
        if start <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(ranges[-1][1], end))
        else:
            ranges.append((start, end))
    return [",".join(_bounds(start, end)) for start, end in ranges]


def _end(code: Architecture) -> tuple[int, int]:
    """The first architecture that machine code for ``code`` does not run on."""
    return (code.major, code.minor + 1) if code.kind == "a" else (code.major + 1, 0)


def _bounds(start: tuple[int, int], end: tuple[int, int]) -> list[str]:
    lower = [f"arch>={start[0]}.{start[1]}"] if start > (0, 0) else []
    return [*lower, f"arch<{end[0]}.{end[1]}"]


__all__ = ["Starts", "declared_architectures", "for_gpus", "gpu_settings"]
