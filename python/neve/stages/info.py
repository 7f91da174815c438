"""The plan, told: what was read, what was pinned, what the layers are."""

from __future__ import annotations

from typing import Any

from neve.bases.base import find_base
from neve.errors import NeveError
from neve.image.layout import Layout
from neve.python.artefact import describe_artefact
from neve.session import Session
from neve.stages.build import fresh_build
from neve.stages.lock import lock_project


def describe(session: Session) -> dict[str, Any]:
    """The plan of the session's project as plain data; it is locked where it is not. Raises NeveError.

    Sizes of layers are bytes of the compressed blobs where the last build is fresh; without one, those of a layer of
    wheels are the wheels' and the others None.
    """
    locked = lock_project(session)
    plan, lock = locked.plan, locked.lock
    base = find_base(plan.base)
    rows: list[dict[str, Any]] = [
        {"name": name, "packages": count, "size": size}
        for name, count, size in base.layers(plan, lock, locked.artefacts)
    ]
    built = fresh_build(session)
    if built is not None:
        try:
            sizes = [layer.descriptor.size for layer in Layout(built.layout).image().layers]
        except NeveError:
            sizes = []
        for row, size in zip(rows, sizes, strict=False):
            row["size"] = size
    project = plan.project
    return {
        "project": {
            "kind": project.kind,
            "name": project.name,
            "version": project.version,
            "requires_python": project.requires_python,
            "python_origin": project.python.origin,
            "packaged": project.build_system is not None,
        },
        "base": plan.base,
        "release": plan.release,
        "python": lock.base.python,
        "architecture": plan.architecture,
        "components": [{"name": name, "adds": note} for name, note in plan.components],
        "packages": base.names(plan, lock),
        "environment": [describe_artefact(artefact) for artefact in locked.artefacts],
        "layers": rows,
        "image": {
            "reference": plan.reference,
            "entrypoint": list(plan.entrypoint),
            "cmd": list(plan.cmd),
            "env": dict(plan.env),
            "user": f"{plan.user.uid}:{plan.user.gid}" if plan.user else None,
            "ports": list(plan.ports),
            "workdir": plan.workdir,
        },
        "digest": built.digest if built else None,
    }


__all__ = ["describe"]
