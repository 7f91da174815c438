"""The configuration in an archive of an image: OCI's layout as a tar, or what `docker save` writes."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from neve.errors import NeveError
from neve.image.layout import INDEX, own_architecture

_LIMIT = 4 << 20  # of a document: registries refuse larger ones
_DEEPEST = 4  # index in index


def archived_config(path: Path) -> object:
    """What is said to be the configuration in the archive ``path``; no layer is read but past. Raises NeveError."""
    try:
        with tarfile.open(path) as archive:
            members = {member.name.removeprefix("./"): member for member in archive if member.isfile()}
            return _config(members.keys(), lambda name: _document(archive, members.get(name), name))
    except (tarfile.TarError, EOFError, ValueError, TypeError, LookupError, RecursionError) as error:
        fixes = ["`neve build --archive app.tar` writes one, `neve build --layout DIR` a layout"]
        raise NeveError("this is no archive of an image", where=str(path), why=str(error), fixes=fixes) from None
    except OSError as error:
        raise NeveError("cannot read the archive", where=str(path), why=error.strerror or str(error)) from None


def _document(archive: tarfile.TarFile, member: tarfile.TarInfo | None, name: str) -> Any:
    file = archive.extractfile(member) if member is not None else None
    if file is None:
        raise ValueError(f"it holds no {name}")
    data = file.read(_LIMIT + 1)
    if len(data) > _LIMIT:
        raise ValueError(f"{name} has more than 4 MiB")
    return json.loads(data)


def _config(names: Collection[str], read: Callable[[str], Any]) -> object:
    """By docker's manifest.json, or by OCI's index.json: of several images, that for this machine."""
    if "manifest.json" in names:
        return read(str(read("manifest.json")[0]["Config"]))
    document = read("index.json")
    for _ in range(_DEEPEST):
        found = document["manifests"]
        if len(found) > 1:
            found = [each for each in found if (each.get("platform") or {}).get("architecture") == own_architecture()]
        if len(found) != 1:
            raise ValueError(f"{len(found)} images are for {own_architecture()}, one is needed")
        document = read(_blob(found[0]))
        if found[0].get("mediaType") != INDEX:
            return read(_blob(document["config"]))
    raise ValueError("an index in it names itself")


def _blob(descriptor: Any) -> str:
    return f"blobs/{descriptor['digest'].replace(':', '/')}"


__all__ = ["archived_config"]
