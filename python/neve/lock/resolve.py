"""Making a Lock: the only stage that resolves. It may use the network and time."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from neve.bases.debian.mirror import snapshots
from neve.bases.debian.suites import find_suite
from neve.errors import ManyErrors, NeveError
from neve.fetch.address import without_credentials
from neve.lock.model import BaseLock, BuildLock, DebPin, Lock, ToolsLock, WheelPin
from neve.python.select import select_wheels
from neve.python.target import Target

if TYPE_CHECKING:
    from neve.bases.debian.index import Index
    from neve.bases.debian.mirror import Mirrors
    from neve.bases.debian.package import Package
    from neve.components.plan import Plan
    from neve.fetch import Fetcher
    from neve.progress import Progress
    from neve.python.uv import Uv
    from neve.python.wheel import Wheel

DEBIAN_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
TOOLS = ("bash-static", "coreutils", "isal", "tar", "xz-utils", "zstd")
BUSYBOX = "busybox-static"


@dataclass(frozen=True, kw_only=True)
class Resolver:
    """What resolving works with."""

    mirrors: Mirrors
    fetcher: Fetcher
    uv: Uv
    progress: Progress

    def resolve(self, plan: Plan) -> Lock:
        """Every pin for ``plan``. Raises NeveError, TransientError where a mirror or an index does not answer."""
        from neve.bases.debian.index import load_index

        with ThreadPoolExecutor(2) as pool:  # uv waits for its index while we wait for ours
            uv_pylock = pool.submit(self._uv_pylock, plan)
            build_pylock = pool.submit(self._build_pylock, plan)
            self.progress.stage(f"resolving Debian {plan.release}")
            index = load_index(
                plan.release,
                DEBIAN_ARCHITECTURES[plan.architecture],
                self.mirrors,
                self.fetcher,
                self.progress,
            )
            base = self._base(plan, index)
            tools, busybox = _tools(index)
            tree = self._busybox_tree(busybox)
            target = target_of(base)
            uv = _musl_wheel(uv_pylock.result(), plan.architecture)
            wheels = (
                select_wheels(build_pylock.result(), target, where="build-system.requires")
                if plan.build_requires
                else ()
            )
        return Lock(
            version=1,
            inputs=plan.lock_inputs(),
            base=base,
            tools=ToolsLock(busybox=_pin(busybox), busybox_tree=tree, packages=tuple(map(_pin, tools)), uv=uv),
            build=BuildLock(requires=plan.build_requires, wheels=tuple(map(wheel_pin, wheels))),
        )

    def _uv_pylock(self, plan: Plan) -> str:
        return self.uv.compile([f"uv=={self.uv.version()}"], python=plan.python, dependencies=False)

    def _build_pylock(self, plan: Plan) -> str:
        return self.uv.compile(plan.build_requires, python=plan.python) if plan.build_requires else ""

    def _base(self, plan: Plan, index: Index) -> BaseLock:
        from neve.bases.debian.solve import closure

        held: set[str] = set()
        wanted: list[str] = []
        groups: dict[str, tuple[DebPin, ...]] = {}
        # Everything is solved together, so that a system package may ask for versions of the base's; the groups
        # are closures of their own, the lower before the upper.
        try:
            found = closure(index, [n for names in plan.packages.values() for n in names])
        except NeveError as error:
            for one in error.errors if isinstance(error, ManyErrors) else (error,):
                one.where = one.where or "pyproject.toml, tool.neve.system"
            raise
        whole = {package.name: package for package in found}
        for group, names in plan.packages.items():
            wanted += names
            reached = _reached(whole, wanted)
            groups[group] = tuple(_pin(whole[name]) for name in sorted(reached - held))
            held |= reached
        left = sorted(whole.keys() - held)
        groups["system"] = tuple(
            sorted((*groups["system"], *(_pin(whole[name]) for name in left)), key=lambda pin: pin.name)
        )
        interpreter = whole[f"python{plan.python}"]
        return BaseLock(
            name="debian",
            release=plan.release,
            architecture=plan.architecture,
            python=interpreter.version.partition(":")[2 if ":" in interpreter.version else 0]
            .partition("-")[0]
            .partition("~")[0],
            main=without_credentials(self.mirrors.main),
            security=without_credentials(self.mirrors.security),
            snapshots={} if "snapshot" in self.mirrors.origin else snapshots(index.dates),
            packages=groups,
        )

    def _busybox_tree(self, package: Package) -> str:
        from neve.nix.bootstrap import bootstrap_path

        with tempfile.TemporaryDirectory(prefix="neve-busybox-") as temporary:
            return bootstrap_path(
                unpacked_busybox(self.fetcher.fetch([package.artefact(self.mirrors)])[0], Path(temporary))
            ).nar_sha256


def unpacked_busybox(deb: Path, into: Path) -> Path:
    """The static busybox out of its .deb. Raises NeveError where it is not in there."""
    from neve.bases.debian.deb import unpack

    unpack(deb, into)
    program = into / "usr/bin/busybox"
    if not program.is_file():
        raise NeveError(f"{deb.name} holds no usr/bin/busybox", where=str(deb))
    return program


def target_of(base: BaseLock) -> Target:
    """The target that wheels are chosen for on ``base``."""
    return Target(python_full_version=base.python, glibc=find_suite(base.release).glibc, architecture=base.architecture)


def wheel_pin(wheel: Wheel) -> WheelPin:
    """``wheel`` as neve.lock records it."""
    return WheelPin(
        name=wheel.name,
        version=wheel.version,
        file=wheel.file,
        url=wheel.url,
        sha256=wheel.sha256,
        size=wheel.size,
    )


def _tools(index: Index) -> tuple[Sequence[Package], Package]:
    from neve.bases.debian.solve import closure

    found = closure(index, [*TOOLS, BUSYBOX])
    busybox = next(package for package in found if package.name == BUSYBOX)
    return [package for package in found if package.name != BUSYBOX], busybox


def _pin(package: Package) -> DebPin:
    return DebPin(
        name=package.name,
        version=package.version,
        archive=package.archive,
        path=package.filename,
        sha256=package.sha256,
        size=package.size,
    )


def _reached(whole: dict[str, Package], wanted: Sequence[str]) -> set[str]:
    """The names of ``whole`` that ``wanted`` needs."""
    provided: dict[str, set[str]] = {}
    for package in whole.values():
        for group in package.provides:
            for relation in group:
                provided.setdefault(relation.name, set()).add(package.name)
    todo = [name.partition("=")[0] for name in wanted]
    reached: set[str] = set()
    while todo:
        name = todo.pop()
        for real in ({name} & whole.keys()) or provided.get(name, set()):
            if real not in reached:
                reached.add(real)
                groups = (*whole[real].pre_depends, *whole[real].depends)
                todo += [relation.name for group in groups for relation in group]
    return reached


def _musl_wheel(pylock: str, architecture: str) -> WheelPin:
    """uv's wheel with the static executable, which runs in a bare sandbox."""
    import tomllib

    from packaging.pylock import Pylock

    for package in Pylock.from_dict(tomllib.loads(pylock)).packages:
        for wheel in package.wheels or ():
            if "musllinux" in wheel.filename and wheel.filename.endswith(f"_{architecture}.whl") and wheel.url:
                return WheelPin(
                    name="uv",
                    version=str(package.version),
                    file=wheel.filename,
                    url=wheel.url,
                    sha256=wheel.hashes["sha256"],
                    size=wheel.size,
                )
    raise NeveError(
        f"the package index has no static uv for {architecture}",
        why="neve installs with uv's musllinux wheel",
        fixes=["let the index mirror the package `uv` with its musllinux wheels"],
    )


__all__ = ["Resolver", "target_of", "unpacked_busybox", "wheel_pin"]
