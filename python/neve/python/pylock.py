"""A pylock (PEP 751) as data: its text, a line a package's part, and what of it is the project itself."""

from __future__ import annotations

import datetime
import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from neve import toml
from neve.errors import NeveError

_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
_PLACED = ("archive", "directory", "sdist")
_FILES = ("wheels", "sdist", "archive", "vcs")


def parse_pylock(text: str, *, where: str) -> dict[str, Any]:
    """The data of a pylock's ``text``, whose packages are tables. Raises NeveError."""
    try:
        data = toml.loads(text)
        packages = data.get("packages", [])
        if not isinstance(packages, list) or not all(isinstance(each, dict) for each in packages):
            raise ValueError("packages is not an array of tables")
    except ValueError as error:
        line = re.search(r"at line (\d+)", str(error))
        at_end = f":{text.count(chr(10)) + 1}" if "at end of document" in str(error) else ""
        again = "`neve lock`" if where.endswith(".neve.toml") else "the tool that made it"
        raise NeveError(
            "the lock is not a valid pylock",
            where=f"{where}:{line[1]}" if line else f"{where}{at_end}",
            why=str(error),
            fixes=["take it back from version control", f"or write it anew with {again}"],
        ) from None
    return data


def pylock_text(data: Mapping[str, Any]) -> str:
    """``data`` as TOML: the same data gives the same text."""
    lines = [f"{_key(key)} = {_value(value)}" for key, value in data.items() if key not in ("packages", "tool")]
    packages = data.get("packages") or []
    lines += [] if packages else ["packages = []"]
    for package in packages:
        lines += ["", "[[packages]]", *(line for key, value in package.items() for line in _pair(key, value))]
    for name, table in (data.get("tool") or {}).items():
        lines += ["", f"[tool.{_key(name)}]", *(f"{_key(key)} = {_value(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def without_project(data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` without the package that is the project's own directory: neve builds it apart."""
    return {**data, "packages": [package for package in data.get("packages", []) if not _is_project(package)]}


def moved(data: Mapping[str, Any], directory: str, root: str) -> dict[str, Any]:
    """``data`` of a pylock in ``directory``, a relative path below the absolute ``root``, with its paths relative to
    ``root``; what lies elsewhere on the machine stays absolute.
    """

    def joined(path: str) -> str:
        whole = posixpath.normpath(path)
        if not path.startswith("/"):
            return posixpath.normpath(posixpath.join(directory, path))
        inside = whole == root or whole.startswith(f"{root}/")
        return posixpath.relpath(whole, root) if inside else whole

    def of(part: Any) -> Any:
        if isinstance(part, Mapping) and isinstance(part.get("path"), str):
            return {**part, "path": joined(part["path"])}
        return [of(each) for each in part] if isinstance(part, list) else part

    return _mapped(data, (*_PLACED, "wheels", "vcs"), of)


def without_secrets(data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` without credentials in its URLs: a lock is committed."""
    from neve.fetch.address import without_credentials

    def of(part: Any) -> Any:
        if isinstance(part, str):
            return without_credentials(part)
        if isinstance(part, Mapping) and isinstance(part.get("url"), str):
            return {**part, "url": without_credentials(part["url"])}
        return [of(each) for each in part] if isinstance(part, list) else part

    return _mapped(data, (*_FILES, "index"), of)


def files_of_package(package: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The files of a package: ``wheels``, ``sdist`` or ``archive``, and the table."""
    for wheel in package.get("wheels") or ():
        if isinstance(wheel, Mapping):
            yield "wheels", wheel
    for key in ("sdist", "archive"):
        if isinstance(package.get(key), Mapping):
            yield key, package[key]


def _mapped(data: Mapping[str, Any], keys: tuple[str, ...], of: Any) -> dict[str, Any]:
    packages = [
        {key: of(value) if key in keys else value for key, value in package.items()}
        for package in data.get("packages", [])
    ]
    return {**data, "packages": packages}


def _is_project(package: Mapping[str, Any]) -> bool:
    directory = package.get("directory")
    path = directory.get("path") if isinstance(directory, Mapping) else None
    return isinstance(path, str) and not path.startswith("/") and posixpath.normpath(path) == "."


def _pair(key: str, value: Any) -> list[str]:
    if isinstance(value, list) and len(value) > 1 and isinstance(value[0], Mapping):
        return [f"{_key(key)} = [", *(f"  {_value(item)}," for item in value), "]"]
    return [f"{_key(key)} = {_value(value)}"]


def _key(key: str) -> str:
    return key if _BARE.match(key) else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for characters beyond the first plane, and DEL.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value)


__all__ = ["files_of_package", "moved", "parse_pylock", "pylock_text", "without_project", "without_secrets"]
