"""What the templates of the Debian base are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from neve.bases.debian.suites import find_suite
from neve.components.component import GROUPS
from neve.cuda.compiling import compile_environment, library_places
from neve.cuda.components import component_of
from neve.cuda.starts import declared_architectures, for_gpus
from neve.python.artefact import wheel_value
from neve.python.layers import WheelLayer, group_wheels
from neve.python.wheel import Wheel
from neve.render.config import PLATFORMS, image_config
from neve.render.sources import built_value, crate_values, local_of, sources_of

if TYPE_CHECKING:
    from neve.components.plan import Plan
    from neve.lock.model import DebianLock, DebPin, Lock
    from neve.lock.sdists import BuildWheelPin
    from neve.python.artefact import Artefact
    from neve.python.sdist import Source
    from neve.render.place import Place

# base, interpreter, system packages, bare environment, the project, settings
_FIXED_LAYERS = 6
_CUDA_HOME = "/usr/local/cuda"
_FILES = ("default.nix", "debian.nix", "wheels.nix", "tools.nix")

# Where hosts mount their driver without telling ldconfig (NVIDIA's images name it as well, GKE relies on it). Whatever
# runs ldconfig needs no place; and nothing that the image may have itself is to be shadowed, so it is the only one.
_DRIVER = ("/usr/local/nvidia/lib64",)

# The newest C library that uv has a name for as a platform.
_NEWEST_GLIBC = (2, 40)


def rendering(
    plan: Plan, lock: Lock, environments: Mapping[str, Sequence[Artefact]], place: Place
) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
    """The rendered files: templates and values.

    An image for this machine alone is nix/default.nix; of others, each platform has a directory below nix/, and so has
    this machine, whose image builds them.
    """
    own = _part(plan, lock, plan.machine, environments.get(plan.machine, ()), place)
    flake = {"plan": plan, "system": f"{plan.machine}-linux", "cuda": own["cuda"]}
    if plan.platforms == (plan.machine,):
        values = {**own, "foreign": None, "part": False}
        return {"flake.nix": ("debian/flake.nix", flake), **_files("nix", values)}
    together = {
        "plan": plan,
        "names": [PLATFORMS[architecture] for architecture in plan.platforms],
        "requires": bool(own["sources"] or own["local"] or plan.project.build_system),
        "cuda": own["cuda"],
    }
    deeper = replace(place, root=f"../{place.root}")
    found: dict[str, tuple[str, Mapping[str, Any]]] = {
        "flake.nix": ("debian/flake.nix", flake),
        "nix/default.nix": ("debian/nix/platforms.nix", together),
    }
    for architecture in plan.architectures:
        artefacts = environments.get(architecture, ())
        values = {**own, **_part(plan, lock, architecture, artefacts, deeper), "foreign": None, "part": True}
        if architecture != plan.machine:
            values["foreign"] = {"platform": PLATFORMS[architecture], "tags": _tags(lock, architecture)}
        found |= _files(f"nix/{architecture}", values)
    return found


def _files(directory: str, values: Mapping[str, Any]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    built = ["build.nix"] if values["sources"] or values["local"] else []
    files = (*_FILES, *built, *(["cuda.nix"] if values["cuda"] else []))
    return {f"{directory}/{name}": (f"debian/nix/{name}", values) for name in files}


def _tags(lock: Lock, architecture: str) -> str:
    """What uv calls the platform of ``architecture`` with the suite's C library."""
    glibc = min(find_suite(lock.base.release).glibc, _NEWEST_GLIBC)
    return f"{architecture}-manylinux_{glibc[0]}_{glibc[1]}"


def _part(plan: Plan, lock: Lock, architecture: str, artefacts: Sequence[Artefact], place: Place) -> dict[str, Any]:
    """The values for the image of one architecture; this machine builds what is from source."""
    if not has_compat(lock, architecture):  # what another platform alone has is not told of this one
        lock = lock.model_copy(update={"cuda_compat": None})
    base, tools = lock.debian_of(architecture)
    builder = lock.debian_of(plan.machine)[0].build
    layers = wheel_layers(plan, lock, architecture, artefacts)
    cuda = _cuda(plan, lock, architecture, artefacts)
    compat = _compat(lock, architecture, cuda)
    sources, local = ([_built(plan, source, lock, place) for source in of(artefacts)] for of in (sources_of, local_of))
    return {
        "plan": plan,
        "base": base.model_copy(update={"build": builder}),
        "interpreter": _interpreter(lock, architecture),
        "tools_lock": tools,
        "place": place,
        "system": f"{plan.machine}-linux",
        "layers": layers,
        "config": image_config(
            for_gpus(plan, lock, artefacts, driver=_DRIVER, own=_brought_places(plan, lock, artefacts)), architecture
        ),
        "names": _names(
            plan,
            base,
            [*(layer.name for layer in layers), *built_layers(artefacts)],
            [*(["cuda"] if cuda and cuda["runtime"] else []), *(["cuda-compat"] if compat else [])],
        ),
        "cuda": cuda,
        "compat": compat,
        "groups": [(name, [_deb(base, pin) for pin in pins]) for name, pins in _groups(base) if pins],
        "sources": sources,
        "local": local,
        "project_compiles": bool(lock.build.languages or (builder and (cuda or plan.project.config.build.system))),
        "project_crates": crate_values(lock.build.crates),
        "tools": [_deb(base, pin) for pin in tools.packages],
        "uv": wheel_value(tools.uv)["pin"],
        "build_wheels": [wheel_value(pin) for pin in lock.build.wheels_for(plan.machine)],
        "wheel_layers": [(layer.name, [wheel_value(wheel) for wheel in layer.wheels]) for layer in layers],
    }


