"""Reading and checking an OCI image layout directory (OCI image-spec 1.1, image-layout.md)."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from neve.errors import NeveError

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
LAYERS = (LAYER, f"{LAYER}+gzip", f"{LAYER}+zstd")

# Documents are read whole: registries refuse manifests beyond 4 MiB, and a hostile file must not fill memory.
_DOCUMENT_LIMIT = 4 << 20
_DIGEST = re.compile(r"(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})")
_MADE = "neve: "
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """A reference to a blob (descriptor.md): ``size`` in bytes, ``digest`` as ``sha256:…``."""

    media_type: str
    digest: str
    size: int
    annotations: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    platform: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer: its blob, and the digest of the blob's uncompressed tar."""

    descriptor: Descriptor
    diff_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One image of a layout; ``manifest`` and ``config`` are the documents as they are stored."""

    digest: str
    manifest: Mapping[str, Any]
    config: Mapping[str, Any]
    manifest_descriptor: Descriptor
    config_descriptor: Descriptor
    layers: tuple[Layer, ...]

    @property
    def size(self) -> int:
        """Bytes that a registry stores for it: manifest, config and compressed layers."""
        layers = sum(layer.descriptor.size for layer in self.layers)
        return self.manifest_descriptor.size + self.config_descriptor.size + layers

    @property
    def names(self) -> tuple[str, ...]:
        """What neve calls each of the layers ("base", "wheels-3"); "" of one that another program made."""
        history = [each for each in self.config.get("history") or () if not each.get("empty_layer")]
        found = [str(each.get("created_by", "")) for each in history]
        named = [text.removeprefix(_MADE) if text.startswith(_MADE) else "" for text in found]
        return tuple(named) if len(named) == len(self.layers) else ("",) * len(self.layers)


@dataclass(frozen=True)
class Layout:
    """An OCI image layout directory. Its blobs may be symbolic links, as they are in a Nix store."""

    path: Path

    def blob(self, digest: str) -> Path:
        """Where the blob of ``digest`` lies."""
        algorithm, _, encoded = digest.partition(":")
        return self.path / "blobs" / algorithm / encoded

    @property
    def descriptor(self) -> Descriptor:
        """What the layout is of: the manifest of its image, or the index of its images, one for each platform.

        Raises NeveError where it names several things.
        """
        self._marker()
        where = self.path / "index.json"
        found = _manifests(_document(_small(where), where), where)
        if len(found) != 1:
            raise _broken(where, "manifests", f"names {len(found)} things, one is needed")
        return found[0]

    def images(self) -> tuple[Image, ...]:
        """All images of the layout, those of an index that it names among them, verified as :meth:`image` does it."""
        self._marker()
        where = self.path / "index.json"
        found: list[Image] = []
        todo = [(descriptor, where) for descriptor in _manifests(_document(_small(where), where), where)]
        while todo:
            descriptor, named_in = todo.pop(0)
            if descriptor.media_type == INDEX:
                path = self.blob(descriptor.digest)
                todo = [*((each, path) for each in _manifests(self._read(descriptor, named_in), path)), *todo]
            else:
                found.append(self._image(descriptor))
        return tuple(found)

    def image(self, architecture: str | None = None) -> Image:
        """The one image of the layout; of several, that of ``architecture`` (``amd64``; default: our own).

        Documents are verified against their digests; layers are read by :func:`neve.image.check.check` only.
        Raises NeveError, with the place, where the layout is broken or of another kind.
        """
        self._marker()
        where = self.path / "index.json"
        index = _document(_small(where), where)
        descriptor = self._choose(_manifests(index, where), architecture or own_architecture(), where)
        return self._image(descriptor)

    def _marker(self) -> None:
        where = self.path / "oci-layout"
        if not where.is_file():
            raise NeveError(
                "this is not an OCI image layout",
                where=str(self.path),
                why="it holds no file named oci-layout",
                fixes=["build the image first: neve build"],
            )
        version = _document(_small(where), where).get("imageLayoutVersion")
        if version != "1.0.0":
            raise _broken(where, "imageLayoutVersion", f"is {version!r}, not '1.0.0'")

    def _choose(self, found: Sequence[Descriptor], architecture: str, where: Path) -> Descriptor:
        # An index may name indexes, and never itself: it would have to hold its own digest.
        if len(found) > 1:
            found = [d for d in found if d.platform is None or d.platform.get("architecture") == architecture]
        if len(found) != 1:
            raise _broken(where, "manifests", f"{len(found)} images are for {architecture}, one is needed")
        [descriptor] = found
        if descriptor.media_type == INDEX:
            path = self.blob(descriptor.digest)
            return self._choose(_manifests(self._read(descriptor, where), path), architecture, path)
        if descriptor.media_type != MANIFEST:
            raise _broken(where, "manifests[0].mediaType", f"is {descriptor.media_type!r}, not {MANIFEST!r}")
        return descriptor

    def _image(self, descriptor: Descriptor) -> Image:
        where = self.blob(descriptor.digest)
        manifest = self._read(descriptor, where)
        if manifest.get("schemaVersion") != 2 or manifest.get("mediaType", MANIFEST) != MANIFEST:
            raise _broken(where, "mediaType", f"is not that of an OCI image manifest, {MANIFEST!r}")
        config_descriptor = _descriptor(manifest.get("config"), where, "config")
        if config_descriptor.media_type != CONFIG:
            raise _broken(where, "config.mediaType", f"is {config_descriptor.media_type!r}, not {CONFIG!r}")
        layers = [
            _descriptor(value, where, f"layers[{number}]")
            for number, value in enumerate(_list(manifest.get("layers"), where, "layers"))
        ]
        for number, layer in enumerate(layers):
            if layer.media_type not in LAYERS:
                raise _broken(
                    where,
                    f"layers[{number}].mediaType",
                    f"is {layer.media_type!r}, not one of {', '.join(LAYERS)}",
                )
        config_path = self.blob(config_descriptor.digest)
        config = self._read(config_descriptor, where)
        diff_ids = _diff_ids(config, config_path)
        if len(diff_ids) != len(layers):
            raise _broken(
                config_path,
                "rootfs.diff_ids",
                f"has {len(diff_ids)} entries for {len(layers)} layers of the manifest",
            )
        return Image(
            digest=descriptor.digest,
            manifest=manifest,
            config=config,
            manifest_descriptor=descriptor,
            config_descriptor=config_descriptor,
            layers=tuple(Layer(descriptor=d, diff_id=i) for d, i in zip(layers, diff_ids, strict=True)),
        )

    def _read(self, descriptor: Descriptor, named_in: Path) -> Mapping[str, Any]:
        where = self.blob(descriptor.digest)
        if not where.is_file():
            raise NeveError(
                f"the blob {descriptor.digest} is missing",
                where=str(where),
                why=f"{named_in} names it",
                fixes=["build the image again: neve build"],
            )
        data = _small(where)
        algorithm, _, expected = descriptor.digest.partition(":")
        if len(data) != descriptor.size or hashlib.new(algorithm, data).hexdigest() != expected:
            raise NeveError(
                "a blob does not match its digest",
                where=str(where),
                why=f"{len(data)} bytes of {algorithm}:{hashlib.new(algorithm, data).hexdigest()}, "
                f"{descriptor.size} bytes of {descriptor.digest} expected",
                fixes=["build the image again: neve build"],
            )
        return _document(data, where)


def own_architecture() -> str:
    """This machine's architecture, as OCI calls it."""
    machine = os.uname().machine
    return _ARCHITECTURES.get(machine, machine)


