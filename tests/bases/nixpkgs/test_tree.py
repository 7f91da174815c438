"""nixpkgs out of a checkout, in a store of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from neve.bases.nixpkgs.tree import provide_tree
from neve.errors import NeveError
from neve.lock.model import NixpkgsLock
from neve.nix.call import missing
from neve.nix.nix import Nix
from neve.nix.store_path import directory_path, nar_sha256
from neve.session import Options, Session
from tests.nix.conftest import nix, toolbox
from tests.nixpkgs.tree import nar_hash
from tests.projects import a_nixpkgs_lock

__all__ = ["nix", "toolbox"]

pytestmark = pytest.mark.build


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "checkout").mkdir()
    (tmp_path / "checkout/default.nix").write_text(f"# {os.getpid()} {tmp_path.name}\n{{ }}\n")
    return tmp_path / "checkout"


def session(nix: Nix, directory: Path, environ: Mapping[str, str], *, offline: bool = True) -> Session:
    made = Session(directory, Options(offline=offline), environ=environ)
    vars(made)["nix"] = nix
    return made


def pinned(tree: Path) -> NixpkgsLock:
    return a_nixpkgs_lock().nixpkgs.model_copy(update={"nar_hash": nar_hash(tree)})


def test_the_pinned_tree_is_put_into_the_store(nix: Nix, checkout: Path) -> None:
    path = directory_path("source", nar_sha256(checkout))
    assert missing(nix, [path]) == [path]
    with pytest.raises(NeveError, match="is not in the store"):
        provide_tree(session(nix, checkout, {}), pinned(checkout))
    provide_tree(session(nix, checkout, {"NEVE_NIXPKGS": str(checkout)}), pinned(checkout))
    assert missing(nix, [path]) == []
    provide_tree(session(nix, checkout, {}), pinned(checkout))


def test_another_tree_is_refused(nix: Nix, checkout: Path, tmp_path: Path) -> None:
    base = a_nixpkgs_lock().nixpkgs
    with pytest.raises(NeveError, match="is not nixpkgs") as caught:
        provide_tree(session(nix, checkout, {"NEVE_NIXPKGS": str(checkout)}), base)
    assert nar_hash(checkout) in (caught.value.why or "")
    with pytest.raises(NeveError, match="is no checkout of nixpkgs"):
        provide_tree(session(nix, checkout, {"NEVE_NIXPKGS": str(tmp_path)}), base)


def test_without_a_checkout_nix_fetches_it(nix: Nix, checkout: Path) -> None:
    base = a_nixpkgs_lock().nixpkgs
    provide_tree(session(nix, checkout, {}, offline=False), base)
    path = directory_path("source", "00" * 32)
    assert missing(nix, [path]) == [path]
