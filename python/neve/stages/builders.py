"""What builds the sources: compilers, the project's own build requirements, and what backends ask for besides."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from neve.bases.base import find_base
from neve.errors import NeveError
from neve.lock.text import NAME
from neve.progress import counted
from neve.stages.permission import may_change, must_not_change

if TYPE_CHECKING:
    from neve.lock.build_requires import Need
    from neve.lock.build_rules import BuildSettings
    from neve.lock.model import BuildLock, Lock
    from neve.lock.sdists import BuildPin, Language
    from neve.python.artefact import Artefact
    from neve.python.source_tree import Tree
    from neve.session import Session
    from neve.stages.environment import Targets

OWN = "the project"  # the key of the project's own package among those that are asked
_ROUNDS = 3
_FIXES = ("mend build-system.requires in pyproject.toml",)

Environments = Mapping[str, tuple["Artefact", ...]]


def with_builders(
    session: Session,
    lock: Lock,
    environments: Environments,
    *,
    asking: Collection[str],
    settings: BuildSettings,
    check: bool,
) -> Lock:
    """``lock`` with what builds its sources and the project's own package; ``asking`` are the keys of new pins whose
    backends must be asked what they need besides. Raises NeveError.
    """
    system = session.plan.project.build_system
    tree = _own_tree(session) if system is not None else None
    languages: set[Language] = {language for pin in lock.built.values() for language in pin.languages}
    asks = set(asking)
    if tree is not None and system is not None:
        languages |= {*tree.languages(system)}
        lock, own_asks = _with_own(session, lock, environments, tree, settings=settings, check=check)
        asks |= {OWN} if own_asks else set()
    lock = _with_compilers(session, lock, languages if tree is not None or lock.built else None, check)
    if not asks or not may_change(session, check):
        return lock
    return _with_answers(session, lock, environments, asks, settings)


def targets_of(session: Session, lock: Lock, environments: Environments) -> Targets:
    """The targets that ``environments`` are built for, by architecture."""
    every = find_base(session.plan.base).targets(lock.base, session.plan, building=True)
    return {architecture: every[architecture] for architecture in environments}


def _own_tree(session: Session) -> Tree:
    from neve.project.sources import must_stay_inside
    from neve.python.source_tree import directory_tree

    names = session.files()
    must_stay_inside(session.directory, names)
    return directory_tree(session.directory, names)


def _with_own(
    session: Session, lock: Lock, environments: Environments, tree: Tree, *, settings: BuildSettings, check: bool
) -> tuple[Lock, bool]:
    """``lock`` with the project's own build requirements where they are more than its metadata says, and whether its
    backend must be asked.
    """
    from neve.lock.build_requires import build_fields, need_of, resolve_needs

    project = session.plan.project
    assert project.build_system is not None  # noqa: S101 - there is a tree
    inputs, languages = _own_inputs(session, tree, settings), tree.languages(project.build_system)
    if (inputs, languages) == (lock.build.inputs, lock.build.languages):
        return lock, False
    must_not_change(session, check, f"{NAME} does not fit what builds {project.name}", False)
    if not may_change(session, check):
        return lock, False
    if inputs == lock.build.inputs:
        return lock.model_copy(update={"build": lock.build.model_copy(update={"languages": languages})}), False
    session.progress.stage(f"locking the build requirements of {project.name}")
    need: Need = need_of(
        tree,
        key=OWN,
        name=project.name,
        label=project.name,
        targets=targets_of(session, lock, environments),
        system=project.build_system,
        extra=settings.extra_for(project.name, environments),
        fixes=_FIXES,
    )
    own = session.plan.machine
    fields = build_fields(need, resolve_needs([need], session.uv, own, settings)[OWN])
    named = {name: fields[name] for name in ("requires", "crates", "wheels", "lacking")}
    build = lock.build.model_copy(update={**named, "languages": languages, "asked": (), "inputs": inputs})
    return lock.model_copy(update={"build": build}), need.asks


def _own_inputs(session: Session, tree: Tree, settings: BuildSettings) -> str | None:
    """A digest of what decides the project's build requirements besides its metadata; None where nothing does."""
    from neve.lock.crates import crates_of

    project = session.plan.project
    system = project.build_system
    assert system is not None  # noqa: S101 - there is a tree
    told: list[Any] = [settings.constraints, settings.extra.get(project.name, ())]
    asks = tree.must_be_asked(system)
    pins = crates_of(tree, system, label=project.name, environ=session.environ)
    crates = [(pin.name, pin.version, pin.sha256) for pin in pins]  # which mirror has them, decides nothing
    if not asks and not crates and not any(told):
        return None
    texts = dict(sorted(tree.texts.items())) if asks else {}
    return hashlib.sha256(json.dumps([told, crates, texts], sort_keys=True).encode()).hexdigest()


