"""The plan, told: what was read, what was pinned, what the layers are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neve.bases.base import find_base
from neve.errors import NeveError
from neve.image.layout import Layout
from neve.project.static_version import static_version
from neve.python.artefact import describe_artefact
from neve.python.sdist import Directory
from neve.render.config import ARCHITECTURES
from neve.stages.build import fresh_build
from neve.stages.cuda import describe_cuda
from neve.stages.description import Description
from neve.stages.libraries import find_missing
from neve.stages.lock import lock_project

if TYPE_CHECKING:
    from pathlib import Path

    from neve.components.plan import Plan
    from neve.python.artefact import Artefact
    from neve.session import Session
    from neve.stages.lock import Locked


def describe(session: Session) -> Description:
    """The plan of the session's project; it is locked where it is not. Raises NeveError."""
    locked = lock_project(session, warn=False)  # `neve lock` and `neve build` say that
    plan, lock = locked.plan, locked.lock
    project = plan.project
    rows = [
        {"name": name, "packages": count, "size": size}
        for name, count, size in find_base(plan.base).layers(plan, lock, locked.artefacts)
    ]
    report = find_missing(session, locked)
    built = fresh_build(session)
    if built is not None:
        try:
            sizes = [layer.descriptor.size for layer in Layout(built.layout).image().layers]
        except NeveError:
            sizes = []
        for row, size in zip(rows, sizes, strict=False):
            row["size"] = size
    return Description.model_validate(
        {
            "kind": project.kind,
            "files": list(project.files),
            "reason": project.reason,
            "passed_over": [{"kind": kind, "file": file} for kind, file in project.passed_over],
            "project": {
                "name": project.name,
                "version": project.version,
                "packaged": project.build_system is not None,
            },
            "python": {
                "request": project.python.version or project.python.specifier,
                "origin": project.python.origin,
                "requires": project.requires_python,
                "version": lock.base.python if project.has_python else None,
                "freethreaded": plan.freethreaded,
                "interpreter": "uv" if plan.managed else "base",
            },
            "base": plan.base,
            "release": plan.release,
            "platforms": _platforms(session, locked),
            "components": [{"name": name, "adds": note} for name, note in plan.components],
            "packages": {group: list(names) for group, names in find_base(plan.base).names(plan, lock).items()},
            "missing_libraries": [each.summary for each in report.missing],
            "unread_wheels": report.unread,
            "layers": rows,
            "image": _image(plan),
            "digest": built.digest if built else None,
        }
    )


def _platforms(session: Session, locked: Locked) -> dict[str, dict[str, object]]:
    return {
        f"linux/{ARCHITECTURES[architecture]}": {
            "environment": [_described(a, session.directory) for a in artefacts],
            "cuda": describe_cuda(session, locked, architecture),
        }
        for architecture, artefacts in locked.environments.items()
    }


def _described(artefact: Artefact, top: Path) -> dict[str, object]:
    """``artefact``; a directory below ``top`` with the version that it says, which no lock has."""
    described = describe_artefact(artefact)
    if isinstance(artefact, Directory) and artefact.version is None:
        described["version"] = static_version(top / artefact.path)
    return described


def _image(plan: Plan) -> dict[str, object]:
    return {
        "reference": plan.reference,
        "entrypoint": list(plan.entrypoint),
        "cmd": list(plan.cmd),
        "env": dict(plan.env),
        "user": f"{plan.user.uid}:{plan.user.gid}" if plan.user else None,
        "ports": list(plan.ports),
        "workdir": plan.workdir,
    }


__all__ = ["describe"]
