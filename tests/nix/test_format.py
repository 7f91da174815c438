"""Nix files are laid out alike: by rules of our own anywhere, by nixfmt where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.nix.layout import complaints

ROOT = Path(__file__).parent.parent.parent
LIBRARY = sorted(path for name in ("flake", "nix", "tests/flake") for path in (ROOT / name).rglob("*.nix"))
WRITTEN = [ROOT / "flake.nix", *LIBRARY]
RENDERED = sorted((ROOT / "tests/render/golden").rglob("*.nix"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", WRITTEN, ids=name)
def test_what_is_written_is_laid_out_well(path: Path) -> None:
    assert complaints(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", RENDERED, ids=name)
def test_what_is_rendered_is_laid_out_well(path: Path) -> None:
    """Pins and what comes from the project take a line each, however long."""
    assert complaints(path.read_text("utf-8"), longest=None) == []


def test_what_is_written_parses(nix_instantiate: Callable[[Sequence[str]], str]) -> None:
    nix_instantiate(["--parse", *map(str, WRITTEN)])


def test_nixfmt_would_change_nothing() -> None:
    nixfmt = shutil.which("nixfmt")
    if nixfmt is None:
        pytest.skip("nixfmt is not installed (nixpkgs' nixfmt, in the shell of flake.nix)")
    done = subprocess.run([nixfmt, "--check", *map(str, WRITTEN)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{ }", "newline"),
        ("{ }\n\n", "newline"),
        ("{\n\ta = 1;\n}\n", "tab"),
        ("{ \n}\n", "blanks"),
        ("{\n   a = 1;\n}\n", "indented by 3"),
        ("{\n    a = 1;\n}\n", "indented by 4 after 0"),
        ("[\n  {\n    a = 1;\n    }\n]\n", "closes at 4"),
        ("f {\n  a = ''\n    {\n  '';\n  }\n", "closes at 2"),
        ('{\n  a = "${f {\n    b = 1;\n    }}";\n}\n', "closes at 4"),
        (f"# {'x' * 119}\n", "121 characters"),
    ],
)
def test_a_bad_layout_is_seen(text: str, said: str) -> None:
    assert any(said in complaint for complaint in complaints(text)), complaints(text)


@pytest.mark.parametrize(
    "text",
    [
        "{\n  a = ''\n       any ''${x} ''' where\n  '';\n}\n",
        "{\n  # a ( in a comment\n  a = 1; /* [ */\n}\n",
        '{\n  a = "a \\" ( ${toString [\n    1\n  ]}";\n}\n',
        "{\n  a = ''\n    ${f {\n      b = 1;\n    }}\n  '';\n}\n",
        "f (\n  a:\n  let\n    b = 1;\n  in\n  b\n) { }\n",
    ],
)
def test_a_good_layout_is_left_alone(text: str) -> None:
    assert complaints(text) == []
