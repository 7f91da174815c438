"""Which suite an image is made of, and whose Python: a suite that has the one asked for, else one that uv manages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neve.bases.debian.suites import DEFAULT_SUITE, SUITES, Suite, find_suite
from neve.bases.pythons import Choice, asked, choose_managed, choose_python, no_python
from neve.errors import NeveError

if TYPE_CHECKING:
    from neve.project.project import PythonRequest


def choose_suite(
    release: str | None, request: PythonRequest, requires_python: str | None, interpreter: str | None = None
) -> Choice:
    """The suite and the Python: of ``release``, else of the default suite, stable ones, then testing.

    Where none of them has one that fits, or where ``interpreter`` is "uv", it is one that uv manages, on ``release`` or
    the default suite; "base" forbids that. Raises NeveError where the request and ``requires_python`` admit none.
    """
    suites = [find_suite(release)] if release else _preferred()
    chosen = None
    if interpreter != "uv":
        chosen = choose_python({suite.codename: suite.pythons for suite in suites}, request, requires_python)
    if chosen is None and interpreter != "base":
        chosen = choose_managed(suites[0].codename, request, requires_python)
    if chosen is None:
        raise _nothing_fits(suites, request, requires_python, interpreter)
    return chosen


def _preferred() -> list[Suite]:
    return sorted(SUITES.values(), key=lambda suite: (suite.codename != DEFAULT_SUITE, int(suite.version) > 13))


def _nothing_fits(
    suites: list[Suite], request: PythonRequest, requires_python: str | None, interpreter: str | None
) -> NeveError:
    wanted = asked(request, requires_python)
    what = (
        f"the suite {suites[0].codename} has no Python {wanted}"
        if len(suites) == 1
        else f"no Debian suite has Python {wanted}"
    )
    fixes = [
        'ask for one that there is, with `python = "3.13"` under [tool.neve], in .python-version or requires-python',
        *(["or leave `release` out, and neve takes the suite that has it"] if len(suites) == 1 else []),
        *(
            ['or take `interpreter = "base"` out: uv has Pythons that Debian lacks']
            if interpreter == "base" and choose_managed(suites[0].codename, request, requires_python)
            else []
        ),
    ]
    offers = {suite.codename: suite.pythons for suite in SUITES.values()}
    return no_python(what, offers, request, requires_python, kind="suites", fixes=fixes)


__all__ = ["choose_suite"]
