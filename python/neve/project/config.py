"""The model of ``[tool.neve]``: frozen, unknown keys refused. It takes data; reading is the caller's work."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from neve.project.wrong import WrongError

_END = r"\Z"  # which JSON Schema's regular expressions do not know
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# A Debian package or an attribute path of nixpkgs: the base says which of them is one of its own.
_PACKAGE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_+.~:'-]*(=[A-Za-z0-9.+~:-]+)?\Z")
_RELEASE = re.compile(r"[a-z0-9][a-z0-9.-]*\Z")
_REV = re.compile(r"[0-9a-f]{40}\Z")
_NAR_HASH = re.compile(r"sha256-[A-Za-z0-9+/]{43}=\Z")
_CUDA = re.compile(r"[0-9]{2}\.[0-9]\Z")
_GPU = re.compile(r"[0-9]{1,2}\.[0-9][af]?(\+PTX)?\Z")
_UNFREE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_+.-]*\Z")
_IMAGE_NAME = re.compile(r"([A-Za-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*\Z")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
# root is in every base's passwd with its own group: another one would be lost.
_USER = re.compile(r"(?!(root|0+):0*[1-9])([0-9]{1,9}|[a-z_][a-z0-9_-]{0,30})(:[0-9]{1,9})?\Z")
_PYTHON = re.compile(r"3\.[0-9]{1,2}t?\Z")
_SIZE = re.compile(r"[0-9]+(\.[0-9]+)?([KMGT]i?)?\Z")


_TAKEN = (
    *("/opt/venv", "/opt/python", "/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc"),
    *("/dev", "/proc", "/sys", "/nix", "/build"),
)


def _text(value: str) -> str:
    if any(ord(character) < 32 and character not in "\n\t" for character in value) or "\x7f" in value:
        raise ValueError("must not hold control characters")
    return value


@dataclass(frozen=True)
class _Matching:
    """Text that matches ``pattern``; the JSON Schema says so too. ``meant`` tells what other text may mean, by the text
    and all the settings.
    """

    pattern: re.Pattern[str]
    what: str
    meant: Callable[[str, Mapping[str, Any]], str | None] | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(core) | {"pattern": f"^({self.pattern.pattern.removesuffix(_END)})$"}

    def _check(self, value: str) -> str:
        if not self.pattern.match(value):
            raise WrongError(f"{value!r} is not {self.what}", value=value, meant=self.meant)
        return value


def _absolute(value: str) -> str:
    parts = [part for part in value.split("/") if part not in ("", ".")]
    if not value.startswith("/") or ".." in parts or not parts or not re.fullmatch(r"[A-Za-z0-9_./@+-]+", value):
        raise ValueError(f"{value!r} is not an absolute path of letters, digits and ._@+-/ below /")
    return "/" + "/".join(parts)


def _free(value: str) -> str:
    if any(value == taken or value.startswith(f"{taken}/") for taken in _TAKEN):
        raise ValueError(f"{value!r} belongs to the image's own files; those are {', '.join(_TAKEN)}")
    return value


class _OrAll:
    """A list of names, or the word "all"."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._check, handler(tuple[Text, ...]))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(core), {"const": "all", "type": "string"}]}

    def _check(self, value: Any, handler: core_schema.ValidatorFunctionWrapHandler) -> Any:
        if isinstance(value, str) and value != "all":
            raise ValueError(f'{value!r} is neither a list of names nor the word "all"')
        return value if value == "all" else handler(value)


Text = Annotated[str, AfterValidator(_text)]
Names = Annotated[tuple[Text, ...] | Literal["all"], _OrAll()]
EnvName = Annotated[str, _Matching(_ENV_NAME, "the name of an environment variable")]
SystemPackage = Annotated[str, _Matching(_PACKAGE, "the name of a package")]
AbsolutePath = Annotated[str, AfterValidator(_absolute), AfterValidator(_free)]


