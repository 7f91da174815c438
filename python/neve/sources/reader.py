"""Sources at hand: archives through the fetcher or in the project, commits out of repositories, directories."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from neve.errors import NeveError, collected
from neve.lock.sources import Read, label
from neve.nix.store_path import nar_sha256
from neve.project.sources import must_stay_inside, source_files
from neve.python.artefact import files_of
from neve.python.sdist import Directory, Git, Sdist, Source
from neve.python.sdist_archive import read_archive
from neve.python.source_tree import directory_tree

if TYPE_CHECKING:
    from neve.fetch import Fetcher
    from neve.python.wheel import File
    from neve.sources.git import Repositories

_BUILT_BY = ("pyproject.toml", "setup.py", "setup.cfg")


class SourceReader:
    """Reads sources of the project in ``directory``."""

    def __init__(self, directory: Path, fetcher: Fetcher, repositories: Repositories) -> None:
        self._directory = directory
        self._fetcher = fetcher
        self._repositories = repositories

    def read(self, sources: Sequence[Source]) -> Mapping[Source, Read]:
        """All of ``sources``. Raises NeveError with all that cannot be read; TransientError."""
        archives = [source for source in sources if isinstance(source, Sdist) and source.url]
        places = dict(zip(archives, self._fetcher.fetch(files_of(archives)), strict=True))
        found: dict[Source, Read] = {}
        problems: list[NeveError] = []
        for source in sources:
            try:
                if isinstance(source, Git):
                    found[source] = self._git(source)
                elif isinstance(source, Directory):
                    found[source] = self._local(source)
                else:
                    place = places.get(source) or local_file(self._directory, source)
                    found[source] = Read(tree=read_archive(place, source.file))
            except NeveError as error:
                problems.append(error)
        if (problem := collected(problems)) is not None:
            raise problem
        return found

    def _git(self, source: Git) -> Read:
        with self._repositories.tree(source.url, source.commit, name=source.name) as top:
            digest = bytes.fromhex(nar_sha256(top))
            directory = top / source.subdirectory
            if not directory.is_dir() or not directory.resolve().is_relative_to(top.resolve()):
                raise NeveError(
                    f"{label(source)} has no directory {source.subdirectory!r}",
                    where=source.url,
                    fixes=["name another subdirectory where the dependency is declared, then `uv lock`"],
                )
            names = [path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()]
            _must_be_buildable(names, label(source), "take another commit, or name the subdirectory that it lies in")
            tree = directory_tree(directory, sorted(names))
        return Read(tree=tree, nar_hash=f"sha256-{base64.b64encode(digest).decode()}")

    def _local(self, source: Directory) -> Read:
        directory = self._directory / source.path
        if not directory.is_dir():
            raise NeveError(
                f"the directory of {source.name} is not there",
                where=str(directory),
                fixes=["take the path back, or mend it where the dependency is declared, then `uv lock`"],
            )
        names = source_files(directory)
        must_stay_inside(directory, names)
        _must_be_buildable(names, str(directory), "give it a pyproject.toml with [project] and [build-system]")
        return Read(tree=directory_tree(directory, names))


def _must_be_buildable(names: Sequence[str], where: str, fix: str) -> None:
    if not any(name in names for name in _BUILT_BY):
        raise NeveError(
            "a source cannot be built",
            where=where,
            why="it has neither pyproject.toml nor setup.py nor setup.cfg",
            fixes=[fix],
        )


def local_file(directory: Path, file: File) -> Path:
    """Where the wheel or source distribution that the project has at a path lies; its content is checked.

    Raises NeveError where it is not there or another one.
    """
    path = directory / (file.path or "")
    try:
        with path.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise NeveError(
            f"{file.file} cannot be read",
            where=os.fspath(path),
            why=error.strerror,
            fixes=["take the file back, or mend the path where the dependency is declared, then `uv lock`"],
        ) from None
    if found != file.sha256:
        raise NeveError(
            f"{file.file} is not the file that is locked",
            where=os.fspath(path),
            why=f"its SHA-256 is {found}, not {file.sha256}",
            fixes=[
                f"take the locked one back, or lock this one: `uv lock --upgrade-package {file.name}`, then `neve lock`"
            ],
        )
    return path


__all__ = ["SourceReader", "local_file"]
