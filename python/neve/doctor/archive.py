"""The configuration in an archive of an image: OCI's layout as a tar, or what `docker save` writes."""

from __future__ import annotations

import json
import lzma
import tarfile
import zlib
from collections.abc import Callable, Collection, Mapping
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
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise _none(
            path, "it is no tar, compressed or not" if isinstance(error, tarfile.ReadError) else str(error)
        ) from None
    except ValueError as error:
        raise _none(path, str(error)) from None
    except OSError as error:
        raise NeveError("cannot read the archive", where=str(path), why=error.strerror or str(error)) from None


def _none(path: Path, why: str) -> NeveError:
    fixes = ["`neve build --archive app.tar` writes one, `neve build --layout DIR` a layout"]
    return NeveError("this is no archive of an image", where=str(path), why=why, fixes=fixes)


def _document(archive: tarfile.TarFile, member: tarfile.TarInfo | None, name: str) -> Any:
    file = archive.extractfile(member) if member is not None else None
    if file is None:
        raise ValueError(f"it holds no {name}")
    data = file.read(_LIMIT + 1)
    if len(data) > _LIMIT:
        raise ValueError(f"{name} has more than 4 MiB")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise ValueError(f"{name} is no JSON") from None


def _config(names: Collection[str], read: Callable[[str], Any]) -> object:
    """By docker's manifest.json, or by OCI's index.json: of several images, that for this machine."""
    if "manifest.json" in names:
        first, *_ = [*_list(read("manifest.json"), "manifest.json"), None]
        return read(_text(_object(first, "manifest.json, [0]").get("Config"), "manifest.json, [0].Config"))
    name = "index.json"
    for _ in range(_DEEPEST):
        found = _manifests(read(name), name)
        if len(found) > 1:
            found = [each for each in found if (each.get("platform") or {}).get("architecture") == own_architecture()]
        if len(found) != 1:
            raise ValueError(f"{len(found)} images are for {own_architecture()}, one is needed")
        inner = _blob(found[0], f"{name}, manifests")
        if found[0].get("mediaType") != INDEX:
            manifest = _object(read(inner), inner)
            return read(_blob(_object(manifest.get("config"), f"{inner}, config"), f"{inner}, config"))
        name = inner
    raise ValueError("an index in it names itself")


def _manifests(index: object, name: str) -> list[Mapping[str, Any]]:
    where = f"{name}, manifests"
    found = [
        _object(each, f"{where}[{n}]") for n, each in enumerate(_list(_object(index, name).get("manifests"), where))
    ]
    for number, each in enumerate(found):
        if each.get("platform") is not None:
            _object(each["platform"], f"{where}[{number}].platform")
    return found


def _blob(descriptor: Mapping[str, Any], where: str) -> str:
    return f"blobs/{_text(descriptor.get('digest'), f'{where}: digest').replace(':', '/')}"


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{where} is not an object")
    return value


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise ValueError(f"{where} is not a list")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{where} is not a string")
    return value


__all__ = ["archived_config"]
