"""What the templates of the Debian base are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from neve.components.component import GROUPS
from neve.python.artefact import wheel_value
from neve.python.layers import WheelLayer, group_wheels
from neve.python.wheel import Wheel
from neve.render.config import image_config
from neve.render.sources import built_value, crate_values, local_of, sources_of

if TYPE_CHECKING:
    from neve.components.plan import Plan
    from neve.lock.model import DebianLock, DebPin, Lock
    from neve.python.artefact import Artefact
    from neve.python.sdist import Source
    from neve.render.place import Place

# base, interpreter, system packages, bare environment, the project, settings
_FIXED_LAYERS = 6
_FILES = ("flake.nix", "nix/default.nix", "nix/debian.nix", "nix/wheels.nix", "nix/tools.nix")


def rendering(
    plan: Plan, lock: Lock, artefacts: Sequence[Artefact], place: Place
) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
    """The rendered files: templates and values."""
    base, tools = lock.debian
    layers = wheel_layers(plan, artefacts)
    sources, local = ([_built(plan, source, lock, place) for source in of(artefacts)] for of in (sources_of, local_of))
    values: dict[str, Any] = {
        "plan": plan,
        "base": base,
        "interpreter": _interpreter(plan, lock),
        "tools_lock": tools,
        "place": place,
        "system": f"{plan.architecture}-linux",
        "layers": layers,
        "config": image_config(plan),
        "names": _names(plan, base, [*(layer.name for layer in layers), *built_layers(artefacts)]),
        "groups": [(name, [_deb(base, pin) for pin in pins]) for name, pins in _groups(base) if pins],
        "sources": sources,
        "local": local,
        "project_compiles": bool(lock.build.languages or (base.build and plan.project.config.build.system)),
        "project_crates": crate_values(lock.build.crates),
        "tools": [_deb(base, pin) for pin in tools.packages],
        "uv": wheel_value(tools.uv)["pin"],
        "build_wheels": [wheel_value(pin) for pin in lock.build.wheels],
        "wheel_layers": [(layer.name, [wheel_value(wheel) for wheel in layer.wheels]) for layer in layers],
    }
    files = (*_FILES, *(["nix/build.nix"] if sources or local else []))
    return {name: (f"debian/{name}", values) for name in files}


def wheel_layers(plan: Plan, artefacts: Sequence[Artefact]) -> tuple[WheelLayer, ...]:
    """Which wheels share a layer."""
    wheels = [artefact for artefact in artefacts if isinstance(artefact, Wheel)]
    return group_wheels(wheels, most=plan.max_layers - _FIXED_LAYERS - len(built_layers(artefacts)))


def built_layers(artefacts: Sequence[Artefact]) -> tuple[str, ...]:
    """The layers of what is built from source: from elsewhere, and from directories of the project."""
    groups = (("sources", sources_of(artefacts)), ("local", local_of(artefacts)))
    return tuple(name for name, members in groups if members)


def _built(plan: Plan, source: Source, lock: Lock, place: Place) -> dict[str, Any]:
    value = built_value(source, lock.built, plan.architecture, place)
    compiles = value["languages"] or plan.project.config.build.system
    return {**value, "compiles": bool(compiles and lock.debian[0].build)}


def _names(plan: Plan, base: DebianLock, wheel_layers: Sequence[str]) -> list[str]:
    system = ["system packages"] if base.packages.get("system") else []
    return [
        f"debian {plan.release}",
        f"python {base.python}",
        *system,
        "environment",
        *wheel_layers,
        plan.project.name,
        "settings",
    ]


def _groups(base: DebianLock) -> list[tuple[str, tuple[DebPin, ...]]]:
    """The packages of the base by group, bottom first, in whatever order the lock file names the groups."""
    groups = sorted(base.packages.items(), key=lambda group: GROUPS.index(group[0]))
    return [*groups, ("build", base.build.packages)] if base.build is not None else [*groups]


def _interpreter(plan: Plan, lock: Lock) -> dict[str, str] | None:
    """The archive of the interpreter of uv's, as the Nix library fetches it; None where it is Debian's own."""
    if lock.interpreter is None:
        return None
    from neve.interpreter.provide import pinned_archive

    archive = pinned_archive(lock.interpreter, plan.architecture)
    return {"name": archive.file, "url": archive.url, "sha256": archive.sha256}


def _deb(base: DebianLock, pin: DebPin) -> dict[str, str]:
    return {"name": pin.file, "url": base.url(pin), "sha256": pin.sha256}


__all__ = ["built_layers", "rendering", "wheel_layers"]
