"""Render a Plan and a Lock. Same input, same bytes; nothing is read but neve's own templates and Nix library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from neve.bases.base import find_base
from neve.render.place import Place
from neve.render.quote import comment, nix
from neve.resources import nix_library, templates

if TYPE_CHECKING:
    from jinja2 import Environment

    from neve.components.plan import Plan
    from neve.lock.model import Lock
    from neve.python.artefact import Artefact

_LIBRARY = (".nix", ".sh", ".py", ".awk", ".json")


def render(
    plan: Plan, lock: Lock, environments: Mapping[str, Sequence[Artefact]], place: Place | None = None
) -> dict[str, str]:
    """The rendered tree, by relative path: flake.nix, flake.lock and nix/ with the library in nix/lib/.

    ``environments`` are the Python packages to install, by architecture; where there is no ``place``, the tree lies in
    the project's own directory.
    """
    place = place or Place()
    base = find_base(plan.base)
    jinja = _environment()
    tree = {
        path: jinja.get_template(f"{template}.j2").render(values)
        for path, (template, values) in base.rendering(plan, lock, environments, place).items()
    }
    tree["flake.lock"] = base.flake_lock(lock)
    if place.files is not None:
        import json

        tree["nix/files.json"] = json.dumps(place.files, indent=0) + "\n"
    tree.update((f"nix/lib/{name}", text) for name, text in _library(base.name).items())
    return dict(sorted(tree.items()))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # Values go through the `nix` filter, so there is no markup to escape.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(templates()),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["nix"] = nix
    environment.filters["comment"] = comment
    return environment


@cache
def _library(base: str) -> dict[str, str]:
    root = nix_library()
    files = (path for part in (base, "common") for path in (root / part).iterdir() if path.suffix in _LIBRARY)
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in files}


__all__ = ["render"]
