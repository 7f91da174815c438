"""Every derivation of the image, built once more: Nix compares the outputs to the byte."""

from __future__ import annotations

import pytest

from neve.nix.call import evaluate
from neve.nix.nix import Nix
from neve.nix.process import capture
from tests.build.conftest import Hello

pytestmark = [pytest.mark.build, pytest.mark.network]

OUTPUTS = ("oci", "image", "env", "rootfs", "check")


def store(nix: Nix, *words: str) -> str:
    """What ``nix-store`` prints."""
    command, program = nix.legacy("nix-store", words)
    done = capture(command, environment=nix.environment(), program=program)
    assert done.status == 0, done.err.decode()
    return done.out.decode()


def test_every_derivation_is_built_to_the_same_bytes(hello: Hello, nix: Nix) -> None:
    file = ["--file", str(hello.project.directory / ".neve/nix")]
    roots = [evaluate(nix, f"{name}.drvPath", extra=file) for name in OUTPUTS]
    store(nix, "--realise", *roots)
    closure = [path for path in store(nix, "--query", "--requisites", *roots).split() if path.endswith(".drv")]
    # What is pinned by its hash is compared when it is fetched; the busybox is not built at all.
    pinned = (".whl.drv", ".deb.drv", "-neve-busybox.drv")
    built = [path for path in closure if not path.endswith(pinned)]
    assert len(built) > 15
    store(nix, "--realise", "--check", "--max-jobs", "2", "--cores", "1", *built)
