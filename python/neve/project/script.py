"""Single-file scripts with inline metadata (PEP 723)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from neve.errors import NeveError, collected
from neve.project.detect import Detected, Found
from neve.project.facts import Facts, name_of
from neve.project.indexes import password_problems
from neve.project.make import make_project, read_config
from neve.project.project import Project
from neve.project.pyproject import parse_toml, settings_of, specifier_problems
from neve.project.text import read_text

_BEGIN = re.compile(r"# /// ([a-zA-Z0-9-]+)\Z")
_END = "# ///"


def read_script(directory: Path, name: str, python_version: str | None) -> Project:
    """The Project of the script ``name`` in ``directory``; ``python_version`` is the text of ``.python-version``.

    A script without a block asks for no packages. Raises NeveError for a block that is not valid.
    """
    text = read_text(directory / name)
    data = script_metadata(text, where=name)
    config, problems = read_config(settings_of(data or {}, where=name), where=name, prefix="tool.neve")
    requires = (data or {}).get("requires-python")
    problems += specifier_problems(requires, where=f"{name}, requires-python")
    problems += password_problems(data or {}, where=name)
    problems += [
        NeveError(
            f"a script has no {key}",
            where=f"{name}, tool.neve.{key}",
            fixes=["its block names all of its dependencies; take the key out"],
        )
        for key, value in (("extras", config.extras), ("groups", config.groups), ("project", config.project))
        if value
    ]
    if (found := collected(problems)) is not None:
        raise found
    reason = (
        "it is named on the command line"
        if data is not None
        else "it is named on the command line, and asks for no packages"
    )
    lock = f"{name}.lock"
    facts = Facts(
        name=name_of(Path(name).with_suffix("")),
        requires_python=requires,
        requires_origin="requires-python",
        files=(name, *((lock,) if data is not None and (directory / lock).is_file() else ())),
    )
    return make_project(
        "script",
        facts,
        config,
        name="",
        python_version=python_version,
        detected=Detected(Found("script", name, reason), ()),
    )


def has_block(text: str) -> bool:
    """Whether ``text`` has metadata: else nothing is to be locked."""
    return "# /// script" in _lines(text)


def script_metadata(text: str, *, where: str) -> Mapping[str, Any] | None:
    """The metadata of a script, parsed; None where it has none. Raises NeveError for several blocks, one that is not
    closed, or one that is not TOML, with the line in the script.
    """
    lines = _lines(text)
    blocks = [(begin, end) for kind, begin, end in _blocks(lines) if kind == "script"]
    if len(blocks) > 1:
        raise NeveError(
            "the script has several blocks of metadata",
            where=f"{where}:{blocks[1][0] + 1}",
            why="PEP 723 allows one",
            fixes=["join them to one"],
        )
    if not blocks:
        if has_block(text):
            raise NeveError(
                "the block of metadata is not closed",
                where=f"{where}:{lines.index('# /// script') + 1}",
                why="each of its lines begins with `#`, then a blank, and the last is `# ///` (PEP 723)",
                fixes=["end it with the line `# ///`"],
            )
        return None
    begin, end = blocks[0]
    try:
        data = parse_toml(_bare(lines[begin + 1 : end]), where=where)
    except NeveError as error:
        line = re.search(r":(\d+)$", error.where or "")
        first = begin + 1 + (int(line[1]) if line else 0)
        raise NeveError(
            "the script's metadata is not valid TOML", where=f"{where}:{first}", why=error.why, fixes=error.fixes
        ) from None
    dependencies = data.get("dependencies", [])
    if not isinstance(dependencies, list) or not all(isinstance(each, str) for each in dependencies):
        raise NeveError("dependencies is not a list of strings", where=f"{where}, dependencies")
    return data


def script_block(text: str) -> str:
    """The metadata of a script as TOML, unparsed; empty where it has none."""
    lines = _lines(text)
    found = next(((begin, end) for kind, begin, end in _blocks(lines) if kind == "script"), None)
    return _bare(lines[found[0] + 1 : found[1]]) if found else ""


def _bare(lines: Sequence[str]) -> str:
    """``lines`` of a block without what makes them comments."""
    return "".join((line[2:] if line.startswith("# ") else line[1:]) + "\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Its lines as uv ends them; Python's other line ends are part of one."""
    return text.replace("\r\n", "\n").split("\n")


def _blocks(lines: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """The blocks of metadata by the rules of PEP 723: the type, the numbers of the first line and of the last. Its
    regular expression finds the same, but takes the square of the time.
    """
    number = 0
    while number < len(lines):
        end = number
        while end < len(lines) and (lines[end] == "#" or lines[end].startswith("# ")):
            end += 1
        closing = max((at for at in range(number, end) if lines[at] == _END), default=-1)
        for at in range(number, closing - 1):
            if match := _BEGIN.match(lines[at]):
                yield match[1], at, closing
                break
        number = max(end, number + 1)


__all__ = ["has_block", "read_script", "script_block", "script_metadata"]
