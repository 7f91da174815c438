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
    others = base.pop("others", [])
    lines = [_HEAD, f"version = {data['version']}", f"inputs = {_value(data['inputs'])}"]
    lines += _pairs({"rules": data["rules"]} if "rules" in data else {})
    lines += ["", "[base]", *_base("base", base)]
    for other in others:
        own = other.pop("tools")
        lines += ["", "[[base.others]]", *_base("base.others", other), "", "[base.others.tools]", *_tools(own)]
    if tools is not None:
        lines += ["", "[tools]", *_tools(tools)]
    lines += ["", "[build]", *_build(data["build"])]
    if (interpreter := data.get("interpreter")) is not None:
        archives = interpreter.pop("archives")
        lines += ["", "[interpreter]", *_pairs(interpreter), *_array("archives", archives)]
    if (cuda := data.get("cuda")) is not None:
        lines += ["", "[cuda]", *_cuda(cuda)]
    if (compat := data.get("cuda-compat")) is not None:
        packages = compat.pop("packages")
        lines += ["", "[cuda-compat]", *_pairs(compat), *_array("packages", packages)]
    for table in ("sdists", "git", "directories"):
        for pin in data[table]:
            lines += ["", f"[[{table}]]", *_build(pin)]
    if data["sizes"]:
        lines += ["", "[sizes]", *_pairs(dict(sorted(data["sizes"].items())))]
    return "\n".join(lines) + "\n"


def _base(name: str, table: dict[str, Any]) -> list[str]:
    """The base's own keys, then its packages, one line each."""
    groups, compilers = table.pop("packages", None), table.pop("build", None)
    lines = _pairs(table)
    if groups is not None:
        lines += ["", f"[{name}.packages]", *(line for group, pins in groups.items() for line in _array(group, pins))]
    if compilers is not None:
        lines += ["", f"[{name}.build]", *_pairs({"wanted": compilers["wanted"]})]
        lines += _array("packages", compilers["packages"])
    return lines


def _tools(table: Mapping[str, Any]) -> list[str]:
    rest = {key: value for key, value in table.items() if key != "packages"}
    return [*_pairs(rest), *_array("packages", table["packages"])]


def _cuda(table: Mapping[str, Any]) -> list[str]:
    """The toolkit, without what it has none of; its pins come last, one line each."""
    some = {key: value for key, value in table.items() if value or key == "toolkit"}
    pins = {key: some.pop(key) for key in ("wheels", "packages") if key in some}
    return [*_pairs(some), *(line for key, of in pins.items() for line in _array(key, of))]


_SAID = ("languages", "asked", "lacking")  # where something is: most builds have none of these


def _build(table: Mapping[str, Any]) -> list[str]:
    """What is built: its pins of wheels and crates come last, one line each."""
    arrays = {key: table[key] for key in ("crates", "wheels") if key == "wheels" or table[key]}
    quiet = {*arrays, "crates", *(key for key in _SAID if not table.get(key) and not _is_answer(key, table))}
    rest = {key: value for key, value in table.items() if key not in quiet}
    last = {key: rest.pop(key) for key in ("lacking",) if key in rest}
    return [*_pairs({**rest, **last}), *(line for key, pins in arrays.items() for line in _array(key, pins))]


def _is_answer(key: str, table: Mapping[str, Any]) -> bool:
    """An empty list of what a backend asked for says that it was asked."""
    return key == "asked" and key in table and ("targets" in table or "inputs" in table)


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
