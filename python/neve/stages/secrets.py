"""Credentials that the text of a lock holds: they are for the fetch, and stand in nothing that is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from neve.session import Session

_URL = re.compile(r"""https?://[^\s"'/@]+@[^\s"']+""")


def learn_credentials(session: Session, pylock: str) -> None:
    """Let the fetcher know what the URLs of ``pylock`` have before an @; what is chosen of it has no credentials."""
    for url in dict.fromkeys(_URL.findall(pylock)):
        session.fetcher.learn(url)


__all__ = ["learn_credentials"]
