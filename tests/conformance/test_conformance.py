"""Exactly uv's choice: neve's environments beside `uv export` and the ranking of ``packaging.tags``."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.python.sdist import Directory, Git
from neve.python.uv import find_uv
from tests.conformance.compare import Comparison, choices, compared
from tests.conformance.index import Indexes
from tests.conformance.scenario import Scenario
from tests.conformance.scenarios import building, extras, sources, versions, wheels, workspaces
from tests.conformance.world import indexes, written

SCENARIOS = tuple(s for m in (extras, versions, workspaces, wheels, building, sources) for s in m.SCENARIOS)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Indexes]:
    with indexes(tmp_path_factory.mktemp("home")) as found:
        yield found


def _chosen(comparison: Comparison, expected: set[str]) -> set[str]:
    """What was chosen, in the words of ``expected``."""
    found = set()
    for artefact in comparison.chosen:
        words = {f"{artefact.name}=={artefact.version}"}
        if isinstance(artefact, Directory):
            words = {f"./{artefact.path}", artefact.path}
        elif isinstance(artefact, Git):
            words = {f"{artefact.name}@{artefact.commit}"}
        else:
            words |= {artefact.file}
        found.add(next(iter(words & expected), sorted(words)[0]))
    return found


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS if s.refused is None], ids=lambda s: s.name)
def test_what_uv_installs(scenario: Scenario, served: Indexes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = written(scenario, served, tmp_path)
    for key, value in scenario.environ.items():
        monkeypatch.setenv(key, value)
    found = compared(directory, scenario.targets, words=scenario.words, root=tmp_path, rules=scenario.rules)
    for target, comparison in found.items():
        assert comparison.error is None, f"{target}: {comparison.error}"
        assert comparison.differences == (), target
        if (given := scenario.expected(target)) is not None:
            expected = {served.filled(word) for word in given}
            assert _chosen(comparison, expected) == expected, target


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS if s.refused is not None], ids=lambda s: s.name)
def test_what_uv_refuses(scenario: Scenario, served: Indexes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = written(scenario, served, tmp_path)
    for key, value in scenario.environ.items():
        monkeypatch.setenv(key, value)
    errors: list[NeveError] = []
    try:
        errors = [choice for choice in choices(directory, scenario.targets).values() if isinstance(choice, NeveError)]
        assert len(errors) == len(scenario.targets)
    except NeveError as error:
        errors = [error]
    for refusal in errors:
        assert re.search(scenario.refused or "", str(refusal)), str(refusal)
        assert all(one.fixes for one in refusal.errors)
    if scenario.uv_refuses:
        sync = [find_uv(), "sync", "--dry-run", "--no-install-project", *scenario.words]
        done = subprocess.run(sync, cwd=directory, env=os.environ, capture_output=True, text=True, check=False)
        assert done.returncode, done.stderr
        assert "Failed to" not in done.stderr


def test_there_are_enough_scenarios() -> None:
    assert len(SCENARIOS) == len({scenario.name for scenario in SCENARIOS})
    assert len(SCENARIOS) >= 40
