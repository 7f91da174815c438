"""Which package of the root to build in holds a library."""

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
    script = '. "$1"; root=$2; found=$(package_of "$3"); echo "<$found>"'
    linked = nix_library() / "debian" / "linked.sh"
    words = ["bash", "-euo", "pipefail", "-c", script, "-", str(linked), str(tmp_path), path]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (f"<{package}>\n", "")
