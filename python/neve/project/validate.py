"""From a validation failure of a model that neve owns to errors that name file, key, cause and remedy."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from neve.errors import NeveError, collected

M = TypeVar("M", bound=BaseModel)

_BARE = re.compile(r"[A-Za-z0-9_.-]+")  # a key of TOML without quotes; the prefix holds dots

# pydantic's own words are of Python's types, not of TOML's.
_WORDS = {"tuple_type": 'it must be a list: ["…", "…"]', "dict_type": "it must be a table: { KEY = … }"}


def validated(model: type[M], data: Mapping[str, Any], *, where: str, prefix: str = "") -> M:
    """``data`` as a ``model``; ``prefix`` is where ``data`` lies in the file (``tool.neve``).

    Raises NeveError with every problem, each with its key; an unknown key comes with the nearest known one.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = [_problem(model, problem, where, prefix) for problem in error.errors(include_url=False)]
        raise (collected(problems) or NeveError(str(error), where=where)) from None


def _problem(model: type[BaseModel], problem: Any, where: str, prefix: str) -> NeveError:
    location: Sequence[str | int] = problem["loc"]
    known = _known(model, location[:-1])
    location = _untagged(model, location)
    key = _key([*([prefix] if prefix else []), *location])
    place = f"{where}, {key}"
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
        fixes = [f"did you mean {near[0]!r}?"] if near else []
        return NeveError(
            f"unknown key {location[-1]!r}", where=place, fixes=[*fixes, f"known keys: {', '.join(known)}"]
        )
    if problem["type"] == "literal_error":
        return _unknown_word(problem, place)
    message = _WORDS.get(problem["type"]) or str(problem["msg"]).removeprefix("Value error, ")
    fixes = [f"give it as the reference says: docs/reference/configuration.md, {_heading(model, location)}"]
    if problem["type"] == "string_type" and isinstance(problem["input"], int | float):
        fixes = [f'write it in quotes: "{problem["input"]}"', *fixes]
    return NeveError(f"{key} is not valid", where=place, why=message, fixes=fixes)


def _heading(model: type[BaseModel], parts: Sequence[str | int]) -> str:
    """Where the reference has the key: a table of its own, or a key of [tool.neve]."""
    if parts[0] == "caches":
        return "[tool.neve.caches.NAME]"
    return f"[tool.neve.{parts[0]}]" if _known(model, parts[:1]) else str(parts[0])


def _unknown_word(problem: Any, place: str) -> NeveError:
    words = re.findall(r"'([^']*)'", str(problem["ctx"]["expected"]))
    near = difflib.get_close_matches(str(problem["input"]), words, n=1, cutoff=0.4)
    return NeveError(
        f"{problem['input']!r} is not known here",
        where=place,
        fixes=[*([f"did you mean {near[0]!r}?"] if near else []), f"use one of: {', '.join(words)}"],
    )


def _untagged(model: type[BaseModel], parts: Sequence[str | int]) -> Sequence[str | int]:
    """``parts`` without the tag that pydantic puts in where the field is a union of models."""
    field = model.model_fields.get(str(parts[0])) if len(parts) > 1 else None
    return [parts[0], *parts[2:]] if field is not None and field.discriminator else parts


def _key(parts: Sequence[str | int]) -> str:
    text = ""
    for part in parts:
        if part == "[key]":  # pydantic's word for a key that is not valid itself
            continue
        name = part if isinstance(part, int) or _BARE.fullmatch(part) else json.dumps(part, ensure_ascii=False)
        text += f"[{name}]" if isinstance(part, int) else f".{name}" if text else str(name)
    return text


def _known(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """The keys that the model at ``path`` below ``model`` takes."""
    current: Any = model
    tagged = ""  # the field that tells the members of a union apart
    chosen = False  # whether the next part is a name that the user chose, as in caches.NAME, or a place in a list
    for part in path:
        if chosen:
            chosen = False
            continue
        if tagged:
            current = next(m for m in get_args(current) if part in get_args(m.model_fields[tagged].annotation))
            tagged = ""
            continue
        field = next((f for n, f in current.model_fields.items() if part in (n, f.alias)), None)
        if field is None:
            return []
        inner = field.annotation
        if isinstance(field.discriminator, str):
            current, tagged = inner, field.discriminator
            continue
        chosen = get_origin(inner) in (dict, tuple)
        for argument in getattr(inner, "__args__", ()):
            if isinstance(argument, type) and issubclass(argument, BaseModel):
                inner = argument
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        current = inner
    if tagged:  # which of them it is, is not said
        return []
    return sorted(field.alias or name for name, field in current.model_fields.items())


__all__ = ["validated"]
