"""What a project's locks say as they are: nothing is written, nothing is asked of the network."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from neve.doctor.report import Finding, warning
from neve.errors import NeveError, StaleError, TransientError
from neve.python.wheel import Wheel

if TYPE_CHECKING:
    from packaging.markers import Marker

    from neve.python.artefact import Artefact
    from neve.session import Session
    from neve.stages.lock import Locked

_OFFLINE = "without --offline"  # in the remedies of whoever wants the network


@dataclass(frozen=True, kw_only=True)
class Read:
    """What was read: all of it, where neve's locks are there; else the packages that the project's own lock names,
    whose files are not known (None: it has none). ``findings`` are what is wrong with the locks.
    """

    locked: Locked | None
    named: tuple[Artefact, ...] | None
    where: str
    findings: tuple[Finding, ...] = ()


def read_locks(session: Session) -> Read:
    """The locks of the session's project. Raises NeveError for what `neve lock` or `neve build` would fail with."""
    from neve.stages.environment import find_environment

    still = replace(session, options=replace(session.options, offline=True, locked=False, frozen=False))
    frozen = replace(still, options=replace(still.options, frozen=True))
    where = find_environment(still).where
    checked = None if session.options.frozen else _locked(still, check=True)
    held = checked if checked is not None and not isinstance(checked, NeveError) else _locked(frozen, check=False)
    locked = None if isinstance(held, NeveError) else held
    named = named_environment(still) if locked is None else None
    found, lock = None, ["`neve lock`" if session.script is None else f"`neve lock {shlex.quote(session.script)}`"]
    if not session.neve_lock.is_file():
        found = warning("project", f"{session.plan.project.name} is not locked yet", fixes=lock)
    elif isinstance(checked, NeveError) and _is_stale(checked):
        why = "what is told here is of the locks as they are"
        found = warning("project", checked.errors[0].what, why=why, fixes=lock)
    elif isinstance(checked, NeveError) and locked is not None:
        what = "the locks may be older than the project: without the network this cannot be told"
        said = (checked.errors[0].why or "").splitlines()
        found = warning("project", what, why=said[-1] if said else None, fixes=lock)
    return Read(locked=locked, named=named, where=where, findings=(found,) if found is not None else ())


def _locked(session: Session, *, check: bool) -> Locked | NeveError:
    """The locks, with ``check`` fresh ones; the error where they are stale, or where the network is wanted for them.
    Raises NeveError for all others.
    """
    from neve.stages.lock import lock_project

    try:
        return lock_project(session, check=check)
    except NeveError as error:
        if _is_stale(error) or _wants_network(error):
            return error
        raise


def _is_stale(error: NeveError) -> bool:
    return all(isinstance(each, StaleError) for each in error.errors)


def _wants_network(error: NeveError) -> bool:
    return all(isinstance(each, TransientError) or any(_OFFLINE in fix for fix in each.fixes) for each in error.errors)


def named_environment(session: Session) -> tuple[Artefact, ...] | None:
    """What the lock that the project has itself names for the image, by names, versions and markers alone; None where
    there is no such lock. Raises NeveError where it cannot be read.
    """
    from neve.stages.environment import UvEnvironment, find_environment

    environment = find_environment(session)
    if isinstance(environment, UvEnvironment):
        return tuple(_required(session, environment.names())) if session.uv_lock.is_file() else None
    path = session.directory / environment.where
    if not path.name.startswith("pylock") or not path.is_file():
        return None
    return tuple(_packages(session, path.read_text("utf-8"), environment.where))


def _required(session: Session, text: str) -> Iterator[Artefact]:
    from packaging.requirements import InvalidRequirement, Requirement

    for line in text.splitlines():
        try:
            requirement = Requirement(line.strip())
        except InvalidRequirement:
            continue  # a comment, an index, a directory
        if _is_for(session, requirement.marker):
            version = "".join(each.version for each in requirement.specifier)
            yield _named(requirement.name, version, requirement.url)


def _packages(session: Session, text: str, where: str) -> Iterator[Artefact]:
    from packaging.markers import InvalidMarker, Marker

    from neve.python.pylock import files_of_package, parse_pylock

    for package in parse_pylock(text, where=where).get("packages", []):
        try:
            marker = Marker(package["marker"]) if "marker" in package else None
        except (InvalidMarker, TypeError):
            continue
        if isinstance(package.get("name"), str) and _is_for(session, marker):
            urls = (str(file.get("url") or "") for _, file in files_of_package(package))
            yield _named(package["name"], str(package.get("version") or ""), next(urls, None))


def _is_for(session: Session, marker: Marker | None) -> bool:
    """Whether the image's own target meets ``marker``, as far as it can be told without the interpreter's pin."""
    from packaging.markers import UndefinedComparison, UndefinedEnvironmentName

    from neve.python.target import Target

    if marker is None:
        return True
    plan, config = session.plan, session.project.config
    target = Target(python_full_version=f"{plan.python}.0", glibc=(2, 36), architecture=plan.architecture)
    asked: dict[str, Any] = {
        **target.environment(),
        "extras": frozenset(() if config.extras == "all" else config.extras),
        "dependency_groups": frozenset(() if config.groups in (None, "all") else config.groups),
    }
    try:
        return marker.evaluate(asked, context="lock_file")
    except (UndefinedComparison, UndefinedEnvironmentName):
        return False


def _named(name: str, version: str, url: str | None) -> Artefact:
    from packaging.utils import canonicalize_name

    return Wheel(name=canonicalize_name(name), version=version, file="", url=url or "", sha256="", size=None)


__all__ = ["Read", "named_environment", "read_locks"]
