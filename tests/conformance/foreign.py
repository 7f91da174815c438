"""What another tool's lock says of its packages: the files that may be taken, as an oracle for those kinds."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from neve.python.target import Target
from neve.python.wheel import File
from tests.conformance.ranking import best

if TYPE_CHECKING:
    from neve.python.artefact import Artefact

LOCKS = {"poetry": "poetry.lock", "pdm": "pdm.lock"}


def differences(directory: Path, kind: str, chosen: Sequence[Artefact], target: Target) -> list[str]:
    """Where what neve chose is not of the lock, or not the best of its files."""
    lock = tomllib.loads((directory / LOCKS[kind]).read_text())
    files: dict[tuple[str, str], dict[str, str]] = {}
    for package in lock.get("package", ()):
        known = files.setdefault((canonicalize_name(package["name"]), package["version"]), {})
        older = lock.get("metadata", {}).get("files", {}).get(package["name"], ())  # before poetry.lock 2.0
        for file in (*package.get("files", ()), *older):
            name = file.get("file") or file.get("url", "").rpartition("/")[2]
            known[name] = file["hash"].removeprefix("sha256:")
    found = []
    for artefact in chosen:
        if not isinstance(artefact, File) or artefact.origin != "registry":
            continue
        known = files.get((artefact.name, artefact.version), {})
        ranked = best(known, target)
        if artefact.file != ranked or known[artefact.file] != artefact.sha256:
            found.append(f"{artefact.name}=={artefact.version}: neve takes {artefact.file}, of the lock {ranked}")
    return found