def _with_compilers(session: Session, lock: Lock, languages: Collection[Language] | None, check: bool) -> Lock:
    """``lock`` with the base's packages that compile ``languages``; None where nothing is built."""
    from neve.stages.lock import resolver_of

    base = find_base(lock.base.name)
    wanted = base.compilers(session.plan, lock, languages) if languages is not None else ()
    if wanted == base.locked_compilers(lock):
        return lock
    lacks = "the compilers" if languages else "the packages of tool.neve.build.system"
    must_not_change(session, check, f"{NAME} lacks {lacks}", bool(wanted))
    if not may_change(session, check):
        return lock
    return base.with_compilers(resolver_of(session), lock, wanted)


def _with_answers(
    session: Session, lock: Lock, environments: Environments, asks: Collection[str], settings: BuildSettings
) -> Lock:
    """``lock`` with what the backends of the keys ``asks`` ask for, until they ask for nothing new."""
    from neve.lock.build_answers import with_answers
    from neve.lock.sdists import DirectoryPin
    from neve.stages.hooks import answers_of

    own = session.plan.machine
    todo = set(asks)
    for _ in range(_ROUNDS):
        session.progress.stage(f"asking {counted(len(todo), 'build backend')} what more is needed")
        answers = answers_of(session, lock, environments, todo)
        every = targets_of(session, lock, environments)
        pins: dict[str, tuple[BuildPin, Targets]] = {}
        for key in todo:
            pin = _own_pin(session, lock.build) if key == OWN else lock.built[key]
            having = [a for a, artefacts in environments.items() if key in {getattr(x, "key", None) for x in artefacts}]
            pins[key] = (pin, every if key == OWN else {architecture: every[architecture] for architecture in having})
        fixes = {key: _mending(pin) for key, (pin, _) in pins.items() if key == OWN or isinstance(pin, DirectoryPin)}
        found = with_answers(pins, answers, own=own, uv=session.uv, settings=settings, fixes=fixes)
        todo = {key for key, pin in found.items() if pin.requires != pins[key][0].requires}
        lock = _replaced(lock, found)
        if not todo:
            return lock
    names = ", ".join(sorted(found[key].label for key in todo))
    raise NeveError(
        f"the build of {names} asks for more each time",
        why=f"after {_ROUNDS} rounds: {', '.join(sorted(r for key in todo for r in found[key].asked or ()))}",
        fixes=["name it all: build-system.requires of your own project, tool.uv.extra-build-dependencies of others"],
    )


def _mending(pin: BuildPin) -> tuple[str, ...]:
    """The remedies where one's own backend asks for what cannot be had."""
    directory = f"{path}/" if (path := getattr(pin, "path", None)) else ""
    return (
        f"mend what {pin.backend} answers to get_requires_for_build_wheel",
        f"or take another one: build-system.build-backend in {directory}pyproject.toml",
    )


def _own_pin(session: Session, build: BuildLock) -> BuildPin:
    from neve.lock.sdists import BuildPin

    system = session.plan.project.build_system
    assert system is not None  # noqa: S101 - it is asked
    return BuildPin(
        name=session.plan.project.name,
        backend=system.backend,
        backend_path=system.backend_path,
        requires=build.requires,
        targets=(),
        asked=build.asked,
        wheels=build.wheels,
    )


def _replaced(lock: Lock, pins: Mapping[str, BuildPin]) -> Lock:
    """``lock`` with ``pins`` in the place of those of the same keys."""
    changed: dict[str, Any] = {
        table: tuple(pins.get(pin.key, pin) for pin in getattr(lock, table))
        for table in ("sdists", "git", "directories")
    }
    if OWN in pins:
        own = pins[OWN]
        update = {"requires": own.requires, "asked": own.asked, "wheels": own.wheels, "lacking": own.lacking}
        changed["build"] = lock.build.model_copy(update=update)
    return lock.model_copy(update=changed)


__all__ = ["OWN", "targets_of", "with_builders"]
