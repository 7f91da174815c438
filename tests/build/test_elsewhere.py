"""The same digest in another world. tests/reproducibility.py takes one difference at a time, for every example."""

from __future__ import annotations

import pytest

from tests.build.conftest import Hello
from tests.build.elsewhere import CannotBeMadeError, World, elsewhere

pytestmark = [pytest.mark.build, pytest.mark.network]

OTHER = {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati", "NEVE_NIX_SUITE": "forky"}
ALL_AT_ONCE = World(user="nobody", environ=OTHER, umask=0o077, directory="Größe 1 (copy)", touch=2_000_000_000)


def test_a_world_in_which_everything_differs(hello: Hello) -> None:
    try:
        with elsewhere(hello.project, ALL_AT_ONCE) as project:
            assert project.build("--frozen").digest == hello.built.digest
            program = project.directory.parents[1] / ".cache/neve/tools"
            assert [path.name for path in program.iterdir() if path.name.startswith("nix-2.3")]
    except CannotBeMadeError as error:
        pytest.skip(str(error))
