"""nixpkgs as a base: packages of a pinned nixpkgs, images by dockerTools or neve's own layers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from neve.bases.base import Cuda
from neve.bases.nixpkgs.attributes import attribute_problems
from neve.bases.nixpkgs.choose import choose_release
from neve.bases.nixpkgs.cuda import check_cuda
from neve.bases.nixpkgs.pin import choose_pin, flake_lock
from neve.bases.nixpkgs.releases import DEFAULT_RELEASE, RELEASES, Pin, find_release
from neve.bases.nixpkgs.targets import targets
from neve.components.component import Contribution
from neve.cuda.components import find_components
from neve.errors import NeveError
from neve.render.config import PLATFORMS
from neve.render.quote import nix

if TYPE_CHECKING:
    from pathlib import Path

    from neve.bases.pythons import Choice
    from neve.components.plan import Plan
    from neve.cuda.wheels import CudaWheels
    from neve.libraries.provider import Provider
    from neve.lock.interpreter import InterpreterPin
    from neve.lock.model import BaseLock, CudaLock, Lock, NixpkgsLock, ToolsLock
    from neve.lock.resolve import Resolver
    from neve.lock.sdists import Language
    from neve.nix.lacking import Lacking
    from neve.nix.nix import Nix
    from neve.project.config import Config
    from neve.project.project import PythonRequest
    from neve.python.artefact import Artefact
    from neve.python.target import Target
    from neve.render.place import Place
    from neve.session import Session

ARCHITECTURES = ("x86_64", "aarch64")
_CONTRIBUTIONS = {
    "system": Contribution(packages={"base": ("iana-etc", "tzdata")}),
    "certificates": Contribution(
        packages={"base": ("cacert",)}, env={"SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt"}
    ),
}


class Nixpkgs:
    """See :class:`neve.bases.base.Base`."""

    name = "nixpkgs"
    builds_sdists = True
    substitutes = True

    def problems(self, config: Config, *, where: str) -> list[NeveError]:
        """A release that is not known, half a pin, attribute paths that are none, keys of the other base."""
        found = attribute_problems(config.system, where=where)
        found += attribute_problems(config.build.system, where=where, key="tool.neve.build.system")
        try:
            _pin(config, config.release or DEFAULT_RELEASE, None)
        except NeveError as error:
            error.where = error.where or f"{where}, tool.neve.release"
            found.append(error)
        if config.interpreter == "uv":
            found.append(
                NeveError(
                    "the nixpkgs base has interpreters of its own alone",
                    where=f"{where}, tool.neve.interpreter",
                    why="those that uv manages expect a file system such as Debian's",
                    fixes=['base = "debian" under [tool.neve]', "or take `interpreter` out"],
                )
            )
        if config.mirror is not None:
            found.append(
                NeveError(
                    "the nixpkgs base has no Debian mirror",
                    where=f"{where}, tool.neve.mirror",
                    fixes=['base = "debian" under [tool.neve]', "or take `mirror` out"],
                )
            )
        if config.cuda and config.cuda.compat:
            found.append(
                NeveError(
                    "the nixpkgs base has no forward compatibility libraries",
                    where=f"{where}, tool.neve.cuda.compat",
                    why="what nixpkgs calls cuda_compat is for Jetson; those of data centres come as Debian packages",
                    fixes=['base = "debian" under [tool.neve]', "or take `compat` out"],
                )
            )
        return found

    def choose(self, config: Config, request: PythonRequest, requires_python: str | None) -> Choice:
        """The release and its Python."""
        return choose_release(config.release, request, requires_python)

    def contribution(self, component: str, choice: Choice) -> Contribution:
        """Attribute paths by group; where libraries of the store look for what lies in /etc elsewhere."""
        if component == "python":
            name = f"python{choice.python.replace('.', '')}" + "FreeThreading" * choice.freethreaded
            return Contribution(packages={"python": (name,)})
        return _CONTRIBUTIONS.get(component, Contribution())

    def cuda(self, config: Config, release: str) -> Cuda | None:
        """The set that is asked for, by itself or by the names of system packages, and its components."""
        version, toolkit = (config.cuda.version, config.cuda.toolkit) if config.cuda else (None, ())
        if not toolkit and not any(path.startswith("cudaPackages") for path in config.system):
            return None  # a version alone asks for nothing
        chosen = check_cuda(find_release(release), version, config.system, where="pyproject.toml")
        find_components(toolkit, where="pyproject.toml, tool.neve.cuda.toolkit")
        return Cuda(version=chosen, components=toolkit)

    def cuda_releases(self, release: str | None, toolkit: Sequence[str]) -> Sequence[str]:
        """The sets of the release; each has nvcc."""
        from neve.cuda.components import named_components

        cudas = RELEASES.get(release or DEFAULT_RELEASE, RELEASES[DEFAULT_RELEASE]).cudas
        return [each for each in cudas if all(component.is_in(each) for component in named_components(toolkit))]

    def toolkit(
        self,
        resolver: Callable[[], Resolver],
        lock: Lock,  # noqa: ARG002
        plan: Plan,
        wheels: CudaWheels | None,
        *,
        held: CudaLock | None,
    ) -> CudaLock | None:
        """The set of the pinned nixpkgs."""
        from neve.bases.nixpkgs.toolkit import choose_toolkit

        chosen = choose_toolkit(plan, wheels)
        if chosen and wheels and chosen.toolkit and (held is None or held.version != chosen.version):
            asked = plan.cuda is not None and plan.cuda.version
            if not asked and "." in wheels.version and wheels.version != chosen.version:
                resolver().progress.note(
                    f"CUDA {chosen.version} compiles: nixpkgs {plan.release} has no {wheels.version}, for which the"
                    " environment's wheels are made; NVIDIA lets minor versions run together"
                )
        return chosen

    def wishes(self, plan: Plan) -> list[Any]:
        """The pin that is configured: attributes are the pin's, and both architectures are locked."""
        nixpkgs = plan.project.config.nixpkgs
        return [nixpkgs.rev, nixpkgs.nar_hash, *(["free-threaded"] if plan.freethreaded else [])]

    def resolve(
        self,
        resolver: Resolver,
        plan: Plan,
        held: Lock | None,
        interpreter: InterpreterPin | None,  # noqa: ARG002 - it has interpreters of its own alone
        *,
        upgrade: bool,
    ) -> tuple[BaseLock, ToolsLock | None]:
        """The pin of the table, or the configured one: no network."""
        from neve.lock.model import NixpkgsLock

        older = held.base if held is not None and isinstance(held.base, NixpkgsLock) else None
        if older is not None and older.last_modified is None:
            older = None  # a pin of the user's own, who has taken it out again
        pin = _pin(plan.project.config, plan.release, older, upgrade=upgrade)
        resolver.progress.stage(f"nixpkgs {plan.release} at {pin.rev[:11]}")
        locked = NixpkgsLock(
            name="nixpkgs",
            release=plan.release,
            python=plan.python,
            rev=pin.rev,
            nar_hash=pin.nar_hash,
            last_modified=pin.last_modified,
        )
        return locked, None

    def compilers(self, plan: Plan, lock: Lock, languages: Collection[Language]) -> tuple[str, ...]:  # noqa: ARG002
        """None that is pinned by itself: all are nixpkgs'."""
        return ()

    def locked_compilers(self, lock: Lock) -> tuple[str, ...]:  # noqa: ARG002
        """None."""
        return ()

    def with_compilers(self, resolver: Resolver, lock: Lock, wanted: Sequence[str]) -> Lock:  # noqa: ARG002
        """``lock``."""
        return lock

    def packages_with(self, session: Session, lock: Lock, lacking: Sequence[Lacking]) -> dict[Lacking, str]:
        """Of libraries, the table's; nothing else is known without an index."""
        linked = {each.name: each for each in lacking if each.kind == "linked"}
        found = self.libraries(session, session.plan, lock, [*linked], session.plan.architecture, offline=True)
        return {linked[name]: each.packages[0] for name, each in found.items() if each.packages}

    def targets(
        self,
        base: BaseLock,
        plan: Plan,
        *,
        building: bool = False,  # noqa: ARG002 - each system builds for itself
    ) -> Mapping[str, tuple[Target, ...]]:
        """Both architectures, and for each both ends of the minor version."""
        others = (name for name in ARCHITECTURES if name != plan.architecture)
        release = find_release(base.release)
        return {
            name: targets(release, base.python, name, freethreaded=plan.freethreaded)
            for name in (plan.architecture, *others)
        }

    def lacks(self, base: BaseLock, plan: Plan) -> str | None:  # noqa: ARG002
        """None: both architectures are locked."""
        return None

    def rendering(
        self, plan: Plan, lock: Lock, environments: Mapping[str, Sequence[Artefact]], place: Place
    ) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
        """flake.nix with nixpkgs as its input, and nix/."""
        from neve.bases.nixpkgs.render import rendering

        return rendering(plan, lock, environments, place)

    def names(self, plan: Plan, lock: Lock) -> Mapping[str, Sequence[str]]:  # noqa: ARG002
        """The attribute paths that are asked for; what they stand on, Nix knows."""
        return plan.packages

    def layers(self, plan: Plan, lock: Lock, artefacts: Sequence[Artefact]) -> list[tuple[str, int, int | None]]:  # noqa: ARG002
        """As nix/nixpkgs/layers.nix has them; what lies in `libraries` is not known without a build."""
        from neve.bases.nixpkgs.render import wheel_layers
        from neve.python.wheel import Wheel

        packages = plan.packages
        sdists = [artefact for artefact in artefacts if not isinstance(artefact, Wheel)]
        return [
            ("base", len(packages["base"]) + len(packages["python"]), None),
            *([("system", len(packages["system"]), None)] if packages["system"] else []),
            *([("toolkit", 0, None)] if plan.cuda and plan.cuda.components else []),
            *([("libraries", 0, None)] if artefacts else []),
            *((layer.name, len(layer.wheels), layer.size) for layer in wheel_layers(plan, artefacts)),
            *([("sources", len(sdists), None)] if sdists else []),
            *([("environment", 0, None)] if artefacts else []),
            (plan.project.name, 1, None),
        ]

    def flake_lock(self, lock: Lock) -> str:
        """The one input."""
        return flake_lock(_as_pin(lock.nixpkgs))

    def evaluation(self, rendered: Path, architecture: str) -> list[str]:
        """nix/ on the nixpkgs of flake.lock: no flake, so that the tree is not copied."""
        # What is impure are the absolute paths; nixpkgs is pinned by its hash. fetchTarball looks for the hash in the
        # store before it asks anybody, and puts nixpkgs where the flake does; fetchTree always asks.
        lock = f"(builtins.fromJSON (builtins.readFile {nix(str(rendered / 'flake.lock'))})).nodes.nixpkgs.locked"
        nixpkgs = (
            f"let locked = {lock}; in builtins.fetchTarball {{ sha256 = locked.narHash;"
            ' url = "https://github.com/${locked.owner}/${locked.repo}/archive/${locked.rev}.tar.gz"; }'
        )
        arguments = f"{{ nixpkgs = {nixpkgs}; system = {nix(f'{architecture}-linux')}; }}"
        return ["--impure", "--expr", f"import {nix(str(rendered / 'nix'))} {arguments}"]

    def provide(self, session: Session, lock: Lock, artefacts: Sequence[Artefact]) -> None:
        """Wheels and source distributions, fetched by neve; nixpkgs and its binaries come by Nix itself."""
        from neve.bases.nixpkgs.tree import provide_tree
        from neve.nix.platforms import check_builds_for
        from neve.python.artefact import files_of
        from neve.stages.provide import built_with, crates_of, provide_files, provide_sources

        plan = session.plan
        for foreign in plan.platforms:
            if foreign != plan.machine:
                check_builds_for(session.nix, f"{foreign}-linux", PLATFORMS[foreign])
        _must_be_new_enough(session.nix, lock.base.release)
        provide_tree(session, lock.nixpkgs)

        provide_sources(session, lock, artefacts)
        build = [
            wheel
            for architecture in plan.platforms
            for wheel in (*lock.build.wheels_for(architecture), *built_with(lock, architecture))
        ]
        provide_files(session, [*files_of([*artefacts, *build]), *crates_of(session, lock)])

    def libraries(
        self,
        session: Session,  # noqa: ARG002
        plan: Plan,
        lock: Lock,
        sonames: Collection[str],
        architecture: str,  # noqa: ARG002
        *,
        offline: bool,  # noqa: ARG002
    ) -> Mapping[str, Provider]:
        """What every wheel finds, what ``system`` names, and a table of others."""
        from neve.bases.nixpkgs.libraries import find_libraries

        names = [name for group in plan.packages.values() for name in group]
        return find_libraries(sonames, system=names, release=lock.base.release)


def _must_be_new_enough(program: Nix, release: str) -> None:
    oldest = find_release(release).oldest_nix
    if program.version < oldest:
        raise NeveError(
            f"nixpkgs {release} needs Nix {'.'.join(map(str, oldest))} or newer",
            where=" ".join(program.command),
            why=f"this one is {'.'.join(map(str, program.version))}",
            fixes=["update it, or leave --nix and NEVE_NIX away: neve then uses its own copy", "or another `release`"],
        )


def _pin(config: Config, release: str, held: NixpkgsLock | None, *, upgrade: bool = False) -> Pin:
    return choose_pin(
        find_release(release),
        rev=config.nixpkgs.rev,
        nar_hash=config.nixpkgs.nar_hash,
        held=_as_pin(held) if held is not None else None,
        upgrade=upgrade,
        where="pyproject.toml, tool.neve.nixpkgs",
    )


def _as_pin(base: NixpkgsLock) -> Pin:
    return Pin(release=base.release, rev=base.rev, nar_hash=base.nar_hash, last_modified=base.last_modified)


__all__ = ["ARCHITECTURES", "Nixpkgs"]
