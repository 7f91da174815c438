"""The model of neve.lock. It takes data; reading and writing are the caller's work."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from neve.errors import DefectError
from neve.lock.compat import CompatLock
from neve.lock.interpreter import InterpreterPin
from neve.lock.pin import Name, Sha256, Url, Version, WheelPin
from neve.lock.sdists import (
    Architecture,
    BuildWheelPin,
    CratePin,
    DirectoryPin,
    GitPin,
    Lacking,
    Language,
    SdistPin,
    of_architecture,
)
from neve.project.config import Model

FORMAT = 1

PoolPath = Annotated[
    str, Field(pattern=r"^([A-Za-z0-9+_~:%-][A-Za-z0-9+._~:%-]*/)*[A-Za-z0-9+_~:%-][A-Za-z0-9+._~:%-]*\.deb$")
]


FullVersion = Annotated[str, Field(pattern=r"^(3\.[0-9]+\.[0-9]+([a-z]+[0-9]+)?)?$")]
DebianName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+~:-]+)?$")]


class DebPin(Model):
    """A Debian package: ``path`` lies below the base URL of its ``archive``; ``size`` in bytes."""

    name: Name
    version: Version
    archive: Literal["main", "updates", "security"]
    path: PoolPath
    sha256: Sha256
    size: int = Field(ge=0)

    @property
    def file(self) -> str:
        """The file name of the .deb, in the characters that a store path may have."""
        return self.path.rpartition("/")[2].translate(str.maketrans("~%:", "---"))


class CudaDebPin(DebPin):
    """A Debian package of the CUDA toolkit, out of non-free; ``snapshot`` is where its archive can be had later."""

    architecture: Architecture
    snapshot: Url | None = Field(None)


class BuildPackages(Model):
    """The Debian packages that compile and that the image does not hold: what is ``wanted``, and all that it needs
    besides the image's own.
    """

    wanted: tuple[DebianName, ...]
    packages: tuple[DebPin, ...]


class ToolsLock(Model):
    """What builds in the Debian base's sandbox. ``busybox_tree`` is the NAR hash of the bootstrap directory."""

    busybox: DebPin
    busybox_tree: Sha256
    packages: tuple[DebPin, ...]
    uv: WheelPin


class DebianOther(Model):
    """What the Debian base has for a further architecture, as DebianLock has it, and what builds on such a machine."""

    architecture: Architecture
    python: FullVersion
    snapshots: dict[Literal["main", "updates", "security"], Url] = Field({})
    packages: dict[Literal["base", "python", "system"], tuple[DebPin, ...]]
    build: BuildPackages | None = Field(None)
    tools: ToolsLock


class DebianLock(Model):
    """The Debian base: its release, the interpreter's full version, the mirrors, and the packages by group.

    ``main`` and ``security`` are the mirrors that were asked, without credentials; ``snapshots`` where each archive can
    be had once its mirror has moved on. ``others`` are architectures besides the first platform's: those of further
    platforms, and of the machine that builds.
    """

    name: Literal["debian"]
    release: Name
    architecture: Architecture
    python: FullVersion
    main: Url
    security: Url
    snapshots: dict[Literal["main", "updates", "security"], Url] = Field({})
    packages: dict[Literal["base", "python", "system"], tuple[DebPin, ...]]
    build: BuildPackages | None = Field(None)
    others: tuple[DebianOther, ...] = Field(())

    @property
    def architectures(self) -> tuple[str, ...]:
        """Those that there are pins of."""
        return (self.architecture, *(other.architecture for other in self.others))

    def of(self, architecture: str) -> DebianLock:
        """The base as it is for ``architecture`` alone. Raises DefectError where there are no pins of it."""
        if architecture == self.architecture:
            return self.model_copy(update={"others": ()})
        for other in self.others:
            if other.architecture == architecture:
                fields = {name: getattr(other, name) for name in DebianOther.model_fields if name != "tools"}
                return self.model_copy(update={**fields, "others": ()})
        raise DefectError(f"neve.lock has no pins of {architecture}", why=", ".join(self.architectures))

    @property
    def summary(self) -> str:
        """What is pinned, in a few words."""
        return f"{sum(map(len, self.packages.values()))} Debian packages of {self.release}"

    def url(self, pin: DebPin) -> str:
        """Where ``pin`` lies."""
        return f"{self.security if pin.archive == 'security' else self.main}/{pin.path}"


class NixpkgsLock(Model):
    """The nixpkgs base: its release, its Python ("3.13"), and the commit and its tree's NAR hash (SRI).

    ``last_modified`` is the commit's time in seconds since 1970, as flake.lock has it; None for a rev that was given.
    """

    name: Literal["nixpkgs"]
    release: Name
    python: Annotated[str, Field(pattern=r"^3\.[0-9]+$")]
    rev: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
    nar_hash: Annotated[str, Field(pattern=r"^sha256-[A-Za-z0-9+/]{43}=$")]
    last_modified: int | None = Field(None, ge=0)

    @property
    def summary(self) -> str:
        """What is pinned, in a few words."""
        return f"nixpkgs {self.release} at {self.rev[:11]}"


BaseLock: TypeAlias = DebianLock | NixpkgsLock


