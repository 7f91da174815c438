from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.fetch import Fetcher
from neve.foreign.files import locate_archive
from neve.foreign.package import File, ForeignLock, LockedPackage, Url
from neve.progress import Silent
from tests.fetch.server import Step, serving
from tests.fetch.tls import serving_tls


def test_an_archive_whose_hash_is_learnt_comes_encrypted_all_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as plain, serving_tls(tmp_path, monkeypatch) as tls:
        plain.files["/a-1.0.zip"] = tls.files["/a-1.0.zip"] = b"a zip"
        tls.script["/out/a-1.0.zip"] = [Step(302, location=f"{plain.url}/a-1.0.zip")]
        lock = ForeignLock(file="poetry.lock", packages=(), inherited=True, main_group="main", refresh="poetry lock")
        fetcher = Fetcher(tmp_path, Silent())

        def located(path: str, *files: File) -> str:
            package = LockedPackage(name="a", version="1.0", source=Url(url=tls.url + path), files=files)
            return locate_archive(lock, package, tmp_path, fetcher).sha256

        assert located("/a-1.0.zip") == hashlib.sha256(b"a zip").hexdigest()
        assert located("/out/a-1.0.zip", File(sha256="ef" * 32)) == "ef" * 32, "it is verified when it is fetched"
        with pytest.raises(NeveError, match="not encrypted"):
            located("/out/a-1.0.zip")
