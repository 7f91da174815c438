from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.fetch import Fetcher
from neve.progress import Silent
from tests.fetch.server import Server, Step, serving
from tests.fetch.tls import serving_tls


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as running:
        running.files["/plain"] = b"anybody's"
        yield running


@pytest.fixture
def tls(plain: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving_tls(tmp_path, monkeypatch) as running:
        running.files["/here"] = b"its own"
        to = {"/out": f"{plain.url}/plain", "/around": "/out", "/within": "/here"}
        running.script = {path: [Step(302, location=location)] for path, location in to.items()}
        yield running


@pytest.mark.parametrize("path", ["/out", "/around"])
def test_what_must_be_secure_is_not_read_without_encryption(
    plain: Server, tls: Server, tmp_path: Path, path: str
) -> None:
    with pytest.raises(NeveError, match="cannot read") as caught:
        Fetcher(tmp_path, Silent()).get(tls.url + path, secure=True)
    assert caught.value.why is not None
    assert f"it redirects to {plain.url}/plain, which is not encrypted" in caught.value.why
    assert caught.value.fixes == ("name a server that stays with https",)


def test_redirects_that_are_followed(plain: Server, tls: Server, tmp_path: Path) -> None:
    fetcher = Fetcher(tmp_path, Silent())
    assert fetcher.get(f"{tls.url}/within", secure=True) == b"its own"
    assert fetcher.get(f"{tls.url}/out") == b"anybody's", "the caller verifies it"
    assert fetcher.get(f"{plain.url}/plain", secure=True) == b"anybody's", "it never was encrypted"
