"""Errors in the words of the project: remedies are those of the tool that locks it, and a setting lies in its file.
What reads a lock does not know whose it is.
"""

from __future__ import annotations

import functools
import re
import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from neve.errors import NeveError

if TYPE_CHECKING:
    from pathlib import Path

    from neve.progress import Progress
    from neve.session import Session

P = ParamSpec("P")
R = TypeVar("R")

_TABLE = re.compile(r"\[tool\.neve\.([a-z0-9.-]+)\]")
_KEY = re.compile(r"\btool\.neve\.(?=[a-z])")
_ADD = re.compile(r"`uv add(?: '[^']*')?` with another bound, then `uv lock`")
_ONE = re.compile(r"`uv lock --upgrade-package ([^`]*)`(, then `neve lock`)?")
# How each tool locks anew, and one package alone; by the file that holds its lock.
_TOOLS = {
    "poetry.lock": ("poetry lock", "poetry update {}"),
    "pdm.lock": ("pdm lock", "pdm update {}"),
    "Pipfile.lock": ("pipenv lock", "pipenv upgrade {}"),
    "requirements.lock": ("rye lock", "rye lock --update {}"),
}
_OTHERS = "the tool that wrote pylock.toml"
_WHO = re.compile(r"`uv tree --invert --package (?P<name>[^`]*)` shows who asks for it")
# Who asks for a package, by the file that holds the lock; for one that uv resolves, by the file with what it asks for.
_ASKS = {
    "poetry.lock": "`poetry show {}` shows who asks for it",
    "pdm.lock": "`pdm list --tree --reverse {}` shows who asks for it",
    "Pipfile.lock": "`pipenv graph --reverse` shows who asks for {}",
    "requirements.lock": "requirements.lock has who asks for {} below it, after `# via`",
    "pylock.toml": f"{_OTHERS} knows who asks for {{}}",
    "requirements.txt": "`uv pip compile requirements.txt` shows who asks for {}",
    "setup.py": "`uv pip compile setup.py` shows who asks for {}",
    "setup.cfg": "`uv pip compile setup.cfg` shows who asks for {}",
}
_LOCKING = {"poetry": "poetry.lock", "pdm": "pdm.lock", "pipenv": "Pipfile.lock", "rye": "requirements.lock"}


def in_own_words(
    function: Callable[Concatenate[Session, P], R],
) -> Callable[Concatenate[Session, P], R]:
    """``function`` of a session, whose errors name the remedies that the session's kind of project has, and the file
    that has its settings.
    """

    @functools.wraps(function)
    def call(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(session, *args, **kwargs)
        except NeveError as error:
            for one in error.errors:
                one.fixes = tuple(_of_kind(fix, session) if "uv" in fix else fix for fix in one.fixes)
                one.where = _in_file(one.where, session) if one.where else None
                if _in_neve_toml(session.directory, session.script):
                    one.fixes = tuple(map(_of_neve_toml, one.fixes))
                    one.why = _of_neve_toml(one.why) if one.why else None
            raise

    return call


class OwnWords:
    """``progress``, whose notes name the settings as the file has them where the project in ``directory``, or its
    ``script``, has its own.
    """

    def __init__(self, progress: Progress, directory: Path, script: str | None) -> None:
        self._of = _of_neve_toml if _in_neve_toml(directory, script) else str
        self.stage, self.start, self.advance = progress.stage, progress.start, progress.advance
        self.finish, self._note = progress.finish, progress.note

    def note(self, text: str) -> None:
        """See Progress."""
        self._note(self._of(text))


def _in_neve_toml(directory: Path, script: str | None) -> bool:
    return script is None and (directory / "neve.toml").is_file()


def _of_neve_toml(text: str) -> str:
    """``text`` with the keys of neve.toml in place of those of pyproject.toml."""
    if "neve.toml" in text:  # it knows
        return text
    text = text.replace("under [tool.neve]", "at the top of neve.toml").replace("[tool.neve]", "neve.toml")
    return _KEY.sub("", _TABLE.sub(r"[\1] of neve.toml", text))


def _in_file(where: str, session: Session) -> str:
    """``where`` with the file that has the settings, where it is a key of theirs: keys of neve.toml lie at its top."""
    key = where.removeprefix("pyproject.toml, ")
    if not key.startswith("tool.neve."):
        return where
    if session.script is not None:
        return f"{session.script}, {key}"
    if _in_neve_toml(session.directory, session.script):
        return f"neve.toml, {key.removeprefix('tool.neve.')}"
    return f"pyproject.toml, {key}"


def _of_kind(fix: str, session: Session) -> str:
    if "project" not in session.__dict__:  # it is what cannot be read
        return fix
    project = session.project
    fix = _WHO.sub(lambda found: _who(found["name"], session), fix)
    if project.kind in ("uv", "hatch", "pyproject", "script"):
        return fix
    wishes = next((name for name in project.files if name not in _TOOLS), project.files[0])
    tool = _TOOLS.get(project.files[0])
    if tool is not None:
        lock, again = project.files[0], f"`{tool[0]}`"
        fix = _ADD.sub(f"ask for it with another bound in {wishes}, then {again}", fix)
        fix = _ONE.sub(lambda found: f"`{tool[1].format(found[1])}`{found[2] or ''}", fix)
    elif project.kind == "pylock":
        lock, again = "pylock.toml", _OTHERS
        fix = _ADD.sub(f"lock another with {_OTHERS}", fix)
        fix = _ONE.sub(f"lock it anew with {_OTHERS}", fix).replace("then `uv lock`", f"then lock it with {_OTHERS}")
    else:
        lock, again = session.pylock.name, "`neve lock --upgrade`"
        fix = _ADD.sub(f"ask for it with another bound in {wishes}", fix)
        fix = _ONE.sub(lambda found: "`neve lock`" if found[2] else again, fix)
        fix = fix.replace("then `uv lock`", "then `neve lock`")
    return fix.replace("`uv lock`", again).replace("uv.lock", lock)


def _who(name: str, session: Session) -> str:
    """How the session's project shows who asks for the package ``name``."""
    project = session.project
    if session.script is not None:
        return f"`uv tree --script {shlex.quote(session.script)} --invert --package {name}` shows who asks for it"
    told = next((_ASKS[file] for file in project.files if file in _ASKS), None)
    if told is not None and project.kind not in ("uv", "hatch", "pyproject"):
        return told.format(name)
    if (lock := _LOCKING.get(project.kind)) is not None:  # it has not locked yet
        return f"`{_TOOLS[lock][0]}`, then {_ASKS[lock].format(name)}"
    return f"`uv tree --invert --package {name}` shows who asks for it"


__all__ = ["in_own_words"]
