"""What the templates of the Debian base are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from neve.components.component import GROUPS
from neve.python.artefact import wheel_value, wheels_only
from neve.python.layers import WheelLayer, group_wheels
from neve.render.config import image_config

if TYPE_CHECKING:
    from neve.components.plan import Plan
    from neve.lock.model import DebianLock, DebPin, Lock
    from neve.python.artefact import Artefact
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
    values: dict[str, Any] = {
        "plan": plan,
        "base": base,
        "tools_lock": tools,
        "place": place,
        "system": f"{plan.architecture}-linux",
        "layers": layers,
        "config": image_config(plan),
        "names": _names(plan, base, [layer.name for layer in layers]),
        "groups": [(name, [_deb(base, pin) for pin in pins]) for name, pins in _groups(base) if pins],
        "tools": [_deb(base, pin) for pin in tools.packages],
        "uv": wheel_value(tools.uv)["pin"],
        "build_wheels": [wheel_value(pin) for pin in lock.build.wheels],
        "wheel_layers": [(layer.name, [wheel_value(wheel) for wheel in layer.wheels]) for layer in layers],
    }
    return {name: (f"debian/{name}", values) for name in _FILES}


def wheel_layers(plan: Plan, artefacts: Sequence[Artefact]) -> tuple[WheelLayer, ...]:
    """Which wheels share a layer."""
    return group_wheels(wheels_only(artefacts), most=plan.max_layers - _FIXED_LAYERS)


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
    return sorted(base.packages.items(), key=lambda group: GROUPS.index(group[0]))


def _deb(base: DebianLock, pin: DebPin) -> dict[str, str]:
    return {"name": pin.file, "url": base.url(pin), "sha256": pin.sha256}


__all__ = ["rendering", "wheel_layers"]
