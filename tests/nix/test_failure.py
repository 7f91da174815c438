from __future__ import annotations

import pytest

from neve.errors import NeveError, TransientError
from neve.nix.failure import failure
from neve.nix.nix import OLDEST, Nix

NIX = Nix(command=("nix",), version=OLDEST, store=None, origin="asked for", environ={})
TRACE = """error:
       … while evaluating the attribute 'drvPath'
         at /nix/store/x-source/nix/lib/nixpkgs/package.nix:31:5:
       (stack trace truncated; use '--show-trace' to show the full, detailed trace)

       error: neve: nixpkgs 26.05 has no package make (tool.neve.system); did you mean gnumake?"""


def test_what_our_library_throws_is_told_without_the_trace() -> None:
    error = failure(NIX, "Nix could not build", TRACE.splitlines(), 1)
    assert (error.what, error.where) == ("nixpkgs 26.05 has no package make", "pyproject.toml, tool.neve.system")
    assert error.fixes == ("did you mean gnumake?",)
    assert error.why is None


@pytest.mark.parametrize("text", ["error: neve: no remedy", "neve: no remedy"])
def test_a_remedy_and_a_key_may_be_missing(text: str) -> None:
    error = failure(NIX, "Nix could not build", [text], 1)
    assert (error.what, error.where, list(error.fixes)) == ("no remedy", None, [])


def test_what_others_throw_is_shown_whole() -> None:
    error = failure(NIX, "Nix could not build", ["error: undefined variable 'x'", "at a.nix:1:1"], 1)
    assert error.what == "Nix could not build"
    assert error.why == "undefined variable 'x'\nat a.nix:1:1"
    assert not isinstance(error, TransientError)


def test_the_network_may_come_back() -> None:
    error = failure(NIX, "x", ["error: unable to download 'https://cache.example/x': Could not resolve host"], 1)
    assert isinstance(error, TransientError)
    assert isinstance(error, NeveError)
