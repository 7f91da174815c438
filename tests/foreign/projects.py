"""Projects of other tools for the tests: those in data/ were locked by the tools; and an index that has their files."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from neve.foreign.asked import Names, asked_extras, asked_groups
from neve.foreign.choose import Wanted, choose
from neve.foreign.metadata import project_name
from neve.foreign.package import ForeignLock, LockedPackage, Registry
from neve.foreign.read import foreign_lock, foreign_wishes, read_lock_data, read_wishes_data
from neve.python.target import Target
from tests.fetch.server import Server

DATA = Path(__file__).with_name("data")
INDEX = "https://index.example/simple"


def target(python: str = "3.13.5", architecture: str = "x86_64") -> Target:
    return Target(python_full_version=python, glibc=(2, 41), architecture=architecture)


def environment(python: str = "3.13.5", architecture: str = "x86_64") -> dict[str, str]:
    return dict(target(python, architecture).environment())  # type: ignore[arg-type]


def read(kind: str, data: str) -> ForeignLock:
    """The lock with the text ``data``."""
    import tomllib

    return foreign_lock(kind, json.loads(data) if kind == "pipenv" else tomllib.loads(data))


def installed(
    kind: str,
    directory: Path,
    *,
    extras: Names = (),
    groups: Names = (),
    python: str = "3.13.5",
    architecture: str = "x86_64",
    lock: ForeignLock | None = None,
) -> str:
    """What is installed, as ``name=version`` with spaces between."""
    data = read_wishes_data(kind, directory)
    wishes = foreign_wishes(kind, data)
    wanted = Wanted(
        name=project_name(kind, data),
        wishes=wishes,
        extras=asked_extras(extras, wishes),
        groups=asked_groups(groups, kind, wishes),
    )
    lock = lock or foreign_lock(kind, read_lock_data(kind, directory))
    return names(choose(lock, wanted, environment(python, architecture)))


def names(packages: Sequence[LockedPackage]) -> str:
    return " ".join(f"{package.name}={package.version}" for package in packages)


def walked(lock: ForeignLock) -> ForeignLock:
    """``lock`` as one that says of no package when it is installed."""
    packages = tuple(replace(p, marker=None, groups=None, group_markers={}) for p in lock.packages)
    return replace(lock, inherited=False, packages=packages)


def as_poetry_11(data: dict[str, Any]) -> dict[str, Any]:
    """A parsed poetry.lock of format 2.0 as format 1.1 had it: the files of all versions of a package together."""
    files: dict[str, list[Any]] = {}
    for package in data["package"]:
        files.setdefault(package["name"], []).extend(package.pop("files"))
        package["category"] = "main"
    data["metadata"] |= {"lock-version": "1.1", "files": files}
    return data


def served(server: Server, directory: Path, kind: str, source: Path, *, lacking: str = "-") -> None:
    """The project at ``source`` in ``directory``, with the index of ``server``, which has all its files but those whose
    names hold ``lacking``; the lock has no digest, since pyproject.toml is another one now.
    """
    for path in source.iterdir():
        text = path.read_text().replace(INDEX, f"{server.url}/simple")
        text = re.sub(r"content[-_]hash = .*\n", "", text)
        (directory / path.name).write_text(re.sub(r'"hash": \{[^}]*\}', '"hash": {}', text))
    lock = foreign_lock(kind, read_lock_data(kind, source))
    pages: dict[str, list[str]] = {}
    for package in lock.packages:
        if isinstance(package.source, Registry):
            for number, file in enumerate(package.files):
                name = file.name or f"{package.name.replace('-', '_')}-{package.version}-{number}-py3-none-any.whl"
                if lacking not in name or lacking == "-":
                    link = f'<a href="../../files/{name}#sha256={file.sha256}">{name}</a>'
                    pages.setdefault(package.name, []).append(link)
    for name, links in pages.items():
        server.files[f"/simple/{name}/"] = "\n".join(["<!DOCTYPE html><html><body>", *links, "</body></html>"]).encode()
