"""The libraries stage: what the locked wheels need and nothing in the image has, and adding it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from stat import S_IMODE
from typing import TYPE_CHECKING

from neve import __version__
from neve.bases.base import find_base
from neve.errors import NeveError
from neve.files import write_atomic
from neve.libraries.cache import FORMAT, keep, keep_wheel, kept, kept_wheel, report_place
from neve.libraries.needs import Need, find_needs, newest_glibc
from neve.libraries.provider import Provider
from neve.libraries.report import Missing, Report, joined, report_from
from neve.libraries.sonames import is_drivers
from neve.progress import counted
from neve.python.wheel import Wheel
from neve.stages.lock import Locked, lock_project

if TYPE_CHECKING:
    from neve.libraries.wheel import WheelFiles
    from neve.session import Session

_ROUNDS = 5  # a package may bring programs with needs of their own, but hardly ever wheels


def find_missing(session: Session, locked: Locked, *, fetch: bool = False) -> Report:
    """What the wheels of ``locked`` need of the image and it has not.

    Known findings and wheels that neve has read before are taken from its cache. With ``fetch``, wheels and indexes
    that are not there are fetched (not offline); without, nothing is asked of anybody. Raises NeveError, TransientError
    where a wheel cannot be fetched.
    """
    fetch = fetch and not session.options.offline
    wanted = [name for name in locked.plan.platforms if name in locked.environments]
    return joined(_one(session, locked, architecture, fetch=fetch) for architecture in wanted)


def add_missing(
    session: Session, locked: Locked, report: Report, *, optional: bool = False
) -> tuple[Locked, Report, tuple[str, ...]]:
    """Add the packages that ``report`` names to ``system`` in the project's configuration and lock again, until nothing
    is missing or no more can be added; with ``optional`` also what plugins and programs ask for.

    The new lock and report, and what was added. Raises NeveError; the configuration is then what it was.
    """
    added: list[str] = []
    changed = locked.changed
    for _ in range(_ROUNDS):
        held = {name.partition("=")[0] for name in session.project.config.system}
        wanted = [*report.packages, *(report.optional_packages if optional else ())]
        new = [name for name in wanted if name not in held]
        if not new:
            break
        path, before = _write(session, new)
        session = replace(session)  # it reads the project anew
        try:
            locked = lock_project(session, warn=False)  # it was said before
        except BaseException:
            _restore(path, before)
            raise
        added += new
        changed = tuple(dict.fromkeys((*changed, *locked.changed)))
        report = find_missing(session, locked, fetch=True)
    return replace(locked, changed=changed), report, tuple(added)


def _one(session: Session, locked: Locked, architecture: str, *, fetch: bool) -> Report:
    """The report for one architecture."""
    wheels = [
        artefact
        for artefact in locked.environments[architecture]
        if isinstance(artefact, Wheel) and not artefact.file.endswith("-any.whl")
    ]
    if not wheels:
        return Report()
    toolkit = _toolkit(locked, architecture)
    wheels += toolkit
    place = report_place(session.fetcher.cache, _key(locked, wheels, architecture))
    known = kept(place, report_from)
    if known is not None:
        return known
    contents, unreadable = read_wheels(session, wheels, fetch=fetch)
    contents |= {wheel.file: _run_time(contents[wheel.file]) for wheel in toolkit if wheel.file in contents}
    report = _report(session, locked, wheels, contents, architecture, fetch=fetch)
    unread = [wheel for wheel in wheels if wheel.file not in contents and wheel.file not in unreadable]
    files = [(f"{path} of {file}", why) for file, one in contents.items() for path, why in one.unreadable.items()]
    report = replace(report, unreadable=(*sorted(unreadable.items()), *sorted(files)), unread=len(unread))
    if fetch and not unread and not unreadable:
        keep(place, report.as_data())
    return report


def _toolkit(locked: Locked, architecture: str) -> list[Wheel]:
    """The wheels whose libraries the image has besides the environment, where it finds them as system libraries."""
    cuda = locked.lock.cuda
    if cuda is None:
        return []
    pins = cuda.runtime_for(architecture, {artefact.name for artefact in locked.environments[architecture]})
    return [Wheel(**pin.model_dump(exclude={"architecture"})) for pin in pins]


def _run_time(files: WheelFiles) -> WheelFiles:
    """Of a toolkit's wheel what the image has: no stubs, nothing that only the linker looks for."""
    return replace(files, files={path: elf for path, elf in files.files.items() if ".so." in path.rpartition("/")[2]})


def _key(locked: Locked, wheels: Sequence[Wheel], architecture: str) -> str:
    """What the findings depend on."""
    plan = locked.plan
    packages = {group: sorted(names) for group, names in plan.packages.items()}
    hashes = sorted(wheel.sha256 for wheel in wheels)
    base = locked.lock.base.model_dump(mode="json")
    what = [__version__, FORMAT, base, packages, architecture, _python(locked), hashes]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def _python(locked: Locked) -> str:
    return locked.plan.python + "t" * locked.plan.freethreaded


