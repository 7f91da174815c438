"""The toolbox: where a tool lies, on PATH or in neve's cache, fetched where it is not there yet."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from neve.errors import NeveError
from neve.files import locked, write_atomic
from neve.progress import Progress
from neve.tools.tool import Tool

if TYPE_CHECKING:
    from neve.bases.debian.index import Index
    from neve.bases.debian.mirror import Mirrors
    from neve.fetch import Fetcher

_PROBE_SECONDS = 20.0


class Toolbox:
    """Finds tools, and keeps its own copies under ``cache``/tools; ``offline`` fetches none.

    ``mirrors`` is where Debian packages come from; None for what the environment and the host say.
    """

    def __init__(
        self, *, cache: Path, progress: Progress, offline: bool = False, mirrors: Mirrors | None = None
    ) -> None:
        self.cache = cache
        self.progress = progress
        self.offline = offline
        self._mirrors = mirrors
        self._fetcher: Fetcher | None = None
        self._indexes: dict[str, Index] = {}
        self._found: dict[Tool, Path] = {}

    def find(self, tool: Tool) -> Path:
        """The program on PATH where it runs, else neve's copy. Raises what :meth:`embedded` raises."""
        if tool not in self._found:
            self._found[tool] = self._on_path(tool) or self.embedded(tool)
        return self._found[tool]

    def embedded(self, tool: Tool) -> Path:
        """The program in neve's cache, fetched and made to run there where it is missing.

        Which version is there is kept in a record (a file with the directory's name), so that this asks no
        network the second time. Raises
        NeveError where it cannot be fetched or does not run here, TransientError where a mirror does not
        answer.
        """
        from neve.tools.machine import machine

        here = machine()
        tools = self.cache / "tools"
        record = tools / f"{tool.name}-{tool.fingerprint(here.debian)}"
        found = _recorded(record, tool)
        if found is not None:
            return found
        if self.offline:
            raise NeveError(
                f"{tool.name} is not in neve's cache",
                where=str(tools),
                why="--offline forbids fetching it",
                fixes=["run the same command once without --offline", f"or put `{tool.command}` on PATH"],
            )
        with locked(tools / f".{tool.name}.lock"):
            found = _recorded(record, tool)  # another process was faster
            if found is not None:
                return found
            from neve.tools.install import Supply, install

            supply = Supply(index=self._index(tool.suite, here.debian), mirrors=self._where(), fetcher=self._fetch())
            directory = install(tool, here, supply, tools)
            write_atomic(record, f"{directory.name}\n")
            return (directory / tool.program).absolute()

    def _on_path(self, tool: Tool) -> Path | None:
        program = shutil.which(tool.command)
        if program is None:
            return None
        try:
            trial = subprocess.run(
                [program, "--version"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PROBE_SECONDS,
                check=False,
            )
            why = None if trial.returncode == 0 else f"`--version` ends with {trial.returncode}"
        except (OSError, subprocess.TimeoutExpired) as error:
            why = str(error)
        if why is None:
            return Path(program).absolute()
        self.progress.note(f"{program} is passed over: {why}")
        return None

    def _fetch(self) -> Fetcher:
        if self._fetcher is None:
            from neve.fetch import Fetcher

            self._fetcher = Fetcher(self.cache, self.progress, offline=self.offline)
        return self._fetcher

    def _where(self) -> Mirrors:
        if self._mirrors is None:
            from neve.bases.debian.mirror import find_mirrors

            self._mirrors = find_mirrors(None, os.environ)
        return self._mirrors

    def _index(self, suite: str, architecture: str) -> Index:
        if suite not in self._indexes:
            from neve.bases.debian.index import load_index

            self._indexes[suite] = load_index(suite, architecture, self._where(), self._fetch(), self.progress)
        return self._indexes[suite]


def _recorded(record: Path, tool: Tool) -> Path | None:
    try:
        name = record.read_text().strip()
        program = record.parent / name / tool.program
        usable = Path(name).name == name and os.access(program, os.X_OK)
    except (OSError, ValueError):
        return None
    return program.absolute() if usable else None


__all__ = ["Toolbox"]
