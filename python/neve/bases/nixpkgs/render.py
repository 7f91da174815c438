"""What the templates of the nixpkgs base are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from neve.bases.nixpkgs.components import brought, running
from neve.bases.nixpkgs.releases import find_release
from neve.bases.nixpkgs.toolkit import toolkit_of
from neve.cuda.compiling import compile_environment
from neve.cuda.starts import declared_architectures, for_gpus
from neve.python.artefact import wheel_value
from neve.python.layers import WheelLayer, group_wheels
from neve.python.wheel import Wheel
from neve.render.config import image_config
from neve.render.sources import built_value, crate_values, local_of, sources_of

if TYPE_CHECKING:
    from neve.components.plan import Plan
    from neve.lock.model import Lock
    from neve.python.artefact import Artefact
    from neve.render.place import Place

# base, system packages, libraries, sources, environment, the project
_FIXED_LAYERS = 6
_FILES = ("flake.nix", "nix/default.nix", "nix/wheels.nix", "nix/build.nix")
# Where hosts put their driver (docs/explanation/cuda.md): a C library of nixpkgs reads no /etc/ld.so.cache. Nothing of
# the image lies there. In this order: the container toolkit's own choice, the hosts' paths that CDI keeps (Debian's own
# driver, Arch, WSL), Kubernetes, NixOS.
_DRIVER = (
    "/usr/lib64",
    "/usr/lib/{architecture}-linux-gnu",
    "/usr/lib/{architecture}-linux-gnu/nvidia/current",
    "/usr/lib",
    "/usr/lib/wsl/lib",
    "/usr/local/nvidia/lib64",
    "/run/opengl-driver/lib",
)

# Where nix/nixpkgs/root.sh links what the system packages bring.
_LIBRARIES = "/lib"


def rendering(
    plan: Plan, lock: Lock, environments: Mapping[str, Sequence[Artefact]], place: Place
) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
    """The rendered files: templates and values."""
    config = plan.project.config
    by_system = {f"{name}-linux": (name, artefacts) for name, artefacts in sorted(environments.items(), reverse=True)}
    pins = lock.built
    images = {system: _with_libraries(plan, lock, name, all_) for system, (name, all_) in by_system.items()}
    values: dict[str, Any] = {
        "plan": plan,
        "lock": lock,
        "place": place,
        "systems": list(by_system),
        "platforms": [f"{architecture}-linux" for architecture in plan.platforms],
        "wheel_layers": {
            system: [(layer.name, [wheel_value(wheel) for wheel in layer.wheels]) for layer in wheel_layers(plan, all_)]
            for system, (_, all_) in by_system.items()
        },
        "sdists": {
            system: [built_value(source, pins, name, place) for source in (*sources_of(all_), *local_of(all_))]
            for system, (name, all_) in by_system.items()
        },
        "build_wheels": {
            system: [wheel_value(wheel) for wheel in lock.build.wheels_for(name)]
            for system, (name, _) in by_system.items()
        },
        "project_crates": crate_values(lock.build.crates),
        "unfree": sorted({*config.system, *config.build.system, *config.nixpkgs.unfree}),
        **_toolkit(plan, lock, by_system),
        "gpus": any("NVIDIA_VISIBLE_DEVICES" in image.env for image in images.values()),
        "config": {system: image_config(images[system], name) for system, (name, _) in by_system.items()},
        "oldest_nix": ".".join(map(str, find_release(plan.release).oldest_nix)),
    }
    return {name: (f"nixpkgs/{name}", values) for name in _FILES}


def _toolkit(plan: Plan, lock: Lock, by_system: Mapping[str, tuple[str, Sequence[Artefact]]]) -> dict[str, Any]:
    """The release of CUDA, and the toolkit that compiles."""
    cuda = toolkit_of(plan, lock, dict(by_system.values()))
    if cuda is None or not cuda.toolkit:
        return {"cuda": cuda.version if cuda else None, "toolkit": None}
    attributes = cuda.toolkit
    told = compile_environment("", compiler=None, architectures=declared_architectures(plan), nvcc=False)
    toolkit = {
        "components": list(attributes),
        "running": list(running(attributes)),
        "brought": {system: brought(running(attributes), all_) for system, (_, all_) in by_system.items()},
        "variables": {name: value for name, value in told.items() if value},  # where it lies, Nix knows
    }
    return {"cuda": cuda.version, "toolkit": toolkit}


def wheel_layers(plan: Plan, artefacts: Sequence[Artefact]) -> tuple[WheelLayer, ...]:
    """Which wheels share a layer."""
    wheels = [artefact for artefact in artefacts if isinstance(artefact, Wheel)]
    return group_wheels(wheels, most=plan.max_layers - _FIXED_LAYERS - _has_toolkit(plan))


def _has_toolkit(plan: Plan) -> bool:
    """Whether components of CUDA have a layer of their own."""
    return plan.cuda is not None and bool(plan.cuda.components)


def _with_libraries(plan: Plan, lock: Lock, architecture: str, artefacts: Sequence[Artefact]) -> Plan:
    """``plan`` with the places of libraries that are loaded by name, after those that its environment names: the
    system packages', and the driver's where something of the image loads CUDA.
    """
    own = [_LIBRARIES] if plan.packages["system"] else []
    driver = [place.format(architecture=architecture) for place in _DRIVER]
    return for_gpus(plan, lock, artefacts, driver=driver, own=own)


__all__ = ["rendering", "wheel_layers"]
