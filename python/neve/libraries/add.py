"""Adding packages to ``system`` in a configuration that a person wrote: comments, order and spacing stay."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Any

from neve.errors import NeveError

# The block of a script's metadata (PEP 723, and the inline script metadata specification that took its place).
_BLOCK = re.compile(r"(?m)^# /// script\r?$\n(?P<content>(^#(| .*)\r?$\n)+)^# ///\r?$")
_BARE = re.compile(r"(?<!\r)\n")


def with_system(text: str, packages: Sequence[str], *, where: str, prefix: Sequence[str] = ("tool", "neve")) -> str:
    """``text``, the TOML of the file ``where``, with ``packages`` added to ``system`` in the table ``prefix``.

    What is there already is not added again. Raises NeveError where the file cannot be changed so.
    """
    wanted = tomllib.loads(text)
    held = _system(wanted, prefix, where)
    new = [name for name in dict.fromkeys(packages) if name not in held]
    before = list(held)
    why = "it is written in a way that neve cannot add to"
    # At the end, where one looks for what is new; after a comment there tomlkit writes no valid TOML, so then in front.
    for held[:], place in (([*before, *new], len(before)), ([*new, *before], 0)):
        try:
            changed = _changed(text, prefix, new, place)
            if tomllib.loads(changed) == wanted:
                return changed
        except (ValueError, AttributeError, TypeError, KeyError) as error:  # those of tomlkit are ValueErrors
            why = str(error) or type(error).__name__
    fixes = [f"write by hand: {system_line([*before, *new])}"]
    raise NeveError("the packages cannot be added", where=where, why=why, fixes=fixes)


def _changed(text: str, prefix: Sequence[str], new: Sequence[str], place: int) -> str:
    """``text`` with ``new`` at ``place`` of the list."""
    import tomlkit

    document = tomlkit.parse(text)
    table: Any = document
    for depth, key in enumerate(prefix):
        if key not in table:
            # [tool] itself is not written: [tool.neve] says it.
            table[key] = tomlkit.table(is_super_table=depth + 1 < len(prefix))
        table = table[key]
    if "system" not in table:
        table["system"] = tomlkit.array()
    for number, name in enumerate(new):
        table["system"].insert(place + number, name)
    changed = tomlkit.dumps(document)
    return _BARE.sub("\r\n", changed) if "\r\n" in text and not _BARE.search(text) else changed


def script_with_system(text: str, packages: Sequence[str], *, where: str) -> str:
    """``text``, a script with metadata in a comment (PEP 723), with ``packages`` added to ``system`` there.

    Raises NeveError for one without such a comment, and where it cannot be changed so.
    """
    match = _BLOCK.search(text)
    if match is None:
        raise NeveError(
            "the script has no metadata",
            where=where,
            fixes=["begin it with a line `# /// script` and one `# ///`", "or run `uv add --script`"],
        )
    lines = match["content"].splitlines(keepends=True)
    inner = "".join(line[2:] if line.startswith("# ") else line[1:] for line in lines)
    changed = with_system(inner, packages, where=where).splitlines(keepends=True)
    outer = "".join(f"# {line}" if line.strip() else f"#{line}" for line in changed)
    return text[: match.start("content")] + outer + text[match.end("content") :]


def system_line(packages: Sequence[str]) -> str:
    """The line for ``[tool.neve]``."""
    import json

    return f"system = {json.dumps(list(packages))}"


def _system(data: dict[str, Any], prefix: Sequence[str], where: str) -> list[Any]:
    """The list ``system`` in the table ``prefix`` of ``data``, made where it is missing. Raises NeveError."""
    table: Any = data
    for key in prefix:
        if isinstance(table, dict):
            table = table.setdefault(key, {})
    system = table.setdefault("system", []) if isinstance(table, dict) else None
    if not isinstance(system, list):
        raise NeveError("there is no list of system packages to add to", where=f"{where}, {'.'.join(prefix)}")
    return system


__all__ = ["script_with_system", "system_line", "with_system"]
