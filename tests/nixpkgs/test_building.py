"""What the pinned stand-in builds in the sandbox, and what a real tree's own functions make of the same packages."""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.nix.call import build, evaluate, physical
from neve.nix.process import capture
from neve.tools.install import find_patchelf
from tests.nixpkgs.tree import shared_nix

pytestmark = [pytest.mark.build, pytest.mark.network]


@pytest.fixture
def tree(building_nixpkgs: Path) -> Path:
    return building_nixpkgs


def _packages(tree: Path) -> str:
    return f'(import {tree} {{ system = "x86_64-linux"; }})'


def _build(tree: Path, tmp_path: Path, expression: str) -> Path:
    file = tmp_path / "wanted.nix"
    file.write_text(f"with {_packages(tree)}; {expression}")
    (path,) = build(shared_nix(), [], extra=["--impure", "--file", str(file)])
    return physical(shared_nix(), path)


def test_python_runs(tree: Path, tmp_path: Path) -> None:
    script = "import sys, ssl, sqlite3, ctypes, lzma, zlib; print(sys.prefix, *sys.path)"
    command = f"""runCommand "try" {{ nativeBuildInputs = [ python3 ]; }} ''python3 -c "{script}" > $out''"""
    words = _build(tree, tmp_path, command).read_text().split()
    assert re.fullmatch(r"/nix/store/[0-9a-z]{32}-python313-3\.13\.\d+", words[0])
    assert f"{words[0]}/lib/python3.13/site-packages" in words


def test_phases_hooks_and_a_compiler(tree: Path, tmp_path: Path) -> None:
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
    built = _build(tree, tmp_path, expression)
    assert (built / "said").read_text() == "built\n"
    assert (built / "note").read_text() == "from-a-hook\n"


def test_a_library_is_found_by_auto_patchelf_and_one_that_is_not_ends_the_build(tree: Path, tmp_path: Path) -> None:
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
        _build(tree, tmp_path, package(""))
    found = _build(
        tree,
        tmp_path,
        f"({package('')}.overrideAttrs (old: {{ buildInputs = [ old.passthru.library ]; }}))",
    )
    assert re.fullmatch(r"/nix/store/\S+-library/lib\n", (found / "run").read_text())
    ignored = _build(tree, tmp_path, package('autoPatchelfIgnoreMissingDeps = [ "libf*" ];'))
    assert (ignored / "run").exists()


def test_an_image_holds_the_closure_and_what_the_commands_make(tree: Path, tmp_path: Path) -> None:
    expression = """dockerTools.buildLayeredImage {
      name = "Try";
      tag = "1";
      contents = [ jq dockerTools.binSh dockerTools.fakeNss ];
      config.Cmd = [ "/bin/jq" "--version" ];
      extraCommands = "mkdir made";
      fakeRootCommands = "mkdir -m 1777 tmp; chown 5:6 made";
    }"""
    with tarfile.open(_build(tree, tmp_path, expression)) as image:
        manifest = json.load(image.extractfile("manifest.json") or pytest.fail("no manifest"))[0]
        entries: dict[str, tarfile.TarInfo] = {}
        for layer in manifest["Layers"]:
            with tarfile.open(fileobj=image.extractfile(layer)) as tar:
                entries |= {entry.name.removeprefix("./").lstrip("/"): entry for entry in tar}
        config = json.load(image.extractfile(manifest["Config"]) or pytest.fail("no config"))
    assert manifest["RepoTags"] == ["try:1"]
    assert config["config"] == {"Cmd": ["/bin/jq", "--version"]}
    target = entries["bin/jq"].linkname.lstrip("/")
    assert entries[target].mode & 0o111
    assert (entries["made"].uid, entries["made"].gid) == (5, 6)
    assert entries["tmp"].mode == 0o1777
    assert any(name.endswith("-bash-5.2.37/bin/bash") or re.search(r"-bash-[\d.]+/bin/bash$", name) for name in entries)


def test_nix_develop_opens_a_shell(tree: Path, tmp_path: Path) -> None:
    file = tmp_path / "shell.nix"
    hook = "export HOOKED=yes"
    file.write_text(f'with {_packages(tree)}; mkShell {{ packages = [ hello ]; FOO = "bar"; shellHook = "{hook}"; }}')
    nix = shared_nix()
    words = ["develop", "--impure", "--file", str(file), "-c", "bash", "-c", "hello; echo $FOO $HOOKED; exit 7"]
    finished = capture(nix.invocation(*words), environment=nix.environment())
    assert (finished.status, finished.out.decode()) == (7, "Hello, world!\nbar yes\n")


def test_as_a_flakes_input(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "flake.nix").write_text(
        '{ inputs.nixpkgs.url = "github:example/nixpkgs"; outputs = { self, nixpkgs }: {'
        " packages.x86_64-linux.default = nixpkgs.legacyPackages.x86_64-linux.hello;"
        " lib = nixpkgs.lib.version; }; }"
    )
    extra = ["--override-input", "nixpkgs", f"path:{tree}", "--no-write-lock-file"]
    (path,) = build(shared_nix(), [f"path:{tmp_path}"], offline=True, extra=extra)
    assert evaluate(shared_nix(), f"path:{tmp_path}#lib", offline=True, extra=extra)
    program = physical(shared_nix(), path) / "bin/hello"
    words = [find_patchelf(), "--print-interpreter", str(program)]
    loader = subprocess.run(words, capture_output=True, check=True, text=True)
    assert re.fullmatch(r"/nix/store/\S+-glibc-[\d.]+/lib/ld-linux-\S+\n", loader.stdout)
