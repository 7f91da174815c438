"""Which systems a Nix says that it builds for."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.nix.nix import Nix
from neve.nix.platforms import builds_for, check_builds_for, with_machines

OWN, OTHER = ("x86_64-linux", "aarch64-linux") if os.uname().machine == "x86_64" else ("aarch64-linux", "x86_64-linux")


def a_nix(directory: Path, answer: str, version: tuple[int, ...] = (2, 26)) -> Nix:
    """A Nix that answers what its configuration is, where it is asked as one of ``version`` is."""
    words = "config show" if version >= (2, 20) else "show-config"
    (directory / "answer").write_text(answer)
    program = directory / "nix"
    program.write_text(f'#!/bin/sh\n[ "$*" = "{words} --json" ] && cat {directory}/answer\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return Nix(command=(str(program),), version=version, store=None, origin="the test", environ={})


def settings(platforms: list[str], builders: str) -> str:
    return json.dumps({"extra-platforms": {"value": platforms}, "builders": {"value": builders}})


@pytest.mark.parametrize("version", [(2, 18), (2, 26)])
@pytest.mark.parametrize(
    ("platforms", "builders", "builds"),
    [
        ([], "", False),
        (["i686-linux"], "ssh://one x86_64-darwin", False),
        (["i686-linux", OTHER], "", True),
        ([], f"ssh://one x86_64-darwin; ssh://two i686-linux,{OTHER} /key 4", True),
        ([], f"# ssh://one {OTHER}\nssh://two", False),
        ([], "@/nonexistent/machines", False),
        ([], "@{directory}/machines", True),
    ],
)
def test_who_builds(
    tmp_path: Path, version: tuple[int, ...], platforms: list[str], builders: str, builds: bool
) -> None:
    (tmp_path / "machines").write_text(f"ssh://one {OTHER}\n")
    nix = a_nix(tmp_path, settings(platforms, builders.format(directory=tmp_path)), version)
    assert builds_for(nix, OTHER) is builds
    assert builds_for(nix, OWN)


@pytest.mark.parametrize("answer", ["", "[]", "{}", '{"builders": 1}'])
def test_a_nix_that_does_not_tell_builds_for_itself(tmp_path: Path, answer: str) -> None:
    nix = a_nix(tmp_path, answer)
    assert not builds_for(nix, OTHER)
    with pytest.raises(NeveError, match="builds nothing for linux/other") as caught:
        check_builds_for(nix, OTHER, "linux/other")
    assert OTHER in (caught.value.why or "")
    check_builds_for(nix, OWN, "linux/own")


def test_other_machines_are_left_to_a_nix_that_is_to_use_them(tmp_path: Path) -> None:
    nix = a_nix(tmp_path, "")
    assert "builders = \n" in nix.environment()["NIX_CONFIG"]
    assert "builders" not in with_machines(nix).environment()["NIX_CONFIG"]