def _cuda(plan: Plan, lock: Lock, architecture: str, artefacts: Sequence[Artefact]) -> dict[str, Any] | None:
    """The toolkit that this machine compiles with, and what the image for ``architecture`` has of it; None where there
    is none.
    """
    locked = lock.cuda
    if locked is None:
        return None
    base = lock.debian_of(plan.machine)[0]
    wheels = locked.wheels_for(plan.machine)
    names = {artefact.name for artefact in artefacts}
    compiler = None if locked.compiler is None else f"/usr/bin/{locked.compiler.partition('=')[0]}"
    return {
        "version": locked.version,
        "wheels": [wheel_value(wheel) for wheel in wheels],
        "debs": [_deb(base, pin) for pin in locked.packages_for(plan.machine)],
        "runtime": [wheel_value(wheel) for wheel in runtime_wheels(lock, architecture, artefacts)],
        "brought": sorted({wheel.name for wheel in wheels} & names),
        "environment": compile_environment(
            _CUDA_HOME,
            compiler=compiler,
            architectures=declared_architectures(plan),
            nvcc=compiler is not None,
        ),
    }


def _brought_places(plan: Plan, lock: Lock, artefacts: Sequence[Artefact]) -> list[str]:
    """Where the environment's wheels have the libraries that the toolkit compiled code to link with: wheels find one
    another by themselves, and nothing of the image knows these directories.
    """
    if lock.cuda is None:
        return []
    names = {artefact.name for artefact in artefacts}
    brought = [wheel.name for wheel in lock.cuda.wheels_for(plan.machine) if wheel.name in names]
    linked = [name for name in brought if (component := component_of(name)) and not component.build_only]
    version = ".".join(plan.python.split(".")[:2]) + "t" * plan.freethreaded
    site_packages = f"/opt/venv/lib/python{version}/site-packages"
    return library_places(linked, int(lock.cuda.version.partition(".")[0]), site_packages)


def _compat(lock: Lock, architecture: str, cuda: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The forward compatibility libraries; ``below`` is the toolkit whose libraries have a layer at /usr/local/cuda."""
    pin = lock.cuda_compat.package(architecture) if lock.cuda_compat else None
    if pin is None or lock.cuda_compat is None:
        return None
    return {
        "deb": {"name": pin.file, "url": pin.url, "sha256": pin.sha256},
        "version": lock.cuda_compat.version,
        "below": cuda["version"] if cuda and cuda["runtime"] else None,
    }


def runtime_wheels(lock: Lock, architecture: str, artefacts: Sequence[Artefact]) -> tuple[BuildWheelPin, ...]:
    """The wheels of the toolkit whose libraries the image has: what they bring themselves, ``artefacts`` do."""
    if lock.cuda is None:
        return ()
    return lock.cuda.runtime_for(architecture, {artefact.name for artefact in artefacts})


def wheel_layers(plan: Plan, lock: Lock, architecture: str, artefacts: Sequence[Artefact]) -> tuple[WheelLayer, ...]:
    """Which wheels share a layer; libraries of the CUDA toolkit and those of forward compatibility have one, too."""
    wheels = [artefact for artefact in artefacts if isinstance(artefact, Wheel)]
    cuda = bool(runtime_wheels(lock, architecture, artefacts)) + has_compat(lock, architecture)
    return group_wheels(wheels, most=plan.max_layers - _FIXED_LAYERS - cuda - len(built_layers(artefacts)))


def has_compat(lock: Lock, architecture: str) -> bool:
    """Whether forward compatibility libraries have a layer: where they are locked, for --frozen asks the lock alone."""
    return lock.cuda_compat is not None and lock.cuda_compat.package(architecture) is not None


def built_layers(artefacts: Sequence[Artefact]) -> tuple[str, ...]:
    """The layers of what is built from source: from elsewhere, and from directories of the project."""
    groups = (("sources", sources_of(artefacts)), ("local", local_of(artefacts)))
    return tuple(name for name, members in groups if members)


def _built(plan: Plan, source: Source, lock: Lock, place: Place) -> dict[str, Any]:
    value = built_value(source, lock.built, plan.machine, place)
    compiles = value["languages"] or plan.project.config.build.system
    return {**value, "compiles": bool(compiles and lock.debian_of(plan.machine)[0].build)}


def _names(plan: Plan, base: DebianLock, wheel_layers: Sequence[str], cuda: Sequence[str]) -> list[str]:
    system = [*(["system packages"] if base.packages.get("system") else []), *cuda]
    name = plan.project.name if plan.project.named else "project"
    if not plan.project.has_python:
        return [f"debian {plan.release}", "configuration", *system, name, "settings"]
    return [
        f"debian {plan.release}",
        f"python {base.python}",
        *system,
        "environment",
        *wheel_layers,
        name,
        "settings",
    ]


def _groups(base: DebianLock) -> list[tuple[str, tuple[DebPin, ...]]]:
    """The packages of the base by group, bottom first, in whatever order the lock file names the groups."""
    groups = sorted(base.packages.items(), key=lambda group: GROUPS.index(group[0]))
    return [*groups, ("build", base.build.packages)] if base.build is not None else [*groups]


def _interpreter(lock: Lock, architecture: str) -> dict[str, str] | None:
    """The archive of the interpreter of uv's, as the Nix library fetches it; None where it is Debian's own."""
    if lock.interpreter is None:
        return None
    from neve.interpreter.provide import pinned_archive

    archive = pinned_archive(lock.interpreter, architecture)
    return {"name": archive.file, "url": archive.url, "sha256": archive.sha256}


def _deb(base: DebianLock, pin: DebPin) -> dict[str, str]:
    return {"name": pin.file, "url": base.url(pin), "sha256": pin.sha256}


__all__ = ["built_layers", "has_compat", "rendering", "runtime_wheels", "wheel_layers"]
