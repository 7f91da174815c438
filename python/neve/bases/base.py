"""What a base of images answers: one model of project, plan and lock, and behind it the base's own ways."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from neve.bases.pythons import Choice
    from neve.components.component import Contribution
    from neve.components.plan import Plan
    from neve.cuda.wheels import CudaWheels
    from neve.errors import NeveError
    from neve.libraries.provider import Provider
    from neve.lock.interpreter import InterpreterPin
    from neve.lock.model import BaseLock, CudaLock, Lock, ToolsLock
    from neve.lock.resolve import Resolver
    from neve.lock.sdists import Language
    from neve.nix.lacking import Lacking
    from neve.project.config import Config
    from neve.project.project import PythonRequest
    from neve.python.artefact import Artefact
    from neve.python.target import Target
    from neve.render.place import Place
    from neve.session import Session


@dataclass(frozen=True, kw_only=True)
class Cuda:
    """The CUDA toolkit that is asked for: its version ("12.9"; None: that of the locked wheels, else the release's own)
    and its components as ``tool.neve.cuda.toolkit`` names them.
    """

    version: str | None
    components: tuple[str, ...]


class Base(Protocol):
    """Where system packages come from."""

    name: str
    builds_sdists: bool  # whether a package without a wheel is built from its source distribution
    substitutes: bool  # whether binary caches have what the image is made of

    def problems(self, config: Config, *, where: str) -> list[NeveError]:
        """What is wrong in ``config`` for this base and can be told without a release; ``where`` is the file."""

    def choose(self, config: Config, request: PythonRequest, requires_python: str | None) -> Choice:
        """The release and the Python. Raises NeveError where none fits."""

    def contribution(self, component: str, choice: Choice) -> Contribution:
        """What ``component`` adds on this base: packages in its vocabulary, environment."""

    def cuda(self, config: Config, release: str) -> Cuda | None:
        """The toolkit asked for. Raises NeveError where the release has none of its kind."""

    def cuda_releases(self, release: str | None, toolkit: Sequence[str]) -> Sequence[str]:
        """The releases of CUDA that have all components that ``toolkit`` names, in ``release`` of the base (None: the
        default) or for it, the oldest first; names of no component count for nothing.
        """

    def wishes(self, plan: Plan) -> list[Any]:
        """What of ``plan`` decides the base's part of neve.lock, as plain data."""

    def resolve(
        self, resolver: Resolver, plan: Plan, held: Lock | None, interpreter: InterpreterPin | None, *, upgrade: bool
    ) -> tuple[BaseLock, ToolsLock | None]:
        """The base's pins; ``held`` is what an older lock has, ``upgrade`` asks for newer; ``interpreter`` is one of
        uv's that goes with them. Raises NeveError.
        """

    def compilers(self, plan: Plan, lock: Lock, languages: Collection[Language]) -> tuple[str, ...]:
        """The packages to build with that the image does not hold, where ``languages`` are compiled: those that are
        pinned one by one, sorted.
        """

    def locked_compilers(self, lock: Lock) -> tuple[str, ...]:
        """What the pins of such packages in ``lock`` answer."""

    def with_compilers(self, resolver: Resolver, lock: Lock, wanted: Sequence[str]) -> Lock:
        """``lock`` with pins of such packages, as :meth:`compilers` named them. Raises NeveError."""

    def toolkit(
        self,
        resolver: Callable[[], Resolver],
        lock: Lock,
        plan: Plan,
        wheels: CudaWheels | None,
        *,
        held: CudaLock | None,
    ) -> CudaLock | None:
        """The toolkit that ``plan`` asks for, pinned: ``held`` where that answers it. ``wheels`` is the CUDA of the
        environment; ``resolver`` is called only where something must be resolved. Raises NeveError, TransientError.
        """

    def packages_with(self, session: Session, lock: Lock, lacking: Sequence[Lacking]) -> dict[Lacking, str]:
        """The packages that have what a build lacks, as far as they are known. Raises NeveError."""

    def targets(self, base: BaseLock, plan: Plan, *, building: bool = False) -> Mapping[str, tuple[Target, ...]]:
        """By architecture, the plan's first, the targets that one choice of wheels must fit; with ``building`` also
        those of machines that only build.
        """

    def lacks(self, base: BaseLock, plan: Plan) -> str | None:
        """An architecture that is needed to build ``plan`` here, and that ``base`` has no pins of."""

    def rendering(
        self, plan: Plan, lock: Lock, environments: Mapping[str, Sequence[Artefact]], place: Place
    ) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
        """The rendered files by path: the template's name (without ``.j2``) and its values."""

    def names(self, plan: Plan, lock: Lock) -> Mapping[str, Sequence[str]]:
        """The system packages of the image by group, as far as they are known without a build."""

    def layers(self, plan: Plan, lock: Lock, artefacts: Sequence[Artefact]) -> list[tuple[str, int, int | None]]:
        """The image's layers, bottom to top: name, number of packages, bytes of its wheels (None: not known)."""

    def flake_lock(self, lock: Lock) -> str:
        """The text of the rendered flake.lock."""

    def evaluation(self, rendered: Path, architecture: str) -> list[str]:
        """The words that make `nix build ATTRIBUTE` read the tree in ``rendered`` for ``architecture``."""

    def provide(self, session: Session, lock: Lock, artefacts: Sequence[Artefact]) -> None:
        """Bring what is pinned into the store before Nix asks for it. Raises NeveError."""

    def libraries(
        self, session: Session, plan: Plan, lock: Lock, sonames: Collection[str], architecture: str, *, offline: bool
    ) -> Mapping[str, Provider]:
        """Who has each of ``sonames``: the image, or packages that could be added; ``offline`` asks nobody, and what it
        does not know is left out. Raises NeveError, TransientError.
        """


def find_base(name: str) -> Base:
    """The base ``name`` of ``[tool.neve]``."""
    if name == "nixpkgs":
        from neve.bases.nixpkgs.base import Nixpkgs

        return Nixpkgs()
    from neve.bases.debian.base import Debian

    return Debian()


__all__ = ["Base", "Cuda", "find_base"]
