"""From a validation failure of a model that neve owns to errors that name file, key, cause and remedy."""

from __future__ import annotations

import copy
import difflib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from neve.errors import NeveError, collected
from neve.project.wrong import WrongError

M = TypeVar("M", bound=BaseModel)

_BARE = re.compile(r"[A-Za-z0-9_.-]+")  # a key of TOML without quotes; the prefix holds dots

# pydantic's own words are of Python's types, not of TOML's.
_WORDS = {
    "string_type": 'it must be text in quotes: "…"',
    "tuple_type": 'it must be a list: ["…", "…"]',
    "dict_type": "it must be a table: { KEY = … }",
}


def validated(model: type[M], data: Mapping[str, Any], *, where: str, prefix: str = "") -> M:
    """``data`` as a ``model``; ``prefix`` is where ``data`` lies in the file (``tool.neve``).

    Raises NeveError with every problem, each with its key; an unknown key comes with the nearest known one.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = [_problem(model, problem, where, prefix, data) for problem in error.errors(include_url=False)]
        raise (collected(problems) or NeveError(str(error), where=where)) from None


def _problem(model: type[BaseModel], problem: Any, where: str, prefix: str, data: Mapping[str, Any]) -> NeveError:
    raised = problem.get("ctx", {}).get("error")
    wrong = raised if isinstance(raised, WrongError) else WrongError("")
    location: Sequence[str | int] = [*problem["loc"], *wrong.at]
    known = _known(model, location[:-1])
    location = _untagged(model, location)
    key = _key([*([prefix] if prefix else []), *location])
    place = f"{where}, {key}"
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
        near = near or [name for name in known if name.startswith(str(location[-1])[:8]) and len(str(location[-1])) > 2]
        fixes = [f"did you mean {near[0]!r}?"] if near else []
        return NeveError(
            f"unknown key {location[-1]!r}", where=place, fixes=[*fixes, f"known keys: {', '.join(known)}"]
        )
    if problem["type"] == "literal_error":
        return _unknown_word(problem, place)
    message = _WORDS.get(problem["type"]) or str(problem["msg"]).removeprefix("Value error, ")
    fixes = wrong.fixes(data)
    if problem["type"] == "string_type" and isinstance(problem["input"], int | float):
        fixes = _in_quotes(model, problem, data) or [f'write it in quotes: "{problem["input"]}"']
    return NeveError(
        f"{key} is not valid",
        where=place,
        why=message,
        fixes=[*fixes, *_meaning(model, location)] or [f"correct it in {where}"],
    )


def _in_quotes(model: type[BaseModel], problem: Any, data: Mapping[str, Any]) -> list[str]:
    """What is told of a number once it is text; nothing where it is valid then, or where nothing better is known."""
    changed: Any = copy.deepcopy(data)
    *parents, last = problem["loc"]
    try:
        holder = changed
        for part in parents:
            holder = holder[part]
        holder[last] = str(problem["input"])
        model.model_validate(changed)
    except ValidationError as error:
        found = [each for each in error.errors(include_url=False) if each["loc"] == problem["loc"]]
        raised = [each.get("ctx", {}).get("error") for each in found]
        return [fix for one in raised if isinstance(one, WrongError) for fix in one.fixes(changed)]
    except (LookupError, TypeError):  # pydantic's place is not one of the data
        pass
    return []


def _meaning(model: type[BaseModel], parts: Sequence[str | int]) -> list[str]:
    """What the key at ``parts`` is for, in the words of its description."""
    *above, name = [part for part in parts if isinstance(part, str) and part != "[key]"] or [""]
    current: Any = model
    for part in above:
        current = next(iter(_models(_field(current, part))), None) if current is not None else None
    if current is None and len(above) > 1:  # below a name that the user chose
        current = next(iter(_models(_field(model, above[0]))), None)
    field = _field(current, name) if current is not None else None
    if field is None or not (said := field.description):
        inner = next(iter(_models(field)), None)
        said = (inner.__doc__ or "").partition(": ")[2].rstrip(".") if inner is not None else ""
    return [f"`{name}` is for: {said}"] if said else []


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
        field = _field(current, part)
        if field is None:
            return []
        inner = field.annotation
        if isinstance(field.discriminator, str):
            current, tagged = inner, field.discriminator
            continue
        chosen = get_origin(inner) in (dict, tuple)
        models = _models(field)
        if not models:
            return []
        current = models[-1]
    if tagged:  # which of them it is, is not said
        return []
    return sorted(field.alias or name for name, field in current.model_fields.items())


def _field(model: Any, name: str | int) -> Any:
    """The field of ``model`` that is called ``name`` in a file; None where there is none."""
    return next((field for own, field in model.model_fields.items() if name in (own, field.alias)), None)


def _models(field: Any) -> list[type[BaseModel]]:
    """The models that a value of ``field`` may be or hold, however they are wrapped."""
    found, waiting = [], [field.annotation] if field is not None else []
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found.append(inner)
        else:
            waiting += get_args(inner)
    return found


__all__ = ["validated"]
