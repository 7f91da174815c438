"""neve.lock as text: TOML, one line a pin, so that a diff reads well."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from neve.errors import NeveError
from neve.lock.model import FORMAT, Lock
from neve.project.pyproject import parse_toml
from neve.project.validate import validated

NAME = "neve.lock"
_SHOWN = 5
_HEAD = "# Written by `neve lock`: every pin that uv.lock does not hold. Commit it.\n"


def read_lock(text: str) -> Lock:
    """The Lock that ``text`` holds. Raises NeveError for one that is malformed or of a newer format."""
    anew = ["take it back from version control", "or write it anew: `neve lock --upgrade`"]
    try:
        data = parse_toml(text, where=NAME)
    except NeveError as error:
        raise NeveError(error.what, where=error.where, why=error.why, fixes=anew) from None
    version = data.get("version")
    if isinstance(version, int) and version > FORMAT:
        raise NeveError(
            f"{NAME} has format {version}; this neve reads {FORMAT}",
            where=f"{NAME}, version",
            fixes=["upgrade neve", "or write it anew with this one: `neve lock --upgrade`"],
        )
    try:
        return validated(Lock, data, where=NAME)
    except NeveError as error:
        found = error.errors
        why = "\n".join(
            f"{each.where}: {each.why or ', '.join((each.what, *each.fixes[:1]))}" for each in found[:_SHOWN]
        )
        more = f"\nand {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise NeveError(f"{NAME} is not valid", where=found[0].where, why=why + more, fixes=anew) from None


def lock_text(lock: Lock) -> str:
    """``lock`` as the text of a neve.lock."""
    data = lock.model_dump(mode="json", by_alias=True, exclude_none=True)
    base, tools = data["base"], data.get("tools")
    groups = base.pop("packages", None)
    lines = [_HEAD, f"version = {data['version']}", f"inputs = {_value(data['inputs'])}"]
    lines += ["", "[base]", *_pairs(base)]
    if groups is not None:
        lines += ["", "[base.packages]", *(line for group, pins in groups.items() for line in _array(group, pins))]
    if tools is not None:
        lines += [
            "",
            "[tools]",
            *_pairs({k: v for k, v in tools.items() if k != "packages"}),
            *_array("packages", tools["packages"]),
        ]
    lines += [
        "",
        "[build]",
        *_pairs({"requires": data["build"]["requires"], **_lacking(data["build"])}),
        *_array("wheels", data["build"]["wheels"]),
    ]
    for table in ("sdists", "git", "directories"):
        for pin in data[table]:
            wheels, lacking = pin.pop("wheels"), _lacking(pin)
            pin.pop("lacking")
            lines += ["", f"[[{table}]]", *_pairs({**pin, **lacking}), *_array("wheels", wheels)]
    if data["sizes"]:
        lines += ["", "[sizes]", *_pairs(dict(sorted(data["sizes"].items())))]
    return "\n".join(lines) + "\n"


def _lacking(table: Mapping[str, Any]) -> dict[str, Any]:
    """Said only where something is: most builds lack nothing."""
    return {"lacking": table["lacking"]} if table["lacking"] else {}


def _pairs(table: Mapping[str, Any]) -> list[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in table.items()]


def _array(key: str, items: Sequence[Any]) -> list[str]:
    if not items:
        return [f"{_key(key)} = []"]
    return [f"{_key(key)} = [", *(f"  {_value(item)}," for item in items), "]"]


def _key(key: str) -> str:
    return key if key.replace("-", "").replace("_", "").isalnum() and key.isascii() else json.dumps(key)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(_pairs(value)) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    # A TOML basic string has JSON's escapes, but knows no surrogates; DEL is the one control character that JSON
    # leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


__all__ = ["NAME", "lock_text", "read_lock"]
