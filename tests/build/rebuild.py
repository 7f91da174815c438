"""Building every derivation of an image once more: Nix compares the outputs to the byte."""

from __future__ import annotations

import os
import re

from neve.bases.base import find_base
from neve.nix.call import evaluate
from neve.nix.nix import Nix
from neve.nix.process import capture
from neve.project.read import read_project
from tests.build.project import Project

OUTPUTS = ("oci", "image", "env", "rootfs", "check")
# What is pinned by its hash is compared when it is fetched; the busybox is not built at all.
_PINNED = (".whl.drv", ".deb.drv", "-neve-busybox.drv")
_OURS = re.compile(r"/nix/store/[0-9a-z]{32}-(layer-.*|python3\.13-.*|root|rootfs|oci|import-check)\.drv\Z")


def rebuilt(project: Project, nix: Nix, only: str = "") -> list[str]:
    """Build every derivation of ``project``, which is built, once more, on one core each, or those whose paths the
    pattern ``only`` is in; which they were.

    Raises AssertionError with Nix's words where an output differs.
    """
    base = find_base(read_project(project.directory).config.base)
    words = base.evaluation(project.directory / ".neve", os.uname().machine)
    roots = [evaluate(nix, f"{name}.drvPath", extra=words) for name in OUTPUTS]
    _store(nix, "--realise", *roots)
    closure = [path for path in _store(nix, "--query", "--requisites", *roots).split() if path.endswith(".drv")]
    derivations = [path for path in closure if not path.endswith(_PINNED) and re.search(only, path)]
    if base.name == "nixpkgs":  # what nixpkgs makes is not ours
        derivations = [path for path in derivations if _OURS.match(path)]
    _store(nix, "--realise", "--check", "--max-jobs", "2", "--cores", "1", *derivations)
    return derivations


def _store(nix: Nix, *words: str) -> str:
    command, program = nix.legacy("nix-store", words)
    done = capture(command, environment=nix.environment(), program=program)
    assert done.status == 0, done.err.decode()
    return done.out.decode()
