"""Several platforms, or another than this machine's: what builds for them, and what cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from neve.cuda.components import compiles, named_components
from neve.errors import NeveError, collected
from neve.python.sdist import Source
from neve.render.config import ARCHITECTURES, PLATFORMS

if TYPE_CHECKING:
    from neve.components.plan import Plan
    from neve.lock.model import Lock
    from neve.python.artefact import Artefact

Environments = Mapping[str, tuple["Artefact", ...]]


def builders(plan: Plan, environments: Environments) -> Environments:
    """``environments`` as they are built: on Debian the machine builds what is from source for all platforms."""
    if plan.base != "debian":
        return environments
    own = environments.get(plan.machine, ())
    others = dict.fromkeys(
        artefact
        for architecture, artefacts in environments.items()
        if architecture != plan.machine
        for artefact in artefacts
        if isinstance(artefact, Source) and artefact not in own
    )
    if not others and plan.machine in environments:
        return environments
    return {**environments, plan.machine: (*own, *others)}


def builder(plan: Plan, architecture: str) -> str:
    """The architecture of the machine that builds for ``architecture``: on nixpkgs each system builds for itself."""
    return plan.machine if plan.base == "debian" else architecture


def foreign(plan: Plan) -> tuple[str, ...]:
    """The platforms' architectures that are not the machine's."""
    return tuple(architecture for architecture in plan.platforms if architecture != plan.machine)


def builds_elsewhere(plan: Plan) -> bool:
    """Whether other machines take part in the build."""
    return plan.base != "debian" and bool(foreign(plan))


def check_foreign(plan: Plan, lock: Lock, environments: Environments) -> None:
    """Raise NeveError with all that would have to be compiled for another platform than the machine's, as far as that
    is known before it is built: a package that has wheels, and none for that platform; or the project, where nvcc is
    asked for and its sources are compiled.
    """
    if plan.base != "debian":
        return
    if foreign(plan) and not plan.project.has_python:
        raise NeveError(
            f"an image without Python cannot be made for {PLATFORMS[foreign(plan)[0]]} on this machine",
            where="tool.neve.platforms",
            why="what its own programs would do, such as write ld.so.cache, this machine's Python does in their place",
            fixes=['python = "3.13" under [tool.neve]', "or build on a machine of that platform"],
        )
    problems = []
    for architecture in foreign(plan):
        if _compiles_cuda(plan, lock):
            problems.append(_own_code(plan, architecture))
        own = environments.get(plan.machine, ())
        for artefact in environments[architecture]:
            if not isinstance(artefact, Source) or artefact in own:
                continue
            has_wheel = any(other.name == artefact.name for other in own)
            pin = lock.built.get(artefact.key)
            compiles = has_wheel or (pin is not None and bool(pin.languages))
            if compiles:
                problems.append(must_be_compiled(artefact.name, architecture, plan.machine))
    if (found := collected(problems)) is not None:
        raise found


def _compiles_cuda(plan: Plan, lock: Lock) -> bool:
    """Whether the project itself is compiled for certain. What is in another language may be left out of its wheel."""
    names = plan.cuda.components if plan.cuda is not None else ()
    nvcc = compiles(named_components(names))
    return nvcc and plan.project.build_system is not None and bool(lock.build.languages)


def _own_code(plan: Plan, architecture: str) -> NeveError:
    """The error for a project that this machine cannot build for ``architecture``."""
    own, other = PLATFORMS[plan.machine], PLATFORMS[architecture]
    return NeveError(
        f"{plan.project.name} would have to be compiled for {other}",
        where="tool.neve.platforms",
        why=f"tool.neve.cuda.toolkit has nvcc, which compiles the project; this machine, {own}, runs nothing of another"
        " platform",
        fixes=[
            f'`platforms = ["{other}"]` on a machine that is {other}: each platform\'s image on one of its own',
            f'or `platforms = ["{own}"]` on this one, without {other}',
            f'or base = "nixpkgs" under [tool.neve] and a builder for {other} in the configuration of your own Nix',
        ],
    )


def must_be_native(plan: Plan, what: str) -> None:
    """Raise NeveError where none of the images is for this machine; ``what`` runs programs of one."""
    if plan.machine in plan.platforms:
        return
    own = PLATFORMS[plan.machine]
    raise NeveError(
        f"{what}, and none is for this machine",
        where="tool.neve.platforms",
        why=f"this machine is {own}; the image is for {', '.join(PLATFORMS[name] for name in plan.platforms)}",
        fixes=[f"add {own} to `platforms` under [tool.neve]", "or do it on a machine that the image is for"],
    )


def platform_output(plan: Plan, name: str, platform: str | None) -> tuple[str, str | None]:
    """Which output of the rendering is ``name`` for ``platform`` (None: this machine's), and OCI's name of the
    architecture. Raises NeveError where the image is not for it.
    """
    if platform is None:
        return name, None
    having = {PLATFORMS[architecture]: architecture for architecture in plan.platforms}
    if platform not in having:
        raise NeveError(
            f"the image is not for {platform}",
            where="--platform",
            fixes=[f"use one of: {', '.join(having)}", "or add it to `platforms` under [tool.neve]"],
        )
    architecture = having[platform]
    alone = plan.base != "debian" or plan.platforms == (plan.machine,)
    return name if alone else f"images.{architecture}.{name}", ARCHITECTURES[architecture]


def must_be_compiled(name: str, architecture: str, machine: str) -> NeveError:
    """The error for a package that this machine cannot build for a platform."""
    platform = PLATFORMS[architecture]
    return NeveError(
        f"{name} would have to be compiled for {platform}",
        why=f"there is no wheel of it for {platform}, and this machine, {PLATFORMS[machine]}, runs nothing of another"
        " platform",
        fixes=[
            f"take a version of {name} that has a wheel for {platform}",
            f"or build on a machine that is {platform}",
            f"or take {platform} out of `platforms` under [tool.neve]",
        ],
    )


__all__ = [
    "builder",
    "builders",
    "builds_elsewhere",
    "check_foreign",
    "foreign",
    "must_be_compiled",
    "must_be_native",
    "platform_output",
]
