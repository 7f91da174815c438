"""A project to build in the tests, and neve called on it as its users call it: as a program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_OURS = shutil.ignore_patterns(".neve", ".venv", "__pycache__", "flake.nix", "flake.lock", "nix", "result*")


@dataclass(frozen=True, kw_only=True)
class Project:
    """A directory with a project, and how neve is called there.

    ``prefix`` stands before the interpreter (setpriv, taskset); ``environ`` is the whole environment.
    """

    directory: Path
    python: str = sys.executable
    prefix: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    umask: int = -1

    def neve(self, *words: str, fails: bool = False) -> str:
        """Call neve; what it prints on stdout, or on stderr where it is to fail."""
        done = subprocess.run(
            [*self.prefix, self.python, "-m", "neve", "-q", "-C", self.directory, *words],
            env=dict(self.environ),
            cwd="/",
            umask=self.umask,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode == 1) if fails else (done.returncode == 0), f"neve {words}: {done.stderr}"
        return done.stderr if fails else done.stdout.strip()

    def build(self, *words: str) -> Built:
        """``neve build``."""
        return Built(**json.loads(self.neve("build", "--json", *words)))

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace ``old``, which is there, in the file ``name``."""
        path = self.directory / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


class Built:
    """What ``neve build --json`` prints."""

    def __init__(self, digest: str, layout: str, reference: str) -> None:
        self.digest, self.layout, self.reference = digest, Path(layout), reference


def example(name: str, directory: Path) -> Project:
    """A copy of an example, with its locks where somebody locked it already (they are not committed)."""
    shutil.copytree(ROOT / "examples" / name, directory, ignore=_OURS)
    return Project(directory=directory)


def project(directory: Path, pyproject: str, files: Mapping[str, str] | None = None) -> Project:
    """A project of ``files`` and a pyproject.toml."""
    for name, text in {"pyproject.toml": pyproject, **(files or {})}.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Project(directory=directory)


def output(*command: str | Path, environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> str:
    """What ``command`` prints; where it fails, what it says is in the assertion."""
    done = subprocess.run(command, env=environ, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


def document(*command: str | Path) -> Any:
    """The JSON that ``command`` prints."""
    return json.loads(output(*command))


def words(*parts: str | Sequence[str]) -> list[str]:
    """``parts`` as one command line."""
    return [word for part in parts for word in ([part] if isinstance(part, str) else part)]