def read_wheels(
    session: Session, wheels: Sequence[Wheel], *, fetch: bool
) -> tuple[dict[str, WheelFiles], dict[str, str]]:
    """What is in ``wheels``, by file name; and of those that cannot be read the reason. Those that are not there are
    fetched with ``fetch``, else left out.
    """
    cache = session.fetcher.cache
    found = {wheel.file: kept_wheel(cache, wheel.sha256) for wheel in wheels}
    new = [wheel for wheel in wheels if found[wheel.file] is None]
    absent = [wheel for wheel in new if wheel.url and not _place(session, wheel).is_file()]
    if absent and fetch:
        from neve.python.artefact import files_of

        session.progress.stage(f"fetching {counted(len(absent), 'wheel')}, to read which libraries are needed")
        session.fetcher.fetch(files_of(absent))
    there = sorted((w for w in new if _place(session, w).is_file()), key=lambda w: -_place(session, w).stat().st_size)
    unreadable: dict[str, str] = {}
    if there:
        session.progress.stage(f"reading which libraries are needed by {counted(len(there), 'wheel')}")
        from neve.libraries.wheel import read_wheel

        def read(wheel: Wheel) -> WheelFiles | NeveError:
            key = f"libraries of {wheel.file}"
            session.progress.start(key, f"reading {wheel.file}", wheel.size)
            try:
                files = read_wheel(_place(session, wheel))
            except NeveError as error:
                return error
            finally:
                session.progress.finish(key)
            keep_wheel(cache, wheel.sha256, files)
            return files

        with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
            for wheel, result in zip(there, pool.map(read, there), strict=True):
                if isinstance(result, NeveError):
                    unreadable[wheel.file] = result.why or result.what
                else:
                    found[wheel.file] = result
    return {file: content for file, content in found.items() if content is not None}, unreadable


def _place(session: Session, wheel: Wheel) -> Path:
    """Where ``wheel`` lies, once it is fetched."""
    from neve.python.artefact import files_of

    if not wheel.url:
        return session.directory / (wheel.path or wheel.file)
    return session.fetcher.path(files_of([wheel])[0])


def _report(
    session: Session,
    locked: Locked,
    wheels: Sequence[Wheel],
    contents: Mapping[str, WheelFiles],
    architecture: str,
    *,
    fetch: bool,
) -> Report:
    names = {wheel.file: wheel for wheel in wheels}
    base = find_base(locked.plan.base)
    needs = find_needs(contents, architecture=architecture, python=_python(locked))
    wanted = sorted({need.soname for need in needs if not is_drivers(need.soname)})
    providers = base.libraries(session, locked.plan, locked.lock, wanted, architecture, offline=not fetch)
    missing = [
        _missing(need, names[need.wheel], providers[need.soname])
        for need in needs
        if need.soname in providers and not providers[need.soname].present
    ]
    drivers: dict[str, list[str]] = {}
    for need in needs:
        if is_drivers(need.soname):
            drivers.setdefault(need.soname, []).append(names[need.wheel].name)
    glibc = base.targets(locked.lock.base, locked.plan)[architecture][0].glibc
    too_new = [
        (f"{names[file].name} {names[file].version}", f"glibc {v[0]}.{v[1]}, and the image has {glibc[0]}.{glibc[1]}")
        for file, v in newest_glibc(contents, architecture=architecture).items()
        if v > glibc
    ]
    return Report(
        missing=tuple(missing),
        drivers=tuple((soname, ", ".join(dict.fromkeys(users))) for soname, users in sorted(drivers.items())),
        too_new=tuple(sorted(too_new)),
        unknown=sum(soname not in providers for soname in wanted),
    )


def _missing(need: Need, wheel: Wheel, provider: Provider) -> Missing:
    return Missing(
        wheel=wheel.file,
        name=wheel.name,
        version=wheel.version,
        soname=need.soname,
        by=need.by,
        certain=need.certain,
        package=provider.packages[0] if provider.packages else None,
        alternatives=provider.packages[1:],
    )


def _write(session: Session, packages: Sequence[str]) -> tuple[Path, bytes | None]:
    """Add ``packages`` to the configuration; its file, and what that was before (None: nothing)."""
    from neve.libraries.add import script_with_system, with_system

    directory = session.directory
    if session.script is not None:
        path = directory / session.script
        before = path.read_bytes()
        write_atomic(
            path, script_with_system(before.decode(), packages, where=path.name), mode=S_IMODE(path.stat().st_mode)
        )
        return path, before
    path = directory / "neve.toml"
    prefix: tuple[str, ...] = ()
    if not path.exists() and (directory / "pyproject.toml").exists():
        path, prefix = directory / "pyproject.toml", ("tool", "neve")
    content = path.read_bytes() if path.exists() else None
    write_atomic(path, with_system((content or b"").decode(), packages, where=path.name, prefix=prefix))
    return path, content


def _restore(path: Path, before: bytes | None) -> None:
    if before is None:
        path.unlink(missing_ok=True)
    else:
        write_atomic(path, before)


__all__ = ["add_missing", "find_missing", "read_wheels"]