class Model(BaseModel):
    """What all models of formats that neve owns share."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=lambda name: name.replace("_", "-"),
        populate_by_name=True,
    )


class ImageConfig(Model):
    """``[tool.neve.image]``: how the image is named and how it starts."""

    name: Annotated[str, _Matching(_IMAGE_NAME, "an image name such as registry.example/team/app")] | None = Field(
        None, description="name to push to and to load under, without a tag; default: the project's name"
    )
    tag: Annotated[str, _Matching(_TAG, "a tag")] = Field("latest", description="tag of the name")
    entrypoint: tuple[Text, ...] | None = Field(
        None, description="command that always runs; default: the project's only console script"
    )
    cmd: tuple[Text, ...] | None = Field(None, description="arguments used where none are given")
    env: dict[EnvName, Text] = Field({}, description="environment variables of the image")
    user: Annotated[str, _Matching(_USER, "a user such as 1000:1000 or app")] | None = Field(
        None, description='user that the image runs as: "1000:1000", "1000" or a name; default: root'
    )
    workdir: AbsolutePath = Field("/app", description="working directory; sources without a build system lie here")
    ports: tuple[Annotated[int, Field(ge=1, le=65535)], ...] = Field((), description="TCP ports that it listens on")
    labels: dict[Text, Text] = Field({}, description="labels of the image's configuration")
    annotations: dict[Text, Text] = Field({}, description="annotations of the manifest")
    shell: bool = Field(False, description="/bin/sh and /usr/bin/env in images on nixpkgs; Debian's have them always")
    compression: Literal["zstd", "gzip"] = Field("zstd", description="compression of the layers")
    max_layers: int = Field(64, ge=16, le=120, description="most layers that the image may have")


class BuildConfig(Model):
    """``[tool.neve.build]``: what building source code needs and the image does not hold."""

    system: tuple[SystemPackage, ...] = Field(
        (), description="packages of the base to build with: compilers, headers; the image does not hold them"
    )


class CacheConfig(Model):
    """``[tool.neve.caches.NAME]``: a directory that outlives the container."""

    path: AbsolutePath = Field(description="where the cache is mounted")
    size: Annotated[str, _Matching(_SIZE, "a size such as 8Gi")] | None = Field(
        None, description="size to ask a cluster for, such as 8Gi"
    )


class NixpkgsConfig(Model):
    """``[tool.neve.nixpkgs]``: what only the nixpkgs base has."""

    rev: Annotated[str, _Matching(_REV, "a commit of nixpkgs: 40 hexadecimal digits")] | None = Field(
        None, description="commit of nixpkgs to use; default: one that neve knows of the release"
    )
    nar_hash: Annotated[str, _Matching(_NAR_HASH, "a NAR hash such as sha256-…=")] | None = Field(
        None, description="NAR hash of that commit's tree (SRI), as `nix flake metadata` shows it"
    )
    unfree: tuple[Annotated[str, _Matching(_UNFREE, "the name of a package")], ...] = Field(
        (), description="unfree packages to admit besides those that `system` names"
    )


def _cuda_meant(value: str, settings: Mapping[str, Any]) -> str | None:
    from neve.bases.base import find_base
    from neve.cuda.spelling import meant_version

    release, table = settings.get("release"), settings.get("cuda")
    named = table.get("toolkit") if isinstance(table, Mapping) else None
    toolkit = [name for name in named if isinstance(name, str)] if isinstance(named, list | tuple) else []
    base = find_base("nixpkgs" if settings.get("base") == "nixpkgs" else "debian")
    return meant_version(value, base.cuda_releases(release if isinstance(release, str) else None, toolkit))


def _gpu_meant(value: str, settings: Mapping[str, Any]) -> str | None:  # noqa: ARG001 - they are the same for all
    from neve.cuda.spelling import meant_architecture

    return meant_architecture(value)


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    """``values``, no GPU architecture twice: "8.0+PTX" is "8.0" with PTX besides."""
    plain = [value.removesuffix("+PTX") for value in values]
    for number, name in enumerate(plain):
        if name in plain[:number]:
            pair = sorted({values[plain.index(name)], values[number]})
            both = f"{pair[-1]!r} holds what {pair[0]!r} is" if len(pair) > 1 else f"{pair[0]!r} is there already"
            drop = values.index(pair[0]) if len(pair) > 1 else number
            raise WrongError(both, at=(drop,), fix="take it out")
    return values


class CudaConfig(Model):
    """``[tool.neve.cuda]``: an image for GPUs, and the CUDA toolkit where the project compiles CUDA code."""

    version: Annotated[str, _Matching(_CUDA, 'a CUDA version such as "12.9"', _cuda_meant)] | None = Field(
        None, description="version of the toolkit; default: the one of the locked wheels, else the release's own"
    )
    toolkit: tuple[Text, ...] = Field((), description='components of the toolkit, such as "nvcc" and "cudart"')
    architectures: Annotated[
        tuple[Annotated[str, _Matching(_GPU, 'a GPU architecture such as "9.0", or "9.0+PTX"', _gpu_meant)], ...],
        AfterValidator(_each_once),
    ] = Field((), description='GPU architectures to compile for, as compute capabilities: "8.0", "9.0+PTX"')
    compat: bool = Field(
        False, strict=True, description="add NVIDIA's forward compatibility libraries, for drivers older than CUDA"
    )


class _OrFalse:
    """A table, or the word false."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._check, handler(CudaConfig))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(core), {"const": False, "type": "boolean"}]}

    def _check(self, value: Any, handler: core_schema.ValidatorFunctionWrapHandler) -> Any:
        if not isinstance(value, bool | dict | CudaConfig) or value is True:
            raise ValueError("it is neither a table nor the word false")
        return value if value is False else handler(value)


