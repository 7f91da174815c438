"""The pins of what is built from source: what it is, what builds it, and the wheels that its backend needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from neve.lock.pin import Name, Sha256, Url, Version, WheelPin
from neve.project.config import Model

SdistFile = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.!+-]*\.(tar\.gz|zip)$")]
Architecture = Literal["x86_64", "aarch64"]
Language = Literal["c", "c++", "fortran", "rust"]


# Relative to the project's directory, also out of it: a workspace's members lie beside one another.
RelativePath = Annotated[str, Field(pattern=r"^[^/\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")]
GitUrl = Annotated[str, Field(pattern=r"^(https?|ssh|git|file)://[^\s\"'\\$`{}]+$")]


def _inside(path: str) -> str:
    if path.startswith("/") or ".." in path.split("/"):
        raise ValueError(f"{path!r} leads out of the source tree")
    return path


class BuildWheelPin(WheelPin):
    """A build requirement's wheel; without an ``architecture`` it serves all that the source distribution is for."""

    architecture: Architecture | None = None


class CratePin(Model):
    """A crate of a Cargo.lock: where its registry has it, and the SHA-256 of the archive."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
    version: Annotated[str, Field(pattern=r"^[0-9][A-Za-z0-9.+-]*$")]
    url: Url
    sha256: Sha256

    @property
    def file(self) -> str:
        """The archive's name."""
        return f"{self.name}-{self.version}.crate"


# Architectures that nothing is built for, and why: a build requirement has no wheel there.
Lacking = dict[Architecture, Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$")]]


class BuildPin(Model):
    """What is built from source: its build backend (PEP 517), its build requirements (PEP 508), those that the backend
    asks for among them, and what they resolve to.

    ``targets`` are what ``wheels`` were chosen for, as ``cp313-manylinux_2_40_x86_64``, those of architectures that are
    ``lacking`` among them. ``languages`` are what is compiled, ``crates`` what Rust needs for it. ``asked`` is what the
    backend asked for when it was run; None where it need not be.
    """

    name: Name
    version: Version | None = None
    backend: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*(:[A-Za-z_][A-Za-z0-9_.]*)?$")]
    backend_path: tuple[Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$"), AfterValidator(_inside)], ...] = ()
    requires: tuple[Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$")], ...]
    targets: tuple[Annotated[str, Field(pattern=r"^cp3[0-9]+t?-manylinux(_[0-9]+){2}_(x86_64|aarch64)$")], ...]
    languages: tuple[Language, ...] = ()
    asked: tuple[Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$")], ...] | None = None
    crates: tuple[CratePin, ...] = ()
    wheels: tuple[BuildWheelPin, ...]
    lacking: Lacking = Field({})

    def wheels_for(self, architecture: str) -> tuple[BuildWheelPin, ...]:
        """The build requirements of ``architecture``."""
        return of_architecture(self.wheels, architecture)

    @property
    def label(self) -> str:
        """What errors call it."""
        return self.name


class SdistPin(BuildPin):
    """A source distribution. One of the project's own directory has a ``path`` and no ``url``; ``size`` is in bytes."""

    version: Version
    file: SdistFile
    url: Url | Literal[""] = ""
    path: RelativePath | None = None
    sha256: Sha256
    size: int | None = Field(None, ge=0)

    @property
    def key(self) -> str:
        """What the artefact is found by."""
        return self.sha256

    @property
    def label(self) -> str:
        """What errors call it."""
        return self.file


class GitPin(BuildPin):
    """A commit of a git repository: ``nar_hash`` (SRI) is that of its tree, submodules in it, without .git."""

    url: GitUrl
    commit: Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]
    subdirectory: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$"), AfterValidator(_inside)] = ""
    nar_hash: Annotated[str, Field(pattern=r"^sha256-[A-Za-z0-9+/]{43}=$")]

    @property
    def key(self) -> str:
        """What the artefact is found by."""
        return f"{self.url}@{self.commit}#{self.subdirectory}"


class DirectoryPin(BuildPin):
    """A directory: ``path`` is relative to the project's."""

    path: RelativePath

    @property
    def key(self) -> str:
        """What the artefact is found by."""
        return self.path


def of_architecture(wheels: Sequence[BuildWheelPin], architecture: str) -> tuple[BuildWheelPin, ...]:
    """Those of ``wheels`` that serve ``architecture``."""
    return tuple(wheel for wheel in wheels if wheel.architecture in (None, architecture))


__all__ = [
    "Architecture",
    "BuildPin",
    "BuildWheelPin",
    "CratePin",
    "DirectoryPin",
    "GitPin",
    "GitUrl",
    "Lacking",
    "Language",
    "RelativePath",
    "SdistFile",
    "SdistPin",
    "of_architecture",
]
