"""What the commands make of a scenario: `neve info --json`, a pylock.toml of uv's, a script."""

from __future__ import annotations

import json
import platform
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.python.uv import Uv
from neve.python.wheel import File
from neve.session import Options, Session
from neve.stages.environment import find_environment
from neve.stages.info import describe
from neve.stages.lock import choose
from tests.conformance.compare import choices
from tests.conformance.index import Indexes, Release
from tests.conformance.oracle import export, installed, locked_files
from tests.conformance.scenario import Scenario, plain
from tests.conformance.scenarios import building, extras, versions, wheels, workspaces
from tests.conformance.targets import SOME, TARGETS
from tests.conformance.world import indexes, written
from tests.world import World

_NAMED = {s.name: s for module in (building, extras, versions, wheels, workspaces) for s in module.SCENARIOS}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the mirror on loopback has amd64 alone")
@pytest.mark.parametrize(
    "name",
    [
        "an extra of extras",
        "all groups are default groups",
        "markers of every kind",
        "file names as the index spells them",
    ],
)
def test_info_lists_what_uv_installs(name: str, world: World, tmp_path: Path) -> None:
    scenario = _NAMED[name]
    directory = written(scenario, Indexes(world.server), tmp_path / "project")
    data = json.loads(describe(world.session(directory)).model_dump_json())
    listed = {f"{each['name']}=={each['version']}": each for each in data["platforms"]["linux/amd64"]["environment"]}
    files = locked_files(directory)
    theirs = installed(
        export(directory, scenario.words), TARGETS["trixie"], files=files, bases=(directory,), rules=scenario.rules
    )
    assert {what: each["file"] for what, each in listed.items()} == theirs
    assert all(files[each["sha256"]] == each["file"] for each in listed.values())
    assert {each["kind"] for each in listed.values()} <= {"wheel", "sdist"}


@pytest.mark.parametrize(
    "name",
    [
        "several extras",
        "markers of every kind",
        "edges to one package whose extras differ",
        "a wheel for every Python, glibc and processor",
        "the highest build number",
        "indexes by marker",
    ],
)
def test_a_pylock_that_uv_wrote(name: str, tmp_path: Path) -> None:
    scenario: Scenario = _NAMED[name]
    with indexes(tmp_path / "home") as served:
        directory = written(scenario, served, tmp_path / "project")
        expected = choices(directory, SOME)
        (tmp_path / "alone").mkdir()
        words = [
            word.removeprefix("--extra=") for word in scenario.words if word not in ("--no-default-groups", "--extra")
        ]
        (tmp_path / "alone/pylock.toml").write_text(Uv(directory, offline=True).export(extras=words))
        assert choices(tmp_path / "alone", SOME) == expected


def test_a_script(tmp_path: Path) -> None:
    text = (
        "# /// script\n"
        '# requires-python = ">=3.11"\n# dependencies = ["fig", "kiwi; platform_machine == \'aarch64\'"]\n'
        '# [tool.uv]\n# constraint-dependencies = ["fig<2"]\n# no-binary-package = ["fig"]\n# ///\n'
    )
    with indexes(tmp_path / "home") as served:
        served.add((*plain("fig==2.0", "kiwi"), Release(name="fig", sdist=True)))
        (tmp_path / "job.py").write_text(text)
        session = Session(tmp_path, Options(), script="job.py")
        environment = find_environment(session)
        environment.prepare(upgrade=False, check=False, refresh=True)
        for target, names in {
            "trixie": ["fig-1.0.tar.gz"],
            "trixie-arm": ["fig-1.0.tar.gz", "kiwi-1.0-py3-none-any.whl"],
        }.items():
            wanted = {TARGETS[target].architecture: [TARGETS[target]]}
            pylock, _ = environment.pylock(wanted, upgrade=False, check=False)
            chosen = choose(session, pylock, [TARGETS[target]], where=environment.where, sdists=True)
            assert [artefact.file for artefact in chosen if isinstance(artefact, File)] == names


def test_a_pylock_that_the_target_s_python_does_not_fit(tmp_path: Path) -> None:
    (tmp_path / "pylock.toml").write_text(
        'lock-version = "1.0"\ncreated-by = "test"\nrequires-python = "<3.12"\npackages = []\n'
    )
    found = choices(tmp_path, ("bookworm", "trixie"))
    assert found["bookworm"] == ()
    assert isinstance(found["trixie"], NeveError)
    assert found["trixie"].where == "pylock.toml"
