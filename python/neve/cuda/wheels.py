"""The CUDA that the wheels of an environment bring."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from neve.errors import NeveError
from neve.python.sdist import Directory, Git

if TYPE_CHECKING:
    from neve.python.artefact import Artefact

# Who says the version, the best first: packages whose own version is the toolkit's.
_TELLING = ("cuda-toolkit", "nvidia-cuda-runtime", "nvidia-cuda-nvrtc")
_MAJOR = re.compile(r"-cu(?P<major>1[0-9])\Z")  # nvidia-cublas-cu12; from CUDA 13 on the names have no such ending
_LOCAL = re.compile(r"\+cu(?P<major>1[0-9])(?P<minor>[0-9])\Z")
_INDEX = re.compile(r"/cu(?P<major>1[0-9])(?P<minor>[0-9])/")
_NEW = re.compile(
    r"nvidia-(cublas|cuda-[a-z0-9-]+|cufft|cufile|curand|cusolver|cusparse|npp|nvfatbin|nvjitlink|nvjpeg|nvtx|nvvm)\Z"
)


@dataclass(frozen=True, kw_only=True)
class CudaWheels:
    """What wheels bring of CUDA: its ``version`` ("13.2"; "13" where only the major version is known) and the package
    that says so, the components by name with their versions, and the bytes of all wheels that are NVIDIA's (None: not
    known). ``packages`` are the names of those.
    """

    version: str
    said_by: str
    components: tuple[tuple[str, str], ...]
    packages: tuple[str, ...]
    size: int | None

    @property
    def major(self) -> int:
        """The major version, which decides the driver."""
        return int(self.version.partition(".")[0])


def cuda_wheels(artefacts: Sequence[Artefact], *, where: str) -> CudaWheels | None:
    """The CUDA of ``artefacts``, what one target installs; None where they bring none. ``where`` names their lock.

    The version is that of cuda-toolkit, else of nvidia-cuda-runtime, else of nvidia-cuda-nvrtc, else torch's local
    version (``+cu128``), else what an index's path says (``/cu128``); never that of a library. Raises NeveError where
    packages of two major versions are among them, with the packages that bring each.
    """
    ours = [artefact for artefact in artefacts if _is_nvidias(artefact.name)]
    says = {artefact.name: version for artefact in artefacts if (version := _version(artefact)) is not None}
    if not says:
        return None
    majors: dict[str, list[str]] = {}
    for name, version in says.items():
        majors.setdefault(version.partition(".")[0], []).append(name)
    if len(majors) > 1:
        raise _two_majors(majors, where)
    best = min(says, key=lambda name: (_rank(name), "." not in says[name], name))
    sizes = [None if isinstance(a, Git | Directory) else a.size for a in ours]
    known = [size for size in sizes if size is not None]
    return CudaWheels(
        version=says[best],
        said_by=best,
        components=tuple((a.name, a.version or "") for a in ours),
        packages=tuple(a.name for a in ours),
        size=sum(known) if len(known) == len(sizes) else None,
    )


def _is_nvidias(name: str) -> bool:
    return name == "cuda-toolkit" or (
        name.startswith("nvidia-") and (_MAJOR.search(name) or _NEW.match(name)) is not None
    )


def _rank(name: str) -> int:
    plain = _MAJOR.sub("", name)
    return _TELLING.index(plain) if plain in _TELLING else len(_TELLING)


def _version(artefact: Artefact) -> str | None:
    """What ``artefact`` says of CUDA's version: "12.8", "12" where it tells no more, None where it tells nothing."""
    name, version = artefact.name, artefact.version or ""
    if _rank(name) < len(_TELLING):
        return ".".join(version.split(".")[:2])
    if found := _MAJOR.search(name):
        return found["major"]
    url = getattr(artefact, "url", "") or ""
    if found := _LOCAL.search(version) or (_INDEX.search(url) if not isinstance(artefact, Git | Directory) else None):
        return f"{found['major']}.{found['minor']}"
    return "13" if _NEW.match(name) else None


def _two_majors(majors: Mapping[str, Sequence[str]], where: str) -> NeveError:
    brings = [f"CUDA {major}: {', '.join(sorted(names))}" for major, names in sorted(majors.items())]
    return NeveError(
        "the environment has two major versions of CUDA",
        where=where,
        why="\n".join(brings),
        fixes=[
            "take packages that are built for the same one: `uv tree --invert --package NAME` shows who asks for each"
        ],
    )


__all__ = ["CudaWheels", "cuda_wheels"]
