"""From what was read to a Project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from neve.bases.base import find_base
from neve.errors import NeveError
from neve.project.config import Config, Kind
from neve.project.detect import Detected
from neve.project.facts import Facts, normalized
from neve.project.project import Project, PythonRequest
from neve.project.python_version import Pinned, read_python_version
from neve.project.validate import validated


def read_config(settings: Mapping[str, Any], *, where: str, prefix: str) -> tuple[Config, list[NeveError]]:
    """The configuration in ``settings``, which lie at ``prefix`` in the file ``where``, and all that is wrong in it;
    where it is not valid, the defaults.
    """
    problems: list[NeveError] = []
    config = Config()
    try:
        config = validated(Config, settings, where=where, prefix=prefix)
    except NeveError as error:
        problems.append(error)
    for problem in find_base(config.base).problems(config, where=where):
        if not prefix:  # keys of neve.toml lie at its top
            problem.where = (problem.where or where).replace(f"{where}, tool.neve.", f"{where}, ")
        problems.append(problem)
    return config, problems


def make_project(
    kind: Kind,
    facts: Facts,
    config: Config,
    *,
    name: str,
    python_version: str | None = None,
    detected: Detected | None = None,
    files: tuple[str, ...] = (),
) -> Project:
    """The Project of ``facts``; ``name`` is for one whose metadata has none, ``python_version`` the text of
    ``.python-version``, ``files`` what was read besides those of ``facts``.
    """
    pinned = read_python_version(python_version or "")
    request = _request(facts, config, pinned)
    first = (detected.winner.file,) if detected and detected.winner.file != "." else ()
    return Project(
        kind=kind,
        files=tuple(dict.fromkeys((*first, *facts.files, *files))),
        reason=detected.winner.reason if detected else "",
        passed_over=detected.passed_over if detected else (),
        has_python=kind != "sources" or request.version is not None or pinned.asks or config.interpreter is not None,
        named=facts.name is not None,
        name=normalized(facts.name or name),
        version=facts.version,
        description=facts.description,
        python=request,
        requires_python=facts.requires_python,
        build_system=facts.build_system,
        scripts=facts.scripts,
        urls=facts.urls,
        license=facts.license,
        notes=(*facts.notes, *([pinned.note] if pinned.note and config.python is None else [])),
        config=config,
    )


def _request(facts: Facts, config: Config, pinned: Pinned) -> PythonRequest:
    """Who decides: the configuration, then .python-version, then requires-python, then the base."""
    if config.python is not None:
        return PythonRequest(version=config.python, origin="tool.neve.python")
    if pinned.version is not None or pinned.specifier is not None:
        return PythonRequest(
            version=pinned.version, specifier=pinned.specifier, full=pinned.full, origin=".python-version"
        )
    if facts.requires_python:
        return PythonRequest(specifier=facts.requires_python, origin=facts.requires_origin)
    return PythonRequest()


__all__ = ["make_project", "read_config"]
