"""nix/nixpkgs, evaluated against the stand-in for nixpkgs, which records how its functions are called."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from neve.render.quote import nix
from neve.resources import nix_library
from tests.nixpkgs.tree import evaluating_stand_in
from tests.projects import digest

__all__ = ["evaluating_stand_in"]

Evaluate = Callable[..., Any]

REFUSED = {
    "make": "nixpkgs 26.05 has no package make (tool.neve.system); did you mean gnumake?",
    "zlib1g-dev": "nixpkgs 26.05 has no package zlib1g-dev (tool.neve.system); did you mean zlib?",
    "libx11-6": "nixpkgs 26.05 has no package libx11-6 (tool.neve.system); did you mean libx11?",
    "coreutilz": "nixpkgs 26.05 has no package coreutilz (tool.neve.system); did you mean coreutils?",
    "Pkg_Config": "nixpkgs 26.05 has no package Pkg_Config (tool.neve.system); did you mean pkg-config?",
    "python3-dev": "has no package python3-dev (tool.neve.system); leave it out: the interpreter brings its headers",
    "cudaPackages_12_9.cuda_nvc": "did you mean cudaPackages_12_9.cuda_nvcc?",
    "jq.nothing": "nixpkgs 26.05 has no package jq.nothing (tool.neve.system)\n",
    "quite-unlike-any": "nixpkgs 26.05 has no package quite-unlike-any (tool.neve.system)\n",
    "cudaPackages_12_9": "is a set, not a package (tool.neve.system); name a package in it: cudaPackages_12_9.NAME",
    "lib": "lib of nixpkgs 26.05 is a set, not a package",
    "runCommand": "runCommand of nixpkgs 26.05 is not a package (tool.neve.system)",
    "python313Packages.numpy": "is a Python package: add it with `uv add`",
    "cudaPackages_11": "has been removed",
    "elasticsearch7": "has an unfree license",
    "unrar": "has an unfree license",
}
USER = {"name": "app", "uid": 1000, "gid": 1000, "home": "/home/app"}


@pytest.fixture
def library(evaluating_stand_in: Path, nix_instantiate: Callable[[Sequence[str]], str]) -> Evaluate:
    """The value of an expression with the library's names in scope."""

    def value(expression: str, unfree: Sequence[str] = (), cuda: str | None = None) -> Any:
        library = (
            f"import {nix_library()}/nixpkgs {{ nixpkgs = {evaluating_stand_in}; "
            f'system = "x86_64-linux"; unfree = {nix(list(unfree))}; cuda = {nix(cuda)}; }}'
        )
        return json.loads(
            nix_instantiate(["--eval", "--strict", "--json", "--expr", f"let self = {library}; in {expression}"])
        )

    return value


def _spec(name: str, tag: str = "py3-none-any") -> str:
    file = f"{name}-1.0-{tag}.whl"
    pin = {"name": file, "url": f"https://files.example/{file}", "sha256": digest(name)}
    return nix({"name": name, "version": "1.0", "file": file, "pin": pin})


@pytest.mark.parametrize("path", REFUSED)
def test_what_is_no_package_is_refused_in_one_line(library: Evaluate, path: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(REFUSED[path])):
        library(f'(self.package "tool.neve.system" "{path}").drvPath')


@pytest.mark.parametrize("path", ["jq", "xorg.libX11", "cudaPackages_12_9.nccl"])
def test_a_package_is_found_by_its_path(library: Evaluate, path: str) -> None:
    assert library(f'(self.package "tool.neve.system" "{path}").drvPath').endswith(".drv")


def test_an_unfree_package_that_is_named_is_allowed_and_no_other(library: Evaluate) -> None:
    assert library('(self.package "tool.neve.system" "unrar").drvPath', unfree=["unrar"]).endswith(".drv")
    with pytest.raises(AssertionError, match="CUDA EULA"):
        library('(self.package "tool.neve.system" "cudaPackages_12_9.cuda_nvcc").drvPath', unfree=["unrar"])


@pytest.mark.parametrize("unfree", ["elasticsearch7", "elasticsearch"])
def test_an_unfree_package_is_named_by_its_path_or_by_its_name(library: Evaluate, unfree: str) -> None:
    asked = '(self.package "tool.neve.system" "elasticsearch7").drvPath'
    assert library(asked, unfree=["nothing-like-it", unfree]).endswith(".drv")
    with pytest.raises(AssertionError, match="has an unfree license"):
        library('(self.package "tool.neve.system" "unrar").drvPath', unfree=[unfree])


@pytest.mark.parametrize("key", ["tool.neve.python", "tool.neve.release"])
def test_what_asks_for_a_package_is_blamed(library: Evaluate, key: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(f"has no package python39 ({key})")):
        library(f'(self.package "{key}" "python39").drvPath')


