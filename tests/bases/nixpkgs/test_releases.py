from __future__ import annotations

import itertools
import re

import pytest

from neve.bases.nixpkgs.releases import DEFAULT_RELEASE, RELEASES, Release, find_release
from neve.cuda.table import newest_gcc
from neve.dotted import numbers
from neve.errors import NeveError
from neve.nix.nix import OLDEST

every_release = pytest.mark.parametrize("release", RELEASES.values(), ids=lambda release: release.name)


def test_the_releases_there_are() -> None:
    assert list(RELEASES) == ["26.05", "25.11", "25.05", "24.11", "nixos-unstable"]
    assert find_release(DEFAULT_RELEASE).python == "3.13"
    assert find_release("24.11").gcc == 13


@every_release
def test_a_release_is_whole(release: Release) -> None:
    assert release.gcc in release.gccs
    assert release.cuda in release.cudas
    assert release.python == release.pythons[0]
    assert list(release.pythons[1:]) == sorted(release.pythons[1:], key=numbers, reverse=True)
    for versions in (release.pythons, release.cudas, release.gccs):
        assert len(set(versions)) == len(versions)
    assert list(release.cudas) == sorted(release.cudas, key=numbers)
    assert release.glibc == (2, 40)
    assert {*release.floors} == {*release.pythons}
    for python, floor in release.floors.items():
        assert re.fullmatch(re.escape(python) + r"\.[0-9]+", floor)


def test_no_floor_is_above_that_of_a_later_release() -> None:
    numbered = sorted((name for name in RELEASES if name[0].isdigit()), key=numbers)
    for older, newer in [*itertools.pairwise(numbered), (numbered[-1], "nixos-unstable")]:
        for python in {*RELEASES[older].floors} & {*RELEASES[newer].floors}:
            floors = [int(RELEASES[name].floors[python].rpartition(".")[2]) for name in (older, newer)]
            assert floors == sorted(floors)


@every_release
def test_pins_are_what_a_flake_lock_takes_and_the_newest_is_last(release: Release) -> None:
    for pin in release.pins:
        assert pin.release == release.name
        assert re.fullmatch(r"[0-9a-f]{40}", pin.rev)
        assert re.fullmatch(r"sha256-[A-Za-z0-9+/]{43}=", pin.nar_hash)
    dates = [pin.last_modified or 0 for pin in release.pins]
    assert dates == sorted(dates)
    assert release.newest_pin == release.pins[-1]


def test_no_state_of_nixpkgs_is_two_releases() -> None:
    pins = [pin for release in RELEASES.values() for pin in release.pins]
    assert len({pin.rev for pin in pins}) == len({pin.nar_hash for pin in pins}) == len(pins)


@every_release
def test_each_cuda_has_a_compiler_that_it_accepts(release: Release) -> None:
    assert all(newest_gcc(version) >= min(release.gccs) for version in release.cudas)


@every_release
def test_the_nix_that_neve_takes_is_new_enough(release: Release) -> None:
    # find_nix refuses an older one. A release that needs a newer Nix than that needs a check of its own.
    assert release.oldest_nix <= OLDEST
    assert (release.oldest_nix == (2, 18)) == (release.name not in ("24.11", "25.05"))


@pytest.mark.parametrize(
    ("name", "near"), [("unstable", "nixos-unstable"), ("25.10", "25.11"), ("26.5", "26.05"), ("26.11", "26.05")]
)
def test_others_are_refused_with_the_nearest_and_all(name: str, near: str) -> None:
    with pytest.raises(NeveError, match="no release of nixpkgs") as caught:
        find_release(name)
    assert caught.value.fixes[0] == f"did you mean {near!r}?"
    assert caught.value.fixes[1].endswith(", ".join(RELEASES))


@pytest.mark.parametrize("name", ["trixie", "", "9"])
def test_what_is_near_to_nothing_gets_the_list(name: str) -> None:
    with pytest.raises(NeveError) as caught:
        find_release(name)
    assert caught.value.fixes[0].startswith("use one of: 26.05")
    assert ('a Debian suite needs base = "debian"' in caught.value.fixes) == (name == "trixie")
