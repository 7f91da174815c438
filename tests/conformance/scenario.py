"""A scenario: a project, the index that it is locked against, and what is to come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.conformance.index import Release
from tests.conformance.targets import SOME

# What uv is asked for where [tool.neve] names neither extras nor groups.
PLAIN = ("--no-default-groups",)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """``files`` are the project's, by path, with ``@URL@`` for the server; ``at`` is the directory that neve is called
    in; ``words`` ask uv for the same as ``[tool.neve]`` asks neve.

    ``installs`` is what must come out, for all targets or by target: ``name==version``, a file name, ``./path``
    or ``name@commit``.
    With ``refused``, a regular expression, neve refuses all targets, and says so; ``uv_refuses`` where ``uv sync`` does
    as well. ``rules`` are the packages that uv's settings mark ``no-binary`` or ``no-build``;
    ``repository`` is served as git's, ``@REV@`` is its commit.
    """

    name: str
    files: Mapping[str, str | bytes]
    releases: tuple[Release, ...] = ()
    at: str = "."
    words: tuple[str, ...] = PLAIN
    targets: tuple[str, ...] = SOME
    installs: str | Mapping[str, str] | None = None
    refused: str | None = None
    uv_refuses: bool = True
    rules: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    repository: tuple[str, Mapping[str, str]] | None = None

    def __post_init__(self) -> None:
        assert not isinstance(self.installs, Mapping) or self.installs.keys() <= {*self.targets}, self.name

    def expected(self, target: str) -> set[str] | None:
        """What ``target`` installs, as far as the scenario says it."""
        given = self.installs.get(target) if isinstance(self.installs, Mapping) else self.installs
        return None if given is None else set(given.split())


def pyproject(*dependencies: str, more: str = "", name: str = "app", python: str = ">=3.11") -> str:
    """A pyproject.toml; ``more`` are its other tables."""
    listed = ", ".join(f"'''{dependency}'''" for dependency in dependencies)
    head = f'[project]\nname = "{name}"\nversion = "1"\nrequires-python = "{python}"\ndependencies = [{listed}]\n'
    return head + more


def project(*dependencies: str, more: str = "", python: str = ">=3.11") -> dict[str, str]:
    """The files of a project that is a pyproject.toml alone."""
    return {"pyproject.toml": pyproject(*dependencies, more=more, python=python)}


def plain(*names: str) -> tuple[Release, ...]:
    """Releases of pure wheels: ``name`` or ``name==version``."""
    found = []
    for each in names:
        name, _, version = each.partition("==")
        found.append(Release(name=name, version=version or "1.0"))
    return tuple(found)


BACKEND = '[build-system]\nrequires = []\nbuild-backend = "none"\n'
