"""nix/nixpkgs, built: what the import check finds wrong, what a shell's interpreter loads, CUDA's layer."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.nix.nix import Nix
from tests.build.layers import entries
from tests.nix.nixpkgs.test_build import Bench
from tests.nixpkgs.tree import building_nixpkgs, shared_nix

__all__ = ["building_nixpkgs"]

pytestmark = [pytest.mark.build, pytest.mark.network]

_OPENS_JQ = b"import ctypes\nctypes.CDLL('libjq.so.1').jq_init.restype = ctypes.c_void_p\n"


@dataclass(frozen=True)
class Checked:
    """The import check of an image whose wheel opens libjq by its name and whose project has programs."""

    bench: Bench
    wheel: str

    def said(self, command: str, *, posix: bool = False, packages: str = "[ self.pkgs.jq ]") -> str:
        """What the check wrote. Raises NeveError where it fails."""
        source = self.bench.directory / "source"
        path = self.bench.built(f"""
          let
            packages = {packages};
            dependencies = self.dependencies {{ inherit python; wheels = [ {self.wheel} ]; }};
            environment = self.environment {{ inherit python dependencies; }};
            root = self.root {{
              inherit environment packages;
              base = [ ];
              user = null;
              directory = "/srv/app";
              source = {source};
              shell = {str(posix).lower()};
            }};
          in
          self.importCheck {{
            inherit python environment dependencies root;
            directory = "/srv/app";
            path = "/opt/venv/bin:/usr/bin:/bin";
            command = "{command}";
            libraries = packages != [ ];
          }}
        """)
        return path.read_text()


@pytest.fixture(scope="module")
def bench(building_nixpkgs: Path, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(building_nixpkgs, tmp_path_factory.mktemp("parts"))


@pytest.fixture(scope="module")
def checked(bench: Bench) -> Checked:
    source = bench.directory / "source"
    source.mkdir()
    (source / "run.sh").write_text("#!/bin/sh\n")
    (source / "run.sh").chmod(0o755)
    (source / "plain.txt").write_text("no program\n")
    (source / "python").symlink_to("/opt/venv/bin/python")
    info = "opensjq-1.0.dist-info"
    files = {
        "opensjq.py": _OPENS_JQ,
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/top_level.txt": b"opensjq\n",
    }
    return Checked(bench, bench.wheel("opensjq", files, tag="py3-none-any"))


@pytest.mark.parametrize(
    "command", ["python", "jq", "/bin/jq", "/opt/venv/bin/python", "./run.sh", "/srv/app/run.sh", "/srv/app/python"]
)
def test_what_the_image_starts_is_in_it(checked: Checked, command: str) -> None:
    assert "imports opensjq" in checked.said(command)


@pytest.mark.parametrize(
    "command", ["sh", "/bin/sh", "bash", "tee", "/bin/ls", "./plain.txt", "/srv/app/absent", "/usr/bin/env"]
)
def test_what_only_the_sandbox_has_is_refused(checked: Checked, command: str) -> None:
    with pytest.raises(NeveError) as caught:
        checked.said(command)
    assert f"the image starts '{command}', which is not in it (tool.neve.image.entrypoint)" in str(caught.value.why)


@pytest.mark.parametrize("command", ["sh", "/bin/sh", "/usr/bin/env"])
def test_a_shell_that_is_asked_for_is_found(checked: Checked, command: str) -> None:
    assert "imports opensjq" in checked.said(command, posix=True)


def test_a_library_that_no_system_package_brings_is_missed(checked: Checked) -> None:
    with pytest.raises(NeveError) as caught:
        checked.said("python", packages="[ ]")
    assert "opensjq does not import" in str(caught.value.why)


_LOADS = """
import ctypes, os, subprocess, sys
ctypes.CDLL("libz.so.1"), ctypes.CDLL("libjq.so.1")
print(sys.executable, sys.prefix != sys.base_prefix, os.environ.get("LD_LIBRARY_PATH"))
print(subprocess.run(["/usr/bin/env"], capture_output=True, text=True, env={**os.environ, "A": "1"}).stdout)
"""


def _env(bench: Bench, caller: str | None) -> list[str]:
    interpreter = bench.built("""
      let
        shell = self.shell {
          inherit python;
          environment = self.pkgs.hello;
          packages = [ self.pkgs.jq ];
          variables = { };
        };
      in
      self.pkgs.runCommand "says" { } "echo -n ${shell.UV_PYTHON} > $out"
    """).read_text()
    venv = Path(tempfile.mkdtemp(dir=bench.directory))  # what venv copies from the store cannot be written over
    nix: Nix = shared_nix()
    script = f"{interpreter} -m venv --without-pip {venv} && {venv}/bin/python -I -c '{_LOADS}'"
    command = nix.invocation("shell", str(Path(interpreter).parent.parent), "--command", "/bin/sh", "-c", script)
    given = {"LD_LIBRARY_PATH": caller} if caller else {}
    environ = {**os.environ, **nix.environment(), **given}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    first, *rest = done.stdout.splitlines()
    assert first == f"{venv}/bin/python True {caller}"
    assert "A=1" in rest
    return [line for line in rest if line.startswith("LD_LIBRARY_PATH=")]


def test_the_shells_interpreter_loads_what_programs_that_it_starts_do_not(bench: Bench) -> None:
    assert _env(bench, None) == []


def test_what_the_caller_has_the_loader_look_at_stays(bench: Bench) -> None:
    assert _env(bench, "/nowhere") == ["LD_LIBRARY_PATH=/nowhere"]


@pytest.mark.parametrize(("packages", "expected"), [("[ self.pkgs.jq ]", "opened\n"), ("[ ]", "")])
def test_what_nix_run_starts_finds_the_libraries_of_system_packages(bench: Bench, packages: str, expected: str) -> None:
    said = bench.built(f"""
      let
        app = self.app {{
          name = "opens";
          environment = python;
          packages = {packages};
          variables = {{ }};
          entrypoint = [ "python3.13" "-c" "import ctypes; ctypes.CDLL('libjq.so.1'); print('opened')" ];
          cmd = [ ];
        }};
      in
      self.pkgs.runCommand "ran" {{ }} "${{app.program}} > $out || true"
    """)
    assert said.read_text() == expected


def test_what_the_project_needs_of_cuda_is_no_part_of_its_layer(bench: Bench) -> None:
    """jq stands for the toolkit: the project refers to its library, and not to its program."""
    layout = bench.built("""
      let
        layers = self.layers {
          inherit python;
          base = [ ];
          packages = [ ];
          toolkit = {
            inherit (self.pkgs) stdenv;
            libraries = [ self.pkgs.jq self.pkgs.tree ];
          };
          wheels = [ ];
          sources = [ ];
          dependencies = null;
          root = self.pkgs.runCommand "root" { } ''
            mkdir -p $out/{tmp,var/tmp}
            ln -s ${self.pkgs.lib.getLib self.pkgs.jq}/lib $out/lib
          '';
          user = null;
          compression = "zstd";
          shell = false;
        };
      in
      self.oci {
        inherit layers;
        annotations = { };
        config = { created = "1970-01-01T00:00:01Z"; architecture = "amd64"; os = "linux"; config = { }; };
      }
    """)
    stored = {
        (entry.info.name.split("/")[2].partition("-")[2], entry.layer)
        for entry in entries(layout)
        if entry.info.name.count("/") > 2
    }
    assert {number for name, number in stored if name.startswith("jq")} == {1}
    assert not {name for name, _ in stored if name.startswith("tree")}
    assert not {name for name, number in stored if number == 2}
