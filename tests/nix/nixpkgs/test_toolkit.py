"""nix/nixpkgs, built: what is compiled with a CUDA toolkit refers to the libraries that it runs with, and to nothing
that compiled it.

The toolkit is a stand-in: its nvcc hands what it is given to the host compiler, its libraries are laid out as those of
nixpkgs: one of a single output that refers to the compiler, one with an output of its own, a stub of the driver's.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from neve.resources import nix_library
from neve.tools.install import find_patchelf
from tests.build.layers import entries
from tests.nix.nixpkgs.test_build import Bench, _closure
from tests.nixpkgs.tree import building_nixpkgs

__all__ = ["building_nixpkgs"]

pytestmark = [pytest.mark.build, pytest.mark.network]

_PARTS = """
  inherit (self.pkgs) stdenv;
  part = name: outputs: buildCommand: stdenv.mkDerivation {
    pname = name;
    version = "1";
    inherit outputs;
    # The stand-in's compiler names every input in run paths.
    buildCommand = buildCommand + "find $out $lib -name '*.so*' -type f -exec patchelf --set-rpath /none {} ';'";
  };
  compile = name: "$CC -shared -fPIC -Wl,-soname,${name} -x c -";
  parts = rec {
    cuda_nvcc = part "cuda_nvcc" [ "out" ] ''
      mkdir -p $out/bin $out/include/crt
      echo 'static const char *compiled_by = __FILE__;' > $out/include/crt/host_config.h
      echo '#!${stdenv.shell}' > $out/bin/nvcc
      echo 'exec "$NVCC_CCBIN" -I${placeholder "out"}/include -x c++ "$@"' >> $out/bin/nvcc
      chmod +x $out/bin/nvcc
    '';
    cuda_cudart = part "cuda_cudart" [ "out" ] ''
      mkdir -p $out/include $out/lib/stubs $out/nix-support
      echo '#include <crt/host_config.h>' > $out/include/cuda_runtime.h
      echo 'int cudart(void) { return 40; }' | ${compile "libcudart.so.12"} -o $out/lib/libcudart.so.12
      ln -s libcudart.so.12 $out/lib/libcudart.so
      echo 'int cuInit(void) { return 34; }' | ${compile "libcuda.so.1"} -o $out/lib/stubs/libcuda.so
      ln -s stubs/libcuda.so $out/lib/libcuda.so
      echo ${cuda_nvcc} > $out/nix-support/propagated-build-inputs
    '';
    libcublas = part "libcublas" [ "out" "lib" ] ''
      mkdir -p $out/include $lib/lib
      echo 'int cublas(void) { return 2; }' | ${compile "libcublas.so.12"} -o $lib/lib/libcublas.so.12
      ln -s libcublas.so.12 $lib/lib/libcublas.so
    '';
  };
"""
_SOURCE = """
#include <cuda_runtime.h>
extern "C" { int cudart(void); int cublas(void); int cuInit(void); }
extern "C" int answer(void) { return cudart() + cublas() + cuInit(); }
extern "C" const char *made_by(void) { return compiled_by; }
"""
_BACKEND = """
import os, subprocess, zipfile
def build_wheel(directory, settings=None, metadata=None):
    home = os.environ["CUDA_HOME"]
    words = ["-g", "-shared", "-fPIC", "kernel.cu", "-o", "code.so", "-Wl,-rpath," + home + "/lib64/stubs"]
    subprocess.run([os.environ["CUDACXX"], *words, "-lcudart", "-lcublas", "-lcuda"], check=True)
    with zipfile.ZipFile(os.path.join(directory, "kernel-2-cp313-cp313-linux_x86_64.whl"), "w") as wheel:
        wheel.write("code.so", "kernel/code.so")
        wheel.writestr("kernel/__init__.py", f"home, archs = {home!r}, {os.environ['CUDAARCHS']!r}")
        wheel.writestr("kernel-2.dist-info/METADATA", "Metadata-Version: 2.1\\nName: kernel\\nVersion: 2\\n")
        wheel.writestr("kernel-2.dist-info/RECORD", "")
    return "kernel-2-cp313-cp313-linux_x86_64.whl"
