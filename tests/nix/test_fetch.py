"""What the Nix library makes of a pin lies where neve puts it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from neve.nix.store_path import directory_path, fixed_path
from neve.render.quote import nix
from neve.resources import nix_library

Instantiate = Callable[[Sequence[str]], str]
Place = Callable[[Mapping[str, object]], str]


@pytest.fixture
def place(nix_instantiate: Instantiate, tmp_path: Path) -> Place:
    """The store path of a pin, in a project that is the test's directory."""
    library = nix_library()

    def call(pin: Mapping[str, object]) -> str:
        fetch = f"import {library}/common/fetch.nix {{ root = {tmp_path}; git = import {library}/debian/git.nix; }}"
        text = f'let found = {fetch} {nix(pin)}; in found.outPath or "${{found}}"'
        return str(json.loads(nix_instantiate(["--eval", "--strict", "--json", "--expr", text])))

    return call


def test_a_file_of_the_project(place: Place, tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor/it's ${x}.whl").write_bytes(b"wheel")
    pin = {"name": "a-1.0.whl", "path": "vendor/it's ${x}.whl", "sha256": hashlib.sha256(b"wheel").hexdigest()}
    assert place(pin) == fixed_path("a-1.0.whl", str(pin["sha256"]))
    with pytest.raises(AssertionError, match="store path mismatch"):
        place({**pin, "sha256": hashlib.sha256(b"another").hexdigest()})


def test_a_file_of_an_index_has_the_same_path(place: Place) -> None:
    digest = hashlib.sha256(b"wheel").hexdigest()
    assert place({"name": "a.whl", "url": "https://files.example/a.whl", "sha256": digest}) == fixed_path(
        "a.whl", digest
    )


def test_a_commit(place: Place) -> None:
    digest = hashlib.sha256(b"tree").digest()
    sri = f"sha256-{base64.b64encode(digest).decode()}"
    pin = {"name": "lib", "url": "https://code.example/lib", "rev": "0" * 40, "hash": sri}
    assert place(pin) == directory_path("source", digest.hex())


def test_a_directory_is_its_named_files(place: Place, tmp_path: Path) -> None:
    for name in ("pyproject.toml", "lib.py", "secret"):
        (tmp_path / "lib").mkdir(exist_ok=True)
        (tmp_path / "lib" / name).write_text(name)
    files = ["lib.py", "pyproject.toml"]
    before = place({"directory": "lib", "files": files})
    (tmp_path / "lib/secret").write_text("changed")
    assert place({"directory": "lib", "files": files}) == before
    (tmp_path / "lib/lib.py").write_text("changed")
    assert place({"directory": "lib", "files": files}) != before
    assert place({"directory": "lib", "files": None}) not in (before, place({"directory": "lib", "files": files}))
