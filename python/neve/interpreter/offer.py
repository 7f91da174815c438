"""What uv offers of CPython, and which of it is taken: the newest patch level that the project admits."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from neve.errors import NeveError
from neve.fetch.address import without_credentials

if TYPE_CHECKING:
    from packaging.version import Version

_VERSION = re.compile(r"3\.[0-9]+\.[0-9]+((a|b|rc)[0-9]+)?\Z")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*\.tar\.gz\Z")
_BUILD = re.compile(r"\+([0-9]{8}(?:T[0-9]{4})?)-")
_KEY = re.compile(r"cpython-[A-Za-z0-9._+-]+\Z")
_URL = re.compile(r"(https?|file)://[^\s\"'\\$`{}@/]*/[^\s\"'\\$`{}]*\Z")
_SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A CPython that uv can fetch: uv's ``key`` for it, its full version, its archive's URL without credentials."""

    key: str
    version: str
    freethreaded: bool
    url: str

    @property
    def file(self) -> str:
        """The archive's file name."""
        return unquote(self.url.rpartition("/")[2])

    @property
    def build(self) -> str | None:
        """Which build of this version it is; None where the file name does not tell."""
        found = _BUILD.search(self.file)
        return found[1] if found else None


def read_offers(text: str, architecture: str) -> tuple[Offer, ...]:
    """The CPythons for Linux with glibc on ``architecture`` in uv's answer, its order kept.

    Left out is what neve does not unpack: other implementations, debug builds, and archives that are no .tar.gz (those
    of ``install_only`` are). Raises NeveError for text that is no such answer.
    """
    try:
        data = json.loads(text)
        if not isinstance(data, list):
            raise TypeError("it is no list")
        found = [offer for each in data if (offer := _offer(each, architecture)) is not None]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NeveError(
            "uv's list of Pythons cannot be read",
            where="uv python list --output-format json",
            why=f"{type(error).__name__}: {error}",
            fixes=["pip install --upgrade uv, where neve is installed"],
        ) from None
    return tuple(found)


def _offer(entry: dict[str, Any], architecture: str) -> Offer | None:
    if (entry["implementation"], entry["os"], entry["libc"]) != ("cpython", "linux", "gnu"):
        return None
    variant = entry.get("variant", "default")
    if entry["arch"] != architecture or variant not in ("default", "freethreaded") or not entry.get("url"):
        return None
    version, key = str(entry["version"]), str(entry["key"])
    offer = Offer(
        key=key, version=version, freethreaded=variant == "freethreaded", url=without_credentials(entry["url"])
    )
    fits = _VERSION.match(version) and _KEY.match(key) and _URL.match(offer.url) and _FILE.match(offer.file)
    return offer if fits else None


def choose_offer(
    offers: Sequence[Offer], python: str, *, freethreaded: bool, requires_python: str | None, architecture: str
) -> Offer:
    """The newest of ``offers`` for ``python`` ("3.12") that ``requires_python`` admits, a release before what is to
    become one. Raises NeveError where there is none, with the nearest that there are.
    """
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    named = f"{'free-threaded ' if freethreaded else ''}CPython {python}"
    of_minor = [o for o in offers if o.freethreaded == freethreaded and o.version.startswith(f"{python}.")]
    if not of_minor:
        raise _unknown(offers, named, python, freethreaded=freethreaded, architecture=architecture)
    admitted = SpecifierSet(requires_python or "")
    fitting = [offer for offer in of_minor if admitted.contains(offer.version, prereleases=True)]
    if not fitting:
        raise NeveError(
            f"uv has no {named} that requires-python {requires_python!r} admits",
            where="pyproject.toml, project.requires-python",
            why=f"it has {_listed([o.version for o in of_minor])} for {architecture}",
            fixes=["widen requires-python, or take another Python under [tool.neve]"],
        )
    return max(fitting, key=lambda offer: _rank(Version(offer.version)))


def _rank(version: Version) -> tuple[bool, Version]:
    return not version.is_prerelease, version


def _unknown(offers: Sequence[Offer], named: str, python: str, *, freethreaded: bool, architecture: str) -> NeveError:
    """uv knows no ``named``; the nearest minor versions that it has, of the same kind before the other."""
    alike = {_minor(o.version) for o in offers if o.freethreaded == freethreaded}
    wanted = _minor(f"{python}.0")
    near = sorted(alike, key=lambda minor: (abs(minor - wanted), -minor))
    names = [f"3.{minor}{'t' if freethreaded else ''}" for minor in near]
    return NeveError(
        f"uv has no {named} for {architecture}",
        where="uv python list --only-downloads",
        why=f"the nearest that it has: {_listed(names)}" if names else "it has none for this architecture",
        fixes=[
            *([f'python = "{names[0]}" under [tool.neve]'] if names else []),
            "a newer uv knows newer ones: pip install --upgrade uv, where neve is installed",
            "UV_PYTHON_DOWNLOADS_JSON_URL, where it is set, may lead to a list that lacks it",
        ],
    )


def _minor(version: str) -> int:
    return int(version.split(".")[1])


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


__all__ = ["Offer", "choose_offer", "read_offers"]
