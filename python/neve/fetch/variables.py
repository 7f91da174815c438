"""Variables of the environment in URLs: they stand for a user and a password, and for nothing that is written down."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

_BRACED = re.compile(r"\$\{(?P<braced>[A-Za-z0-9_]+)\}")  # as pip, uv and PDM have them
_ANY = re.compile(r"\$(?:\{(?P<braced>[A-Za-z0-9_]+)\}|(?P<bare>[A-Za-z_][A-Za-z0-9_]*))")  # as Pipenv has them
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,30})://(?P<place>[^\s/?#\"']*)(?P<rest>[^\s\"']*)")
# user:password@, or a user that is a token: forges take theirs in the place of the user.
_PASSWORD = re.compile(r"://([^/@\s:]*:[^/@\s]+|(gh[a-z]_|github_pat_|glpat-)[^/@\s:]+|[A-Za-z0-9_-]{32,})@")
_IN_URLS = "/?#[]@\\ "


def filled(url: str, environ: Mapping[str, str], *, bare: bool = False) -> str:
    """``url`` with what ``environ`` has for the variables before its @; ``bare`` also for $NAME. One that is not set,
    or that stands elsewhere, stays as it is.
    """

    def value(match: re.Match[str]) -> str:
        found = environ.get(match["braced"] or match["bare"] if bare else match["braced"])
        # No character may end the user's part of the URL; what is encoded already stays.
        return match[0] if found is None else "".join(quote(c, safe="") if c in _IN_URLS else c for c in found)

    def of(match: re.Match[str]) -> str:
        user, at, host = match["place"].rpartition("@")
        return f"{match['scheme']}://{(_ANY if bare else _BRACED).sub(value, user)}{at}{host}{match['rest']}"

    return _URL.sub(of, url, count=1)


def misplaced_variable(text: str, *, bare: bool = False) -> str | None:
    """The first variable in a URL of ``text`` that is not before its @: its value would be written into locks, with
    the host, the path or the query that it is part of. Paths, and URLs of files, hold no secrets.
    """
    variable = _ANY if bare else _BRACED
    for match in _URL.finditer(text):
        if match["scheme"].lower() != "file":
            found = variable.search(match["place"].rpartition("@")[2] + match["rest"])
            if found is not None:
                return found[0]
    return None


def holds_password(text: str, *, bare: bool = False) -> bool:
    """Whether a URL in ``text`` has a password, or a token in the place of a user. A variable is none."""
    return _PASSWORD.search((_ANY if bare else _BRACED).sub("", text)) is not None


__all__ = ["filled", "holds_password", "misplaced_variable"]
