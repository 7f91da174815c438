"""CUDA that nobody asked for: what tells that a project wants GPUs, and how it is rid of CUDA's wheels otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from neve.cuda.avoiding import TORCH, Place, remedies
from neve.cuda.wheels import names_cuda
from neve.python.sdist import Directory, Git

if TYPE_CHECKING:
    from neve.cuda.wheels import CudaWheels
    from neve.python.artefact import Artefact

# Frameworks that are of no use without a GPU, whatever their names say.
_FOR_GPUS = frozenset(
    ("bitsandbytes", "cuml", "cudf", "cupy", "flash-attn", "numba-cuda", "sglang", "tensorrt", "vllm", "xformers")
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRAS = re.compile(r"\[([^\]]*)\]")
# An index, a source or a version for CUDA: …/whl/cu128, pytorch-cu128, torch==2.9.1+cu128.
_VERSION = re.compile(r"(?<![a-z0-9])cu(da)?-?1[0-9]{1,2}(?![0-9])", re.I)
_ASKING_EXTRA = re.compile(r"cuda|gpu", re.I)
# Keys under which a dependency is named to be left out, or to be another version where something else asks for it.
_NO_WISH = frozenset(("exclude-dependencies", "override-dependencies", "constraint-dependencies", "excludes"))


def asks_for_gpus(data: object) -> bool:
    """Whether ``data``, the tables, lists and strings in which a project says what it depends on and from where, names
    anything that is for GPUs: a package, an extra, an index or a version.
    """
    return any(map(_asks, _texts(data)))


def names_package(data: object, name: str) -> bool:
    """Whether the same ``data`` names the package ``name``."""
    return any((found := _NAME.match(text.strip())) and found[0].lower() == name for text in _texts(data))


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            if key not in _NO_WISH:
                yield str(key)
                yield from _texts(value)
    elif isinstance(data, Sequence):
        for value in data:
            yield from _texts(value)


def _asks(text: str) -> bool:
    if _VERSION.search(text) or text.startswith("Environment :: GPU"):
        return True
    found = _NAME.match(text.strip())
    if found is None:
        return False
    name = re.sub(r"[-_.]+", "-", found[0]).lower()
    extras = _EXTRAS.match(text.strip(), found.end())
    return name in _FOR_GPUS or names_cuda(name) or (extras is not None and bool(_ASKING_EXTRA.search(extras[1])))


@dataclass(frozen=True, kw_only=True)
class Unasked:
    """CUDA's wheels in an environment that is not for GPUs: which, and the packages that depend on them, each with
    those that it names itself (none where it is not known). ``refused``: the project says that it is for CPUs alone.
    """

    wheels: CudaWheels
    bringers: Mapping[str, Collection[str]]
    refused: bool = False

    @property
    def torch(self) -> bool:
        """Whether PyTorch is among those that bring them."""
        return "torch" in self.bringers

    @property
    def droppable(self) -> tuple[str, ...]:
        """Those that others than PyTorch name, which load them only where there is a GPU: XGBoost's NCCL."""
        return tuple(sorted({each for name, of in self.bringers.items() if name not in TORCH for each in of}))


def find_unasked(
    wheels: CudaWheels,
    artefacts: Sequence[Artefact],
    graph: Callable[[], Mapping[str, Collection[str]]],
    *,
    refused: bool,
) -> Unasked | None:
    """Who brings ``wheels`` into the environment of ``artefacts``; ``graph`` reads the names that each locked package
    depends on, as far as a lock tells; ``refused`` says that the project has ``cuda = false``.

    None where nothing of NVIDIA's is there, or where a version was taken that is made for CUDA (``+cu128``), and that
    is not refused: then somebody asked.
    """
    asked = any(_VERSION.search((a.version or "").partition("+")[2]) for a in artefacts)
    if not wheels.packages:
        made_for_it = refused and (asked or names_cuda(wheels.said_by))
        return Unasked(wheels=wheels, bringers={}, refused=True) if made_for_it else None
    if asked and not refused:
        return None
    names, ours, depends = {a.name for a in artefacts}, set(wheels.packages), graph()
    bringers = {name: sorted(ours.intersection(depends.get(name, ()))) for name in sorted(names - ours)}
    bringers = {name: of for name, of in bringers.items() if of}
    if not bringers and "torch" in names:
        bringers = {"torch": []}
    return Unasked(wheels=wheels, bringers=bringers, refused=refused)


def dependency_graph(lock: Mapping[str, Any]) -> dict[str, set[str]]:
    """The names that each package of a parsed lock depends on, to tell who brings what: of uv.lock, poetry.lock and
    pdm.lock, whose packages list their dependencies as tables, strings or keys.
    """
    found: dict[str, set[str]] = {}
    packages = lock.get("package")
    for package in packages if isinstance(packages, list) else ():
        if not isinstance(package, Mapping):
            continue
        groups = [package.get("dependencies"), *_values(package.get("optional-dependencies"))]
        names = found.setdefault(str(package.get("name")), set())
        for each in (one for group in groups for one in (group if isinstance(group, list | dict) else ())):
            text = str(each.get("name")) if isinstance(each, Mapping) else str(each)
            if match := _NAME.match(text):
                names.add(re.sub(r"[-_.]+", "-", match[0]).lower())
    return found


def _values(table: object) -> list[object]:
    return [*table.values()] if isinstance(table, Mapping) else []


def annotated_graph(text: str) -> dict[str, set[str]]:
    """The same out of what `uv pip compile` writes: ``# via`` below a package names those that ask for it."""
    found: dict[str, set[str]] = {}
    name = ""
    for line in text.splitlines():
        if not line.startswith((" ", "#")):
            name = line.partition("=")[0].strip()
        elif name and (via := line.strip().lstrip("#").strip().removeprefix("via").strip()) and _NAME.fullmatch(via):
            found.setdefault(via, set()).add(name)
    return found


def warning(unasked: Unasked, artefacts: Sequence[Artefact], place: Place) -> str:
    """What the user is told, in lines: how much it is, who brings it, how it is avoided in ``place``, and how that is
    silenced.
    """
    wheels = unasked.wheels
    said = "tool.neve.cuda is false" if unasked.refused else "nothing in the project asks for GPUs"
    if not wheels.packages:
        return f"{said}, but {wheels.said_by} of its environment is made for CUDA {wheels.version}"
    size = f" ({wheels.size / 1e6:.0f} MB)" if wheels.size else ""
    by = f", for {', '.join(unasked.bringers)}" if unasked.bringers else ""
    there = {a.name for a in artefacts if not isinstance(a, Git | Directory)}
    family = [name for name in TORCH if name in there] if unasked.torch else []
    others = [name for name in unasked.bringers if name not in TORCH]
    lines = [
        f"{said}, but its environment has CUDA {wheels.version}: {_first_of(unasked)}{size}{by}",
        *remedies(place, family, unasked.droppable, others),
    ]
    if not unasked.bringers:
        lines.append("who needs them is not known: take packages that are built for CPUs")
    if not unasked.refused:
        lines.append("for an image for GPUs write [tool.neve.cuda], an empty table will do: then this is not said")
    return "\n  ".join(lines)


def _first_of(unasked: Unasked) -> str:
    """The first of NVIDIA's packages, and how many more there are."""
    first, *others = unasked.wheels.packages
    return f"{first} and {len(others)} more of NVIDIA's packages" if others else first


__all__ = [
    "Unasked",
    "annotated_graph",
    "asks_for_gpus",
    "dependency_graph",
    "find_unasked",
    "names_package",
    "warning",
]
