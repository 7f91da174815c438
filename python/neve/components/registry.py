"""The components that neve knows. Each takes the project and the Python version ("3.13")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neve.components.component import Component, Contribution

if TYPE_CHECKING:
    from neve.project.project import Project


_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def _system(_: Project, __: str) -> Contribution:
    return Contribution(env={"LANG": "C.UTF-8", "PATH": _PATH}, note="C library, base files, time zones")


def _certificates(_: Project, __: str) -> Contribution:
    return Contribution(note="certificate authorities")


def _manylinux(project: Project, _: str) -> Contribution | None:
    return Contribution(note="libraries that manylinux wheels expect") if project.has_python else None


def _python(project: Project, python: str) -> Contribution | None:
    if not project.has_python:
        return None
    return Contribution(
        env={"PATH": f"/opt/venv/bin:{_PATH}", "VIRTUAL_ENV": "/opt/venv"},
        note=f"CPython {python}, environment at /opt/venv",
    )


def _packages(project: Project, _: str) -> Contribution | None:
    wanted = project.config.system
    return Contribution(packages={"system": wanted}, note="tool.neve.system") if wanted else None


def _environment(project: Project, _: str) -> Contribution | None:
    image = project.config.image
    if not (image.env or image.labels or image.ports):
        return None
    return Contribution(env=image.env, labels=image.labels, ports=image.ports, note="tool.neve.image")


def _caches(project: Project, _: str) -> Contribution | None:
    caches = project.config.caches
    if not caches:
        return None
    return Contribution(
        volumes=tuple(sorted({cache.path for cache in caches.values()})),
        labels={f"dev.neve.cache.{name}": " ".join(filter(None, (c.path, c.size))) for name, c in caches.items()},
        note="tool.neve.caches",
    )


COMPONENTS: tuple[Component, ...] = (
    Component(name="system", contribute=_system),
    Component(name="certificates", requires=("system",), contribute=_certificates),
    Component(name="manylinux", requires=("system",), contribute=_manylinux),
    Component(name="python", requires=("certificates", "manylinux"), contribute=_python),
    Component(name="packages", requires=("system",), contribute=_packages),
    Component(name="environment", requires=("python", "packages"), contribute=_environment),
    Component(name="caches", requires=("environment",), contribute=_caches),
)


__all__ = ["COMPONENTS"]
