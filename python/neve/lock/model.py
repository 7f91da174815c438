"""The model of neve.lock. It takes data; reading and writing are the caller's work."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from neve.lock.pin import Name, Sha256, Url, Version, WheelPin
from neve.project.config import Model

FORMAT = 1

PoolPath = Annotated[
    str, Field(pattern=r"^([A-Za-z0-9+_~:%-][A-Za-z0-9+._~:%-]*/)*[A-Za-z0-9+_~:%-][A-Za-z0-9+._~:%-]*\.deb$")
]


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


class BaseLock(Model):
    """The base: its release, the interpreter's full version, where packages come from, and the packages by group.

    ``main`` and ``security`` are the mirrors that were asked, without credentials; ``snapshots`` where each archive can
    be had once its mirror has moved on.
    """

    name: Literal["debian"]
    release: Name
    architecture: Literal["x86_64", "aarch64"]
    python: Annotated[str, Field(pattern=r"^3\.[0-9]+\.[0-9]+([a-z]+[0-9]+)?$")]
    main: Url
    security: Url
    snapshots: dict[Literal["main", "updates", "security"], Url] = Field({})
    packages: dict[Literal["base", "python", "system"], tuple[DebPin, ...]]

    def url(self, pin: DebPin) -> str:
        """Where ``pin`` lies."""
        return f"{self.security if pin.archive == 'security' else self.main}/{pin.path}"


class ToolsLock(Model):
    """What builds inside the sandbox. ``busybox_tree`` is the NAR hash of the bootstrap directory."""

    busybox: DebPin
    busybox_tree: Sha256
    packages: tuple[DebPin, ...]
    uv: WheelPin


class BuildLock(Model):
    """The build requirements of the project's own package."""

    requires: tuple[str, ...] = ()
    wheels: tuple[WheelPin, ...] = ()


class Lock(Model):
    """neve.lock. ``inputs`` is a digest of the wishes that it answers; ``sizes`` holds the bytes of wheels whose
    index gave none, by SHA-256.
    """

    version: Literal[1]
    inputs: Sha256
    base: BaseLock
    tools: ToolsLock
    build: BuildLock = BuildLock()
    sizes: dict[Sha256, int] = Field({})


__all__ = ["FORMAT", "BaseLock", "BuildLock", "DebPin", "Lock", "ToolsLock", "WheelPin"]
