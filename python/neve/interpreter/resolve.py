"""Pinning an interpreter that uv manages: uv says what there is, fetches the archive and verifies it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from neve.errors import NeveError, TransientError
from neve.fetch import Artefact
from neve.fetch.address import redacted
from neve.files import explained, locked
from neve.interpreter.archive import check_archive
from neve.interpreter.offer import Offer, choose_offer, read_offers
from neve.lock.interpreter import ArchivePin, InterpreterPin

if TYPE_CHECKING:
    from pathlib import Path

    from neve.components.plan import Plan
    from neve.fetch import Fetcher
    from neve.lock.sdists import Architecture
    from neve.progress import Progress
    from neve.python.uv import Uv

_NO_HASH = "none-"  # how uv begins the name of an archive in its cache that it knows no hash of


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who is asked: uv, and the fetcher whose cache keeps what uv has verified."""

    uv: Uv
    fetcher: Fetcher
    progress: Progress


def resolve_interpreter(
    plan: Plan, held: InterpreterPin | None, asked: Asked, *, upgrade: bool = False
) -> InterpreterPin:
    """The pin of the Python that ``plan`` takes of uv's, the same for all architectures that it is locked for.

    What is ``held`` stays where it is what is asked for, unless ``upgrade`` asks for newer; its archives for other
    architectures stay with it. Raises NeveError where uv has none or its archive is not to be taken, TransientError
    where a server does not answer.
    """
    keep = held if held is not None and not upgrade and _answers(held, plan) else None
    known = {archive.architecture: archive for archive in keep.archives} if keep else {}
    wanted_for = [cast("Architecture", one) for one in plan.architectures]
    lacking = [architecture for architecture in wanted_for if architecture not in known]
    if keep is not None and not lacking:
        return keep
    wanted = f"{plan.python}{'t' if plan.freethreaded else ''}"
    asked.progress.stage(f"asking uv for Python {wanted}")
    offers = {one: read_offers(asked.uv.pythons(one), one) for one in lacking}
    chosen = _alike(offers, plan, keep)
    older = {(a.architecture, a.url): a for a in held.archives} if held else {}
    try:
        new = [
            older.get((architecture, offer.url)) or _fetched(offer, architecture, plan.python, asked)
            for architecture, offer in chosen.items()
        ]
    except TransientError as error:
        error.fixes = (*error.fixes, *_of_the_base(plan))
        raise
    first = next(iter(chosen.values()))
    return InterpreterPin(
        implementation="cpython",
        version=first.version,
        freethreaded=plan.freethreaded,
        build=first.build,
        archives=tuple(sorted((*known.values(), *new), key=lambda archive: archive.architecture, reverse=True)),
    )


def _of_the_base(plan: Plan) -> list[str]:
    """A remedy where the servers of uv's Pythons do not answer: those that come with the base; empty without one."""
    from neve.bases.debian.suites import SUITES, find_suite
    from neve.bases.pythons import admits
    from neve.project.project import PythonRequest

    release, requires = plan.project.config.release, plan.project.requires_python
    suites = [find_suite(release)] if release else SUITES.values()
    having = {
        suite.codename: [python for python in suite.pythons if admits(PythonRequest(), requires, python)]
        for suite in suites
    }
    table = "; ".join(f"{name}: {', '.join(pythons)}" for name, pythons in having.items() if pythons)
    return [f'or take a Python of Debian, interpreter = "base" under [tool.neve]: {table}'] if table else []


def _answers(held: InterpreterPin, plan: Plan) -> bool:
    from packaging.specifiers import SpecifierSet

    admitted = SpecifierSet(plan.project.requires_python or "").contains(held.version, prereleases=True)
    return admitted and (held.python, held.freethreaded) == (plan.python, plan.freethreaded)