def test_with_cuda_its_licences_are_allowed_and_no_other(library: Evaluate) -> None:
    expression = '(map (package: package.drvPath) (self.toolkit { components = [ "cuda_nvcc" "cudnn" ]; }).packages)'
    assert len(library(expression, cuda="12.9")) == 2
    with pytest.raises(AssertionError, match="has an unfree license"):
        library('(self.package "tool.neve.system" "unrar").drvPath', cuda="12.9")


def test_a_component_that_the_release_lacks_is_refused(library: Evaluate) -> None:
    said = "has no package cudaPackages_12_9.libnvvm (tool.neve.cuda.toolkit)"
    with pytest.raises(AssertionError, match=re.escape(said)):
        library('(builtins.head (self.toolkit { components = [ "libnvvm" ]; }).packages).drvPath', cuda="12.9")


def test_docker_tools_are_called_as_the_plan_says(library: Evaluate) -> None:
    config = {"created": "1970-01-01T00:00:01Z", "architecture": "arm64", "os": "linux", "config": {"Cmd": ["x"]}}
    call = f"""
      let
        made = self.image {{
          name = "registry.example/app"; tag = "1"; root = self.pkgs.hello; user = {nix(USER)};
          config = {nix(config)}; compression = "gzip"; maxLayers = 7;
        }};
      in
      {{
        image = made.image.recorded.arguments;
        stream = made.stream.recorded.arguments;
        root = self.pkgs.hello.outPath;
      }}
    """
    found = library(call)
    stream = {
        "name": "registry.example/app",
        "tag": "1",
        "maxLayers": 7,
        "architecture": "arm64",
        "created": "1970-01-01T00:00:01Z",
        "config": {"Cmd": ["x"]},
        "extraCommands": f"cp -r {found['root']}/. . && chmod -R u+w . && chmod 1777 tmp var/tmp",
        "fakeRootCommands": "chown 1000:1000 ./home/app",
    }
    assert found == {"stream": stream, "image": {**stream, "compressor": "gz"}, "root": found["root"]}


def test_the_shell_names_the_interpreter_to_uv_and_activates_nothing(library: Evaluate) -> None:
    call = """
      let
        python = self.package "tool.neve.python" "python313";
        made = self.shell {
          inherit python;
          environment = self.pkgs.hello;
          packages = [ self.pkgs.jq ];
          variables = { PATH = "/opt/venv/bin"; VIRTUAL_ENV = "/opt/venv"; MODE = "it's"; };
        };
        arguments = made.recorded.arguments;
      in
      arguments // { packages = map (package: package.pname or package.name) arguments.packages; drv = made.drvPath; }
    """
    found = library(call)
    assert found["packages"] == ["hello", "bash", "uv", "jq"]
    assert found["env"]["UV_PYTHON"].endswith("/bin/python3.13")
    assert {**found["env"], "UV_PYTHON": ""} == {
        "UV_PYTHON": "",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_PYTHON_PREFERENCE": "only-system",
    }
    assert found["shellHook"] == "unset PYTHONPATH SOURCE_DATE_EPOCH VIRTUAL_ENV\nexport MODE='it'\\''s'\n"


def _layers(packages: Sequence[str], wheels: str, sources: str = "[ ]", toolkit: str = "null") -> str:
    return f"""
      let
        python = self.package "tool.neve.python" "python313";
        sources = {sources};
        groups = {wheels};
        packages = map (self.package "tool.neve.system") {nix(list(packages))};
        dependencies = self.dependencies {{
          inherit python;
          wheels = builtins.concatMap (group: group.paths) groups ++ sources;
        }};
      in
      map (entry: [ entry.name entry.layer.drvPath ]) (self.layers {{
        inherit python packages sources dependencies;
        base = [ self.pkgs.cacert ];
        toolkit = {toolkit};
        wheels = groups;
        root = self.pkgs.hello;
        user = null;
        compression = "zstd";
        shell = false;
      }})
    """


def test_a_group_without_members_has_no_layer(library: Evaluate) -> None:
    assert [name for name, _ in library(_layers([], "[ ]"))] == ["base", "project"]


def test_system_packages_change_no_layer_of_wheels(library: Evaluate) -> None:
    tag = "cp313-cp313-manylinux_2_28_x86_64"
    wheels = f"""[
      {{ name = "large"; paths = [ (self.wheel python {_spec("large", tag)}) ]; }}
      {{ name = "wheels-1"; paths = [ (self.wheel python {_spec("small")}) ]; }}
    ]"""
    sources = "[ self.pkgs.tree ]"
    plain = library(_layers([], wheels, sources))
    more = dict(library(_layers(["jq"], wheels, sources)))
    names = ["base", "libraries", "large", "wheels-1", "sources", "environment", "project"]
    assert [name for name, _ in plain] == names
    assert list(more) == [names[0], "system", *names[1:]]
    same = {"base", "large", "wheels-1", "sources"}
    assert {name for name, path in plain if more[name] == path} == same


