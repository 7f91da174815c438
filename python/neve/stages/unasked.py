"""A warning where an environment has CUDA's wheels and nothing in the project asks for GPUs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from neve.cuda.avoiding import Place, Tables, Tool
from neve.cuda.unasked import (
    annotated_graph,
    asks_for_gpus,
    dependency_graph,
    find_unasked,
    names_package,
    warning,
)
from neve.cuda.wheels import cuda_wheels
from neve.errors import NeveError
from neve.project.uv_settings import tool_uv
from neve.python.sdist import Directory, Git
from neve.toml import read_if_valid

if TYPE_CHECKING:
    from pathlib import Path

    from neve.python.artefact import Artefact
    from neve.session import Session

_TOOLS: Mapping[str, Tool] = {
    "uv": "uv",
    "hatch": "uv",
    "pyproject": "uv",
    "script": "uv",
    "poetry": "poetry",
    "pdm": "pdm",
    "requirements": "requirements",
    "setuptools": "settings",
}
# Where a tool has locked; without it, uv resolves what its files ask for.
_LOCKS = {"poetry": "poetry.lock", "pdm": "pdm.lock", "pipenv": "Pipfile.lock", "rye": "requirements.lock"}


def note_unasked(session: Session, environments: Mapping[str, Sequence[Artefact]], *, where: str) -> None:
    """Note CUDA's wheels in ``environments``, the packages by architecture, where the project says that it is for CPUs
    alone (``cuda = false``), or nowhere that it is for GPUs. ``where`` names their lock.
    """
    config = session.project.config.cuda
    if config:
        return
    plan = session.plan
    given = (environments[name] for name in plan.platforms if name in environments)
    brought = ((artefacts, cuda_wheels(artefacts, where=where)) for artefacts in given)
    found = next(((artefacts, wheels) for artefacts, wheels in brought if wheels is not None), None)
    if found is None:
        return
    artefacts, wheels = found
    wishes = _wishes(session, artefacts)
    if config is None and asks_for_gpus(wishes):
        return
    unasked = find_unasked(wheels, artefacts, lambda: _graph(session, artefacts), refused=config is False)
    if unasked is not None:
        place = _place(session, direct=names_package(wishes, "torch"))
        session.progress.note(warning(unasked, artefacts, place))


def _graph(session: Session, artefacts: Sequence[Artefact]) -> Mapping[str, set[str]]:
    """What each package depends on: as its lock says, else as uv does, which has resolved it."""
    kind = session.project.kind
    if _TOOLS.get(kind) == "uv":
        return dependency_graph(read_if_valid(session.uv_lock))
    if kind in ("poetry", "pdm") and (session.directory / _LOCKS[kind]).is_file():
        return dependency_graph(read_if_valid(session.directory / _LOCKS[kind]))
    from neve.project.indexes import indexes_of_kind

    pins = [f"{a.name}=={a.version}" for a in artefacts if a.version and not isinstance(a, Directory | Git)]
    try:
        indexes = [index.url for index in indexes_of_kind(session.project, session.directory, session.environ)]
        return annotated_graph(session.uv.annotated(pins, python=session.plan.python, indexes=indexes))
    except NeveError:  # it was resolved elsewhere, long ago
        return {}


def _place(session: Session, *, direct: bool) -> Place:
    """Where the session's project says what it depends on."""
    from neve.project.script import script_block
    from neve.project.text import read_text
    from neve.project.workspace import workspace_root

    directory, kind = session.directory, session.project.kind
    tool = _TOOLS.get(kind, "other")
    if session.script is not None:
        block = Tables(file=session.script, text=script_block(read_text(directory / session.script)), script=True)
        return Place(tool=tool, wishes=block, settings=block, direct=direct)
    wishes = _tables(directory, directory)
    if tool == "uv":
        return Place(tool=tool, wishes=wishes, settings=_tables(workspace_root(directory), directory), direct=direct)
    locked = kind in _LOCKS and (directory / _LOCKS[kind]).is_file()
    if kind in ("pipenv", "rye") and not locked:
        tool = "settings"
    settings = wishes if tool_uv(directory) else Tables(file="uv.toml", prefix="")
    if (directory / "uv.toml").is_file():  # it goes before [tool.uv]
        settings = Tables(file="uv.toml", text=read_text(directory / "uv.toml"), prefix="")
    if kind == "requirements":
        wishes = Tables(file=_file_of(session, "torch"))
    return Place(tool=tool, wishes=wishes, settings=settings, locked=locked, direct=direct)


def _tables(root: Path | None, directory: Path) -> Tables:
    """The pyproject.toml of ``root``, of ``directory`` where that is none, named as it is seen from there."""
    from neve.project.text import read_text

    path = (root or directory) / "pyproject.toml"
    name = path.name if root in (None, directory) else os.path.relpath(path, directory.resolve())
    return Tables(file=name, text=read_text(path) if path.is_file() else "")


def _file_of(session: Session, name: str) -> str:
    """The requirements file that names the package ``name``; the first where none does."""
    from neve.project.requirements import lock_names, requirements_of

    lines = requirements_of(session.directory, *lock_names("requirements", session.directory)).lines
    return next((line.file for line in lines if names_package([line.text], name)), session.project.files[0])


def _wishes(session: Session, artefacts: Sequence[Artefact]) -> list[object]:
    """What the project, and what of its workspace is installed, say that they depend on, and from which indexes."""
    from neve.project.indexes import indexes_of_kind, project_indexes
    from neve.project.script import script_metadata
    from neve.project.text import read_text
    from neve.project.workspace import workspace_root

    directory, project = session.directory, session.project
    if session.script is not None:
        found: list[object] = [script_metadata(read_text(directory / session.script), where=session.script)]
    else:
        members = [directory / a.path for a in artefacts if isinstance(a, Directory)]
        found = [_of_pyproject(read_if_valid(each / "pyproject.toml")) for each in dict.fromkeys([directory, *members])]
        found += _of_files(session)
    if (root := workspace_root(directory)) is not None:
        found.append(tool_uv(root))
    indexes = project_indexes(directory, session.environ) + indexes_of_kind(project, directory, session.environ)
    return [*found, *([index.name or "", index.url] for index in indexes)]


def _of_pyproject(data: Mapping[str, Any]) -> list[object]:
    """What a parsed pyproject.toml has of that: not what describes the project in words."""
    project, tool = data.get("project"), data.get("tool")
    keys = ("dependencies", "optional-dependencies", "classifiers")
    said: list[object] = [project.get(key) for key in keys] if isinstance(project, Mapping) else []
    if isinstance(tool, Mapping):
        said += [tool.get(name) for name in ("uv", "poetry", "pdm", "hatch", "rye")]
    return [*said, data.get("dependency-groups")]


def _of_files(session: Session) -> list[object]:
    """What the files of other kinds say."""
    from neve.project.requirements import lock_names, requirements_of

    directory, kind = session.directory, session.project.kind
    if kind == "pipenv":
        return [read_if_valid(directory / "Pipfile")]
    if kind in ("requirements", "rye"):
        lines = (line.text for line in requirements_of(directory, *lock_names(kind, directory)).lines)
        # They may be compiled: what others bring then stands beside what is asked for.
        return [[text for text in lines if not text.startswith(("nvidia-", "nvidia_", "cuda-", "cuda_"))]]
    if kind == "setuptools":
        texts = ((directory / name) for name in ("setup.cfg", "setup.py"))
        return [
            [line.strip(" \t'\"[],") for line in path.read_text("utf-8", "replace").splitlines()]
            for path in texts
            if path.is_file()
        ]
    return []


__all__ = ["note_unasked"]
