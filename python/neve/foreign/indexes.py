"""Which package indexes a project of another tool asks, with the credentials that the tool takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from neve.errors import NeveError
from neve.fetch import redacted
from neve.fetch.variables import filled, misplaced_variable
from neve.foreign.checked import url_problem
from neve.foreign.marker import normalized
from neve.foreign.package import ForeignLock, LockedPackage, Registry
from neve.foreign.table import Problems, Table, shown


@dataclass(frozen=True, kw_only=True)
class Index:
    """An index: its name, where it has one, and its URL, perhaps with credentials.

    ``flat``: one page lists all files. ``include`` and ``exclude`` are patterns of names that it is asked for, or not.
    ``replaces_default``: the default index is not asked then.
    """

    url: str
    name: str | None = None
    flat: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    replaces_default: bool = False

    def has(self, name: str) -> bool:
        """Whether the project lets it be asked for the package ``name``."""
        if any(fnmatchcase(name, pattern) for pattern in self.include):
            return True
        return not self.include and not any(fnmatchcase(name, pattern) for pattern in self.exclude)


def indexes(kind: str, directory: Path, environ: Mapping[str, str]) -> list[tuple[str | None, str]]:
    """Name and URL, perhaps with credentials, of each index that the project in ``directory`` names. Raises NeveError.

    What is fetched later comes from the same servers, and needs the same credentials.
    """
    from neve.foreign.read import read_wishes_data

    return [(index.name, index.url) for index in project_indexes(kind, read_wishes_data(kind, directory), environ)]


def project_indexes(kind: str, data: Mapping[str, Any], environ: Mapping[str, str]) -> list[Index]:
    """The indexes that a parsed pyproject.toml or Pipfile of ``kind`` names. Raises NeveError for malformed ones."""
    problems = Problems("Pipfile" if kind == "pipenv" else "pyproject.toml", "give it as pip takes it")
    top = Table(data, "", problems)
    tables = {
        "poetry": lambda: top.table("tool").table("poetry").tables("source"),
        "pdm": lambda: top.table("tool").table("pdm").tables("source"),
        "pipenv": lambda: top.tables("source"),
    }
    found = [index for table in tables[kind]() for index in _index(kind, table, environ)]
    problems.raise_any()
    return found


def _index(kind: str, table: Table, environ: Mapping[str, str]) -> Iterator[Index]:
    name, text = table.text("name"), table.text("url")
    if text is None:
        # Poetry knows where its own default is, and PDM's credentials may stand for themselves.
        if kind == "pipenv":
            table.problem("there is no URL", "url")
        return
    url = expanded(kind, text, environ)
    if problem := variable_problem(kind, text) or url_problem(url):
        table.problem(f"{shown(redacted(url))} is not the URL of an index", "url", why=problem)
        return
    if kind == "poetry" and name:
        url = _with_poetry_credentials(url, name, environ)
    flat = table.text("type") == "find_links"
    yield Index(
        url=url,
        name=name,
        flat=flat,
        include=tuple(normalized_pattern(each) for each in table.texts("include_packages")),
        exclude=tuple(normalized_pattern(each) for each in table.texts("exclude_packages")),
        replaces_default=kind == "pdm" and name == "pypi" and not flat,
    )


def indexes_of(
    lock: ForeignLock,
    package: LockedPackage,
    known: Sequence[Index],
    default: Sequence[str],
    environ: Mapping[str, str],
) -> list[Index]:
    """Where the files of ``package`` may be, in the order in which they are asked.

    ``known`` are the project's indexes; ``default`` are those of uv, for what names none. Raises NeveError for an index
    that nobody defines.
    """
    source = package.source
    assert isinstance(source, Registry)  # noqa: S101 - what else has an index
    if source.url is not None:
        same = [index for index in known if same_place(index.url, source.url)]
        return same[:1] or [Index(url=source.url, name=source.name)]
    if lock.sources:  # Pipenv: the lock itself holds them
        locked = [Index(url=expanded("pipenv", each.url or "", environ), name=each.name) for each in lock.sources]
        texts = [each.url or "" for each in lock.sources]
        found = [*(variable_problem("pipenv", text) for text in texts), *(url_problem(index.url) for index in locked)]
        if problem := next(filter(None, found), None):
            raise NeveError(
                "an index has no URL that neve can ask",
                where=f"{lock.file}, _meta.sources",
                why=problem,
                fixes=[f"set the variables that the URL names, or mend it in the Pipfile, then `{lock.refresh}`"],
            )
        named = [index for index in locked if index.name == source.name]
        if source.name is not None and not named:
            raise NeveError(
                f"there is no index {shown(source.name)}",
                where=f"{lock.file}, {package.where}.index",
                fixes=[f"refresh it: `{lock.refresh}`"],
            )
        return named or locked
    replaced = any(index.replaces_default for index in known)
    # Poetry says where a package comes from, unless it is the default index.
    named = [] if lock.main_group == "main" else [index for index in known if index.has(package.name)]
    return [*named, *([] if replaced else [Index(url=url) for url in default])]


def expanded(kind: str, url: str, environ: Mapping[str, str]) -> str:
    """``url`` with the user and the password that its variables stand for, as the tool of ``kind`` has them: Poetry
    none, PDM ``${NAME}``, Pipenv also ``$NAME``. One that is not set stays as it is.
    """
    return url if kind == "poetry" else filled(url, environ, bare=kind == "pipenv")


def variable_problem(kind: str, url: str) -> str | None:
    """Why the variables of ``url`` stand in a wrong place; None where they do not."""
    variable = None if kind == "poetry" else misplaced_variable(url, bare=kind == "pipenv")
    if variable is None:
        return None
    return f"what {variable} stands for would be written into a lock: variables may be a user and a password alone"


def normalized_pattern(pattern: str) -> str:
    """``pattern`` of package names, in the normal form of names but for ``*`` and ``?``."""
    return normalized(pattern)


def _with_poetry_credentials(url: str, name: str, environ: Mapping[str, str]) -> str:
    """``url`` with what POETRY_HTTP_BASIC_<NAME>_USERNAME and _PASSWORD say, unless it has credentials itself."""
    key = re.sub(r"[^A-Z0-9]", "_", name.upper())
    user = environ.get(f"POETRY_HTTP_BASIC_{key}_USERNAME", "")
    password = environ.get(f"POETRY_HTTP_BASIC_{key}_PASSWORD", "")
    parts = urlsplit(url)
    if "@" in parts.netloc or not (user or password):
        return url
    place = f"{quote(user, safe='')}:{quote(password, safe='')}@{parts.netloc}"
    return urlunsplit((parts.scheme, place, parts.path, parts.query, ""))


def same_place(one: str, other: str) -> bool:
    """Whether two URLs of an index differ in credentials and a slash alone."""
    return _bare(one) == _bare(other)


def _bare(url: str) -> str:
    from neve.fetch.address import without_credentials

    return without_credentials(url).rstrip("/")


__all__ = ["Index", "expanded", "indexes", "indexes_of", "project_indexes", "same_place"]
