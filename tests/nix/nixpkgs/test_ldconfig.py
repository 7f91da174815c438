"""/sbin/ldconfig of an image on nixpkgs, as Triton reads it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from neve.resources import nix_library
from tests.nix.nixpkgs.test_build import Bench
from tests.nixpkgs.tree import building_nixpkgs

__all__ = ["building_nixpkgs"]

_SCRIPT = nix_library() / "nixpkgs" / "ldconfig.py"


def _said(*arguments: str, path: str | None) -> list[str]:
    environ = {} if path is None else {"LD_LIBRARY_PATH": path}
    words = [sys.executable, "-S", str(_SCRIPT), *arguments]
    return subprocess.run(words, env=environ, capture_output=True, text=True, check=True).stdout.splitlines()


def test_it_prints_what_the_loader_finds_the_first_of_each_name(tmp_path: Path) -> None:
    for place in ("own", "driver"):
        (tmp_path / place).mkdir()
    for name in ("own/libGL.so.1", "driver/libGL.so.1", "driver/libcuda.so.1", "driver/notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "driver/libgone.so.1").symlink_to("libgone.so.2")
    said = _said("-p", path=f"{tmp_path}/own::/nowhere:{tmp_path}/driver")
    assert said[0] == "2 libs found in cache `/etc/ld.so.cache'"
    found = {line.split()[0]: line.split()[-1] for line in said[1:]}
    assert found == {"libcuda.so.1": f"{tmp_path}/driver/libcuda.so.1", "libGL.so.1": f"{tmp_path}/own/libGL.so.1"}


def test_without_places_it_answers_all_the_same() -> None:
    assert _said("-p", path=None) == ["0 libs found in cache `/etc/ld.so.cache'"]


@pytest.mark.parametrize("arguments", [(), ("-f", "/etc/ld.so.conf", "-C", "/etc/ld.so.cache")])
def test_what_would_write_a_cache_does_nothing(arguments: tuple[str, ...]) -> None:
    assert _said(*arguments, path="/usr/lib") == []


@pytest.mark.build
@pytest.mark.network
def test_an_image_for_gpus_has_it(building_nixpkgs: Path, tmp_path: Path) -> None:
    root = Bench(building_nixpkgs, tmp_path).built("""
      self.root {
        environment = self.environment {
          inherit python;
          dependencies = self.dependencies { inherit python; wheels = [ ]; };
        };
        base = [ ];
        packages = [ ];
        user = null;
        directory = "/srv/app";
        shell = false;
        ldconfig = true;
      }
    """)
    program = root / "sbin" / "ldconfig"
    assert program.stat().st_mode & 0o111 == 0o111
    assert program.read_text() == "#!/opt/venv/bin/python -IS\n" + _SCRIPT.read_text()
