"""The build stage: from the locked project to an OCI layout in the Nix store."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from neve import __version__
from neve.errors import NeveError
from neve.files import explained, locked, write_atomic
from neve.project.detect import MARKERS
from neve.project.uv_settings import VARIABLES, settings_files
from neve.python.source_tree import is_telling
from neve.resources import nix_library, templates
from neve.stages.compiled import note_left_out
from neve.stages.remedy import in_own_words
from neve.stages.work import work_directory

if TYPE_CHECKING:
    from neve.session import Session


@dataclass(frozen=True, kw_only=True)
class Built:
    """A finished image: its manifest's digest, the OCI layout directory, the name to push it to, its workspace."""

    digest: str
    layout: Path
    reference: str


def build_image(session: Session) -> Built:
    """Build the image of the session's project; where nothing changed since the last time, what that made.

    Writes only below ``.neve/``, and the locks where they are missing or stale. Raises NeveError.
    """
    _must_be_project(session)
    work = work_directory(session)
    with locked(work / "lock"):
        before = _State.read(work)
        keys = _keys(session, before.inputs if before else ())
        if before is not None and before.built == keys.built and _is_whole(before):
            return before.result()
        keys, reference = _rendered(session, before, keys)
        layout = Path(_nix_build(session, "oci", work / "result"))
        note_left_out(session, layout)
        digest = (layout / "digest").read_text().strip()
        state = _State(
            rendered=keys.rendered,
            built=keys.built,
            digest=digest,
            layout=str(layout),
            reference=reference,
            inputs=keys.inputs,
        )
        state.write(work)
        return state.result()


def render_image(session: Session) -> None:
    """Lock and render into ``.neve/``, and bring what is pinned into the store; no image is built. Raises NeveError."""
    _must_be_project(session)
    work = work_directory(session)
    with locked(work / "lock"):
        before = _State.read(work)
        keys = _keys(session, before.inputs if before else ())
        if before is None or before.rendered != keys.rendered:
            keys, reference = _rendered(session, before, keys)
            _State(
                rendered=keys.rendered, built="", digest="", layout="", reference=reference, inputs=keys.inputs
            ).write(work)


def fresh_build(session: Session) -> Built | None:
    """What the last build made, where nothing changed since."""
    state = _State.read(session.work)
    if state is None or state.built != _keys(session, state.inputs).built or not _is_whole(state):
        return None
    return state.result()


def build_output(session: Session, name: str) -> Path:
    """Another output of the rendering (``image``, ``env``, ``rootfs``, ``check``), after :func:`build_image`."""
    return Path(_nix_build(session, name, session.work / f"result-{name}"))


def _must_be_project(session: Session) -> None:
    """What is missing is said before a work directory is made."""
    if not (session.work / "state.json").is_file():
        session.project  # noqa: B018


def _rendered(session: Session, before: _State | None, keys: _Keys) -> tuple[_Keys, str]:
    """What the rendering in .neve/, made anew where it is not fresh, depends on, and the image's reference."""
    if before is not None and before.rendered == keys.rendered:
        return keys, before.reference
    reference, local = _prepare(session)
    return _keys(session, (*_inputs(session), *local)), reference


@in_own_words
def _prepare(session: Session) -> tuple[str, tuple[str, ...]]:
    """Lock, render into .neve/, and bring what is pinned into the store; the image's reference, and what else on this
    disk it is built from.
    """
    from neve.bases.base import find_base
    from neve.render.render import render
    from neve.stages.lock import lock_project
    from neve.stages.place import local_paths, place_of
    from neve.stages.platforms import check_foreign
    from neve.stages.render import write_tree

    result = lock_project(session)
    check_foreign(result.plan, result.lock, result.environments)
    scripts = session.project.scripts
    if len(scripts) > 1 and not result.plan.entrypoint:
        session.progress.note(
            f"the project has several console scripts ({', '.join(scripts)}): the image starts Python unless"
            " tool.neve.image.entrypoint names one"
        )
    place = place_of(session, result.environments, root="../../../." if session.script else "../../.")
    write_tree(render(result.plan, result.lock, result.environments, place), session.work)
    find_base(result.plan.base).provide(session, result.lock, result.every)
    return result.plan.reference, local_paths(result.environments)


def _nix_build(session: Session, attribute: str, link: Path) -> str:
    from neve.bases.base import find_base
    from neve.lock.text import read_lock
    from neve.nix.call import build, physical
    from neve.nix.platforms import with_machines
    from neve.project.read import read_text
    from neve.stages.platforms import builds_elsewhere

    session.progress.stage(f"building {attribute}")
    base = find_base(session.plan.base)
    # nix/ lies below .neve/, the project's files are read from where they are.
    try:
        paths = build(
            with_machines(session.nix) if builds_elsewhere(session.plan) else session.nix,
            [attribute],
            progress=session.progress,
            offline=session.options.offline,
            out_link=link,
            substitute=base.substitutes,
            extra=base.evaluation(session.work, session.plan.architecture),
        )
    except NeveError as error:
        from neve.stages.failed import explained_failure

        raise explained_failure(session, read_lock(read_text(session.neve_lock)), error) from None
    return str(physical(session.nix, paths[0]))


