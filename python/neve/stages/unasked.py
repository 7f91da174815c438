"""A warning where an environment has CUDA's wheels and nothing in the project asks for GPUs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from neve.cuda.unasked import Tool, asks_for_gpus, dependency_graph, find_unasked, names_package, warning
from neve.cuda.wheels import cuda_wheels
from neve.project.uv_settings import tool_uv
from neve.python.sdist import Directory
from neve.toml import read_if_valid

if TYPE_CHECKING:
    from neve.python.artefact import Artefact
    from neve.session import Session

_TOOLS: Mapping[str, Tool] = {
    "uv": "uv",
    "hatch": "uv",
    "pyproject": "uv",
    "script": "uv",
    "poetry": "poetry",
    "pdm": "pdm",
}
_LOCKS = {"poetry": "poetry.lock", "pdm": "pdm.lock"}


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
    kind = session.project.kind
    lock = session.directory / _LOCKS[kind] if kind in _LOCKS else session.uv_lock
    unasked = find_unasked(wheels, artefacts, lambda: dependency_graph(read_if_valid(lock)), refused=config is False)
    if unasked is None:
        return
    wishes = _wishes(session, artefacts)
    if config is None and asks_for_gpus(wishes):
        return
    session.progress.note(
        warning(
            unasked,
            artefacts,
            tool=_TOOLS.get(kind, "other"),
            file=session.script or "pyproject.toml",
            direct=names_package(wishes, "torch"),
        )
    )


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