class BuildLock(Model):
    """The build requirements of the project's own package, and the architectures that it cannot be built for.

    ``asked`` is what its backend asked for besides, with these ``inputs``, a digest of the files that decide it;
    ``languages`` are what it compiles.
    """

    requires: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ()
    asked: tuple[str, ...] = ()
    inputs: Sha256 | None = None
    crates: tuple[CratePin, ...] = ()
    wheels: tuple[BuildWheelPin, ...] = ()
    lacking: Lacking = Field({})

    def wheels_for(self, architecture: str) -> tuple[BuildWheelPin, ...]:
        """Those that build for ``architecture``."""
        return of_architecture(self.wheels, architecture)


class CudaLock(Model):
    """The CUDA toolkit that compiles: its version ("13.2"), the components that were asked for, and what they are.

    On Debian ``wheels`` are NVIDIA's own with all that the components need, for each of ``architectures``, ``packages``
    what those lack and Debian's non-free archive has, ``compiler`` is the host compiler's package ("g++-14"; None where
    nvcc is not asked for), and ``runtime`` names the wheels whose libraries the image holds. On nixpkgs the pinned set
    has it all. ``inputs`` is a digest of the wishes that it answers.
    """

    version: Annotated[str, Field(pattern=r"^[0-9]{2}\.[0-9]+$")]
    toolkit: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], ...]
    inputs: Sha256 | None = Field(None)
    compiler: DebianName | None = Field(None)
    architectures: tuple[Architecture, ...] = Field(())
    runtime: tuple[Name, ...] = Field(())
    wheels: tuple[BuildWheelPin, ...] = Field(())
    packages: tuple[CudaDebPin, ...] = Field(())

    def wheels_for(self, architecture: str) -> tuple[BuildWheelPin, ...]:
        """The toolkit's wheels for ``architecture``."""
        return of_architecture(self.wheels, architecture)

    def packages_for(self, architecture: str) -> tuple[CudaDebPin, ...]:
        """The Debian packages of the toolkit for ``architecture``."""
        return tuple(pin for pin in self.packages if pin.architecture == architecture)

    def runtime_for(self, architecture: str, brought: Collection[str]) -> tuple[BuildWheelPin, ...]:
        """The wheels whose libraries an image for ``architecture`` holds, besides ``brought``: the names of the
        packages of its environment.
        """
        return tuple(
            wheel for wheel in self.wheels_for(architecture) if wheel.name in self.runtime and wheel.name not in brought
        )


class Lock(Model):
    """neve.lock. ``inputs`` is a digest of the wishes that it answers, ``rules`` one of what uv is told of builds,
    where it is told anything; ``sizes`` holds the bytes of wheels whose index gave none, by SHA-256.
    """

    version: Literal[1]
    inputs: Sha256
    rules: Sha256 | None = Field(None)
    base: Annotated[BaseLock, Field(discriminator="name")]
    tools: ToolsLock | None = Field(None)
    interpreter: InterpreterPin | None = Field(None)
    cuda: CudaLock | None = Field(None)
    cuda_compat: CompatLock | None = Field(None)
    build: BuildLock = BuildLock()
    sdists: tuple[SdistPin, ...] = Field(())
    git: tuple[GitPin, ...] = Field(())
    directories: tuple[DirectoryPin, ...] = Field(())
    sizes: dict[Sha256, int] = Field({})

    @model_validator(mode="after")
    def _has_tools(self) -> Lock:
        if isinstance(self.base, DebianLock) != (self.tools is not None):
            raise ValueError("[tools] belongs to the debian base")
        return self

    @property
    def built(self) -> dict[str, SdistPin | GitPin | DirectoryPin]:
        """The pins of all that is built from source, by the keys of the artefacts."""
        pins: list[SdistPin | GitPin | DirectoryPin] = [*self.sdists, *self.git, *self.directories]
        return {pin.key: pin for pin in pins}

    @property
    def debian(self) -> tuple[DebianLock, ToolsLock]:
        """The pins of the Debian base. Raises DefectError for a lock of another."""
        if not isinstance(self.base, DebianLock) or self.tools is None:
            raise DefectError("the lock is not one of the debian base", why=self.base.name)
        return self.base, self.tools

    def debian_of(self, architecture: str) -> tuple[DebianLock, ToolsLock]:
        """The pins of the Debian base for ``architecture`` alone. Raises DefectError where there are none."""
        base, tools = self.debian
        own = [other.tools for other in base.others if other.architecture == architecture]
        return base.of(architecture), own[0] if own else tools

    @property
    def nixpkgs(self) -> NixpkgsLock:
        """The pin of the nixpkgs base. Raises DefectError for a lock of another."""
        if not isinstance(self.base, NixpkgsLock):
            raise DefectError("the lock is not one of the nixpkgs base", why=self.base.name)
        return self.base


__all__ = [
    "FORMAT",
    "BaseLock",
    "BuildLock",
    "BuildPackages",
    "CompatLock",
    "CudaDebPin",
    "CudaLock",
    "DebPin",
    "DebianLock",
    "DebianOther",
    "Lock",
    "NixpkgsLock",
    "ToolsLock",
    "WheelPin",
]
