"""Writing a pylock (PEP 751) of packages that were chosen for each of several targets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from neve.fetch.address import without_credentials
from neve.foreign.files import FoundFiles, Located, version_in
from neve.foreign.package import Git, Local, LockedPackage
from neve.python.target import Target

_ORDER = (".tar.gz", ".zip")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A package, the targets that install it, and its files (``found`` of an index, ``archive`` at a URL or a path)."""

    package: LockedPackage
    targets: tuple[Target, ...]
    found: FoundFiles | None = None
    archive: Located | None = None


def pylock_text(
    entries: Sequence[Entry], targets: Sequence[Target], *, source: str, environment: str | None = None
) -> str:
    """The text of a pylock with ``entries``; those that not all of ``targets`` install have a marker.

    ``source`` is the file that it was made from; ``environment`` the marker of where it can be installed at all.
    """
    lines = [f"# Made by `neve lock` from {source}, in the form of PEP 751. Commit it.", 'lock-version = "1.0"']
    if environment is not None:
        lines.append(f"environments = {_value([environment])}")
    lines.append('created-by = "neve"')
    if not entries:
        lines.append("packages = []")
    tables = [_package(entry, targets) for entry in entries]
    for table in sorted(tables, key=lambda each: (each["name"], each.get("version", ""), each.get("marker", ""))):
        lines += ["", "[[packages]]", *(line for key, value in table.items() for line in _lines(key, value))]
    return "\n".join(lines) + "\n"


def marker_for(chosen: Sequence[Target], targets: Sequence[Target]) -> str | None:
    """The marker that holds for ``chosen`` and for no other of ``targets``; None where that is all of them.

    It names the architecture, and Python's full version where targets of one architecture differ.
    """
    if {*chosen} == {*targets}:
        return None
    clauses: list[str] = []
    for architecture in dict.fromkeys(target.architecture for target in chosen):
        of = [target for target in targets if target.architecture == architecture]
        has = [target for target in chosen if target.architecture == architecture]
        clause = f"platform_machine == '{architecture}'"
        if len(has) < len(of):
            versions = [f"python_full_version == '{target.python_full_version}'" for target in has]
            either = " or ".join(dict.fromkeys(versions))
            clause += f" and ({either})" if len(versions) > 1 else f" and {either}"
        clauses.append(clause)
    if len(clauses) == 1:
        return clauses[0]
    return " or ".join(f"({clause})" if " and " in clause else clause for clause in clauses)


def _package(entry: Entry, targets: Sequence[Target]) -> dict[str, Any]:
    package, source = entry.package, entry.package.source
    table: dict[str, Any] = {"name": package.name}
    # A tree of sources says its version when it is built.
    if entry.found is not None:
        table["version"] = package.version
    elif entry.archive is not None and entry.archive.is_wheel:
        version = package.version or version_in(package.name, entry.archive.name)
        table |= {"version": version} if version is not None else {}
    if (marker := marker_for(entry.targets, targets)) is not None:
        table["marker"] = marker
    if entry.found is not None:
        if entry.found.index is not None:
            table["index"] = entry.found.index
        sdist = _sdist(entry.found.files)
        if sdist is not None:
            table["sdist"] = _file(sdist)
        if wheels := [_file(file) for file in entry.found.files if file.is_wheel]:
            table["wheels"] = wheels
    elif entry.archive is not None:
        archive = _file(entry.archive)
        archive.pop("name")
        table["archive"] = archive | _subdirectory(source)
    elif isinstance(source, Git):
        requested = {"requested-revision": source.requested} if source.requested else {}
        url = source.url if urlsplit(source.url).scheme == "ssh" else without_credentials(source.url)
        table["vcs"] = {"type": "git", "url": url, **requested, "commit-id": source.commit} | _subdirectory(source)
    elif isinstance(source, Local):
        editable = {"editable": True} if source.editable else {}
        table["directory"] = {"path": source.path, **editable} | _subdirectory(source)
    return table


def _subdirectory(source: Any) -> dict[str, Any]:
    return {"subdirectory": source.subdirectory} if getattr(source, "subdirectory", None) not in (None, ".") else {}


def _sdist(files: Sequence[Located]) -> Located | None:
    """The source distribution, the one in the format of today where there are several."""
    found = [file for file in files if not file.is_wheel]
    rank = {end: number for number, end in enumerate(_ORDER)}
    return min(
        found,
        key=lambda file: next((number for end, number in rank.items() if file.name.endswith(end)), len(rank)),
        default=None,
    )


def _file(file: Located) -> dict[str, Any]:
    place = {"url": file.url} if file.url is not None else {"path": file.path}
    size = {"size": file.size} if file.size is not None else {}
    return {"name": file.name, **place, **size, "hashes": {"sha256": file.sha256}}


def _lines(key: str, value: Any) -> list[str]:
    if isinstance(value, list):
        return [f"{key} = [", *(f"  {_value(item)}," for item in value), "]"]
    return [f"{key} = {_value(value)}"]


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    # A TOML basic string has JSON's escapes; DEL is the one control character that JSON leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


__all__ = ["Entry", "marker_for", "pylock_text"]