# The kinds of projects, in the order in which they are looked for (docs/reference/projects.md).
Kind = Literal[
    "uv",
    "pylock",
    "poetry",
    "pdm",
    "pipenv",
    "rye",
    "hatch",
    "pyproject",
    "requirements",
    "setuptools",
    "script",
    "sources",
]
Platform = Literal["linux/amd64", "linux/arm64"]


class Config(Model):
    """``[tool.neve]``; nothing in it is mandatory."""

    project: Kind | None = Field(
        None, description="kind of project to read, where a directory holds several; default: the first that is found"
    )
    base: Literal["debian", "nixpkgs"] = Field("debian", description="where system packages come from")
    release: Annotated[str, _Matching(_RELEASE, "the name of a release")] | None = Field(
        None,
        description="Debian suite or nixpkgs release; default: the one that has the Python asked for, or 26.05",
        examples=["trixie", "26.05"],
    )
    mirror: Text | None = Field(None, description="URL of a Debian mirror; NEVE_DEBIAN_MIRROR goes before it")
    python: Annotated[str, _Matching(_PYTHON, 'a Python version such as "3.13" or "3.13t"')] | None = Field(
        None,
        description="Python of the image; default: .python-version, requires-python, then the base's own",
    )
    interpreter: Literal["base", "uv"] | None = Field(
        None, description="whose Python: the base's own or one that uv manages; default: the base's where it has it"
    )
    platforms: tuple[Platform, ...] = Field(
        (), description="platforms of the image, an OCI index where there are several; default: this machine's"
    )
    system: tuple[SystemPackage, ...] = Field((), description="packages of the base to add")
    extras: Names = Field((), description='extras of the project to install, or "all"')
    groups: Names | None = Field(
        None, description='dependency groups to install, or "all"; default: those of tool.uv.default-groups'
    )
    build: BuildConfig = BuildConfig()
    image: ImageConfig = ImageConfig()
    nixpkgs: NixpkgsConfig = NixpkgsConfig()
    cuda: Annotated[CudaConfig | Literal[False], _OrFalse()] | None = Field(
        None, description="the table of an image for GPUs, or false for one that is meant for CPUs alone"
    )
    caches: dict[Annotated[str, _Matching(_TAG, "a name")], CacheConfig] = Field({}, description="cache mounts")


__all__ = [
    "BuildConfig",
    "CacheConfig",
    "Config",
    "CudaConfig",
    "ImageConfig",
    "Kind",
    "Model",
    "NixpkgsConfig",
    "Platform",
]
