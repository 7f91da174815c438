"""What one call of neve works with: the project's directory, the options, and the tools made when first needed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from neve.files import cache_home
from neve.progress import Progress, Silent

if TYPE_CHECKING:
    from neve.bases.debian.mirror import Mirrors
    from neve.components.plan import Plan
    from neve.fetch import Fetcher
    from neve.nix.nix import Nix
    from neve.project.project import Project
    from neve.python.uv import Uv
    from neve.sources.git import Repositories
    from neve.sources.reader import SourceReader
    from neve.tools import Toolbox


@dataclass(frozen=True, kw_only=True)
class Options:
    """What every command takes: ``locked`` forbids changing a lock, ``frozen`` takes locks as they are, unchecked."""

    offline: bool = False
    locked: bool = False
    frozen: bool = False
    nix: str | None = None


@dataclass(frozen=True)
class Session:
    """A directory with a project in it, the options, and what is made on demand.

    ``script`` is the name of a script in the directory (PEP 723): then that alone is the project, and has locks and a
    work directory of its own.
    """

    directory: Path
    options: Options = field(default_factory=Options)
    progress: Progress = field(default_factory=Silent)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    script: str | None = None

    @property
    def work(self) -> Path:
        """Where neve keeps what it makes for the project; it need not exist."""
        return self.directory / ".neve" / (self.script or "")

    @property
    def neve_lock(self) -> Path:
        """neve.lock of the project."""
        return self.directory / (f"{self.script}.neve.lock" if self.script else "neve.lock")

    @cached_property
    def uv_lock(self) -> Path:
        """uv.lock of the project; that of its workspace, where it is a member of one."""
        from neve.project.workspace import workspace_root

        if self.script is not None:
            return self.directory / f"{self.script}.lock"
        return (workspace_root(self.directory) or self.directory) / "uv.lock"

    @property
    def pylock(self) -> Path:
        """Where the environment of a project is kept that uv does not lock (PEP 751); no script has one."""
        return self.directory / "pylock.neve.toml"

    @cached_property
    def project(self) -> Project:
        """The project in the directory. Raises NeveError where there is none or where it is not valid."""
        from neve.project.read import read_project

        return read_project(self.directory, self.script)

    def files(self) -> tuple[str, ...]:
        """The project's own files, relative and sorted. Raises NeveError for what cannot go into an image."""
        if self.script is not None:
            return (self.script,)
        from neve.project.sources import source_files

        return source_files(self.directory)

    @cached_property
    def plan(self) -> Plan:
        """The plan for the project. Raises NeveError."""
        from neve.components.plan import make_plan

        return make_plan(self.project, architecture=os.uname().machine)

    @cached_property
    def mirrors(self) -> Mirrors:
        """Where Debian packages come from."""
        from neve.bases.debian.mirror import find_mirrors

        return find_mirrors(self.project.config.mirror, self.environ)

    @cached_property
    def fetcher(self) -> Fetcher:
        """Fetches into neve's cache."""
        from neve.fetch import Fetcher
        from neve.fetch.credentials import Origin, index_credentials

        def credentials() -> dict[Origin, str]:
            from neve.project.indexes import indexes_of_kind, project_indexes

            indexes = project_indexes(self.directory, self.environ)
            indexes += indexes_of_kind(self.project, self.directory, self.environ)
            return index_credentials(indexes, self.environ)

        return Fetcher(cache_home(), self.progress, offline=self.options.offline, credentials=credentials)

    @cached_property
    def repositories(self) -> Repositories:
        """Git repositories in neve's cache."""
        from neve.sources.git import Repositories

        return Repositories(
            cache_home(),
            self.progress,
            offline=self.options.offline,
            environ=self.environ,
            credentials=self.fetcher.authorization,
        )

    @cached_property
    def sources(self) -> SourceReader:
        """Reads what is built from source."""
        from neve.sources.reader import SourceReader

        return SourceReader(self.directory, self.fetcher, self.repositories)

    @cached_property
    def toolbox(self) -> Toolbox:
        """The programs that neve itself needs."""
        from neve.tools import Toolbox

        return Toolbox(cache=cache_home(), progress=self.progress, offline=self.options.offline)

    @cached_property
    def nix(self) -> Nix:
        """The Nix to build with. Raises NeveError where none works here."""
        from neve.nix.find import find_nix

        return find_nix(self.toolbox, option=self.options.nix, environ=self.environ)

    @cached_property
    def uv(self) -> Uv:
        """uv, called in the project's directory; it is given the base's own interpreter where the host has none."""
        from neve.python.uv import Uv

        return Uv(
            self.directory,
            offline=self.options.offline,
            interpreter=self._interpreter,
            script=self.script,
            request=self._python_of_uv,
        )

    def _python_of_uv(self) -> str | None:
        """What uv looks for where it would read a .python-version: any Python that the project admits will do."""
        top = self.directory.resolve()
        if not any((parent / ".python-version").is_file() for parent in (top, *top.parents)):
            return None
        return self.project.requires_python or ">=3.8"

    def _interpreter(self) -> Path:
        from neve.bases.debian.suites import SUITES
        from neve.bases.pythons import admits
        from neve.errors import NeveError
        from neve.project.project import PythonRequest
        from neve.tools import python

        # Any that the project admits will do: what is chosen for the image does not depend on it.
        wanted, requires = self.plan.python, self.project.requires_python
        offers = [(python, suite.codename) for suite in SUITES.values() for python in suite.pythons]
        fitting = [offer for offer in offers if admits(PythonRequest(), requires, offer[0])]
        found = next((offer for offer in fitting if offer[0] == wanted), fitting[0] if fitting else None)
        if found is None and self.plan.managed:
            from neve.interpreter.provide import host_python

            self._aside(f"no Python of this machine fits {requires or wanted}; uv gets the image's own")
            return host_python(self)
        if found is None:
            raise NeveError(
                f"no Python of this machine fits {wanted}",
                why="uv needs one to read the project, and no Debian suite has it",
                fixes=[f"install one: `uv python install {wanted}`"],
            )
        version, suite = found
        self._aside(f"no Python of this machine fits {requires or wanted}; uv gets {version} of Debian {suite}")
        return self.toolbox.embedded(python(version, suite))

    def _aside(self, text: str) -> None:
        """Tell what changes no result: shown with ``--verbose``, as small things that end are."""
        self.progress.start(text, text)
        self.progress.finish(text)


__all__ = ["Options", "Session"]
