"""The stand-in for nixpkgs: how it is called, what it refuses and records, and that it builds."""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from neve.errors import NeveError
from neve.nix.call import build, evaluate, physical
from neve.nix.process import capture
from tests.nixpkgs.tree import nar_hash, shared_nix, stand_in

Instantiate = Callable[[Sequence[str]], str]

REFUSED = {
    "a name that dockerTools does not know": (
        'dockerTools.buildLayeredImage { name = "x"; entrypoint = [ ]; }',
        "unexpected argument 'entrypoint'",
    ),
    "an image in one layer": ('dockerTools.streamLayeredImage { name = "x"; maxLayers = 1; }', "greater than 1"),
    "an unfree package": ("unrar", "has an unfree license"),
    "an unfree package of CUDA": ("cudaPackages_12_9.cuda_nvcc", "CUDA EULA"),
    "a removed set": ("cudaPackages_11", "has been removed"),
    "a set that never was": ("pkgs.cudaPackages_12_7", "attribute 'cudaPackages_12_7' missing"),
    "an input that is no package": ("mkShell { packages = [ { a = 1; } ]; }", "not of a valid type"),
    "a variable twice": ('runCommand "x" { A = "1"; env.A = "2"; } ""', "cannot contain any attributes"),
    "a broken package": ("broken", "is marked as broken"),
    "a wrong argument of closureInfo": (
        "closureInfo { rootPaths = [ ]; paths = [ ]; }",
        "unexpected argument 'paths'",
    ),
}
ALLOWED = '{ allowUnfreePredicate = package: (import lib).getName package == "unrar"; }'


def _packages(tree: Path, config: str = "{ }") -> str:
    return f'(import {tree} {{ system = "x86_64-linux"; config = let lib = {tree}/lib; in {config}; }})'


def _value(instantiate: Instantiate, expression: str) -> Any:
    return json.loads(instantiate(["--eval", "--strict", "--json", "--expr", expression]))


@pytest.mark.parametrize("case", REFUSED)
def test_what_nixpkgs_refuses_is_refused(evaluating_stand_in: Path, nix_instantiate: Instantiate, case: str) -> None:
    expression, words = REFUSED[case]
    with pytest.raises(AssertionError, match=re.escape(words)):
        _value(nix_instantiate, f"with {_packages(evaluating_stand_in)}; ({expression}).drvPath")


def test_what_the_predicate_admits_is_allowed(evaluating_stand_in: Path, nix_instantiate: Instantiate) -> None:
    packages = _packages(evaluating_stand_in, ALLOWED)
    assert _value(nix_instantiate, f"{packages}.unrar.drvPath").endswith("-unrar-1.0.drv")
    assert _value(nix_instantiate, f"{packages}.cudaPackages_12_9.cuda_nvcc.name") == "cuda_nvcc-12.9"
    with pytest.raises(AssertionError, match="CUDA EULA"):
        _value(nix_instantiate, f"{packages}.cudaPackages_12_9.cuda_nvcc.outPath")


def test_it_says_how_it_was_called(evaluating_stand_in: Path, nix_instantiate: Instantiate) -> None:
    call = 'dockerTools.buildLayeredImage { name = "x"; config.Cmd = [ "a" ]; contents = [ jq ]; compressor = "zstd"; }'
    recorded = _value(nix_instantiate, f"with {_packages(evaluating_stand_in)}; ({call}).recorded")
    assert recorded["function"] == "dockerTools.buildLayeredImage"
    assert recorded["arguments"] | {"contents": None} == {
        "name": "x",
        "config": {"Cmd": ["a"]},
        "contents": None,
        "compressor": "zstd",
    }
    shell = f'with {_packages(evaluating_stand_in)}; (mkShell {{ FOO = "1"; }}).recorded'
    assert _value(nix_instantiate, shell) == {"function": "mkShell", "arguments": {"FOO": "1"}}


