"""The components of a CUDA toolkit, by the names that ``tool.neve.cuda.toolkit`` has for them on every base."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from neve.dotted import numbers
from neve.errors import NeveError, collected

_NEAR = 3  # names at most that a misspelt one may mean
_AS_NEAR = 0.1  # how much less alike than the nearest another may be


@dataclass(frozen=True, kw_only=True)
class Component:
    """A component: the extra of NVIDIA's metapackage ``cuda-toolkit`` that stands for it (``name``), its ``package`` on
    a Python package index, without the ``nvidia-`` before it, and its ``attribute`` in nixpkgs' sets.

    ``since`` is the first release that has it, ``before`` what has its files in older ones. What is ``build_only`` no
    image needs: programs, headers, static libraries, and stubs of the driver's.
    """

    name: str
    package: str
    attribute: str
    since: tuple[int, int] = (11, 0)
    before: str | None = None
    build_only: bool = False

    @property
    def spellings(self) -> tuple[str, ...]:
        """All that it may be called: its own name first."""
        return tuple(dict.fromkeys((self.name, self.attribute, self.package.replace("-", "_"))))

    def is_in(self, version: str) -> bool:
        """Whether CUDA ``version`` ("12.9") has it."""
        return numbers(version) >= self.since


def _component(name: str, package: str, attribute: str, **others: object) -> Component:
    return Component(name=name, package=package, attribute=attribute, **others)  # type: ignore[arg-type]


# The extras of cuda-toolkit 11.8 to 13.5 (its metadata on the index), and the names of nixpkgs' cuda-modules.
COMPONENTS: Mapping[str, Component] = MappingProxyType(
    {
        component.name: component
        for component in (
            _component("cccl", "cuda-cccl", "cuda_cccl", build_only=True),
            _component("crt", "cuda-crt", "cuda_crt", since=(13, 0), before="nvcc", build_only=True),
            _component("cublas", "cublas", "libcublas"),
            _component("cudart", "cuda-runtime", "cuda_cudart"),
            _component("cudla", "cudla", "libcudla", since=(13, 2)),
            _component("cudnn", "cudnn", "cudnn"),
            _component("cufft", "cufft", "libcufft"),
            _component("cufile", "cufile", "libcufile", since=(12, 6)),
            _component("culibos", "cuda-culibos", "cuda_culibos", since=(13, 0), build_only=True),
            _component("cuobjdump", "cuda-cuobjdump", "cuda_cuobjdump", since=(13, 2), build_only=True),
            _component("cupti", "cuda-cupti", "cuda_cupti"),
            _component("curand", "curand", "libcurand"),
            _component("cusolver", "cusolver", "libcusolver"),
            _component("cusparse", "cusparse", "libcusparse"),
            _component("cuxxfilt", "cuda-cuxxfilt", "cuda_cuxxfilt", build_only=True),
            _component("nccl", "nccl", "nccl"),
            _component("npp", "npp", "libnpp"),
            _component("nvcc", "cuda-nvcc", "cuda_nvcc", build_only=True),
            _component("nvdisasm", "cuda-nvdisasm", "cuda_nvdisasm", since=(13, 2), build_only=True),
            _component("nvfatbin", "nvfatbin", "libnvfatbin", since=(12, 4)),
            _component("nvjitlink", "nvjitlink", "libnvjitlink", since=(12, 0)),
            _component("nvjpeg", "nvjpeg", "libnvjpeg"),
            _component("nvml", "nvml-dev", "cuda_nvml_dev", build_only=True),
            _component(
                "nvptxcompiler", "nvptxcompiler", "libnvptxcompiler", since=(13, 0), before="nvcc", build_only=True
            ),
            _component("nvrtc", "cuda-nvrtc", "cuda_nvrtc"),
            _component("nvtx", "nvtx", "cuda_nvtx"),
            _component("nvvm", "nvvm", "libnvvm", since=(13, 0), before="nvcc", build_only=True),
            _component("opencl", "cuda-opencl", "cuda_opencl"),
            _component("profiler", "cuda-profiler-api", "cuda_profiler_api", build_only=True),
            _component("sanitizer", "cuda-sanitizer-api", "cuda_sanitizer_api", build_only=True),
            _component("tileiras", "cuda-tileiras", "cuda_tileiras", since=(13, 1), build_only=True),
        )
    }
)


def find_components(names: Sequence[str], *, where: str) -> tuple[Component, ...]:
    """The components that ``names`` stand for, each once, sorted: ``nvcc`` and nixpkgs' ``cuda_nvcc`` are the same.

    Raises NeveError with every name that is none; ``where`` is the key that has them.
    """
    known = _by_spelling()
    problems = [
        _unknown(name, known, f"{where}[{number}]") for number, name in enumerate(names) if _spelled(name) not in known
    ]
    if (problem := collected(problems)) is not None:
        raise problem
    return tuple(sorted({known[_spelled(name)] for name in names}, key=lambda component: component.name))


def named_components(names: Sequence[str]) -> tuple[Component, ...]:
    """The components that ``names`` stand for; a name that is none is left out."""
    known = _by_spelling()
    return tuple(dict.fromkeys(known[_spelled(name)] for name in names if _spelled(name) in known))


def compiles(components: Iterable[Component]) -> bool:
    """Whether nvcc is among ``components``."""
    return any(component.name == "nvcc" for component in components)


def component_of(wheel: str) -> Component | None:
    """The component that a ``wheel`` of NVIDIA's is ("nvidia-cuda-runtime-cu12"); None where it is none."""
    package = re.sub(r"-cu[0-9]+\Z", "", wheel.removeprefix("nvidia-"))
    return next((component for component in COMPONENTS.values() if component.package == package), None)


