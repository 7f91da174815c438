"""The outputs of rendered flakes, evaluated with a stand-in for nixpkgs, and with a real one where there is one."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from neve.components.plan import make_plan
from neve.lock.model import CudaLock
from neve.project.read import read_project
from tests.cases import CASES, Case
from tests.nixpkgs.tree import evaluating_stand_in, real, real_nixpkgs, shared_nix

__all__ = ["evaluating_stand_in", "real_nixpkgs"]

pytestmark = pytest.mark.build

ON_NIXPKGS = {name: case for name, case in CASES.items() if case.base == "nixpkgs"}
ROOT = Path(__file__).parent.parent.parent
SYSTEMS = ["aarch64-linux", "x86_64-linux"]
OUTPUTS = ["default", "env", "image", "oci", "rootfs", "stream"]
# What a function of nixpkgs was called with, where the stand-in keeps it.
TELL = """
systems: builtins.mapAttrs (_: packages: {
  names = builtins.attrNames packages;
  derivations = builtins.mapAttrs (_: package: package.drvPath) packages;
  image = { inherit (packages.image.recorded) function; arguments = plain packages.image.recorded.arguments; };
  stream = { inherit (packages.stream.recorded) function; arguments = plain packages.stream.recorded.arguments; };
}) systems
"""
PLAIN = """
let
  plain = value:
    if builtins.isAttrs value then
      if value ? drvPath then { derivation = value.name; } else builtins.mapAttrs (_: plain) value
    else if builtins.isList value then map plain value
    else if builtins.isFunction value then "function"
    else value;
