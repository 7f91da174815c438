"""Which release of a base is taken for the Python that a project asks for; the bases share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from neve.errors import NeveError

if TYPE_CHECKING:
    from neve.project.project import PythonRequest


def choose_python(
    offers: Mapping[str, Sequence[str]], request: PythonRequest, requires_python: str | None
) -> tuple[str, str] | None:
    """The first release of ``offers`` with a Python ("3.13") that fits, and that Python; None where there is none.

    ``offers`` maps releases to their Pythons, both in order of preference.
    """
    for release, pythons in offers.items():
        for python in pythons:
            if admits(request, requires_python, python):
                return release, python
    return None


def admits(request: PythonRequest, requires_python: str | None, python: str) -> bool:
    """Whether the request and ``requires_python`` admit ``python`` ("3.13")."""
    return request.version in (None, python) and _meets(requires_python, python)


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
    """The error ``what``, with the place of the request and what ``all_offers`` have; ``kind`` is their word."""
    table = "; ".join(f"{release}: {', '.join(pythons)}" for release, pythons in all_offers.items())
    refused = request.version is not None and not _meets(requires_python, request.version)
    conflict = f"; requires-python {requires_python!r} does not admit {request.version}" if refused else ""
    return NeveError(
        what, where=_where(request.origin), why=f"the Pythons of the {kind}: {table}{conflict}", fixes=fixes
    )


def _meets(requires_python: str | None, python: str) -> bool:
    from packaging.specifiers import SpecifierSet

    # A release keeps its minor version and moves to newer patch levels: a bound on the patch level is uv's to judge.
    specifiers = SpecifierSet(requires_python or "")
    return any(specifiers.contains(f"{python}.{patch}", prereleases=True) for patch in (0, 99))


def _where(origin: str) -> str:
    return f"pyproject.toml, {origin}" if "." in origin.lstrip(".") else origin


__all__ = ["admits", "asked", "choose_python", "no_python"]
