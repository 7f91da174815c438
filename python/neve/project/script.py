"""Single-file scripts with inline metadata (PEP 723)."""

from __future__ import annotations

import re
from collections.abc import Mapping
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

# The expression that PEP 723 gives for it.
_BLOCK = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
_OPEN = re.compile(r"(?m)^# /// script$")


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
    facts = Facts(
        name=name_of(Path(name).with_suffix("")),
        requires_python=requires,
        requires_origin="requires-python",
        files=(name,),
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
    return _OPEN.search(text.replace("\r\n", "\n")) is not None


def script_metadata(text: str, *, where: str) -> Mapping[str, Any] | None:
    """The metadata of a script, parsed; None where it has none. Raises NeveError for several blocks, one that is not
    closed, or one that is not TOML, with the line in the script.
    """
    text = text.replace("\r\n", "\n")
    blocks = [match for match in _BLOCK.finditer(text) if match["type"] == "script"]
    if len(blocks) > 1:
        raise NeveError(
            "the script has several blocks of metadata",
            where=f"{where}:{_line(text, blocks[1].start())}",
            why="PEP 723 allows one",
            fixes=["join them to one"],
        )
    if not blocks:
        if (begun := _OPEN.search(text)) is not None:
            raise NeveError(
                "the block of metadata is not closed",
                where=f"{where}:{_line(text, begun.start())}",
                why="each of its lines begins with `#`, then a blank, and the last is `# ///` (PEP 723)",
                fixes=["end it with the line `# ///`"],
            )
        return None
    block = blocks[0]
    lines = block["content"].splitlines()
    toml = "".join((line[2:] if line.startswith("# ") else line[1:]) + "\n" for line in lines)
    try:
        data = parse_toml(toml, where=where)
    except NeveError as error:
        line = re.search(r":(\d+)$", error.where or "")
        first = _line(text, block.start()) + (int(line[1]) if line else 0)
        raise NeveError(
            "the script's metadata is not valid TOML", where=f"{where}:{first}", why=error.why, fixes=error.fixes
        ) from None
    dependencies = data.get("dependencies", [])
    if not isinstance(dependencies, list) or not all(isinstance(each, str) for each in dependencies):
        raise NeveError("dependencies is not a list of strings", where=f"{where}, dependencies")
    return data


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


__all__ = ["has_block", "read_script", "script_metadata"]
