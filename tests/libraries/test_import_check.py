"""What the loader says in the import check leads to the package."""

from __future__ import annotations

from pathlib import Path

import pytest

from neve.bases.nixpkgs.base import Nixpkgs
from neve.nix.lacking import Lacking, lacking
from neve.session import Session
from tests.projects import a_nixpkgs_lock

SAID = "ImportError: {}: cannot open shared object file: No such file or directory"


@pytest.mark.parametrize("soname", ["libxcb.so.1", "libglib-2.0.so.0", "libstdc++.so.6", "libnss3.so"])
def test_a_library_that_is_not_there(soname: str) -> None:
    assert lacking([f"  {SAID.format(soname)}"]) == (Lacking("linked", soname),)
    assert lacking([f"OSError: {soname}: cannot open shared object file"]) == (Lacking("linked", soname),)


@pytest.mark.parametrize("soname", ["libcuda.so.1", "libnvidia-ml.so.1", "/lib/liba.so", "no library"])
def test_what_no_package_can_bring(soname: str) -> None:
    assert lacking([SAID.format(soname)]) == ()


def test_the_attribute_of_nixpkgs(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "app"\nversion = "1"\n[tool.neve]\nbase = "nixpkgs"\nrelease = "25.11"\n'
    )
    wanted = [Lacking("linked", "libxcb.so.1"), Lacking("linked", "libnone.so"), Lacking("header", "zlib.h")]
    lock = a_nixpkgs_lock(release="25.11")
    assert Nixpkgs().packages_with(Session(tmp_path), lock, wanted) == {wanted[0]: "xorg.libxcb"}
