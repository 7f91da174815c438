"""neve's choice beside the oracles'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from neve.errors import NeveError
from neve.python.sdist import Directory, Git
from neve.session import Options, Session
from neve.stages.environment import find_environment
from neve.stages.lock import choose
from tests.conformance.oracle import export, installed, locked_files
from tests.conformance.targets import TARGETS

if TYPE_CHECKING:
    from neve.python.artefact import Artefact
    from neve.python.target import Target


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One project, one target: what neve chose, or why it chose nothing, and in what the oracles differ from it."""

    chosen: tuple[Artefact, ...] = ()
    error: NeveError | None = None
    differences: tuple[str, ...] = field(default=())


def choices(
    directory: Path, targets: Sequence[str], *, frozen: bool = False
) -> dict[str, tuple[Artefact, ...] | NeveError]:
    """What neve installs of the project in ``directory``, by target; it is locked where it is not, ``frozen`` takes a
    lock as it is. Raises NeveError.
    """
    session = Session(directory, Options(frozen=frozen))
    environment = find_environment(session)
    environment.prepare(upgrade=False, check=False, refresh=True)
    wanted: dict[str, list[Target]] = {}
    for name in targets:
        wanted.setdefault(TARGETS[name].architecture, []).append(TARGETS[name])
    pylock, _ = environment.pylock(wanted, upgrade=False, check=False)
    found: dict[str, tuple[Artefact, ...] | NeveError] = {}
    for name in targets:
        try:
            found[name] = choose(session, pylock, [TARGETS[name]], where=environment.where, sdists=True)
        except NeveError as error:
            found[name] = error
    return found


def compared(
    directory: Path,
    targets: Sequence[str],
    *,
    words: Sequence[str],
    root: Path | None = None,
    rules: Mapping[str, str] | None = None,
    frozen: bool = False,
) -> dict[str, Comparison]:
    """``directory`` compared for ``targets``: ``words`` are what uv is asked for the same, ``root`` is where uv.lock
    lies, ``frozen`` takes it as it is. Raises NeveError where neve locks nothing.
    """
    found = choices(directory, targets, frozen=frozen)
    requirements = export(directory, words)
    bases = (directory, root or directory)
    files = locked_files(bases[1])
    results = {}
    for name, choice in found.items():
        theirs = installed(requirements, TARGETS[name], files=files, bases=bases, rules=rules or {})
        if isinstance(choice, NeveError):
            unfit = sorted(what for what, file in theirs.items() if file is None)
            differences = () if unfit else (f"neve refuses: {choice}",)
            results[name] = Comparison(error=choice, differences=differences)
        else:
            ours = {_what(artefact, directory): _file(artefact) for artefact in choice}
            results[name] = Comparison(chosen=choice, differences=tuple(differing(ours, theirs)))
    return results


def _what(artefact: Artefact, directory: Path) -> str:
    """What the oracle calls it."""
    if isinstance(artefact, Git):
        at = f"#subdirectory={artefact.subdirectory}" if artefact.subdirectory else ""
        return f"git+{artefact.url}@{artefact.commit}{at}"
    if isinstance(artefact, Directory):
        return str((directory / artefact.path).resolve())
    if artefact.origin == "path":
        return str((directory / (artefact.path or artefact.url)).resolve())
    return artefact.url if artefact.origin == "url" else f"{artefact.name}=={artefact.version}"


def _file(artefact: Artefact) -> str:
    return "" if isinstance(artefact, Git | Directory) or artefact.origin != "registry" else artefact.file


def differing(ours: Mapping[str, str], theirs: Mapping[str, str | None]) -> list[str]:
    found = [f"neve lacks {what}" for what in theirs if what not in ours]
    found += [f"uv has no {what}" for what in ours if what not in theirs]
    for what, file in ours.items():
        other = theirs.get(what, file)
        if other != file and not _is_place(what):
            found.append(f"{what}: neve takes {file}, the ranking {other or 'nothing'}")
    return sorted(found)


def _is_place(what: str) -> bool:
    return "://" in what or what.startswith("/")
