from __future__ import annotations

import pytest

from neve.fetch import redacted


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://mirror.example/debian", "https://mirror.example/debian"),
        ("https://me:secret@mirror.example:8443/a", "https://mirror.example:8443/a"),
        ("https://token@mirror.example/a?sig=secret#secret", "https://mirror.example/a?***"),
        ("https://me:s@cret@mirror.example/a", "https://mirror.example/a"),
        ("http://[::1/a", "(a malformed URL)"),
        ("file:///a b", "file:///a b"),
    ],
)
def test_redacted(url: str, shown: str) -> None:
    assert redacted(url) == shown
