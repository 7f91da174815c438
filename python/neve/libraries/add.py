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
    """``text``, the TOML of the file ``where``, with ``packages`` at the end of ``system`` in the table ``prefix``.

    What is there already is not added again. Raises NeveError where the file cannot be changed so.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    before = tomllib.loads(text)
    wanted = _wanted(before, packages, prefix)
    try:
        document = tomlkit.parse(text)
        table: Any = document
        for depth, key in enumerate(prefix):
            if key not in table:
                # [tool] itself is not written: [tool.neve] says it.
                table[key] = tomlkit.table(is_super_table=depth + 1 < len(prefix))
            table = table[key]
        if "system" not in table:
            table["system"] = tomlkit.array()
        held = list(table["system"])
        for name in packages:
            if name not in held:
                table["system"].append(name)
        changed = tomlkit.dumps(document)
        if "\r\n" in text and not _BARE.search(text):
            changed = _BARE.sub("\r\n", changed)
        if tomllib.loads(changed) == wanted:
            return changed
        why = "it is written in a way that neve cannot add to"
    except (TOMLKitError, tomllib.TOMLDecodeError, AttributeError, TypeError, ValueError, KeyError) as error:
        why = str(error) or type(error).__name__
    line = system_line(_at(wanted, prefix)["system"])
    raise NeveError("the packages cannot be added", where=where, why=why, fixes=[f"write by hand: {line}"])


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


def _wanted(before: dict[str, Any], packages: Sequence[str], prefix: Sequence[str]) -> dict[str, Any]:
    """What the file is to say."""
    table = _at(before, prefix)
    if not isinstance(table.get("system", []), list):
        raise NeveError("`system` is no list", where=".".join((*prefix, "system")))
    table["system"] = list(dict.fromkeys([*table.get("system", []), *packages]))
    return before


def _at(data: dict[str, Any], prefix: Sequence[str]) -> dict[str, Any]:
    for key in prefix:
        data = data.setdefault(key, {})
    return data


__all__ = ["script_with_system", "system_line", "with_system"]
