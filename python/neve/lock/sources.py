"""The pins of all that is built from source: what is held stays, what is new is read and its build requirements are
resolved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from neve.errors import NeveError, collected
from neve.lock.build_pins import Built, Targets
from neve.lock.build_requires import OTHER, Need, build_fields, need_of, resolve_needs, tags
from neve.lock.build_rules import NO_SETTINGS, BuildSettings
from neve.lock.sdists import DirectoryPin, GitPin, SdistPin
from neve.project.validate import validated
from neve.python.sdist import Directory, Git, Sdist, Source

if TYPE_CHECKING:
    from neve.python.artefact import Artefact
    from neve.python.source_tree import Tree
    from neve.python.uv import Uv

Pin: TypeAlias = SdistPin | GitPin | DirectoryPin
Environments: TypeAlias = Mapping[str, Sequence["Artefact"]]


@dataclass(frozen=True, kw_only=True)
class Read:
    """What was read of a source: what its files say of its build; of a commit of git, its tree's NAR hash (SRI)."""

    tree: Tree
    nar_hash: str | None = None


class Reader(Protocol):
    """Has the sources at hand."""

    def read(self, sources: Sequence[Source]) -> Mapping[Source, Read]:
        """All of ``sources``, fetched where need be. Raises NeveError with all that cannot be read, TransientError."""


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """Pins, and the keys of those whose backends must be asked yet what they need besides."""

    pins: tuple[Pin, ...]
    asking: frozenset[str] = frozenset()

    def tables(self) -> dict[str, tuple[Any, ...]]:
        """The pins by the table of neve.lock that they stand in."""
        return {
            "sdists": tuple(pin for pin in self.pins if isinstance(pin, SdistPin)),
            "git": tuple(pin for pin in self.pins if isinstance(pin, GitPin)),
            "directories": tuple(pin for pin in self.pins if isinstance(pin, DirectoryPin)),
        }


class Stale:
    """What the pins that are ``held`` do not answer: ``new`` are the sources to pin, with the targets that build them.

    Directories are read each time: what they need is what they say now.
    """

    def __init__(
        self,
        environments: Environments,
        targets: Targets,
        held: Mapping[str, Pin],
        *,
        own: str,
        reader: Reader,
        settings: BuildSettings = NO_SETTINGS,
    ) -> None:
        self._environments = environments
        self._held = held
        self._reader = reader
        self._settings = settings
        self._own = own
        self.wanted: dict[Source, Targets] = {
            source: {name: targets[name] for name, artefacts in environments.items() if source in artefacts}
            for source in dict.fromkeys(a for of in environments.values() for a in of if isinstance(a, Source))
        }
        directories = [source for source in self.wanted if isinstance(source, Directory)]
        self._read: dict[Source, Read] = dict(reader.read(directories)) if directories else {}
        self._needs: dict[Source, Need] = {source: self._need(source) for source in directories}
        self.new: dict[Source, Targets] = {
            source: of for source, of in self.wanted.items() if not self._is_answered(source, of)
        }

    def resolve(self, uv: Uv) -> Resolved:
        """A pin for each source, sorted by name. Raises NeveError with all that cannot be read, and all build
        requirements that do not resolve or have no wheel for the own architecture; TransientError.
        """
        pins = [_moved(self._held[source.key], source) for source in self.wanted if source not in self.new]
        fetched = [source for source in self.new if source not in self._read]
        if fetched:
            self._read |= self._reader.read(fetched)
        needs: dict[Source, Need] = {}
        problems: list[NeveError] = []
        for source in self.new:
            try:
                needs[source] = self._needs.get(source) or self._need(source)
            except NeveError as error:
                problems.append(error)
        if (problem := collected(problems)) is not None:
            raise problem
        built = resolve_needs([*needs.values()], uv, self._own, self._settings) if needs else {}
        pins += (_pin(source, need, built[need.key], self._read[source]) for source, need in needs.items())
        return Resolved(
            pins=tuple(sorted(pins, key=lambda pin: (pin.name, pin.key))),
            asking=frozenset(need.key for need in needs.values() if need.asks),
        )

    def _need(self, source: Source) -> Need:
        own = isinstance(source, Directory)
        return need_of(
            self._read[source].tree,
            key=source.key,
            name=source.name,
            label=label(source),
            targets=self.wanted[source],
            extra=self._settings.extra_for(source.name, self._environments),
            fixes=[f"mend build-system.requires in {source.key}/pyproject.toml"] if own else [OTHER],
        )

    def _is_answered(self, source: Source, of: Targets) -> bool:
        pin = self._held.get(source.key)
        if pin is None or self._own in pin.lacking or not {*tags(of)} <= {*pin.targets}:
            return False
        if (need := self._needs.get(source)) is None:
            return True
        said = (need.system.backend, need.system.backend_path, need.languages, need.crates)
        # What its backend asked for is among the pin's requirements as well.
        return said == (pin.backend, pin.backend_path, pin.languages, pin.crates) and {*need.requires} <= {
            *pin.requires
        }


def label(source: Source) -> str:
    """What errors call ``source``."""
    if isinstance(source, Sdist):
        return source.file
    return source.path if isinstance(source, Directory) else f"{source.name} at {source.commit[:11]}"


def _moved(pin: Pin, source: Source) -> Pin:
    """``pin`` with the place where ``source`` lies now: an index may have moved, a file been moved."""
    if isinstance(pin, SdistPin) and isinstance(source, Sdist):
        return validated(SdistPin, {**pin.model_dump(), **_place(source)}, where=pin.file)
    return pin


def _place(sdist: Sdist) -> dict[str, Any]:
    # What lies in the project has its path in the place of a URL.
    return {"url": "", "path": sdist.path} if sdist.path is not None else {"url": sdist.url, "path": None}


def _pin(source: Source, need: Need, built: Built, read: Read) -> Pin:
    fields = {**build_fields(need, built), "version": source.version}
    if isinstance(source, Sdist):
        own = {name: getattr(source, name) for name in ("file", "sha256", "size")}
        return validated(SdistPin, {**fields, **own, **_place(source)}, where=source.file)
    if isinstance(source, Git):
        own = {name: getattr(source, name) for name in ("url", "commit", "subdirectory")}
        return validated(GitPin, {**fields, **own, "nar_hash": read.nar_hash}, where=label(source))
    # Its version is what it says when it is built.
    return validated(DirectoryPin, {**fields, "version": None, "path": source.path}, where=source.path)


__all__ = ["Pin", "Read", "Reader", "Resolved", "Stale", "label"]
