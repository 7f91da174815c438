"""A component: one concern that adds to a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from neve.project.project import Project


GROUPS = ("base", "python", "system")  # of layers, bottom to top


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """What a component adds: system packages by group of layers, environment, labels, volumes, ports.

    ``packages`` maps a group of GROUPS to package names in the base's vocabulary; what the base itself has for a
    component of this name is added to them.
    """

    packages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    volumes: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Component:
    """One concern: its name, the components it stands on, and what it adds to a project's plan (None: nothing)."""

    name: str
    requires: tuple[str, ...] = ()
    contribute: Callable[[Project, str], Contribution | None]


__all__ = ["GROUPS", "Component", "Contribution"]
