"""Which release of a base is taken for the Python that a project asks for; the bases share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from neve.errors import NeveError

if TYPE_CHECKING:
    from neve.project.project import PythonRequest


# The minor versions of CPython that uv manages, the newest first: what is taken where no exact one is asked for and
# the base's own do not fit. Others can be asked for by name; what there is of each, uv says when a project is locked.
MANAGED = ("3.15", "3.14", "3.13", "3.12", "3.11", "3.10", "3.9", "3.8")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A release of a base and the Python ("3.13") on it: the base's own, or one that uv manages (``managed``)."""

    release: str
    python: str
    freethreaded: bool = False
    managed: bool = False


def choose_python(
    offers: Mapping[str, Sequence[str]], request: PythonRequest, requires_python: str | None
) -> Choice | None:
    """The first release of ``offers`` with a Python that fits, and that Python; None where there is none.

    ``offers`` maps releases to their Pythons ("3.13", free-threaded "3.13t"), both in order of preference.
    """
    for release, pythons in offers.items():
        for python in pythons:
            if admits(request, requires_python, python):
                return Choice(release=release, python=python.removesuffix("t"), freethreaded=python.endswith("t"))
    return None


def choose_managed(release: str, request: PythonRequest, requires_python: str | None) -> Choice | None:
    """The Python of uv's on ``release`` that is asked for, or the newest that fits; None where none can fit."""
    for python in MANAGED if request.version is None else (request.version,):
        plain = python.removesuffix("t")
        if _meets(_both(request, requires_python), plain, patches=range(100)):
            return Choice(release=release, python=plain, freethreaded=python != plain, managed=True)
    return None


def admits(request: PythonRequest, requires_python: str | None, python: str) -> bool:
    """Whether the request and ``requires_python`` admit ``python`` ("3.13", "3.13t")."""
    return request.version in (None, python) and _meets(_both(request, requires_python), python.removesuffix("t"))


def _both(request: PythonRequest, requires_python: str | None) -> str:
    """The specifier sets of both: .python-version may have one of its own."""
    return ",".join(dict.fromkeys(filter(None, (request.specifier, requires_python))))


def asked(request: PythonRequest, requires_python: str | None) -> str | None:
    """The Python asked for, in the project's own words."""
    return request.version or request.specifier or requires_python


def no_python(
    what: str,
    all_offers: Mapping[str, Sequence[str]],
    request: PythonRequest,
    requires_python: str | None,
    *,
    kind: str,
    fixes: Sequence[str],
) -> NeveError:
    """The error ``what``, with the place of the request and what ``all_offers`` have; ``kind`` is their word. Where the
    request and ``requires_python`` admit none together, it is that.
    """
    table = "; ".join(f"{release}: {', '.join(pythons)}" for release, pythons in all_offers.items())
    having = f"the Pythons of the {kind}: {table}"
    version = request.version
    if version is not None and not _meets(requires_python, version.removesuffix("t"), patches=range(100)):
        return NeveError(
            f"Python {version} and requires-python {requires_python!r} contradict each other",
            where=_where(request.origin),
            why=f"requires-python {requires_python!r} does not admit {version}; {having}",
            fixes=["ask for one that requires-python admits, or for none", "or widen requires-python"],
        )
    return NeveError(what, where=_where(request.origin), why=having, fixes=fixes)


def _meets(requires_python: str | None, python: str, patches: Sequence[int] = (0, 99)) -> bool:
    from packaging.specifiers import SpecifierSet

    # A release keeps its minor version and moves to newer patch levels: a bound on the patch level is uv's to judge.
    specifiers = SpecifierSet(requires_python or "")
    return any(specifiers.contains(f"{python}.{patch}", prereleases=True) for patch in patches)


def _where(origin: str) -> str:
    return f"pyproject.toml, {origin}" if "." in origin.lstrip(".") and " " not in origin else origin


__all__ = ["MANAGED", "Choice", "admits", "asked", "choose_managed", "choose_python", "no_python"]
