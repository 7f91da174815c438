"""Which suite an image is made of: the one asked for, or the one that has the Python asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neve.bases.debian.suites import DEFAULT_SUITE, SUITES, Suite, find_suite
from neve.errors import NeveError

if TYPE_CHECKING:
    from neve.project.project import PythonRequest


def choose_suite(release: str | None, request: PythonRequest, requires_python: str | None) -> tuple[Suite, str]:
    """The suite and its Python ("3.13"): of ``release``, else of the default suite, stable ones, then testing.

    Raises NeveError where no suite has a Python that the request and ``requires_python`` admit.
    """
    suites = [find_suite(release)] if release else _preferred()
    for suite in suites:
        for python in suite.pythons:
            if _admits(request, requires_python, python):
                return suite, python
    raise _nothing_fits(suites, request, requires_python)


def _preferred() -> list[Suite]:
    return sorted(SUITES.values(), key=lambda suite: (suite.codename != DEFAULT_SUITE, int(suite.version) > 13))


def _admits(request: PythonRequest, requires_python: str | None, python: str) -> bool:
    return request.version in (None, python) and _meets(requires_python, python)


def _meets(requires_python: str | None, python: str) -> bool:
    from packaging.specifiers import SpecifierSet

    # A suite keeps its minor version and moves to newer patch levels: a bound on the patch level is uv's to judge.
    specifiers = SpecifierSet(requires_python or "")
    return any(specifiers.contains(f"{python}.{patch}", prereleases=True) for patch in (0, 99))


def _nothing_fits(suites: list[Suite], request: PythonRequest, requires_python: str | None) -> NeveError:
    asked = request.version or request.specifier or requires_python
    table = "; ".join(f"{suite.codename}: {', '.join(suite.pythons)}" for suite in SUITES.values())
    refused = request.version is not None and not _meets(requires_python, request.version)
    conflict = f"; requires-python {requires_python!r} does not admit {request.version}" if refused else ""
    what = (
        f"the suite {suites[0].codename} has no Python {asked}"
        if len(suites) == 1
        else f"no Debian suite has Python {asked}"
    )
    fixes = [
        'ask for one that there is, with `python = "3.13"` under [tool.neve], in .python-version or requires-python',
        *(["or leave `release` out, and neve takes the suite that has it"] if len(suites) == 1 else []),
    ]
    return NeveError(
        what, where=_where(request.origin), why=f"the Pythons of the suites: {table}{conflict}", fixes=fixes
    )


def _where(origin: str) -> str:
    return f"pyproject.toml, {origin}" if "." in origin.lstrip(".") else origin


__all__ = ["choose_suite"]