def test_components_have_a_layer_below_what_changes(library: Evaluate) -> None:
    toolkit = 'self.toolkit { components = [ "cuda_cudart" ]; running = [ "cuda_cudart" ]; }'
    call = _layers([], "[ ]", "[ self.pkgs.tree ]", toolkit)
    names = [name for name, _ in library(call, cuda="12.9")]
    assert names == ["base", "toolkit", "libraries", "sources", "environment", "project"]


def test_a_wheel_without_machine_code_asks_for_no_libraries(library: Evaluate) -> None:
    call = f"""
      let python = self.package "tool.neve.python" "python313"; in
      map (spec: let wheel = self.wheel python spec; in [ wheel.name (toString wheel.buildInputs or "") ])
        [ {_spec("pure")} {_spec("code", "cp313-cp313-manylinux_2_28_x86_64")} ]
    """
    (pure, none), (code, libraries) = library(call)
    assert (pure, none) == ("python3.13-pure-1.0", "")
    assert code == "python3.13-code-1.0"
    assert "zlib" in libraries
    assert "libX11" in libraries


_TOOLKIT = f"""
  python = self.package "tool.neve.python" "python313";
  toolkit = self.toolkit {{
    inherit python;
    components = [ "cuda_nvcc" "cuda_cudart" "libcublas" ];
    running = [ "cuda_cudart" "libcublas" ];
    brought.libcublas = "nvidia-cublas-cu12";
    wheels = [ {_spec("nvidia-cublas-cu12")} {_spec("numpy")} ];
    variables.CUDAARCHS = "80-real;90";
  }};
  built = self.build {{
    name = "kernel";
    inherit python toolkit;
    source = self.pkgs.hello;
    backend = {{ build-backend = "own"; backend-path = [ "." ]; }};
    requirements = [ ];
  }};
"""


def test_cuda_compiles_the_project_with_its_own_compiler(library: Evaluate) -> None:
    call = f"""
      let
        {_TOOLKIT}
        shell = self.shell {{
          inherit python toolkit;
          environment = self.pkgs.hello;
          packages = [ ];
          variables = {{ }};
        }};
        names = map (package: package.pname or package.name);
        variables = [
          "CUDACXX" "CUDAHOSTCXX" "CUDA_HOME" "CUDA_PATH" "CUDAToolkit_ROOT" "NVCC_CCBIN" "CUDAARCHS" "NIX_LDFLAGS"
        ];
      in
      {{
        built = names built.nativeBuildInputs;
        home = map (path: path.pname) toolkit.home.recorded.arguments.paths;
        same = map (name: shell.${{name}} or null == built.${{name}}) variables;
        told = builtins.mapAttrs (_: value: builtins.replaceStrings [ "${{toolkit.home}}" ] [ "HOME" ] value) {{
          inherit (built) CUDACXX CUDA_HOME NIX_LDFLAGS CUDAARCHS;
        }};
        host = built.NVCC_CCBIN == "${{self.pkgs.cudaPackages_12_9.backendStdenv.cc}}/bin/c++";
        drvs = [ built.drvPath shell.drvPath ];
      }}
    """
    found = library(call, cuda="12.9")
    assert found["built"][-1] == "cuda-12.9"
    assert found["home"] == ["cuda_nvcc", "cuda_cudart", "libcublas"]
    assert found["same"] == [True] * 7 + [False]  # stubs are for builds
    assert found["told"] == {
        "CUDACXX": "HOME/bin/nvcc",
        "CUDA_HOME": "HOME",
        "CUDAARCHS": "80-real;90",
        "NIX_LDFLAGS": "-LHOME/lib/stubs",
    }
    assert found["host"]


def test_what_is_compiled_finds_libraries_of_the_toolkit_or_of_wheels_and_refers_to_nothing_else(
    library: Evaluate,
) -> None:
    call = f"""
      let
        {_TOOLKIT}
        names = map (package: package.pname or package.name);
      in
      {{
        libraries = names toolkit.libraries;
        searched = names (builtins.filter (input: builtins.elem input toolkit.libraries) built.buildInputs);
        beside = names built.beside;
        forgotten = names toolkit.forgotten;
        refused = names (builtins.filter (path: !builtins.elem path toolkit.forgotten) built.disallowedReferences);
      }}
    """
    found = library(call, cuda="12.9")
    assert found["libraries"] == found["searched"] == ["cuda_cudart-libraries"]
    assert found["beside"] == ["python3.13-nvidia-cublas-cu12-1.0"]
    assert found["forgotten"] == ["cuda-12.9", "cuda_nvcc", "cuda_cudart", "libcublas"]
    assert found["refused"] == ["gcc", "gcc", "glibc-dev"]
