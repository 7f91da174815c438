"""The Debian base's part of neve.lock: packages by group, and the tools that build inside the sandbox."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from neve.bases.debian.mirror import snapshots
from neve.errors import NeveError
from neve.fetch.address import without_credentials
from neve.lock.model import DebianLock, DebianOther, DebPin, ToolsLock, WheelPin

if TYPE_CHECKING:
    from neve.bases.debian.index import Index
    from neve.bases.debian.package import Package
    from neve.components.plan import Plan
    from neve.lock.interpreter import InterpreterPin
    from neve.lock.model import Lock
    from neve.lock.resolve import Resolver

DEBIAN_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
TOOLS = ("bash-static", "coreutils", "isal", "tar", "xz-utils", "zstd")
BUSYBOX = "busybox-static"
# uv is no requirement of the project's.
_NO_UV = (
    "neve itself installs with it, in the sandbox: have whoever runs the index add `uv` of this version, with its"
    " musllinux wheels",
    "or name an index that has it: UV_INDEX, UV_DEFAULT_INDEX",
    "or install the uv that the index has where neve is installed: neve takes the same version",
)


def resolve_debian(
    resolver: Resolver, plan: Plan, interpreter: InterpreterPin | None = None, held: Lock | None = None
) -> tuple[DebianLock, ToolsLock]:
    """The packages of ``plan`` and the tools, by architecture; the Python is the suite's own, or ``interpreter``. What
    ``held``, a lock of the same wishes, has for an architecture stays.

    Raises NeveError, also where architectures have different Pythons, TransientError where a mirror does not answer.
    """
    found: dict[str, tuple[DebianLock, ToolsLock]] = {}
    if held is not None:
        found = {architecture: held.debian_of(architecture) for architecture in held.debian[0].architectures}
    with ThreadPoolExecutor(1) as pool:  # uv waits for its index while we wait for ours
        uv_pylock = pool.submit(
            resolver.uv.compile,
            [f"uv=={resolver.uv.version()}"],
            python=plan.python,
            dependencies=False,
            fixes=_NO_UV,
        )
        for architecture in plan.architectures:
            if architecture not in found:
                found[architecture] = _resolved(resolver, plan, architecture, interpreter, uv_pylock)
    base, tools = found.pop(held.debian[0].architecture if held is not None else plan.architectures[0])
    others = tuple(_other(*each) for each in found.values())
    _must_be_equal([base, *(each for each, _ in found.values())])
    return base.model_copy(update={"others": others}), tools


def _resolved(
    resolver: Resolver, plan: Plan, architecture: str, interpreter: InterpreterPin | None, uv_pylock: Future[str]
) -> tuple[DebianLock, ToolsLock]:
    """What one architecture has."""
    from neve.bases.debian.index import load_index

    name = DEBIAN_ARCHITECTURES[architecture]
    resolver.progress.stage(f"resolving Debian {plan.release}{f' for {name}' if len(plan.architectures) > 1 else ''}")
    index = load_index(plan.release, name, resolver.mirrors, resolver.fetcher, resolver.progress)
    base = _base(resolver, plan, architecture, index, interpreter)
    tools, busybox = _tools(index)
    tree = _busybox_tree(resolver, busybox)
    uv = _musl_wheel(uv_pylock.result(), architecture)
    return base, ToolsLock(busybox=pin_of(busybox), busybox_tree=tree, packages=tuple(map(pin_of, tools)), uv=uv)


def _other(base: DebianLock, tools: ToolsLock) -> DebianOther:
    fields = {name: getattr(base, name) for name in DebianOther.model_fields if name != "tools"}
    return DebianOther(**fields, tools=tools)


def _must_be_equal(bases: Sequence[DebianLock]) -> None:
    """One interpreter compiles byte code for all architectures."""
    if len({base.python for base in bases}) > 1:
        raise NeveError(
            "the architectures have different Pythons",
            where="neve.lock, base",
            why=", ".join(f"{base.architecture} has {base.python}" for base in bases)
            + "; byte code is compiled by that of the building machine, so the patch levels must be equal",
            fixes=[
                "`neve lock --upgrade` takes all anew",
                "where a mirror lags behind for one of them, try again later",
            ],
        )


def _base(
    resolver: Resolver, plan: Plan, architecture: str, index: Index, interpreter: InterpreterPin | None
) -> DebianLock:
    from neve.bases.debian.solve import closure

    held: set[str] = set()
    wanted: list[str] = []
    groups: dict[str, tuple[DebPin, ...]] = {}
    # Everything is solved together, so that a system package may ask for versions of the base's; the groups
    # are closures of their own, the lower before the upper.
    try:
        found = closure(index, [n for names in plan.packages.values() for n in names])
    except NeveError as error:
        for one in error.errors:
            one.where = one.where or "pyproject.toml, tool.neve.system"
        raise
    whole = {package.name: package for package in found}
    for group, names in plan.packages.items():
        wanted += names
        reached = _reached(whole, wanted)
        groups[group] = tuple(pin_of(whole[name]) for name in sorted(reached - held))
        held |= reached
    left = sorted(whole.keys() - held)
    groups["system"] = tuple(
        sorted((*groups["system"], *(pin_of(whole[name]) for name in left)), key=lambda pin: pin.name)
    )
    return DebianLock(
        name="debian",
        release=plan.release,
        architecture=architecture,
        python=_python(plan, interpreter, whole),
        main=without_credentials(resolver.mirrors.main),
        security=without_credentials(resolver.mirrors.security),
        snapshots={} if "snapshot" in resolver.mirrors.origin else snapshots(index.dates),
        packages=groups,
    )


def _python(plan: Plan, interpreter: InterpreterPin | None, whole: Mapping[str, Package]) -> str:
    if not plan.project.has_python:
        return ""
    return interpreter.version if interpreter else _upstream(whole[f"python{plan.python}"].version)


def _upstream(version: str) -> str:
    """The upstream part of a Debian version: ``3.13.5`` of ``3.13.5-2``."""
    return version.partition(":")[2 if ":" in version else 0].partition("-")[0].partition("~")[0]


def _busybox_tree(resolver: Resolver, package: Package) -> str:
    from neve.nix.bootstrap import bootstrap_path

    with tempfile.TemporaryDirectory(prefix="neve-busybox-") as temporary:
        return bootstrap_path(
            unpacked_busybox(resolver.fetcher.fetch([package.artefact(resolver.mirrors)])[0], Path(temporary))
        ).nar_sha256


def unpacked_busybox(deb: Path, into: Path) -> Path:
    """The static busybox out of its .deb. Raises NeveError where it is not in there."""
    from neve.bases.debian.deb import unpack

    unpack(deb, into)
    program = into / "usr/bin/busybox"
    if not program.is_file():
        raise NeveError(f"{deb.name} holds no usr/bin/busybox", where=str(deb))
    return program


def _tools(index: Index) -> tuple[Sequence[Package], Package]:
    from neve.bases.debian.solve import closure

    found = closure(index, [*TOOLS, BUSYBOX])
    busybox = next(package for package in found if package.name == BUSYBOX)
    return [package for package in found if package.name != BUSYBOX], busybox


def pin_of(package: Package) -> DebPin:
    """The pin of ``package``."""
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


__all__ = ["BUSYBOX", "DEBIAN_ARCHITECTURES", "TOOLS", "pin_of", "resolve_debian", "unpacked_busybox"]
