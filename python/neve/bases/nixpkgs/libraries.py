"""Which attributes of nixpkgs have the libraries that wheels need: the table in libraries.toml beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from neve.dotted import numbers
from neve.libraries.provider import PRESENT, Provider


def find_libraries(sonames: Collection[str], *, system: Sequence[str], release: str) -> dict[str, Provider]:
    """By soname, whether an image of ``release`` with the attributes ``system`` has it, and the attribute that would
    bring it; the whole table is known, so that another soname is one that no package is known for.
    """
    table = _table()
    found: dict[str, Provider] = {}
    owners = _owners()
    for soname in sonames:
        attribute = owners.get(soname)
        if attribute is None:
            found[soname] = Provider()
        elif attribute in table["present"]:
            found[soname] = PRESENT
        else:
            spellings = {attribute, attribute_in(attribute, release)}
            found[soname] = Provider(
                present=not spellings.isdisjoint(system), packages=(attribute_in(attribute, release),)
            )
    return found


def attribute_in(attribute: str, release: str) -> str:
    """What ``attribute`` of the table is called in ``release``."""
    for newer, names in _table()["before"].items():
        if release[:1].isdigit() and numbers(release) < numbers(newer):
            return str(names.get(attribute, attribute))
    return attribute


@cache
def _owners() -> Mapping[str, str]:
    return {soname: attribute for attribute, sonames in _table()["sonames"].items() for soname in sonames}


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("libraries.toml").read_text("utf-8"))


__all__ = ["attribute_in", "find_libraries"]