@dataclass(frozen=True)
class _Keys:
    rendered: str
    built: str
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class _State:
    """What the last build left, in state.json; ``built`` is empty where nothing was built of the rendering.

    ``inputs`` are the files that decided the rendering, so that the next call need not read them to know which; what
    ends in / is a directory that is built as well.
    """

    rendered: str
    built: str
    digest: str
    layout: str
    reference: str
    inputs: tuple[str, ...]

    @classmethod
    def read(cls, work: Path) -> _State | None:
        try:
            state = cls(**json.loads((work / "state.json").read_text()))
            return replace(state, inputs=tuple(map(str, state.inputs)))
        except (OSError, ValueError, TypeError):
            return None  # missing, of another version, or broken: build

    def write(self, work: Path) -> None:
        write_atomic(work / "state.json", json.dumps(asdict(self), indent=1) + "\n")

    def result(self) -> Built:
        return Built(digest=self.digest, layout=Path(self.layout), reference=self.reference)


def _is_whole(state: _State) -> bool:
    layout = Path(state.layout)
    try:
        return (layout / "digest").read_text().strip() == state.digest
    except OSError:
        return False


def _inputs(session: Session) -> tuple[str, ...]:
    """The files that decide the rendering, besides neve's own: what makes a project another kind is among them."""
    read = session.project.files
    uv_lock = os.path.relpath(session.uv_lock, session.directory)
    # Of a member of a workspace, the root's.
    locks = (session.neve_lock.name, uv_lock, f"{os.path.dirname(uv_lock) or '.'}/pyproject.toml", session.pylock.name)  # noqa: PTH120
    told = map(str, settings_files(session.directory, session.environ))
    return tuple(dict.fromkeys((*((".python-version",) if session.script else MARKERS), *locks, *read, *told)))


def _keys(session: Session, inputs: Sequence[str]) -> _Keys:
    """Digests of all that the rendering and the build depend on, ``inputs`` among them."""
    with explained("read the project", session.directory):
        files = session.files()
        rendered = hashlib.sha256()
        options = [
            __version__,
            str(replace(session.options, offline=False)),  # decides whether, not what
            *(session.environ.get(n, "") for n in ("NEVE_NIX", "NEVE_STORE", "XDG_DATA_HOME", "HOME", *VARIABLES)),
        ]
        for part in (*options, *files, *_own_stats()):
            rendered.update(part.encode("utf-8", "surrogateescape") + b"\0")
        trees = {top: _files_of(session, top) for top in inputs if top.endswith("/")}
        members = [f"{top}{inside}" for top, names in trees.items() for inside in names]
        for name in (*inputs, *members):
            rendered.update(name.encode("utf-8", "surrogateescape") + b"\0")
        for name in inputs:
            rendered.update(_content(session.directory / name) + b"\0")
        for top, names in {"": files, **trees}.items():
            for name in names:
                if (size := is_telling(name)) != 0:
                    rendered.update(_told(session.directory / top / name, size))
        # A Path for each of thousands of files takes time, and so does asking for each twice.
        paths = [os.path.join(session.directory, name) for name in (*files, *members)]  # noqa: PTH118
        stats = [os.lstat(path) for path in paths]
        for path, found in zip(paths, stats, strict=True):
            if stat.S_ISLNK(found.st_mode):  # where links lead is looked at when they are rendered
                rendered.update(os.fsencode(os.readlink(path)) + b"\0")  # noqa: PTH115
        built = rendered.copy()
        for found in stats:
            built.update(_line(found))
    return _Keys(rendered.hexdigest(), built.hexdigest(), tuple(inputs))


def _files_of(session: Session, name: str) -> tuple[str, ...]:
    """The files of another directory that is built; none where it is gone."""
    from neve.project.sources import source_files

    directory = session.directory / name
    return source_files(directory) if directory.is_dir() else ()


def _content(path: Path) -> bytes:
    """The file's bytes; of a wheel or an archive only which one it is: it may be large, and its hash is locked."""
    if not path.is_file():
        return b"-"
    return _line(path.lstat()) if path.name.endswith((".whl", ".gz", ".zip")) else path.read_bytes()


def _told(path: Path, size: int | None) -> bytes:
    """A digest of what a file says of its build, the first ``size`` bytes: a change of these alone renders anew."""
    if not path.is_file():
        return b"-"  # a link that leads nowhere
    with path.open("rb") as file:
        return hashlib.sha256(file.read(-1 if size is None else size)).digest()


def _line(found: os.stat_result) -> bytes:
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_mode}\n".encode()


def _own_stats() -> list[str]:
    """Neve's own Nix library and templates: another version of neve renders anew."""
    files = [path for root in (nix_library(), templates()) for path in root.rglob("*") if path.is_file()]
    return sorted(f"{file.name} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files)


__all__ = ["Built", "build_image", "build_output", "fresh_build", "render_image"]
