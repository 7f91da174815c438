"""Whether Nix takes the flake.lock that neve writes as its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from neve.bases.nixpkgs.pin import flake_lock
from neve.bases.nixpkgs.releases import Pin
from neve.nix.call import add_directory, evaluate
from neve.nix.find import Nix
from neve.nix.process import capture

pytestmark = pytest.mark.build

REV = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def pin(nix: Nix, tmp_path: Path) -> Pin:
    """A pin of something that lies in the store: Nix looks there by the hash before it asks the network."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "flake.nix").write_text('{ outputs = _: { answer = "found"; }; }\n')
    path = add_directory(nix, tree, "source")
    said = capture(nix.invocation("path-info", "--json", path), environment=nix.environment())
    known = json.loads(said.out)
    (info,) = known.values() if isinstance(known, dict) else known  # a list before Nix 2.19
    return Pin(release="26.05", rev=REV, nar_hash=info["narHash"], last_modified=1000)


def a_flake(directory: Path, lock: str) -> Path:
    directory.mkdir()
    (directory / "flake.nix").write_text(
        f'{{ inputs.nixpkgs.url = "github:NixOS/nixpkgs/{REV}"; outputs = i: {{ answer = i.nixpkgs.answer; }}; }}\n'
    )
    (directory / "flake.lock").write_text(lock)
    return directory


@pytest.mark.parametrize("date", [1000, None], ids=["dated", "undated"])
def test_nix_takes_it_as_it_is(nix: Nix, pin: Pin, tmp_path: Path, date: int | None) -> None:
    text = flake_lock(Pin(release=pin.release, rev=pin.rev, nar_hash=pin.nar_hash, last_modified=date))
    flake = a_flake(tmp_path / "flake", text)
    assert evaluate(nix, f"path:{flake}#answer", offline=True, extra=["--no-update-lock-file"]) == "found"
    assert evaluate(nix, f"{flake}#answer", offline=True) == "found"
    assert (flake / "flake.lock").read_text() == text


@pytest.mark.parametrize("date", [1000, None], ids=["dated", "undated"])
def test_it_is_what_nix_would_write(nix: Nix, pin: Pin, tmp_path: Path, date: int | None) -> None:
    text = flake_lock(Pin(release=pin.release, rev=pin.rev, nar_hash=pin.nar_hash, last_modified=date))
    # With an input that is gone Nix writes the whole file anew.
    stale = json.loads(text)
    stale["nodes"]["gone"] = stale["nodes"]["nixpkgs"]
    stale["nodes"]["root"]["inputs"]["gone"] = "gone"
    flake = a_flake(tmp_path / "flake", json.dumps(stale))
    said = capture(nix.invocation("flake", "lock", "--offline", str(flake)), environment=nix.environment())
    assert said.status == 0, said.err.decode()
    assert (flake / "flake.lock").read_text() == text
