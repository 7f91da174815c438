from __future__ import annotations

import json
from dataclasses import replace

import pytest

from neve.bases.nixpkgs.pin import choose_pin, flake_lock
from neve.bases.nixpkgs.releases import Pin, find_release
from neve.errors import NeveError

RELEASE = find_release("26.05")
REV = "0123456789abcdef0123456789abcdef01234567"
HASH = f"sha256-{'A' * 43}="
WHERE = "pyproject.toml, tool.neve.nixpkgs"


def a_pin(release: str = "26.05", date: int | None = 1000) -> Pin:
    return Pin(release=release, rev=REV, nar_hash=HASH, last_modified=date)


def chosen(
    *, rev: str | None = None, nar_hash: str | None = None, held: Pin | None = None, upgrade: bool = False
) -> Pin:
    return choose_pin(RELEASE, rev=rev, nar_hash=nar_hash, held=held, upgrade=upgrade, where=WHERE)


def test_the_newest_of_the_table() -> None:
    assert chosen() == RELEASE.newest_pin


def test_a_later_pin_of_the_table_is_the_newest() -> None:
    table = replace(RELEASE, pins=(*RELEASE.pins, a_pin(date=2_000_000_000)))
    assert choose_pin(table, rev=None, nar_hash=None, held=None, upgrade=False, where=WHERE).rev == REV


@pytest.mark.parametrize("date", [1000, None, 2_000_000_000])
def test_what_a_lock_holds_stays(date: int | None) -> None:
    assert chosen(held=a_pin(date=date)) == a_pin(date=date)


@pytest.mark.parametrize("date", [1000, None])
def test_an_upgrade_moves_to_the_newest(date: int | None) -> None:
    assert chosen(held=a_pin(date=date), upgrade=True) == RELEASE.newest_pin


def test_an_upgrade_does_not_move_back() -> None:
    held = a_pin(date=2_000_000_000)
    assert chosen(held=held, upgrade=True) == held


def test_a_pin_of_another_release_goes() -> None:
    assert chosen(held=a_pin("25.11", date=2_000_000_000)) == RELEASE.newest_pin


@pytest.mark.parametrize("upgrade", [False, True])
def test_what_is_configured_goes_first(upgrade: bool) -> None:
    held = RELEASE.newest_pin
    assert chosen(rev=REV, nar_hash=HASH, held=held, upgrade=upgrade) == a_pin(date=None)


@pytest.mark.parametrize(
    ("rev", "nar_hash", "what", "reference"),
    [
        (REV, None, "a rev of nixpkgs without its narHash", REV),
        (None, HASH, "a narHash of nixpkgs without its rev", "REV"),
        ("nixos-26.05", HASH, "'nixos-26.05' is no rev of nixpkgs", "REV"),
        (REV[:12], HASH, f"'{REV[:12]}' is no rev of nixpkgs", "REV"),
        (REV, "sha256-AAAA=", "'sha256-AAAA=' is no narHash", REV),
        (REV, "", "'' is no narHash", REV),
        (REV, HASH + "\n", "is no narHash", REV),
    ],
)
def test_half_a_pin(rev: str | None, nar_hash: str | None, what: str, reference: str) -> None:
    with pytest.raises(NeveError) as caught:
        chosen(rev=rev, nar_hash=nar_hash, held=a_pin())
    assert what in caught.value.what
    assert caught.value.where == WHERE
    assert f"`nix flake metadata github:NixOS/nixpkgs/{reference} --json`" in caught.value.fixes[0]


def test_the_lock_says_where_nixpkgs_is_and_what_it_must_be() -> None:
    lock = json.loads(flake_lock(a_pin()))
    node = lock["nodes"]["nixpkgs"]
    where = {"owner": "NixOS", "repo": "nixpkgs", "rev": REV, "type": "github"}
    assert node == {"locked": {"lastModified": 1000, "narHash": HASH, **where}, "original": where}
    assert lock["nodes"][lock["root"]]["inputs"] == {"nixpkgs": "nixpkgs"}
    assert "lastModified" not in flake_lock(a_pin(date=None))