def test_overlays_and_overrides(evaluating_stand_in: Path, nix_instantiate: Instantiate) -> None:
    overlay = '(final: previous: { jq = previous.jq // { pname = "mine"; }; again = final.jq.pname; })'
    expression = f'(import {evaluating_stand_in} {{ system = "x86_64-linux"; overlays = [ {overlay} ]; }}).again'
    assert _value(nix_instantiate, expression) == "mine"
    changed = 'stdenv.mkDerivation (final: { pname = "a"; version = "1"; text = final.version; })'
    expression = f'with {_packages(evaluating_stand_in)}; (({changed}).overrideAttrs {{ version = "2"; }})'
    assert _value(nix_instantiate, f"{expression}.name") == "a-2"
    assert _value(nix_instantiate, f"{expression}.text") == "2"


def test_the_copy_holds_what_is_nix_and_no_test(evaluating_stand_in: Path, tmp_path: Path) -> None:
    names = {path.name for path in evaluating_stand_in.rglob("*")}
    assert {"flake.nix", "setup.sh", "lib"} <= names
    assert not {name for name in names if name.startswith("test_") or name == "__pycache__"}
    assert nar_hash(evaluating_stand_in) == nar_hash(stand_in(tmp_path / "again"))


def _build(tree: Path, tmp_path: Path, expression: str) -> Path:
    file = tmp_path / "wanted.nix"
    file.write_text(f"with {_packages(tree)}; {expression}")
    (path,) = build(shared_nix(), [], extra=["--impure", "--file", str(file)])
    return physical(shared_nix(), path)


