"""One choice for every patch level of a Python: a base that names its Python by the minor version needs it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from neve.errors import NeveError

if TYPE_CHECKING:
    from neve.python.artefact import Artefact
    from neve.python.target import Target

    Chosen = TypeVar("Chosen", bound=Artefact)


def one_choice(choices: Mapping[Target, Sequence[Chosen]], *, where: str) -> tuple[Chosen, ...]:
    """What all targets, patch levels of one interpreter, choose alike. Raises NeveError where they differ."""
    (first, chosen), *others = choices.items()
    for target, other in others:
        differing = sorted({artefact.name for artefact in {*other} ^ {*chosen}})
        if differing:
            never = json.dumps(f"{differing[0]}; python_version < '3'")
            raise NeveError(
                f"what is installed depends on the patch level of Python: {', '.join(differing)}",
                where=where,
                why="nixpkgs names its Python by the minor version; markers such as python_full_version < '3.13.2' ask"
                f" for more ({first.python_full_version} and {target.python_full_version} differ)",
                fixes=[
                    f"say it for all: override-dependencies = {json.dumps(differing)} under [tool.uv] takes them"
                    f" always; add ==VERSION where two are chosen from; {never} leaves one out. Then `neve lock`"
                ],
            )
    return tuple(chosen)


__all__ = ["one_choice"]
