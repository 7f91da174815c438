"""The Python environment as a pylock (PEP 751), whatever the project's own lock is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from neve.errors import NeveError
from neve.project.read import read_text
from neve.stages.permission import must_not_change
from neve.stages.work import work_directory

if TYPE_CHECKING:
    from pathlib import Path

    from neve.python.target import Target
    from neve.session import Session

Targets = Mapping[str, Sequence["Target"]]


class Environment(Protocol):
    """What a kind of project is locked by; ``where`` names the file in errors."""

    where: str

    def prepare(self, *, upgrade: bool, check: bool, refresh: bool) -> tuple[str, ...]:
        """Make or refresh the project's own lock as far as that is allowed; the files that were written. Raises."""

    def begin(self) -> None:
        """What can be done while the base is resolved."""

    def pylock(self, targets: Targets, *, upgrade: bool, check: bool) -> tuple[str, tuple[str, ...]]:
        """The text of a pylock that holds the environment of ``targets``, by architecture, and the files that were
        written. Raises NeveError.
        """


def find_environment(session: Session) -> Environment:
    """What locks the session's project."""
    kind = session.project.kind
    if kind == "pylock":
        return PylockEnvironment(session)
    if kind in ("uv", "hatch", "pyproject") or (kind == "script" and _has_block(session)):
        return UvEnvironment(session)
    if kind in ("sources", "script"):
        return NoEnvironment()
    from neve.stages.derived import DerivedEnvironment

    return DerivedEnvironment(session)


def _has_block(session: Session) -> bool:
    """Whether the session's script asks for packages: uv would write metadata into one without."""
    from neve.project.script import has_block

    return has_block(read_text(session.directory / str(session.script)))


class NoEnvironment:
    """Plain sources, and scripts without metadata, install nothing."""

    where = "neve.toml"

    def prepare(self, *, upgrade: bool, check: bool, refresh: bool) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing."""
        return ()

    def begin(self) -> None:
        """Nothing."""

    def pylock(self, targets: Targets, *, upgrade: bool, check: bool) -> tuple[str, tuple[str, ...]]:  # noqa: ARG002
        """A pylock without packages."""
        return 'lock-version = "1.0"\ncreated-by = "neve"\npackages = []\n', ()


class PylockEnvironment(NoEnvironment):
    """The project's own pylock.toml, as it is."""

    where = "pylock.toml"

    def __init__(self, session: Session) -> None:
        self._session = session

    def pylock(self, targets: Targets, *, upgrade: bool, check: bool) -> tuple[str, tuple[str, ...]]:  # noqa: ARG002
        """Its text, but for the project itself, which neve builds apart."""
        from neve.python.pylock import parse_pylock, pylock_text, without_project

        text = read_text(self._session.directory / self.where)
        data = parse_pylock(text, where=self.where)
        rest = without_project(data)
        return text if len(rest["packages"]) == len(data.get("packages", [])) else pylock_text(rest), ()


class UvEnvironment:
    """uv.lock, or a script's lock: uv writes it and exports it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.where = session.uv_lock.name

    def prepare(self, *, upgrade: bool, check: bool, refresh: bool) -> tuple[str, ...]:
        """Lock where there is no lock; else ask uv whether it is fresh."""
        return _uv_lock(self._session, upgrade=upgrade, check=check, refresh=refresh)

    def begin(self) -> None:
        """Export: uv reads its lock while the base resolves."""
        self._text  # noqa: B018

    def pylock(self, targets: Targets, *, upgrade: bool, check: bool) -> tuple[str, tuple[str, ...]]:  # noqa: ARG002
        """What uv exports."""
        return self._text, ()

    def names(self) -> str:
        """What uv exports as requirements of exact versions: where an index gives no hashes, it fetches nothing."""
        return self._export(named=True)

    @cached_property
    def _text(self) -> str:
        return self._export()

    def _export(self, *, named: bool = False) -> str:
        from neve.project.uv_settings import default_groups

        if self._session.script is not None:
            return self._session.uv.export(named=named)
        config = self._session.project.config
        groups = default_groups(self._session.directory) if config.groups is None else config.groups
        return self._session.uv.export(extras=config.extras, groups=groups, named=named)


def _uv_lock(session: Session, *, upgrade: bool, check: bool, refresh: bool) -> tuple[str, ...]:
    path = session.uv_lock
    before = _digest(path)
    if upgrade or not path.exists():
        must_not_change(session, check, f"{path.name} is not there", True)
        session.progress.stage("locking the Python environment")
        session.uv.lock(upgrade=upgrade)
    elif not session.options.frozen:
        _check_uv_lock(session, refresh=refresh and not (check or session.options.locked), keep=not check)
    return (path.name,) if _digest(path) != before else ()


def _check_uv_lock(session: Session, *, refresh: bool, keep: bool) -> None:
    """Ask uv whether its lock is fresh, unless it has said so of these very files; or let uv refresh it. What it says
    is kept only with ``keep``: to check writes nothing.
    """
    from neve.files import write_atomic
    from neve.project.uv_settings import settings_files

    seen = session.work / "uv-lock-is-fresh"
    asks = session.directory / (session.script or "pyproject.toml")
    root = session.uv_lock.parent / "pyproject.toml"  # of the workspace, where the project is a member of one
    told = (asks, root, *settings_files(session.directory, session.environ))
    known = " ".join(map(_digest, told))
    key = f"{known} {_digest(session.uv_lock)}\n"
    try:
        if seen.read_text() == key:
            return
    except OSError:
        pass
    if refresh:
        session.uv.lock()
        key = f"{known} {_digest(session.uv_lock)}\n"
    else:
        session.uv.check()
    # Members of a workspace and dependencies at a path have metadata of their own, which these digests do not see.
    text = read_text(session.uv_lock)
    apart = sum(text.count(f"source = {{ {key}") for key in ("virtual", "editable", "directory", "path"))
    if keep and apart <= (0 if session.script else 1):  # the project itself is one
        with suppress(NeveError):  # a directory that cannot be written: uv is asked again next time
            write_atomic(work_directory(session) / seen.name, key)


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


__all__ = ["Environment", "Targets", "find_environment"]