def _small(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_DOCUMENT_LIMIT + 1)
    except OSError as error:
        raise NeveError(f"cannot read {path.name}", where=str(path), why=error.strerror or str(error)) from error
    if len(data) > _DOCUMENT_LIMIT:
        raise NeveError("a document of the layout is too large", where=str(path), why="more than 4 MiB")
    return data


def _document(data: bytes, where: Path) -> Mapping[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NeveError("a document of the layout is not JSON", where=str(where), why=str(error)) from error
    if not isinstance(value, dict):
        raise NeveError("a document of the layout is not a JSON object", where=str(where))
    return value


def _manifests(index: Mapping[str, Any], where: Path) -> list[Descriptor]:
    if index.get("schemaVersion") != 2 or index.get("mediaType", INDEX) != INDEX:
        raise _broken(where, "mediaType", f"is not that of an OCI image index, {INDEX!r}")
    values = _list(index.get("manifests"), where, "manifests")
    return [_descriptor(value, where, f"manifests[{number}]") for number, value in enumerate(values)]


def _diff_ids(config: Mapping[str, Any], where: Path) -> list[str]:
    rootfs = config.get("rootfs")
    if not isinstance(rootfs, dict) or rootfs.get("type") != "layers":
        raise _broken(where, "rootfs.type", "is not 'layers'")
    found = _list(rootfs.get("diff_ids"), where, "rootfs.diff_ids")
    return [_digest(value, where, f"rootfs.diff_ids[{number}]") for number, value in enumerate(found)]


def _descriptor(value: object, where: Path, key: str) -> Descriptor:
    if not isinstance(value, dict):
        raise _broken(where, key, "is not a descriptor")
    size, media_type = value.get("size"), value.get("mediaType")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise _broken(where, f"{key}.size", f"is {size!r}, not a number of bytes")
    if not isinstance(media_type, str):
        raise _broken(where, f"{key}.mediaType", f"is {media_type!r}, not a media type")
    annotations, platform = value.get("annotations", {}), value.get("platform")
    if not isinstance(annotations, dict) or not all(isinstance(text, str) for text in annotations.values()):
        raise _broken(where, f"{key}.annotations", "is not a map of strings")
    if platform is not None and not isinstance(platform, dict):
        raise _broken(where, f"{key}.platform", "is not an object")
    return Descriptor(
        media_type=media_type,
        digest=_digest(value.get("digest"), where, f"{key}.digest"),
        size=size,
        annotations=MappingProxyType(annotations),
        platform=platform,
    )


def _digest(value: object, where: Path, key: str) -> str:
    # Strict, because a digest becomes a path.
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise _broken(where, key, f"is {value!r}, not a sha256 or sha512 digest")
    return value


def _list(value: object, where: Path, key: str) -> list[object]:
    if not isinstance(value, list):
        raise _broken(where, key, "is not a list")
    return value


def _broken(where: Path, key: str, why: str) -> NeveError:
    return NeveError("this OCI image layout is broken", where=f"{where}: {key}", why=f"{key} {why}")


__all__ = [
    "CONFIG",
    "INDEX",
    "LAYER",
    "LAYERS",
    "MANIFEST",
    "Descriptor",
    "Image",
    "Layer",
    "Layout",
    "own_architecture",
]
