"""Which files several wheels of an environment dispute, by what their RECORDs say."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from neve.resources import nix_library


@pytest.mark.parametrize(
    ("records", "disputed"),
    [
        ({"a": "a.py,sha256=x,1\na.dist-info/RECORD,,\n", "b": "b.py,sha256=x,1\nb.dist-info/RECORD,,\n"}, []),
        ({"a": "both.py,sha256=x,1\n", "b": "both.py,sha256=x,1\n"}, []),
        ({"a": "both.py,sha256=x,1\n", "b": "both.py,sha256=y,1\n"}, ["both.py"]),
        ({"a": "both.py,,\n", "b": "both.py,,\n"}, ["both.py"]),
        ({"a": "both.py,,\n", "b": "both.py,sha256=x,1\n"}, ["both.py"]),
        ({"a": '"of, both.py",sha256=x,1\n', "b": '"of, both.py",sha256=y,1\n'}, ['"of, both.py"']),
        ({name: f"both.py,sha256={name},1\nown.py,sha256=x,1\n" for name in "abc"}, ["both.py"]),
        ({"a": "../../../bin/tool,sha256=x,1\n", "b": "../../../bin/tool,sha256=y,1\n"}, ["../../../bin/tool"]),
    ],
)
def test_what_wheels_dispute(records: Mapping[str, str], disputed: list[str], tmp_path: Path) -> None:
    for name, record in records.items():
        information = tmp_path / f"opt/build/lib/python3.13/site-packages/{name}.dist-info"
        information.mkdir(parents=True)
        (information / "RECORD").write_text(record)
    script = '. "$1"; environment=build; disputed'
    install = nix_library() / "debian" / "install-wheels.sh"
    command = ["sh", "-euc", script, "sh", str(install)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == disputed
