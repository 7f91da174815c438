"""Which package of the root to build in holds a library, and which wheel of the CUDA toolkit."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from neve.resources import nix_library

LIBRARIES = "usr/lib/x86_64-linux-gnu"
LISTS = {
    "libc6": f"{LIBRARIES}/libstdcxx.so.6",
    "libstdc++6": f"{LIBRARIES}/libstdc++.so.6.0.33",
    "libfoo1-dbg": f"{LIBRARIES}/libfoo.so.1.2.debug",
    "libfoo1x": f"opt/{LIBRARIES}/libfoo.so.1.2",
    "libfoo12": f"{LIBRARIES}/libfooAso.1.2",
    "libfoo1": f"lib/{LIBRARIES.rpartition('/')[2]}/libfoo.so.1.2",
    "libdot1": f"./{LIBRARIES}/lib[dot]*.so",
}


@pytest.mark.parametrize(
    ("path", "package"),
    [
        (f"{LIBRARIES}/libstdc++.so.6", "libstdc++6"),  # a link to what the package lists
        (f"{LIBRARIES}/libstdc++.so.6.0.33", "libstdc++6"),
        (f"{LIBRARIES}/libfoo.so.1.2", "libfoo1"),  # listed as before /lib was a link to usr/lib
        (f"{LIBRARIES}/lib[dot]*.so", "libdot1"),
        (f"{LIBRARIES}/libnone.so", ""),
    ],
)
def test_the_package_of_a_library(path: str, package: str, tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / LIBRARIES).mkdir(parents=True)
    (root / LIBRARIES / "libstdc++.so.6").symlink_to("libstdc++.so.6.0.33")
    lists = root / "var/lib/dpkg/status.d"
    lists.mkdir(parents=True)
    for number, (name, file) in enumerate(LISTS.items()):
        (lists / f"{name}.md5sums").write_text(
            f"{number:032x}  usr/share/doc/{name}/copyright\n{number:032x}  {file}\n"
        )
    assert _said('root=$1; package_of "$2"', str(tmp_path), path) == package


@pytest.mark.parametrize(
    ("soname", "brought", "wheel"),
    [
        ("libcudart.so.13", "", "nvidia-cuda-runtime"),
        ("libcudart.so.13", "nvidia-cublas", "nvidia-cuda-runtime"),
        ("libcudart.so.13", "nvidia-cublas nvidia-cuda-runtime", ""),  # the environment has it
        ("libcudart.so.1", "", ""),
        ("libcuda.so.1", "", ""),  # the driver's
    ],
)
def test_the_wheel_of_a_library_of_the_toolkit(soname: str, brought: str, wheel: str, tmp_path: Path) -> None:
    lists = tmp_path / "share" / "neve"
    lists.mkdir(parents=True)
    (lists / "libraries").write_text("libcublas.so.13 nvidia-cublas\nlibcudart.so.13 nvidia-cuda-runtime\n")
    assert _said('toolkit=$1 brought=$2; wheel_of "$3"', str(tmp_path), brought, soname) == wheel
    assert _said('wheel_of "$1"', soname) == ""  # no toolkit at all


def _said(script: str, *words: str) -> str:
    linked = nix_library() / "debian" / "linked.sh"
    command = ["bash", "-euo", "pipefail", "-c", f'. "$1"; shift; {script}', "-", str(linked), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.strip()
