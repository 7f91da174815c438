from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from neve.lock.model import DebPin, Lock, WheelPin
from tests.projects import a_deb, a_lock, a_wheel_pin


def test_where_a_package_lies() -> None:
    base = a_lock().debian[0]
    main, security = base.packages["base"]
    assert base.url(main) == "https://deb.example/debian/pool/main/b/base-files/base-files_13.8_amd64.deb"
    assert base.url(security) == "https://deb.example/debian-security/pool/main/l/libc6/libc6_2.41-12_amd64.deb"


def test_a_file_name_has_only_what_a_store_path_may_have() -> None:
    pin = a_deb("python3.13").model_copy(update={"path": "pool/main/p/python3_1%3a3.13~rc1:x_amd64.deb"})
    assert pin.file == "python3_1-3a3.13-rc1-x_amd64.deb"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", '"; rm'),
        ("name", "a\n"),
        ("name", ""),
        ("name", ".."),
        ("version", "1 2"),
        ("version", "$(id)"),
        ("archive", "contrib"),
        ("path", "../x.deb"),
        ("path", "pool/../../x.deb"),
        ("path", "/pool/x.deb"),
        ("path", "pool/x.deb\n"),
        ("path", "pool/$x.deb"),
        ("path", "pool/x.rpm"),
        ("path", "pool//x.deb"),
        ("sha256", "A" * 64),
        ("sha256", "a" * 63),
        ("sha256", "a" * 64 + "\n"),
        ("size", -1),
        ("more", 1),
    ],
)
def test_debian_pins_that_are_refused(key: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        DebPin.model_validate({**a_deb("x").model_dump(), key: value})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("file", "x-1.0.tar.gz"),
        ("file", "../x-1.0-py3-none-any.whl"),
        ("file", "x-1.0-py3-none-$(id).whl"),
        ("file", "x-1.0-py3-none-any.whl\n"),
        ("url", "ftp://files.example/x.whl"),
        ("url", "https://files.example/${x}"),
        ("url", "https://files.example/x'y"),
        ("url", "https://files.example/x y"),
        ("url", "https://files.example/x\n"),
        ("url", "https://someone:s3cret@files.example/x"),
        ("sha256", ""),
    ],
)
def test_wheel_pins_that_are_refused(key: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        WheelPin.model_validate({**a_wheel_pin("x").model_dump(), key: value})


@pytest.mark.parametrize(
    "url", ["https://files.example/x#sha256=0", "file:///srv/x", "http://127.0.0.1:8/a@b", "https://h.example/x?y=1&z"]
)
def test_urls_that_are_taken(url: str) -> None:
    assert WheelPin.model_validate({**a_wheel_pin("x").model_dump(), "url": url}).url == url


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "nixpkgs"),
        ("architecture", "riscv64"),
        ("python", "3.13"),
        ("python", "3.13.5-2"),
        ("packages", {"other": []}),
        ("main", "deb.example"),
    ],
)
def test_bases_that_are_refused(key: str, value: Any) -> None:
    data = a_lock().model_dump()
    data["base"][key] = value
    with pytest.raises(ValidationError):
        Lock.model_validate(data)


def test_a_lock_is_frozen() -> None:
    with pytest.raises(ValidationError):
        a_lock().inputs = ""  # type: ignore[misc]
