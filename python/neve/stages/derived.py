"""pylock.neve.toml: the environment of a project that uv does not lock, as PEP 751 has it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from neve import toml
from neve.errors import NeveError
from neve.files import write_if_changed
from neve.project.pyproject import parse_toml
from neve.project.text import read_text
from neve.project.uv_settings import own_settings
from neve.python.pylock import files_of_package, parse_pylock
from neve.stages.permission import must_not_change

if TYPE_CHECKING:
    from neve.session import Session
    from neve.stages.environment import Targets

_TOOLS = ("uv", "poetry", "pdm", "rye", "hatch", "setuptools", "flit")
_LOCKS = ("poetry.lock", "pdm.lock", "Pipfile.lock")
_METADATA = ("pyproject.toml", "setup.cfg", "setup.py")
_TOLD = 16  # hexadecimal digits of a digest: enough to tell a change by
_FORMAT = 1  # raised when the same files make another environment
# Of the configuration those keys count that are named below; the Python is that of the targets.
_ELSEWHERE = ("neve.toml", ".python-version")
_HEAD = "# Written by `neve lock` from {files}: the environment, as PEP 751 has it. Commit it.\n"


class DerivedEnvironment:
    """What another tool locked, or what its files ask for, turned into a pylock and kept beside neve.lock."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.where = session.pylock.name

    def prepare(self, *, upgrade: bool, check: bool, refresh: bool) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing: the other tool's lock is its own."""
        return ()

    def begin(self) -> None:
        """Nothing: the targets decide."""

    def pylock(self, targets: Targets, *, upgrade: bool, check: bool) -> tuple[str, tuple[str, ...]]:
        """What is kept, made anew where it does not answer the files, the configuration and the targets any more."""
        from neve.stages.kinds import environment_of

        session, path = self._session, self._session.pylock
        held = read_text(path) if path.exists() else None
        if held is not None and not upgrade and (session.options.frozen or self._is_fresh(held, targets)):
            return held, ()
        if held is None:
            must_not_change(session, check, f"{path.name} is not there", True)
        else:
            changed = self._changed(held)
            must_not_change(session, check, f"{path.name} is not fresh", False, where=path.name, why=changed)
        session.progress.stage(f"the environment of {session.project.files[0]}")
        text = environment_of(session, targets, held=None if upgrade else held)
        text = (
            _HEAD.format(files=", ".join(name for name in session.project.files if name not in _ELSEWHERE))
            + text.rstrip()
            + f'\n\n[tool.neve]\ninputs = "{self._inputs(targets, text)}"\n'
            + "".join(
                f"files.{json.dumps(name)} = {json.dumps(digest)}\n" for name, digest in self._files(text).items()
            )
        )
        return text, (path.name,) if write_if_changed(path, text) else ()

    def _is_fresh(self, held: str, targets: Targets) -> bool:
        return (inputs := _answered(held, "inputs")) is not None and inputs == self._inputs(targets, held)

    def _inputs(self, targets: Targets, text: str) -> str:
        """A digest of all that ``text``, the environment, answers."""
        session = self._session
        config = session.project.config
        wishes: list[Any] = [
            _FORMAT,
            session.project.kind,
            config.extras,
            config.groups,
            {name: [repr(target) for target in each] for name, each in sorted(targets.items())},
            [[name, _digest(session, name)] for name in session.project.files if name not in _ELSEWHERE],
        ]
        if session.project.files[0] not in _LOCKS:  # in which all that they name is locked
            # Settings of this user and this machine are not the project's: its lock is for others as well.
            settings = json.dumps(own_settings(session.directory), sort_keys=True, default=str)
            wishes += [each for each in (settings, _local(session, text)) if each not in ("{}", [])]
        return hashlib.sha256(json.dumps(wishes, sort_keys=True).encode()).hexdigest()

    def _files(self, text: str) -> dict[str, str]:
        """What each file that ``text`` answers says, as the beginning of a digest: what a change is told by."""
        names = (name for name in self._session.project.files if name not in _ELSEWHERE)
        found = {name: _digest(self._session, name)[:_TOLD] for name in names}
        return found | {name: digest[:_TOLD] for name, digest in _local(self._session, text)}

    def _changed(self, held: str) -> str:
        """What has changed since ``held`` was written, in words."""
        older = _answered(held, "files")
        if not isinstance(older, dict):
            return "what it was made of has changed"
        newer = self._files(held)
        names = [name for name in {**older, **newer} if older.get(name) != newer.get(name)]
        if not names:
            return (
                "extras or groups of [tool.neve], uv's settings or the image's Python have changed since it was written"
            )
        verb = "has" if len(names) == 1 else "have"
        return f"{', '.join(names)} {verb} changed since it was written"


def _local(session: Session, text: str) -> list[list[str]]:
    """What decides the part of the environment ``text`` that lies on this disk: the files, and the metadata of
    directories, each with its digest.
    """
    names: set[str] = set()
    for package in parse_pylock(text, where=session.pylock.name).get("packages", []):
        directory = package.get("directory")
        if isinstance(directory, dict) and isinstance(directory.get("path"), str):
            names |= {f"{directory['path']}/{name}" for name in _METADATA}
        names |= {file["path"] for _, file in files_of_package(package) if isinstance(file.get("path"), str)}
    return [[name, _digest(session, name) if (session.directory / name).is_file() else "-"] for name in sorted(names)]


def _digest(session: Session, name: str) -> str:
    """A digest of what ``name`` says of the environment: a change of the image's settings asks for no other one."""
    path = session.directory / name
    if path.name == "pyproject.toml":
        data = parse_toml(read_text(path), where=name)
        tool = data.get("tool")
        if isinstance(tool, dict):
            data["tool"] = {key: value for key, value in tool.items() if key in _TOOLS}
        return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise NeveError(f"cannot read {name}", where=str(path), why=error.strerror) from None


def _answered(text: str, key: str) -> Any:
    """What the kept pylock ``text`` says under ``key`` of what it answers; None where it says nothing."""
    try:
        return toml.loads(text)["tool"]["neve"][key]
    except (ValueError, KeyError, TypeError):
        return None


__all__ = ["DerivedEnvironment"]