"""
_LIBRARY = "lib/python3.13/site-packages/kernel/code.so"
_RUN = "import ctypes, kernel; print(ctypes.CDLL(kernel.__path__[0] + '/code.so').answer(), kernel.archs, kernel.home)"


@dataclass(frozen=True)
class Compiled:
    """A project that is compiled with the toolkit; ``brought`` and ``wheels`` are what wheels bring of it."""

    bench: Bench
    source: Path

    def names(self, brought: str, wheels: str) -> str:
        library = f"{nix_library()}/nixpkgs"
        return f"""
          {_PARTS}
          toolkit = import {library}/toolkit.nix (self // {{
            cuda = "12.9";
            package = _: path: parts.${{self.pkgs.lib.last (self.pkgs.lib.splitString "." path)}};
            pkgs = self.pkgs // {{ cudaPackages_12_9.backendStdenv = stdenv; }};
            wheel = _: spec: spec.built;
          }}) {{
            inherit python;
            components = [ "cuda_nvcc" "cuda_cudart" "libcublas" ];
            running = [ "cuda_cudart" "libcublas" ];
            brought = {brought};
            wheels = {wheels};
            variables.CUDAARCHS = "90-real";
          }};
          project = self.build {{
            name = "kernel";
            inherit python toolkit;
            source = {self.source};
            backend = {{ build-backend = "own"; backend-path = [ "." ]; }};
            requirements = [ ];
          }};
        """

    def built(self, expression: str, *, rebuild: bool = False, brought: str = "{ }", wheels: str = "[ ]") -> Path:
        return self.bench.built(f"let {self.names(brought, wheels)} in {expression}", rebuild=rebuild)

    def closure(self, path: Path) -> set[str]:
        return {name.partition("-")[2] for name in _closure(f"/nix/store/{path.name}")}


@pytest.fixture(scope="module")
def compiled(building_nixpkgs: Path, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    bench = Bench(building_nixpkgs, tmp_path_factory.mktemp("toolkit"))
    source = bench.directory / "kernel"
    source.mkdir()
    (source / "own.py").write_text(_BACKEND)
    (source / "kernel.cu").write_text(_SOURCE)
    return Compiled(bench, source)


def _run_path(project: Path) -> list[str]:
    words = [find_patchelf(), "--print-rpath", str(project / _LIBRARY)]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip().split(":")


def test_the_toolkit_is_one_directory_without_the_driver_beside_its_libraries(compiled: Compiled) -> None:
    home = compiled.built("toolkit.home")
    assert home.name.endswith("-cuda-12.9")
    names = {str(path.relative_to(home)) for path in home.rglob("*")}
    assert {
        "bin/nvcc",
        "include/cuda_runtime.h",
        "lib/libcudart.so",
        "lib/libcublas.so.12",
        "lib/stubs/libcuda.so",
    } < names
    assert (home / "lib64").readlink() == Path("lib")
    assert not names & {"lib/libcuda.so", "nix-support"}


def test_what_is_compiled_refers_to_the_libraries_alone(compiled: Compiled) -> None:
    project = compiled.built("project")
    held = compiled.closure(project)
    assert {"cuda_cudart-libraries", "libcublas-1-lib"} <= held
    assert not {
        name for name in held if name.startswith(("cuda_nvcc", "cuda-12.9", "cuda_cudart-1", "libcublas-1"))
    } - {"libcublas-1-lib"}
    first, *others = [path.partition("/nix/store/")[2].partition("-")[2] for path in _run_path(project)]
    assert {first, *others[:-1]} >= {"cuda_cudart-libraries/lib", "libcublas-1-lib/lib"}
    assert not any("stubs" in path or path.startswith("cuda-12.9") for path in (first, *others))
    assert _run_path(project)[-1] == "/run/opengl-driver/lib"
    compiled.built("project", rebuild=True)


def test_it_runs_with_the_hosts_driver(compiled: Compiled) -> None:
    said = compiled.built(f"""
      self.pkgs.runCommandCC "ran" {{ }} ''
        mkdir host
        echo 'int cuInit(void) {{ return 0; }}' | $CC -shared -fPIC -x c - -o host/libcuda.so.1
        export LD_LIBRARY_PATH=$PWD/host PYTHONPATH=${{project}}/lib/python3.13/site-packages
        ${{python.interpreter}} -c "{_RUN}" > $out
      ''
    """).read_text()
    answer, architectures, home = said.split()
    assert (answer, architectures) == ("42", "90-real")
    assert home == f"/nix/store/{'e' * 32}-cuda-12.9"


def test_libraries_that_a_wheel_brings_are_not_there_twice(compiled: Compiled) -> None:
    cudart = compiled.built("toolkit.home") / "lib/libcudart.so.12"
    data = compiled.built("builtins.head toolkit.libraries") / "lib" / cudart.name
    wheel = compiled.bench.wheel(
        "nvidia-cuda-runtime-cu12",
        {"nvidia/cuda_runtime/lib/libcudart.so.12": data.read_bytes()},
        tag="cp313-cp313-manylinux_2_28_x86_64",
    )
    project = compiled.built(
        "project",
        brought='{ cuda_cudart = "nvidia-cuda-runtime-cu12"; }',
        wheels=f'[ {{ name = "nvidia-cuda-runtime-cu12"; built = {wheel}; }} ]',
    )
    held = compiled.closure(project)
    assert {"libcublas-1-lib", "python3.13-nvidia-cuda-runtime-cu12-1.0"} <= held
    assert not {name for name in held if name.startswith("cuda")}
    assert any(path.endswith("/site-packages/nvidia/cuda_runtime/lib") for path in _run_path(project))


def test_the_image_has_the_libraries_in_a_layer_of_their_own(compiled: Compiled) -> None:
    layout = compiled.built("""
      let
        dependencies = self.dependencies { inherit python; wheels = [ ]; };
        environment = self.environment { inherit python dependencies project; };
        base = [ ];
        packages = [ ];
        user = null;
        shell = false;
        root = self.root { inherit environment base packages user shell; directory = "/srv/app"; };
        layers = self.layers {
          inherit python base packages user shell root dependencies toolkit;
          wheels = [ ];
          sources = [ ];
          compression = "zstd";
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
        if entry.info.name.count("/") == 2 and entry.info.name.startswith("nix/store/")
    }
    names = {name for name, _ in stored}
    assert {name for name, number in stored if number == 1} == {"cuda_cudart-libraries", "libcublas-1-lib"}
    assert not {name for name in names if name.startswith(("cuda_nvcc", "cuda-12.9", "gcc-14", "glibc-dev"))}