@pytest.mark.build
@pytest.mark.network
class TestBuilding:
    """What the pinned stand-in builds in the sandbox."""

    def test_python_runs(self, building_stand_in: Path, tmp_path: Path) -> None:
        script = "import sys, ssl, sqlite3, ctypes, lzma, zlib; print(sys.prefix, *sys.path)"
        command = f"""runCommand "try" {{ nativeBuildInputs = [ python3 ]; }} ''python3 -c "{script}" > $out''"""
        words = _build(building_stand_in, tmp_path, command).read_text().split()
        assert re.fullmatch(r"/nix/store/[0-9a-z]{32}-python313-3\.13\.\d+", words[0])
        assert f"{words[0]}/lib/python3.13/site-packages" in words

    def test_phases_hooks_and_a_compiler(self, building_stand_in: Path, tmp_path: Path) -> None:
        program = r"#include <iostream>\nint main() { std::cout << \"built\" << std::endl; }"
        expression = f"""stdenv.mkDerivation {{
          name = "program";
          src = writeTextDir "main.cc" "{program}";
          postPatch = "test -e main.cc";
          buildPhase = "runHook preBuild; $CXX main.cc -o program; runHook postBuild";
          preBuild = "preFixupHooks+=(note); note() {{ echo from-a-hook > $out/note; }}";
          installPhase = "mkdir -p $out/bin; cp program $out/bin";
          doInstallCheck = true;
          installCheckPhase = "$out/bin/program > $out/said";
        }}"""
        built = _build(building_stand_in, tmp_path, expression)
        assert (built / "said").read_text() == "built\n"
        assert (built / "note").read_text() == "from-a-hook\n"

    def test_a_library_is_found_by_auto_patchelf_and_one_that_is_not_ends_the_build(
        self, building_stand_in: Path, tmp_path: Path
    ) -> None:
        def package(more: str) -> str:
            return f"""(let
              library = stdenv.mkDerivation {{
                name = "library";
                dontUnpack = true;
                installPhase = "mkdir -p $out/lib; echo 'int f(void){{return 3;}}' > f.c; "
                  + "$CC -shared -fPIC -Wl,-soname,libf.so.1 f.c -o $out/lib/libf.so.1";
              }};
            in stdenv.mkDerivation {{
              name = "user";
              dontUnpack = true;
              nativeBuildInputs = [ autoPatchelfHook ];
              installPhase = "mkdir -p $out/lib; echo 'int f(void); int g(void){{return f();}}' > g.c; "
                + "$CC -shared -fPIC g.c ${{library}}/lib/libf.so.1 -Wl,-rpath,'$ORIGIN' -o $out/lib/libg.so";
              preFixup = "postFixupHooks+=(show); show() {{ patchelf --print-rpath $out/lib/libg.so > $out/run; }}";
              passthru = {{ inherit library; }};
              {more}
            }})"""

        with pytest.raises(NeveError, match="user"):
            _build(building_stand_in, tmp_path, package(""))
        found = _build(
            building_stand_in,
            tmp_path,
            f"({package('')}.overrideAttrs (old: {{ buildInputs = [ old.passthru.library ]; }}))",
        )
        assert re.fullmatch(r"/nix/store/\S+-library/lib\n", (found / "run").read_text())
        ignored = _build(building_stand_in, tmp_path, package('autoPatchelfIgnoreMissingDeps = [ "libf*" ];'))
        assert (ignored / "run").exists()

    def test_an_image_holds_the_closure_and_what_the_commands_make(
        self, building_stand_in: Path, tmp_path: Path
    ) -> None:
        expression = """dockerTools.buildLayeredImage {
          name = "Try";
          tag = "1";
          contents = [ jq dockerTools.binSh dockerTools.fakeNss ];
          config.Cmd = [ "/bin/jq" "--version" ];
          extraCommands = "mkdir made";
          fakeRootCommands = "mkdir -m 1777 tmp; export FAKEROOTDONTTRYCHOWN=1; chown 5:6 made";
        }"""
        with tarfile.open(_build(building_stand_in, tmp_path, expression)) as image:
            manifest = json.load(image.extractfile("manifest.json") or pytest.fail("no manifest"))[0]
            entries: dict[str, tarfile.TarInfo] = {}
            for layer in manifest["Layers"]:
                with tarfile.open(fileobj=image.extractfile(layer)) as tar:
                    entries |= {entry.name.removeprefix("./"): entry for entry in tar}
            config = json.load(image.extractfile(manifest["Config"]) or pytest.fail("no config"))
        assert manifest["RepoTags"] == ["try:1"]
        assert config["config"] == {"Cmd": ["/bin/jq", "--version"]}
        target = entries["bin/jq"].linkname.lstrip("/")
        assert entries[target].mode & 0o111
        assert (entries["made"].uid, entries["made"].gid) == (5, 6)
        assert entries["tmp"].mode == 0o1777
        assert any(
            name.endswith("-bash-5.2.37/bin/bash") or re.search(r"-bash-[\d.]+/bin/bash$", name) for name in entries
        )

    def test_nix_develop_opens_a_shell(self, building_stand_in: Path, tmp_path: Path) -> None:
        file = tmp_path / "shell.nix"
        hook = "export HOOKED=yes"
        file.write_text(
            f"with {_packages(building_stand_in)}; "
            f'mkShell {{ packages = [ hello ]; FOO = "bar"; shellHook = "{hook}"; }}'
        )
        nix = shared_nix()
        words = ["develop", "--impure", "--file", str(file), "-c", "bash", "-c", "hello; echo $FOO $HOOKED; exit 7"]
        finished = capture(nix.invocation(*words), environment=nix.environment())
        assert (finished.status, finished.out.decode()) == (7, "Hello, world!\nbar yes\n")

    def test_as_a_flakes_input(self, building_stand_in: Path, tmp_path: Path) -> None:
        (tmp_path / "flake.nix").write_text(
            '{ inputs.nixpkgs.url = "github:example/nixpkgs"; outputs = { self, nixpkgs }: {'
            " packages.x86_64-linux.default = nixpkgs.legacyPackages.x86_64-linux.hello;"
            " lib = nixpkgs.lib.version; }; }"
        )
        extra = ["--override-input", "nixpkgs", f"path:{building_stand_in}", "--no-write-lock-file"]
        (path,) = build(shared_nix(), [f"path:{tmp_path}"], offline=True, extra=extra)
        assert evaluate(shared_nix(), f"path:{tmp_path}#lib", offline=True, extra=extra).endswith("stand-in")
        program = physical(shared_nix(), path) / "bin/hello"
        loader = subprocess.run(
            ["patchelf", "--print-interpreter", program], capture_output=True, check=True, text=True
        )
        assert re.fullmatch(r"/nix/store/\S+-glibc-[\d.]+/lib/ld-linux-\S+\n", loader.stdout)
