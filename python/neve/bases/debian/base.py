"""Debian as a base: packages of a mirror, unpacked at their usual paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from neve.bases.base import Cuda
from neve.bases.debian.choose import choose_suite
from neve.bases.debian.suites import DEFAULT_SUITE, SUITES, find_suite
from neve.components.component import Contribution
from neve.errors import NeveError
from neve.python.target import Target

if TYPE_CHECKING:
    from pathlib import Path

    from neve.bases.pythons import Choice
    from neve.components.plan import Plan
    from neve.cuda.wheels import CudaWheels
    from neve.libraries.provider import Provider
    from neve.lock.interpreter import InterpreterPin
    from neve.lock.model import BaseLock, CudaLock, DebianLock, Lock, ToolsLock
    from neve.lock.resolve import Resolver
    from neve.lock.sdists import Language
    from neve.nix.lacking import Lacking
    from neve.project.config import Config
    from neve.project.project import PythonRequest
    from neve.python.artefact import Artefact
    from neve.render.place import Place
    from neve.session import Session

# The C library, a shell and the programs that every script expects, and what manylinux wheels may load from
# their host (PEP 600: the policies' library lists); libgomp1 is not on that list but often needed.
_PACKAGES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "system": {"base": ("base-files", "base-passwd", "coreutils", "dash", "libc-bin", "libc6", "netbase", "tzdata")},
    "certificates": {"base": ("ca-certificates",)},
    "manylinux": {"base": ("libatomic1", "libgcc-s1", "libgomp1", "libstdc++6", "zlib1g")},
}
_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+~:-]+)?\Z")
_NIXPKGS_RELEASE = re.compile(r"[0-9]{2}\.[0-9]{2}\Z|nixos-")


class Debian:
    """See :class:`neve.bases.base.Base`."""

    name = "debian"
    builds_sdists = True
    substitutes = False

    def problems(self, config: Config, *, where: str) -> list[NeveError]:
        """Names that are no Debian packages, a suite that neve does not know, keys of the other base."""
        found = [
            NeveError(
                f"{key}[{number}] is not valid",
                where=f"{where}, {key}[{number}]",
                why=f"{name!r} is not a Debian package name (lower case, or name=version)",
                fixes=['`apt-cache search` knows their names; attribute paths of nixpkgs need base = "nixpkgs"'],
            )
            for key, names in (("tool.neve.system", config.system), ("tool.neve.build.system", config.build.system))
            for number, name in enumerate(names)
            if not _PACKAGE.match(name)
        ]
        try:
            find_suite(config.release or DEFAULT_SUITE)
        except NeveError as error:
            error.where = f"{where}, tool.neve.release"
            if _NIXPKGS_RELEASE.match(config.release or ""):
                error.fixes = (*error.fixes, 'a release of nixpkgs needs base = "nixpkgs"')
            found.append(error)
        if config.nixpkgs.model_fields_set:
            found.append(
                NeveError(
                    "the debian base has no nixpkgs",
                    where=f"{where}, tool.neve.nixpkgs",
                    fixes=['base = "nixpkgs" under [tool.neve]', "or take [tool.neve.nixpkgs] out"],
                )
            )
        return found

    def choose(self, config: Config, request: PythonRequest, requires_python: str | None) -> Choice:
        """The suite and its Python, or one of uv's."""
        return choose_suite(config.release, request, requires_python, config.interpreter)

    def contribution(self, component: str, choice: Choice) -> Contribution:
        """Debian packages by group; a Python of uv's needs next to none, and is told where the certificates are."""
        if component == "python" and choice.managed:
            return Contribution(packages={"python": ("libcrypt1",)}, env={"SSL_CERT_FILE": _CERTIFICATES})
        if component == "python":
            return Contribution(packages={"python": (f"python{choice.python}",)})
        return Contribution(packages=_PACKAGES.get(component, {}))

    def cuda(self, config: Config, release: str) -> Cuda | None:  # noqa: ARG002 - NVIDIA's wheels serve every suite
        """What is configured."""
        if not config.cuda or not config.cuda.toolkit:
            return None
        return Cuda(version=config.cuda.version, components=config.cuda.toolkit)

    def cuda_releases(self, release: str | None, toolkit: Sequence[str]) -> Sequence[str]:
        """Those of NVIDIA's wheels; with nvcc those that a compiler of the suite goes with."""
        from neve.bases.debian.cuda_version import toolkit_releases
        from neve.cuda.components import named_components

        suite = SUITES.get(release or DEFAULT_SUITE, SUITES[DEFAULT_SUITE])
        return toolkit_releases(named_components(toolkit), suite.gccs)

    def toolkit(
        self,
        resolver: Callable[[], Resolver],
        lock: Lock,
        plan: Plan,
        wheels: CudaWheels | None,
        *,
        held: CudaLock | None,
    ) -> CudaLock | None:
        """NVIDIA's component wheels, and the newest gcc of the suite that the release accepts."""
        from neve.bases.debian.cuda import resolve_toolkit

        return resolve_toolkit(resolver, lock, plan, wheels, held)

    def wishes(self, plan: Plan) -> list[Any]:
        """The architectures, the names of packages, and which Python of uv's."""
        python = [plan.freethreaded, plan.project.requires_python] if plan.managed else []
        platforms = plan.platforms[0] if len(plan.platforms) == 1 else list(plan.platforms)
        return [platforms, {group: sorted(names) for group, names in plan.packages.items()}, *python]

    def resolve(
        self,
        resolver: Resolver,
        plan: Plan,
        held: Lock | None,
        interpreter: InterpreterPin | None,
        *,
        upgrade: bool,
    ) -> tuple[BaseLock, ToolsLock | None]:
        """Packages and tools as the mirror has them now; a fresh lock only gets the architectures that it lacks."""
        from neve.bases.debian.lock import resolve_debian

        fresh = held is not None and held.inputs == plan.lock_inputs() and not upgrade
        return resolve_debian(resolver, plan, interpreter, held if fresh else None)

    def compilers(self, plan: Plan, lock: Lock, languages: Collection[Language]) -> tuple[str, ...]:
        """Packages of the suite, which are pinned as the image's are."""
        from neve.bases.debian.compilers import compilers

        return compilers(plan, lock.debian[0], languages, lock.cuda)

    def locked_compilers(self, lock: Lock) -> tuple[str, ...]:
        """What the pins answer."""
        base, _ = lock.debian
        builds = [base.of(name).build for name in base.architectures]
        wanted = {build.wanted if build is not None else () for build in builds}
        return wanted.pop() if len(wanted) == 1 else ()

    def with_compilers(self, resolver: Resolver, lock: Lock, wanted: Sequence[str]) -> Lock:
        """The closure of ``wanted`` besides the image's packages."""
        from neve.bases.debian.compilers import with_compilers

        return with_compilers(resolver, lock, wanted)

    def packages_with(self, session: Session, lock: Lock, lacking: Sequence[Lacking]) -> dict[Lacking, str]:
        """By the suite's Contents index."""
        from neve.bases.debian.lacking import packages_with

        return packages_with(session, lock, lacking)

    def targets(self, base: BaseLock, plan: Plan, *, building: bool = False) -> Mapping[str, tuple[Target, ...]]:
        """The one interpreter that is locked, for each platform."""
        from neve.lock.model import DebianLock

        assert isinstance(base, DebianLock)  # noqa: S101 - another base has another class
        wanted = dict.fromkeys((plan.architecture, *plan.platforms, *(base.architectures if building else ())))
        return {name: (target_of(base.of(name), freethreaded=plan.freethreaded),) for name in wanted}

    def lacks(self, base: BaseLock, plan: Plan) -> str | None:
        """A platform, or the machine that builds: a lock that was made on another may not have it."""
        held = base.architectures if base.name == "debian" else ()
        return next((name for name in plan.architectures if name not in held), None)

    def rendering(
        self, plan: Plan, lock: Lock, environments: Mapping[str, Sequence[Artefact]], place: Place
    ) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
        """flake.nix and nix/ of derivations that need no nixpkgs."""
        from neve.bases.debian.render import rendering

        return rendering(plan, lock, environments, place)

    def names(self, plan: Plan, lock: Lock) -> Mapping[str, Sequence[str]]:
        """Every package of the closure."""
        base, _ = lock.debian_of(plan.architecture)
        return {name: [pin.name for pin in pins] for name, pins in base.packages.items()}

    def layers(self, plan: Plan, lock: Lock, artefacts: Sequence[Artefact]) -> list[tuple[str, int, int | None]]:
        """Base, interpreter, system packages, CUDA, bare environment, wheels, project, settings."""
        from neve.bases.debian.render import built_layers, has_compat, runtime_wheels, wheel_layers
        from neve.python.sdist import Directory, Source

        groups = lock.debian_of(plan.architecture)[0].packages
        sources = [artefact for artefact in artefacts if isinstance(artefact, Source)]
        local = [source for source in sources if isinstance(source, Directory)]
        built = {"local": len(local), "sources": len(sources) - len(local)}
        runtime = runtime_wheels(lock, plan.architecture, artefacts)
        wheels = wheel_layers(plan, lock, plan.architecture, artefacts)
        cuda = {"cuda": len(runtime), "cuda-compat": int(has_compat(lock, plan.architecture))}
        return [
            *self._lower(plan, groups, cuda),
            *((layer.name, len(layer.wheels), layer.size) for layer in wheels),
            *((name, built[name], None) for name in built_layers(artefacts)),
            (plan.project.name, 1, None),
            ("settings", 0, None),
        ]

    def _lower(
        self, plan: Plan, groups: Mapping[Any, Sequence[Any]], cuda: Mapping[str, int]
    ) -> list[tuple[str, int, None]]:
        system = [("system", len(groups["system"]), None)] if groups.get("system") else []
        system += [(name, count, None) for name, count in cuda.items() if count]
        base = ("base", len(groups["base"]), None)
        if not plan.project.has_python:
            return [base, ("configured", 0, None), *system]
        return [base, ("python", len(groups.get("python", ())), None), *system, ("environment", 0, None)]

    def flake_lock(self, lock: Lock) -> str:  # noqa: ARG002
        """A flake without inputs."""
        return '{\n  "nodes": {\n    "root": {}\n  },\n  "root": "root",\n  "version": 7\n}\n'

    def evaluation(self, rendered: Path, architecture: str) -> list[str]:  # noqa: ARG002 - it is in the rendering
        """nix/ by itself: no flake, so that the tree is not copied."""
        return ["--file", str(rendered / "nix")]

    def provide(self, session: Session, lock: Lock, artefacts: Sequence[Artefact]) -> None:
        """The bootstrap and all packages and wheels, fetched by neve."""
        from neve.bases.debian.provide import provide

        provide(session, lock, artefacts)

    def libraries(
        self,
        session: Session,
        plan: Plan,  # noqa: ARG002
        lock: Lock,
        sonames: Collection[str],
        architecture: str,
        *,
        offline: bool,
    ) -> Mapping[str, Provider]:
        """What the locked packages have, and the suite's Contents index."""
        from neve.bases.debian.libraries import find_libraries

        return find_libraries(session, lock, sonames, architecture, offline=offline)


def target_of(base: DebianLock, *, freethreaded: bool = False) -> Target:
    """The target that wheels are chosen for on ``base``."""
    return Target(
        python_full_version=base.python or "3.0.0",  # without Python nothing is chosen for it
        glibc=find_suite(base.release).glibc,
        architecture=base.architecture,
        freethreaded=freethreaded,
    )


__all__ = ["Debian", "target_of"]
