"""What is built before it is installed: source distributions, commits of git repositories, directories."""

from __future__ import annotations

from dataclasses import dataclass

from neve.python.wheel import File


@dataclass(frozen=True, kw_only=True)
class Sdist(File):
    """A source distribution (PEP 625, or .zip)."""

    @property
    def key(self) -> str:
        """What its pin in neve.lock goes by."""
        return self.sha256


@dataclass(frozen=True, kw_only=True)
class Git:
    """A package at a commit of a git repository: normalized name, version where the lock has one, URL without
    credentials, the commit's full hash, and the directory in the repository ("" for its top).
    """

    name: str
    version: str | None
    url: str
    commit: str
    subdirectory: str = ""

    @property
    def key(self) -> str:
        """What its pin in neve.lock goes by."""
        return f"{self.url}@{self.commit}#{self.subdirectory}"


@dataclass(frozen=True, kw_only=True)
class Directory:
    """A package in a directory, a member of the workspace say: normalized name, version where the lock has one, and the
    path relative to the project's directory. It is installed as it is now, also where it is asked for as editable.
    """

    name: str
    version: str | None
    path: str

    @property
    def key(self) -> str:
        """What its pin in neve.lock goes by."""
        return self.path


Source = Sdist | Git | Directory


__all__ = ["Directory", "Git", "Sdist", "Source"]
