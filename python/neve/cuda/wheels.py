"""The CUDA that the wheels of an environment bring."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from neve.errors import NeveError
from neve.python.sdist import Directory, Git

if TYPE_CHECKING:
    from neve.python.artefact import Artefact

# Who says the version, the best first: packages whose own version is the toolkit's.
_TELLING = ("cuda-toolkit", "nvidia-cuda-runtime", "nvidia-cuda-nvrtc")
_TOOLKIT = re.compile(r"(?P<version>1[0-9]\.[0-9]+)(\.|\Z)")
# nvidia-cublas-cu12, jax-cuda12-plugin, cupy-cuda12x, spconv-cu120, tensorrt-cu12-libs: what a package is made for.
_NAMED = re.compile(r"-cu(da)?(?P<major>1[0-9])([0-9]|x)?(?=-|\Z)")
# torch 2.6.0+cu124, flash-attn 2.7.4+cu12torch2.6, torch-scatter 2.1.2+pt26cu124.
_LOCAL = re.compile(r"\+(pt[0-9]+)?cu(?P<major>1[0-9])(?P<minor>[0-9])?(?![0-9])")
_INDEX = re.compile(r"/cu(?P<major>1[0-9])(?P<minor>[0-9])/")
# NVIDIA's own libraries; from CUDA 13 on most names have no ending.
_NEW = re.compile(
    r"nvidia-(cublas|cuda-[a-z0-9-]+|cudla|cufft|cufile|curand|cusolver|cusparse|npp|nvfatbin|nvjitlink|nvjpeg|nvml-dev|"
    r"nvptxcompiler|nvtx|nvvm)\Z"
)
_SUFFIXED = re.compile(r"nvidia-[a-z0-9-]+-cu1[0-9]{1,2}\Z")
# Made for every version of CUDA, whatever their names say: vLLM installs those of two majors side by side.
_EITHER = re.compile(r"nvidia-cutlass-dsl-libs-cu1[0-9]\Z")
# They open what is there when they run: another major version beside them is no conflict (vLLM has cuda-python 12 with
# CUDA 13), and they tell only where nothing else does.
_BINDINGS = ("cuda-bindings", "cuda-python")


@dataclass(frozen=True, kw_only=True)
class CudaWheels:
    """What wheels bring of CUDA: its ``version`` ("13.2"; "13" where only the major version is known) and the package
    that says so, the components by name with their versions, and the bytes of all wheels that are NVIDIA's (None: not
    known). ``packages`` are the names of those; there are none where a package was made for a version of CUDA (CuPy)
    and brings nothing of it.
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


@dataclass(frozen=True, kw_only=True)
class _Says:
    """What a package says: ``version`` ("12.8", "12"), to be believed the more the lower its ``rank`` is. One that is
    not ``firm`` is in no conflict with another major version, an ``open`` one in none with a newer.
    """

    name: str
    version: str
    rank: int
    firm: bool = True
    open: bool = False

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])


def cuda_wheels(artefacts: Sequence[Artefact], *, where: str) -> CudaWheels | None:
    """The CUDA of ``artefacts``, what one target installs; None where they bring none. ``where`` names their lock.

    The version is that of cuda-toolkit, else of nvidia-cuda-runtime, else of nvidia-cuda-nvrtc, else torch's local
    version (``+cu128``), else what an index's path says (``/cu128``), else the major version that names of packages
    have; never that of a library. Raises NeveError where packages of two major versions are among them, with the
    packages that bring each.
    """
    says = [said for artefact in artefacts if (said := _says(artefact)) is not None]
    if not says:
        return None
    _check_one_major(says, where)
    best = min(says, key=lambda said: (said.rank, said.name))
    ours = [artefact for artefact in artefacts if is_nvidias(artefact.name)]
    sizes = [None if isinstance(a, Git | Directory) else a.size for a in ours]
    known = [size for size in sizes if size is not None]
    return CudaWheels(
        version=best.version,
        said_by=best.name,
        components=tuple((a.name, a.version or "") for a in ours),
        packages=tuple(a.name for a in ours),
        size=sum(known) if len(known) == len(sizes) else None,
    )