def _alike(
    offers: Mapping[Architecture, Sequence[Offer]], plan: Plan, keep: InterpreterPin | None
) -> dict[Architecture, Offer]:
    """One offer for each architecture, all of one version and build: that of ``keep`` where there is one."""
    shared = set.intersection(*({(o.version, o.build) for o in each} for each in offers.values()))
    if keep is not None:
        shared &= {(keep.version, keep.build)}
        if not shared:
            raise NeveError(
                f"uv has no CPython {keep.version}{f' of {keep.build}' if keep.build else ''} for {', '.join(offers)}",
                where="neve.lock, interpreter",
                why="all platforms of an image have the same interpreter, and neve.lock holds this one",
                fixes=["`neve lock --upgrade` takes the newest that uv has for all of them"],
            )

    def chosen(architecture: Architecture, among: Sequence[Offer]) -> Offer:
        return choose_offer(
            among,
            plan.python,
            freethreaded=plan.freethreaded,
            requires_python=plan.project.requires_python,
            architecture=architecture,
        )

    best = {architecture: _of_platform(architecture, each, plan, chosen) for architecture, each in offers.items()}
    if len(offers) == 1 and keep is None:
        return best
    common = {
        architecture: [o for o in each if (o.version, o.build) in shared] for architecture, each in offers.items()
    }
    try:
        return {architecture: chosen(architecture, each) for architecture, each in common.items()}
    except NeveError as error:
        having = "; ".join(f"{architecture}: {_named(offer)}" for architecture, offer in best.items())
        raise NeveError(
            f"uv has no CPython {plan.python}{'t' * plan.freethreaded} of one version and build for all platforms",
            where="pyproject.toml, tool.neve.platforms",
            why=f"the newest that fit: {having}",
            fixes=error.fixes,
        ) from None


def _of_platform(
    architecture: Architecture,
    offers: Sequence[Offer],
    plan: Plan,
    chosen: Callable[[Architecture, Sequence[Offer]], Offer],
) -> Offer:
    """What is ``chosen`` of all that ``architecture`` has. Raises NeveError, which says for which platform."""
    try:
        return chosen(architecture, offers)
    except NeveError as error:
        if len(plan.platforms) > 1 and architecture in plan.platforms:
            platform = "linux/amd64" if architecture == "x86_64" else "linux/arm64"
            error.fixes = (*error.fixes, f'or leave "{platform}" out of platforms under [tool.neve]')
        raise


def _named(offer: Offer) -> str:
    return f"{offer.version}{f' of {offer.build}' if offer.build else ''}"


def _fetched(offer: Offer, architecture: Architecture, python: str, asked: Asked) -> ArchivePin:
    """The pin of ``offer``, whose archive uv fetches and verifies; from then on it lies in the fetcher's cache."""
    fetcher = asked.fetcher
    if fetcher.offline:
        raise NeveError(
            f"{offer.file} is not pinned yet",
            where=redacted(offer.url),
            why="--offline forbids fetching it",
            fixes=["run the same command once without --offline"],
        )
    asked.progress.stage(f"fetching {offer.file}")
    with explained("fetch an interpreter", fetcher.cache), _scratch(fetcher.cache / "pythons") as directory:
        archive = _by_uv(offer, python, asked.uv, directory)
        with archive.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = archive.stat().st_size
        place = fetcher.path(Artefact(name=offer.file, urls=(offer.url,), sha256=sha256, size=size))
        place.parent.mkdir(parents=True, exist_ok=True)
        archive.chmod(0o644)
        archive.replace(place)
    return ArchivePin(architecture=architecture, file=offer.file, url=offer.url, sha256=sha256, size=size)


@contextmanager
def _scratch(parent: Path) -> Iterator[Path]:
    """An empty directory of ours alone below ``parent``; what a killed process left there is gone."""
    with locked(parent / ".fetching.lock"):
        directory = parent / ".fetching.new"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)


def _by_uv(offer: Offer, python: str, uv: Uv, directory: Path) -> Path:
    """The archive of ``offer``, fetched and verified by uv, and looked through."""
    failed = None
    try:
        uv.fetch_python(offer.key, directory)
    except NeveError as error:
        failed = error
    archives = directory / "archives"
    files = [path for path in archives.iterdir() if path.is_file()] if archives.is_dir() else []
    if failed is not None and "Hash mismatch" in (failed.why or ""):
        failed.fixes = (
            "try again: it may be damaged on its way; nothing of it is kept",
            "else do not trust who sends it: ask who runs the mirror that UV_PYTHON_INSTALL_MIRROR, or"
            " python-install-mirror of uv, leads to; without one, uv asks its own",
        )
    if failed is not None and (not files or "Hash mismatch" in (failed.why or "")):
        raise failed
    # What uv could not unpack is told in neve's words where neve sees why.
    for file in files:
        check_archive(file, offer.file, python)
    if failed is not None or len(files) != 1:
        raise failed or NeveError(f"uv kept no archive of {offer.key}", fixes=["pip install --upgrade uv"])
    if files[0].name.startswith(_NO_HASH):
        raise NeveError(
            f"uv knows no hash of {offer.file}",
            where=redacted(offer.url),
            why="neve pins what uv has verified",
            fixes=["give its sha256 in the list that UV_PYTHON_DOWNLOADS_JSON_URL leads to"],
        )
    return files[0]


__all__ = ["Asked", "resolve_interpreter"]
