"""What uv itself exports for a project: the requirements of ``uv export``, evaluated for a target."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.markers import Marker
from packaging.requirements import Requirement

from neve.python.target import Target
from neve.python.uv import find_uv
from tests.conformance.ranking import best

_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")

# A shell's settings for groups, which neve does not hear: the scenarios name the groups.
_SHELL = ("UV_NO_GROUP", "UV_NO_DEV")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be installed: ``what`` is ``name==version``, a URL or the path of a directory; ``sha256`` are the
    files that may be taken for it.
    """

    what: str
    sha256: frozenset[str]


def export(directory: Path, words: Sequence[str]) -> str:
    """The requirements that ``uv export`` gives for ``words``. Raises RuntimeError with what uv says."""
    command = [find_uv(), "export", "--frozen", "--no-emit-project", "--no-header", "--no-annotate", *words]
    environ = {key: value for key, value in os.environ.items() if not key.startswith(_SHELL)}
    done = subprocess.run(command, cwd=directory, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def wanted(requirements: str, target: Target, *, bases: Sequence[Path]) -> list[Wanted]:
    """Those of ``requirements`` that ``target`` installs; paths are relative to the first of ``bases`` that has it."""
    environment = target.environment()
    found = []
    for line in requirements.replace("\\\n", " ").splitlines():
        hashes = frozenset(_HASH.findall(line))
        text, _, _ = line.removeprefix("-e ").partition(" --hash=")
        text = text.strip()
        if not text or text.startswith(("#", "--")):
            continue
        if text.startswith((".", "/", "file://")):
            path, _, marker = (part.strip() for part in text.partition(" ; "))
            if not marker or Marker(marker).evaluate(environment):  # type: ignore[arg-type]
                found.append(Wanted(what=_place(path, bases), sha256=hashes))
            continue
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(environment):  # type: ignore[arg-type]
            what = requirement.url or f"{requirement.name}{requirement.specifier}"
            found.append(Wanted(what=what, sha256=hashes))
    return found


def _place(path: str, bases: Sequence[Path]) -> str:
    places = [base / path.removeprefix("file://") for base in bases]
    return str(next((place for place in places if place.exists()), places[0]).resolve())


def locked_files(directory: Path) -> dict[str, str]:
    """The names of all files of the uv.lock in ``directory``, in its order, by SHA-256."""
    found: dict[str, str] = {}
    lock = tomllib.loads((directory / "uv.lock").read_text())
    for package in lock.get("package", ()):
        source = package.get("source", {})
        for file in (*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())):
            place = (
                file.get("url") or file.get("path") or file.get("filename") or source.get("url") or source.get("path")
            )
            found[file.get("hash", "").removeprefix("sha256:")] = file_name(str(place))
    return found


def file_name(place: str) -> str:
    """The last part of a URL or a path."""
    return unquote(urlsplit(place).path).rpartition("/")[2]


def installed(
    requirements: str, target: Target, *, files: Mapping[str, str], bases: Sequence[Path], rules: Mapping[str, str]
) -> dict[str, str | None]:
    """By ``what`` the file that ``target`` takes, "" for what is no file, None where nothing fits it; ``rules`` says
    ``no-binary`` or ``no-build`` of what is marked so, "*" of all others.
    """
    found: dict[str, str | None] = {}
    for each in wanted(requirements, target, bases=bases):
        rule = rules.get(each.what.partition("==")[0], rules.get("*", ""))
        if not each.sha256:
            found[each.what] = ""
            continue
        candidates = [file for sha256, file in files.items() if sha256 in each.sha256]
        found[each.what] = best(candidates, target, wheels=rule != "no-binary", sdists=rule != "no-build")
    return found
