"""Render a Plan and a Lock. Same input, same bytes; nothing is read but neve's own templates and Nix library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from neve.components.component import GROUPS
from neve.python.layers import group_wheels
from neve.python.wheel import store_name
from neve.render.quote import comment, nix
from neve.resources import nix_library, templates

if TYPE_CHECKING:
    from jinja2 import Environment

    from neve.components.plan import Plan
    from neve.lock.model import BaseLock, DebPin, Lock, WheelPin
    from neve.python.wheel import Wheel

# base, interpreter, system packages, bare environment, the project, settings
FIXED_LAYERS = 6
_LIBRARY = (".nix", ".sh", ".py", ".awk", ".json")
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the rendered ``nix/`` lies, seen from itself: ``root`` is the relative path of the project.

    ``files`` are the project's files; None where the flake itself says which they are (its git tree).
    """

    root: str = "../."
    files: tuple[str, ...] | None = None


def render(plan: Plan, lock: Lock, wheels: Sequence[Wheel], place: Place | None = None) -> dict[str, str]:
    """The rendered tree, by relative path: flake.nix, flake.lock and nix/ with the library in nix/lib/."""
    place = place or Place()
    layers = group_wheels(wheels, most=plan.max_layers - FIXED_LAYERS)
    values: dict[str, Any] = {
        "plan": plan,
        "lock": lock,
        "place": place,
        "system": f"{plan.architecture}-linux",
        "layers": layers,
        "config": image_config(plan),
        "histories": _histories(plan, lock, [layer.name for layer in layers]),
        "groups": [(name, [_deb(lock.base, pin) for pin in pins]) for name, pins in _groups(lock) if pins],
        "tools": [_deb(lock.base, pin) for pin in lock.tools.packages],
        "uv": _wheel(lock.tools.uv)["pin"],
        "build_wheels": [_wheel(pin) for pin in lock.build.wheels],
        "wheel_layers": [(layer.name, [_wheel(wheel) for wheel in layer.wheels]) for layer in layers],
    }
    environment = _environment()
    tree = {
        name.removesuffix(".j2"): environment.get_template(f"debian/{name}").render(values)
        for name in (
            "flake.nix.j2",
            "nix/default.nix.j2",
            "nix/debian.nix.j2",
            "nix/wheels.nix.j2",
            "nix/tools.nix.j2",
        )
    }
    tree["flake.lock"] = '{\n  "nodes": {\n    "root": {}\n  },\n  "root": "root",\n  "version": 7\n}\n'
    if place.files is not None:
        import json

        tree["nix/files.json"] = json.dumps(place.files, indent=0) + "\n"
    tree.update((f"nix/lib/{name}", text) for name, text in _library("debian").items())
    return dict(sorted(tree.items()))


def image_config(plan: Plan) -> dict[str, Any]:
    """The image configuration (OCI image-spec, config.md) without ``rootfs`` and ``history``."""
    settings: dict[str, Any] = {
        "Env": [f"{name}={value}" for name, value in plan.env.items()],
        "WorkingDir": plan.workdir,
    }
    if plan.entrypoint:
        settings["Entrypoint"] = list(plan.entrypoint)
    if plan.cmd:
        settings["Cmd"] = list(plan.cmd)
    if plan.user:
        settings["User"] = f"{plan.user.uid}:{plan.user.gid}"
        if "HOME" not in plan.env:
            settings["Env"].append(f"HOME={plan.user.home}")
    if plan.ports:
        settings["ExposedPorts"] = {f"{port}/tcp": {} for port in plan.ports}
    if plan.volumes:
        settings["Volumes"] = {path: {} for path in plan.volumes}
    if plan.labels:
        settings["Labels"] = dict(plan.labels)
    return {
        "created": "1970-01-01T00:00:01Z",
        "architecture": ARCHITECTURES[plan.architecture],
        "os": "linux",
        "config": settings,
    }


def _histories(plan: Plan, lock: Lock, wheel_layers: Sequence[str]) -> list[dict[str, str]]:
    system = ["system packages"] if lock.base.packages.get("system") else []
    names = [
        f"debian {plan.release}",
        f"python {lock.base.python}",
        *system,
        "environment",
        *wheel_layers,
        plan.project.name,
        "settings",
    ]
    return [{"created": "1970-01-01T00:00:01Z", "created_by": f"neve: {name}"} for name in names]


def _groups(lock: Lock) -> list[tuple[str, tuple[DebPin, ...]]]:
    """The packages of the base by group, bottom first, in whatever order the lock file names the groups."""
    return sorted(lock.base.packages.items(), key=lambda group: GROUPS.index(group[0]))


def _deb(base: BaseLock, pin: DebPin) -> dict[str, str]:
    return {"name": pin.file, "url": base.url(pin), "sha256": pin.sha256}


def _wheel(wheel: Wheel | WheelPin) -> dict[str, Any]:
    """A wheel as the library takes it; a store path's name has no ``!``."""
    pin = {"name": store_name(wheel.file), "url": wheel.url, "sha256": wheel.sha256}
    return {"name": wheel.name, "version": wheel.version, "file": wheel.file, "pin": pin}


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


__all__ = ["FIXED_LAYERS", "Place", "image_config", "render"]