in
"""


def flake(case: Case, directory: Path) -> Path:
    """The rendered tree with a project around it; a path in a flake stays inside it."""
    files = {"pyproject.toml": "", "main.py": "print(1)\n", **case.files, **case.tree()}
    for name, text in files.items():
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("../../.", "../."), encoding="utf-8")
    return directory


def ask(words: list[str], tree: Path, directory: Path) -> subprocess.CompletedProcess[str]:
    nix = shared_nix()
    command = nix.invocation(*words, "--no-write-lock-file", "--override-input", "nixpkgs", f"path:{tree}")
    return subprocess.run(command, env=nix.environment(), cwd=directory, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ON_NIXPKGS)
def test_every_output_is_there(name: str, evaluating_stand_in: Path, tmp_path: Path) -> None:
    case = ON_NIXPKGS[name]
    directory = flake(case, tmp_path / "flake")
    done = ask(["flake", "check", "--no-build", "--all-systems", f"path:{directory}"], evaluating_stand_in, directory)
    assert done.returncode == 0, done.stderr
    done = ask(
        ["eval", "--json", f"path:{directory}#packages", "--apply", PLAIN + TELL], evaluating_stand_in, directory
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert sorted(said) == SYSTEMS
    plan = make_plan(case.project)
    reference, _, tag = plan.reference.rpartition(":")
    for system, packages in said.items():
        assert packages["names"] == OUTPUTS
        image, stream = packages["image"], packages["stream"]
        assert (image["function"], stream["function"]) == (
            "dockerTools.buildLayeredImage",
            "dockerTools.streamLayeredImage",
        )
        arguments = image["arguments"]
        assert (arguments["name"], arguments["tag"], arguments["maxLayers"]) == (reference, tag, plan.max_layers)
        assert arguments["created"] == "1970-01-01T00:00:01Z"
        assert arguments["architecture"] == {"x86_64-linux": "amd64", "aarch64-linux": "arm64"}[system]
        assert arguments["config"]["WorkingDir"] == plan.workdir
        assert {key: value for key, value in arguments.items() if key != "compressor"} == stream["arguments"]
    derivations = [set(packages["derivations"].values()) for packages in said.values()]
    assert not derivations[0] & derivations[1]


@pytest.mark.parametrize("name", ON_NIXPKGS)
def test_the_shell_and_the_app(name: str, evaluating_stand_in: Path, tmp_path: Path) -> None:
    case = ON_NIXPKGS[name]
    directory = flake(case, tmp_path / "flake")
    told = PLAIN + "shells: builtins.mapAttrs (_: shell: plain shell.default.recorded) shells"
    done = ask(["eval", "--json", f"path:{directory}#devShells", "--apply", told], evaluating_stand_in, directory)
    assert done.returncode == 0, done.stderr
    for shell in json.loads(done.stdout).values():
        assert shell["function"].startswith("mkShell")
        env = shell["arguments"]["env"]
        plan = make_plan(ON_NIXPKGS[name].project)
        if plan.project.has_python:
            assert env["UV_PYTHON"].endswith(f"/bin/python{plan.python}{'t' * plan.freethreaded}")
            assert env["UV_PYTHON_DOWNLOADS"] == "never"
        else:
            assert not [name for name in env if name.startswith("UV_")]
        assert "VIRTUAL_ENV" not in env
        names = [package["derivation"] for package in shell["arguments"]["packages"]]
        for wanted in case.project.config.system:
            assert any(wanted.partition("_")[0].partition("-")[0] in package for package in names), (wanted, names)
    done = ask(["eval", "--json", f"path:{directory}#apps.x86_64-linux.default"], evaluating_stand_in, directory)
    assert done.returncode == 0, done.stderr
    app = json.loads(done.stdout)
    assert app["type"] == "app"
    assert app["program"].startswith("/nix/store/")


def test_a_package_that_does_not_exist_ends_in_one_line(evaluating_stand_in: Path, tmp_path: Path) -> None:
    directory = flake(ON_NIXPKGS["nixpkgs-system"], tmp_path / "flake")
    rendered = directory / "nix/default.nix"
    rendered.write_text(rendered.read_text().replace('"nodejs"', '"make"'))
    done = ask(["eval", f"path:{directory}#packages.x86_64-linux.oci.drvPath"], evaluating_stand_in, directory)
    assert done.returncode != 0
    (line,) = [line.strip() for line in done.stderr.splitlines() if "neve:" in line]
    assert line.endswith("has no package make (tool.neve.system); did you mean gnumake?")


def test_what_is_unfree_must_be_named(evaluating_stand_in: Path, tmp_path: Path) -> None:
    directory = flake(ON_NIXPKGS["nixpkgs-cuda"], tmp_path / "flake")
    rendered = directory / "nix/default.nix"
    done = ask(["eval", f"path:{directory}#packages.x86_64-linux.oci.drvPath"], evaluating_stand_in, directory)
    assert done.returncode == 0, done.stderr
    text = rendered.read_text()
    assert 'cuda = "12.9";' in text
    rendered.write_text(text.replace('"tool.neve.system") [ ];', '"tool.neve.system") [ "unrar" ];'))
    done = ask(["eval", f"path:{directory}#packages.x86_64-linux.oci.drvPath"], evaluating_stand_in, directory)
    assert done.returncode != 0
    assert "unfree" in done.stderr


def test_the_example_that_nvcc_compiles(evaluating_stand_in: Path, tmp_path: Path) -> None:
    """examples/cuda-kernel on nixpkgs, as far as it can be evaluated."""
    copy = tmp_path / "project"
    shutil.copytree(ROOT / "examples/cuda-kernel", copy, ignore=shutil.ignore_patterns("uv.lock", "neve.lock", ".neve"))
    pyproject = copy / "pyproject.toml"
    text = pyproject.read_text().replace("[tool.neve.cuda]", '[tool.neve]\nbase = "nixpkgs"\n\n[tool.neve.cuda]')
    pyproject.write_text(text.replace("setuptools>=77", "setuptools"))  # pins are made up here
    case = Case(project=read_project(copy))
    assert case.lock().cuda == CudaLock(
        version="13.2",
        toolkit=("cuda_cccl", "cuda_crt", "cuda_cudart", "cuda_nvcc", "libnvptxcompiler", "libnvvm"),
    )
    files = {str(path.relative_to(copy)): path.read_text() for path in copy.rglob("*") if path.is_file()}
    directory = flake(replace(case, files=files), tmp_path / "flake")
    rendered = (directory / "nix/default.nix").read_text()
    assert "-gencode=arch=compute_100,code=compute_100" in rendered
    for system in SYSTEMS:
        done = ask(["eval", f"path:{directory}#packages.{system}.oci.drvPath"], evaluating_stand_in, directory)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["nixpkgs-plain", "nixpkgs-web", "nixpkgs-sdist"])
def test_a_real_nixpkgs_evaluates_it(name: str, real_nixpkgs: Path, tmp_path: Path) -> None:
    directory = flake(ON_NIXPKGS[name], tmp_path / "flake")
    tree = real(tmp_path / "nixpkgs", real_nixpkgs)
    done = ask(["flake", "check", "--no-build", "--all-systems", f"path:{directory}"], tree, directory)
    assert done.returncode == 0, done.stderr
