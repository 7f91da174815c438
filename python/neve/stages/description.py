"""What `neve info --json` prints: a form that programs can rely on (docs/reference/neve-info.schema.json)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from neve.project.config import Kind, Platform


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Package(_Model):
    """A Python package of the image; ``size`` in bytes, None where it is not known."""

    name: str = Field(description="normalized name")
    version: str | None = Field(description="null for a source whose version its build alone knows")
    kind: Literal["wheel", "sdist", "git", "path", "url"] = Field(
        description="a file of an index (wheel, sdist), a commit (git), or what is asked for by its path or its URL"
    )
    file: str = Field(description="the artefact's file name; for git the URL with the commit, for a directory its path")
    sha256: str | None = Field(description="of the file; null for git and for a directory")
    size: int | None


class CudaComponent(_Model):
    """A package of NVIDIA's that is a part of CUDA."""

    name: str
    version: str


class GpuCode(_Model):
    """For which GPUs there is code, as compute capabilities."""

    sass: list[str] = Field(description="machine code, for those GPUs and newer ones of the same major version")
    ptx: list[str] = Field(description="what the driver compiles for those GPUs and all that are newer")


class CudaToolkit(_Model):
    """The toolkit that compiles the project."""

    version: str
    components: list[str] = Field(description="as tool.neve.cuda.toolkit has them")
    architectures: list[str] = Field(description="as tool.neve.cuda.architectures has them; empty where nothing says")
    compiler: str | None = Field(description="package of the host compiler; null where none is pinned")
    runtime: list[str] = Field(description="packages of the toolkit whose libraries the image has")


class CudaInfo(_Model):
    """The CUDA of the image."""

    version: str | None = Field(description="such as 13.2, or the major version alone; null where nothing tells it")
    said_by: str | None = Field(
        description="the package that tells the version; else toolkit, or tool.neve.cuda.version"
    )
    components: list[CudaComponent] = Field(description="what the wheels bring")
    size: int | None = Field(description="bytes of those wheels; null where it is not known")
    driver: str | None = Field(description="the oldest Linux driver that runs it (minor version compatibility)")
    native_driver: str | None = Field(description="the oldest that came with this version, or its branch")
    code: dict[str, GpuCode] = Field(
        description="by package, of the wheels that are in neve's cache; `the project's own code` is what the toolkit's"
        " `architectures` declare"
    )
    gpus: list[str] | None = Field(description="compute capabilities that all of them run on; null where none is known")
    toolkit: CudaToolkit | None


class PlatformInfo(_Model):
    """What the image of one platform installs."""

    environment: list[Package] = Field(description="the Python packages, sorted by name")
    cuda: CudaInfo | None = Field(description="null for an image that says nothing of GPUs")


class PassedOver(_Model):
    """Another kind of project that the directory holds."""

    kind: Kind
    file: str


class PythonInfo(_Model):
    """The Python that is asked for, and the one that the image has."""

    request: str | None = Field(description="a version such as 3.13, or a specifier; null where nothing asks for one")
    origin: str = Field(description="who asks: a key, a file, or nobody")
    requires: str | None = Field(description="requires-python of the project")
    version: str | None = Field(description="of the image; null where it has no interpreter")
    freethreaded: bool
    interpreter: Literal["base", "uv"] = Field(description="whose it is: the base's own, or one that uv manages")


class ProjectInfo(_Model):
    """The project's own metadata; ``packaged`` says whether it is built and installed."""

    name: str
    version: str | None
    packaged: bool


class Component(_Model):
    """A component of the plan, and what it adds."""

    name: str
    adds: str


class Layer(_Model):
    """A layer of the image, bottom to top; ``size`` in bytes: of the blob where it is built, else of its wheels."""

    name: str
    packages: int
    size: int | None


class MissingLibrary(_Model):
    """A library that a wheel needs, and nothing in the image has."""

    wheel: str = Field(description="file name")
    soname: str = Field(description="such as libGL.so.1")
    package: str | None = Field(description="of the base, which would bring it; null where none is known to")
    certain: bool = Field(description="whether importing a module loads what needs it; else a plugin or a program may")


class ImageInfo(_Model):
    """How the image starts."""

    reference: str
    entrypoint: list[str]
    cmd: list[str]
    env: dict[str, str]
    user: str | None
    ports: list[int]
    workdir: str


class Description(_Model):
    """The plan of a project."""

    kind: Kind = Field(description="what the directory holds")
    files: list[str] = Field(description="the files that were read, the one that decided the kind first")
    reason: str = Field(description="why it is this kind")
    passed_over: list[PassedOver] = Field(description="other kinds that the directory holds")
    project: ProjectInfo
    python: PythonInfo
    base: str
    release: str
    platforms: dict[Platform, PlatformInfo] = Field(description="by platform, this machine's or the first one first")
    components: list[Component]
    packages: dict[str, list[str]] = Field(description="system packages by group of layers")
    missing_libraries: list[MissingLibrary] = Field(description="as far as wheels and indexes are in neve's cache")
    unread_wheels: int = Field(description="how many wheels are not in the cache, so that nothing is known of them")
    layers: list[Layer]
    image: ImageInfo
    digest: str | None = Field(description="of the last build, where nothing changed since")

    @property
    def environment(self) -> list[Package]:
        """The Python packages of the first platform."""
        return next(iter(self.platforms.values())).environment


__all__ = [
    "Component",
    "CudaComponent",
    "CudaInfo",
    "CudaToolkit",
    "Description",
    "GpuCode",
    "ImageInfo",
    "Layer",
    "MissingLibrary",
    "Package",
    "PassedOver",
    "PlatformInfo",
    "ProjectInfo",
    "PythonInfo",
]
