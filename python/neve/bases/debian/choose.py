"""Which suite an image is made of: the one asked for, or the one that has the Python asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neve.bases.debian.suites import DEFAULT_SUITE, SUITES, Suite, find_suite
from neve.bases.pythons import asked, choose_python, no_python
from neve.errors import NeveError

if TYPE_CHECKING:
    from neve.project.project import PythonRequest


def choose_suite(release: str | None, request: PythonRequest, requires_python: str | None) -> tuple[Suite, str]:
    """The suite and its Python ("3.13"): of ``release``, else of the default suite, stable ones, then testing.

    Raises NeveError where no suite has a Python that the request and ``requires_python`` admit.
    """
    suites = [find_suite(release)] if release else _preferred()
    chosen = choose_python({suite.codename: suite.pythons for suite in suites}, request, requires_python)
    if chosen is None:
        raise _nothing_fits(suites, request, requires_python)
    codename, python = chosen
    return SUITES[codename], python


def _preferred() -> list[Suite]:
    return sorted(SUITES.values(), key=lambda suite: (suite.codename != DEFAULT_SUITE, int(suite.version) > 13))


def _nothing_fits(suites: list[Suite], request: PythonRequest, requires_python: str | None) -> NeveError:
    wanted = asked(request, requires_python)
    what = (
        f"the suite {suites[0].codename} has no Python {wanted}"
        if len(suites) == 1
        else f"no Debian suite has Python {wanted}"
    )
    fixes = [
        'ask for one that there is, with `python = "3.13"` under [tool.neve], in .python-version or requires-python',
        *(["or leave `release` out, and neve takes the suite that has it"] if len(suites) == 1 else []),
    ]
    offers = {suite.codename: suite.pythons for suite in SUITES.values()}
    return no_python(what, offers, request, requires_python, kind="suites", fixes=fixes)


__all__ = ["choose_suite"]