def first_cuda(
    environments: Mapping[str, Sequence[Artefact]], platforms: Iterable[str], *, where: str
) -> CudaWheels | None:
    """The CUDA of the first of ``platforms`` whose packages in ``environments`` bring any, as :func:`cuda_wheels`."""
    brought = (cuda_wheels(environments.get(name, ()), where=where) for name in platforms)
    return next(filter(None, brought), None)


def is_nvidias(name: str) -> bool:
    """Whether the package ``name`` is a part of CUDA that NVIDIA makes: neither nvidia-ml-py nor nvidia-modelopt is."""
    if _EITHER.match(name):
        return False
    return name == "cuda-toolkit" or (_NEW.match(name) or _SUFFIXED.match(name)) is not None


def names_cuda(name: str) -> bool:
    """Whether the name of a package alone says that it is for GPUs: NVIDIA's own, CUDA's bindings, ``cupy-cuda12x``,
    ``cudf-cu12``, ``onnxruntime-gpu``.
    """
    if name.startswith(("nvidia-", "cuda-")) or name in ("cupy", "numba-cuda"):
        return True
    return _NAMED.search(name) is not None or name.endswith("-gpu") or "-gpu-" in name


def _says(artefact: Artefact) -> _Says | None:
    name, version = artefact.name, artefact.version or ""
    if _EITHER.match(name):
        return None
    plain = _NAMED.sub("", name)
    if plain in _TELLING and (found := _TOOLKIT.match(version)):
        return _Says(name=name, version=found["version"], rank=_TELLING.index(plain))
    rank = len(_TELLING)
    if found := _LOCAL.search(version):
        exact = found["minor"] is not None
        said = f"{found['major']}.{found['minor']}" if exact else found["major"]
        return _Says(name=name, version=said, rank=rank if exact else rank + 2)
    if found := _NAMED.search(name):
        return _Says(name=name, version=found["major"], rank=rank + 2)
    if _NEW.match(name):
        return _Says(name=name, version="13", rank=rank + 3, open=True)
    if name in _BINDINGS and (found := _TOOLKIT.match(version)):
        return _Says(name=name, version=found["version"].partition(".")[0], rank=rank + 4, firm=False)
    url = "" if isinstance(artefact, Git | Directory) else artefact.url or ""
    if found := _INDEX.search(url):
        # What an index for CUDA has need not use it: NumPy lies there too.
        return _Says(name=name, version=f"{found['major']}.{found['minor']}", rank=rank + 1, firm=False)
    return None


def _check_one_major(says: Sequence[_Says], where: str) -> None:
    """Raise NeveError where packages of two major versions are among those that ``says`` tells of."""
    firm = [said for said in says if said.firm]
    newest = max((said.major for said in firm), default=0)
    majors: dict[int, list[str]] = {}
    for said in firm:
        # A name without an ending says "13 or newer".
        majors.setdefault(max(said.major, newest) if said.open else said.major, []).append(said.name)
    if len(majors) > 1:
        raise _two_majors(majors, where)


def _two_majors(majors: Mapping[int, Sequence[str]], where: str) -> NeveError:
    brings = [f"CUDA {major}: {', '.join(sorted(names))}" for major, names in sorted(majors.items())]
    fewest = min((len(names), sorted(names)[0]) for names in majors.values())[1]
    return NeveError(
        "the environment has two major versions of CUDA",
        where=where,
        why="\n".join(brings),
        fixes=[
            "take packages that are built for the same one",
            f"`uv tree --invert --package {fewest}` shows who asks for it",
        ],
    )


__all__ = ["CudaWheels", "cuda_wheels", "first_cuda", "is_nvidias", "names_cuda"]
