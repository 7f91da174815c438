"""Which release of nixpkgs an image is made of: the one asked for, or one that has the Python asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neve.bases.nixpkgs.releases import DEFAULT_RELEASE, RELEASES, Release, find_release
from neve.bases.pythons import Choice, admits, asked, choose_managed, choose_python, no_python
from neve.errors import NeveError

if TYPE_CHECKING:
    from neve.project.project import PythonRequest


def choose_release(release: str | None, request: PythonRequest, requires_python: str | None) -> Choice:
    """The release and its Python: of ``release``, else of the default one, then the newest numbered ones.

    A release's default Python goes before others. Raises NeveError where none has a Python that the request and
    ``requires_python`` admit.
    """
    releases = [find_release(release)] if release else _preferred()
    chosen = choose_python({one.name: one.offers for one in releases}, request, requires_python)
    if chosen is None:
        raise _nothing_fits(releases, request, requires_python)
    return chosen


def _preferred() -> list[Release]:
    """The default, then as the table has them: numbered releases, the newest first, then what moves."""
    return sorted(RELEASES.values(), key=lambda release: release.name != DEFAULT_RELEASE)


def _nothing_fits(releases: list[Release], request: PythonRequest, requires_python: str | None) -> NeveError:
    wanted = asked(request, requires_python)
    offers = {release.name: release.offers for release in _preferred()}
    others = (
        ['or base = "debian": there neve takes the interpreters that uv manages']
        if choose_managed(releases[0].name, request, requires_python)
        else []
    )
    if len(releases) > 1:
        return no_python(
            f"no release of nixpkgs has Python {wanted}",
            offers,
            request,
            requires_python,
            kind="releases",
            fixes=['ask for one that there is, with `python = "3.13"` under [tool.neve] or requires-python', *others],
        )
    (release,) = releases
    having = [name for name, pythons in offers.items() if any(admits(request, requires_python, p) for p in pythons)]
    fixes = [f"take a Python that {release.name} has: {', '.join(release.offers)}"]
    if having:
        fixes.append("or a release that has it: " + " or ".join(f'release = "{name}"' for name in having))
    fixes += others
    return no_python(
        f"nixpkgs {release.name} has no Python {wanted}",
        offers,
        request,
        requires_python,
        kind="releases",
        fixes=fixes,
    )


__all__ = ["choose_release"]
