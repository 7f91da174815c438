"""Begin: write [tool.neve] into pyproject.toml, with its defaults to be seen; a project of another kind gets neve.toml.
Where there is no project, uv makes one first. With --direnv also .envrc, which puts the image's tools on PATH in the
project's directory. Prints the path of the file."""

from __future__ import annotations

import argparse
import shlex

from neve.cli.context import Context
from neve.session import Session

EXAMPLES = """\
  neve init                          in a project, or in an empty directory
  neve init --base nixpkgs           packages from nixpkgs, not from Debian
  neve init --direnv                 then: direnv allow
"""
_ENVRC = """\
# Written by `neve init --direnv`: the interpreter and the console scripts of the image on PATH.
watch_file {files}
eval "$(neve shell --print-env || echo exit 1)"
"""

_TABLE = """
[tool.neve]
# Every key is optional. These are the defaults; docs/reference/configuration.md has all keys.
{base}
# release = "{release}"  # the one that has the Python asked for
# python = "{python}"
# system = []  # packages of the base to add, such as "ffmpeg"
# extras = []  # of the project; `groups` likewise

[tool.neve.image]
# name = "registry.example/team/{name}"
# entrypoint = {entrypoint}
# env = {{ MODE = "prod" }}
# user = "1000:1000"
# ports = [8000]
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    parser.add_argument(
        "--base",
        choices=["debian", "nixpkgs"],
        default="debian",
        help="where system packages come from (default: debian)",
    )
    parser.add_argument("--direnv", action="store_true", help="also write .envrc, where there is none")


def run(context: Context) -> int:
    """Write the table and print the path of its file."""
    from neve.files import write_atomic
    from neve.project.detect import PYPROJECT
    from neve.project.pyproject import parse_toml
    from neve.project.text import read_text

    session = context.session
    if not _is_project(session):
        session.uv.init()
    pyproject, own = session.directory / PYPROJECT, session.directory / "neve.toml"
    path = pyproject if pyproject.exists() and not own.exists() else own
    text = read_text(path) if path.exists() else ""
    tool = parse_toml(text, where=path.name).get("tool", {}) if path == pyproject else {}
    if isinstance(tool, dict) and "neve" in tool:
        session.progress.note("pyproject.toml has [tool.neve] already; it is left as it is")
    elif path == own and text:
        session.progress.note("neve.toml is there already; it is left as it is")
    else:
        table = _table(session, context.words.base)
        if path == own:
            table = table.replace("[tool.neve]\n", "").replace("[tool.neve.", "[").lstrip("\n")
        extended = f"{text.rstrip(chr(10))}\n{table}".lstrip("\n")
        _must_read(extended, table)
        write_atomic(path, extended)
    if context.words.direnv:
        _write_envrc(session)
    context.result(path, {"file": str(path)})
    return 0


def _is_project(session: Session) -> bool:
    """Whether there is one to configure; one that is not valid is, and says so later."""
    from neve.project.detect import MARKERS

    return any((session.directory / name).exists() for name in MARKERS) or any(session.directory.glob("*.py"))


def _table(session: Session, base: str) -> str:
    import json

    from neve.bases.base import find_base
    from neve.project.config import Config

    project = session.project
    choice = find_base(base).choose(Config(), project.python, project.requires_python)
    scripts = project.scripts if len(project.scripts) == 1 else ("serve",)
    return _TABLE.format(
        base=f'base = "{base}"' if base != Config().base else f'# base = "{base}"  # or "nixpkgs"',
        release=choice.release,
        python=choice.python + "t" * choice.freethreaded,
        name=project.name,
        entrypoint=json.dumps(list(scripts)),
    )


def _write_envrc(session: Session) -> None:
    from neve.files import write_atomic

    uv_locks = session.project.kind in ("uv", "hatch", "pyproject")
    locks = [(session.uv_lock if uv_locks else session.pylock).name, session.neve_lock.name]
    files = sorted({*session.project.files, *locks}, key=lambda name: (name in locks, name == locks[-1], name))
    text = _ENVRC.replace("{files}", shlex.join(files))
    path = session.directory / ".envrc"
    if path.exists():
        wanted = text.splitlines()[-1]
        session.progress.note(f".envrc is there already; it is left as it is. What neve would write: {wanted}")
    else:
        write_atomic(path, text)


def _must_read(text: str, table: str) -> None:
    """Raise where ``text`` is no TOML any more: an inline table cannot be added to."""
    import tomllib

    from neve.errors import NeveError

    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NeveError(
            "[tool.neve] cannot be added",
            where="pyproject.toml, tool",
            why=str(error),
            fixes=["write `tool` as tables of their own, [tool.NAME], not as one value", f"or add it by hand:{table}"],
        ) from None
