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


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        (
            "Package \u2018unrar-7.1\u2019 in /nix/store/x.nix:1 has an unfree license (\u2018unfree\u2019), refusing.",
            "nixpkgs refuses unrar-7.1",
            'unfree = ["unrar"] under [tool.neve.nixpkgs], if its licence allows you to use it',
        ),
        (
            "Package 'old-thing-2.0' in /x.nix:1 is marked as insecure, refusing to evaluate.",
            "nixpkgs refuses old-thing-2.0",
            "take another package, or another `release`",
        ),
        (
            "hash mismatch in file downloaded from 'https://code.example/x':\n  specified: sha256:a\n  got: sha256:b",
            "nixpkgs is not the tree that is pinned",
            "correct `nar-hash` under [tool.neve.nixpkgs], then `neve lock`",
        ),
    ],
)
def test_what_nixpkgs_refuses(text: str, what: str, fix: str) -> None:
    error = failure(NIX, "Nix could not build", ["error:", "\u2026 while evaluating x", f"error: {text}"], 1)
    assert (error.what, error.fixes) == (what, (fix,))
    assert not isinstance(error, TransientError)


def test_nixpkgs_that_cannot_be_fetched() -> None:
    url = f"https://code.example/nixpkgs/archive/{'5' * 40}.tar.gz"
    error = failure(NIX, "x", [f"error: unable to download '{url}': Could not resolve host: code.example"], 1)
    assert isinstance(error, TransientError)
    assert (error.what, error.where) == ("nixpkgs 55555555555 cannot be fetched", url)


def test_a_trace_is_not_shown() -> None:
    text = "error:\n \u2026 while calling x\n   at a.nix:1:1\n\n error: attribute 'y' missing\n at b.nix:2:2"
    error = failure(NIX, "Nix could not build", text.splitlines(), 1)
    assert error.why == "attribute 'y' missing\n at b.nix:2:2"
