"""The CUDA toolkit on Debian: NVIDIA's component wheels, and the suite's compiler that goes with them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import Version

from neve import toml
from neve.bases.debian.suites import find_suite
from neve.cuda.components import COMPONENTS, Component, compiles, component_of, find_components
from neve.errors import NeveError
from neve.lock.model import CudaLock
from neve.python.select import select_wheels
from neve.render.config import PLATFORMS

if TYPE_CHECKING:
    from neve.components.plan import Plan
    from neve.cuda.wheels import CudaWheels
    from neve.lock.build_pins import Targets
    from neve.lock.model import Lock
    from neve.lock.resolve import Resolver
    from neve.lock.sdists import BuildWheelPin
    from neve.python.target import Target

_RULES = 1  # raised when what is locked for the same wishes changes
TOOLKIT = "tool.neve.cuda.toolkit"
_METAPACKAGE = "cuda-toolkit"
# Components with a version of their own, which are no extras of the metapackage.
_APART = ("cudnn", "nccl")
_RUNTIME = "cudart"
# Headers that the headers of a component read, and what nvcc runs: the metapackage says some of it, of newer releases.
_NEEDS: Mapping[str, tuple[str, ...]] = {"cudart": ("cccl",), "nvcc": ("crt", "cudart", "nvvm")}
_ROUNDS = 4
_FIXES = (
    f"have whoever runs the index add `{_METAPACKAGE}` and NVIDIA's wheels of this release",
    "or take another release: `version` under [tool.neve.cuda]",
)


@dataclass(frozen=True, kw_only=True)
class _Wish:
    """What is asked for: the ``version`` (None: that of the environment's ``wheels``), the components, the suite."""

    version: str | None
    wheels: CudaWheels | None
    components: tuple[Component, ...]
    suite: str

    @property
    def brought(self) -> dict[str, str]:
        """The environment's libraries with their versions, by component: no older one must run what is compiled. That
        of the runtime goes with nvcc.
        """
        if self.wheels is None:
            return {}
        found = {component_of(name): version for name, version in sorted(self.wheels.components) if version}
        return {
            component.name: version
            for component, version in found.items()
            if component is not None and not component.build_only and component.name != _RUNTIME
        }

    @property
    def digest(self) -> str:
        """What changes where another toolkit may be the answer."""
        names = [component.name for component in self.components]
        brought = self.wheels.version if self.wheels is not None else None
        text = json.dumps([_RULES, self.version, brought, names, self.suite, self._equal])
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def _equal(self) -> list[str]:
        """Packages of the environment that no release of the toolkit has a version of: it is the same."""
        if self.wheels is None:
            return []
        names = {f"nvidia-{name}-cu{self.wheels.major}" for name in _APART}
        return sorted(f"{name}=={version}" for name, version in self.wheels.components if name in names and version)

    def too_new(self, held: CudaLock) -> set[str]:
        """The packages of ``held`` that are newer than the environment's."""
        brought = {_package(COMPONENTS[name], held.version): version for name, version in self.brought.items()}
        return {wheel.name for wheel in held.wheels if _later(wheel.version, brought.get(wheel.name))}


def resolve_toolkit(
    resolver: Callable[[], Resolver], lock: Lock, plan: Plan, wheels: CudaWheels | None, held: CudaLock | None
) -> CudaLock | None:
    """The toolkit that ``plan`` asks for, of the release of the environment's ``wheels`` where it names none: ``held``
    where that answers it. ``resolver`` is asked for only where something must be resolved.

    The pins are for all architectures of ``lock`` that NVIDIA ships the components for.
    Raises NeveError for a release, a component or a compiler that there is not, and where there are no wheels for one
    of the plan's own architectures; TransientError where an index or a mirror does not answer.
    """
    if plan.cuda is None:
        return None
    components = find_components(plan.cuda.components, where=TOOLKIT)
    wish = _Wish(version=plan.cuda.version, wheels=wheels, components=components, suite=plan.release)
    same = held is not None and held.inputs == wish.digest
    if held is not None and same and set(plan.architectures) <= set(held.architectures) and not wish.too_new(held):
        return held
    return _resolved(resolver(), lock, plan, wish, held if same else None)


def _resolved(resolver: Resolver, lock: Lock, plan: Plan, wish: _Wish, held: CudaLock | None) -> CudaLock:
    """The toolkit as the indexes have it now; the versions of ``held``, which answers the same wish, stay."""
    from neve.bases.base import find_base
    from neve.bases.debian.cuda_version import choose_version, gccs_of, host_compiler
    from neve.bases.debian.index import load_index
    from neve.bases.debian.lock import DEBIAN_ARCHITECTURES
    from neve.bases.debian.nvcc import nvcc_packages
    from neve.lock.build_pins import build_pins

    index = load_index(
        plan.release, DEBIAN_ARCHITECTURES[plan.machine], resolver.mirrors, resolver.fetcher, resolver.progress
    )
    gccs = gccs_of(index.names())
    version = held.version if held else choose_version(wish.version, wish.wheels, wish.components, gccs)
    nvcc = compiles(wish.components)
    compiler = host_compiler(version, plan.release, gccs) if nvcc else None
    resolver.progress.stage(f"resolving the toolkit of CUDA {version}")
    _note_newer_runtime(resolver, version, wish)
    too_new = wish.too_new(held) if held is not None else set()
    stay = [wheel for wheel in held.wheels if wheel.name not in too_new] if held is not None else []
    equal = [f"{wheel.name}=={wheel.version}" for wheel in stay]
    pylock, runtime = _pylocks(resolver, plan, version, wish, equal)
    targets = find_base(plan.base).targets(lock.base, plan, building=True)
    having = _having(pylock, targets, version, wish.components, plan)
    found = build_pins(pylock, having, own=plan.machine, where=TOOLKIT) if pylock else None
    pins = tuple(wheel for wheel in (found.wheels if found else ()) if wheel.name != _METAPACKAGE)
    return CudaLock(
        version=version,
        toolkit=tuple(component.name for component in wish.components),
        inputs=wish.digest,
        compiler=compiler,
        architectures=tuple(having),
        runtime=_runtime(runtime, having, pins, version),
        wheels=pins,
        packages=nvcc_packages(resolver, version, tuple(having)) if nvcc else (),
    )


def _pylocks(resolver: Resolver, plan: Plan, version: str, wish: _Wish, equal: Sequence[str]) -> tuple[str, str]:
    """What all components of ``wish`` resolve to, and what those do that an image needs: texts of pylocks, the second
    empty where there is none of them.
    """

    def compiled(of: Sequence[Component]) -> str:
        return _compiled(resolver, plan, version, of, brought=wish.brought, equal=equal)

    with ThreadPoolExecutor(1) as pool:
        runtime = pool.submit(compiled, [component for component in wish.components if not component.build_only])
        return compiled(wish.components), runtime.result()


def _compiled(
    resolver: Resolver,
    plan: Plan,
    version: str,
    components: Sequence[Component],
    *,
    brought: Mapping[str, str],
    equal: Sequence[str],
) -> str:
    """What ``components`` resolve to. What their packages ask for is the release's own, too: they do not say which. Of
    what is ``brought``, it is that version where the release's would be newer.
    """
    names = {component.name for component in components}
    if not names:
        return ""
    own = {
        name: of
        for name, of in brought.items()
        if name in _APART or f"{_package(COMPONENTS[name], version)}=={of}" in equal
    }
    for _ in range(_ROUNDS):
        wanted = _requirements([COMPONENTS[name] for name in names], version, own)
        held_back = [f"{_package(COMPONENTS[name], version)} {of}" for name, of in sorted(own.items())]
        fixes = [f"the toolkit's index must have what the environment has: {', '.join(held_back)}"] if held_back else []
        text = resolver.uv.compile(wanted, python=plan.python, constraints=equal, fixes=(*_FIXES, *fixes))
        packages = {package["name"]: package["version"] for package in toml.loads(text).get("packages", ())}
        found = {name: packages.get(_package(component, version)) for name, component in COMPONENTS.items()}
        asked = {name for name, has in found.items() if has is not None}
        older = {
            name: brought[name] for name in asked & brought.keys() - own.keys() if _later(found[name], brought[name])
        }
        if asked <= names and not older:
            return text
        names |= asked
        own |= older
    raise NeveError(
        f"the components of CUDA {version} that go with the environment's cannot be told",
        where=TOOLKIT,
        why=f"each of {_ROUNDS} resolutions asked for more of them",
        fixes=["name all the components that are needed in `toolkit`"],
    )


def _later(one: str | None, other: str | None) -> bool:
    """Whether version ``one`` is later than ``other`` (PEP 440)."""
    return one is not None and other is not None and Version(one) > Version(other)


def _note_newer_runtime(resolver: Resolver, version: str, wish: _Wish) -> None:
    """Note that the environment brings an older CUDA runtime than the toolkit's: the image has no other."""
    from neve.bases.debian.cuda_version import toolkit_releases

    components = dict(wish.wheels.components) if wish.wheels is not None else {}
    brought = components.get(_package(COMPONENTS[_RUNTIME], version))
    if brought and Version(brought).release[:2] < Version(version).release:
        minor = ".".join(map(str, Version(brought).release[:2]))
        offered = toolkit_releases(wish.components, find_suite(wish.suite).gccs)
        fits = f'; version = "{minor}" goes with it' if minor in offered else ""
        resolver.progress.note(
            f"the toolkit is of CUDA {version}, the runtime that the wheels bring of {minor}: what links with the"
            f" shared runtime may ask it for what it lacks{fits}"
        )


def _requirements(components: Sequence[Component], version: str, own: Mapping[str, str]) -> list[str]:
    """``components`` and what their files need, as requirements of NVIDIA's packages (PEP 508); those of ``own`` in a
    version of their own.
    """
    names: set[str] = set()
    todo = [component.name for component in components]
    while todo:
        name = todo.pop()
        if name not in names and COMPONENTS[name].is_in(version):
            names.add(name)
            todo += _NEEDS.get(name, ())
    extras = sorted(names - {*_APART} - own.keys())
    apart = [
        _package(COMPONENTS[name], version) + (f"=={own[name]}" if name in own else "")
        for name in sorted(names & {*_APART, *own})
    ]
    return [*([f"{_METAPACKAGE}[{','.join(extras)}]=={version}.*"] if extras else []), *apart]


def _package(component: Component, version: str) -> str:
    """The package that has ``component``: until CUDA 12 its name ends in the major version."""
    major = version.partition(".")[0]
    suffix = f"-cu{major}" if int(major) < 13 or component.name in _APART else ""
    return f"nvidia-{component.package}{suffix}"


def _having(
    pylock: str, targets: Targets, version: str, components: Sequence[Component], plan: Plan
) -> dict[str, Sequence[Target]]:
    """Those of ``targets`` that NVIDIA ships ``components`` for. Raises NeveError where the plan needs another."""
    having: dict[str, Sequence[Target]] = {}
    for architecture, of in targets.items():
        lacking = _lacking(pylock, of[0], version, components)
        if not lacking:
            having[architecture] = of
        elif architecture in plan.architectures:
            raise _not_shipped(version, architecture, lacking, plan, components)
    return having


def _lacking(pylock: str, target: Target, version: str, components: Sequence[Component]) -> list[str]:
    """What of ``components`` there is not for ``target``, a line each."""
    try:
        names = {wheel.name for wheel in select_wheels(pylock, target, where=TOOLKIT)}
    except NeveError as error:
        return [f"{one.what}: {one.why}" if one.why else one.what for one in error.errors]
    absent = [component for component in components if _package(component, version) not in names]
    return [f"{component.name} ({_package(component, version)}) is not made for it" for component in absent]


def _not_shipped(
    version: str, architecture: str, lacking: Sequence[str], plan: Plan, components: Sequence[Component]
) -> NeveError:
    platform = PLATFORMS[architecture]
    others = ", ".join(PLATFORMS[other] for other in plan.platforms if other != architecture)
    where = f", and build it on a machine that is {others}" if architecture == plan.machine else ""
    shipped = _first_shipped(version, architecture, components, plan.release)
    return NeveError(
        f"NVIDIA does not ship the toolkit of CUDA {version} for {platform}",
        where=TOOLKIT,
        why="\n".join(lacking),
        fixes=[
            *([f"take a release that has wheels for it, such as {shipped}"] if shipped else []),
            f"take out of `toolkit` what is not made for {platform}",
            *([f"or make the image for {others} alone: `platforms` under [tool.neve]{where}"] if others else []),
        ],
    )


def _first_shipped(version: str, architecture: str, components: Sequence[Component], suite: str) -> str | None:
    """The first release after ``version`` with ``components`` and wheels for ``architecture``, of the same major
    version where there is one, that ``suite`` has a compiler for; None where ``version`` has wheels for it itself.
    """
    from neve.bases.debian.cuda_version import toolkit_releases
    from neve.cuda.table import table
    from neve.dotted import numbers

    known = table().releases
    if architecture != "aarch64" or version not in known or known[version].aarch64:
        return None
    offered = toolkit_releases(components, find_suite(suite).gccs)
    newer = [each for each in offered if known[each].aarch64 and numbers(each) > numbers(version)]
    same = [each for each in newer if numbers(each)[0] == numbers(version)[0]]
    return next(iter(same or newer), None)


def _runtime(pylock: str, targets: Targets, pins: Sequence[BuildWheelPin], version: str) -> tuple[str, ...]:
    """The packages of ``pins`` that ``pylock`` has, whose libraries run: none that is there for compiling alone."""
    if not pylock:
        return ()
    needed = {wheel.name for of in targets.values() for wheel in select_wheels(pylock, of[0], where=TOOLKIT)}
    building = {_package(component, version) for component in COMPONENTS.values() if component.build_only}
    return tuple(sorted({pin.name for pin in pins} & (needed - building)))


__all__ = ["resolve_toolkit"]