def check_components(components: Sequence[Component], version: str, releases: Sequence[str], *, where: str) -> None:
    """Raise NeveError with every one of ``components`` that CUDA ``version`` does not have; ``releases`` are those that
    could be taken in its place.
    """
    problems = []
    for component in components:
        if component.is_in(version):
            continue
        since = f"{component.since[0]}.{component.since[1]}"
        having = [release for release in releases if all(each.is_in(release) for each in components)]
        inside = [f"write {component.before!r}, which it is part of in CUDA {version}"] if component.before else []
        problems.append(
            NeveError(
                f"CUDA {version} has no component {component.name!r}",
                where=where,
                why=f"it is there from CUDA {since} on",
                fixes=[*inside, *([f"take a release that has it: {', '.join(having)}"] if having else [])],
            )
        )
    if (problem := collected(problems)) is not None:
        raise problem


def _by_spelling() -> dict[str, Component]:
    return {spelling: component for component in COMPONENTS.values() for spelling in component.spellings}


def _spelled(name: str) -> str:
    return name.lower().replace("-", "_")


def _unknown(name: str, known: Mapping[str, Component], where: str) -> NeveError:
    from difflib import SequenceMatcher, get_close_matches

    near = get_close_matches(_spelled(name), known, n=_NEAR, cutoff=0.5)
    ratios = {spelling: SequenceMatcher(a=_spelled(name), b=spelling).ratio() for spelling in near}
    as_near = [spelling for spelling, ratio in ratios.items() if ratio > max(ratios.values()) - _AS_NEAR]
    names = [repr(each) for each in dict.fromkeys(known[spelling].name for spelling in as_near)]
    return NeveError(
        f"{name!r} is no component of CUDA that neve knows",
        where=where,
        fixes=[
            *([f"did you mean {' or '.join(names)}?"] if names else []),
            f"{'or ' if names else ''}take one of: {', '.join(COMPONENTS)}",
        ],
    )


__all__ = [
    "COMPONENTS",
    "Component",
    "check_components",
    "compiles",
    "component_of",
    "find_components",
    "named_components",
]
