from __future__ import annotations

import contextlib
import platform
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.files import cache_home
from neve.session import Options, Session
from tests.recorder import Recorder


def session(directory: Path, text: str, **environ: str) -> Session:
    (directory / "pyproject.toml").write_text(text)
    return Session(directory, Options(), Recorder(), environ)


def test_the_project_and_its_plan(tmp_path: Path) -> None:
    made = session(tmp_path, '[project]\nname = "app"\n')
    assert made.project.name == "app"
    assert made.plan.project is made.project
    assert made.plan.architecture == platform.machine()
    assert made.project is made.project


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    made = Session(tmp_path / "none")
    with pytest.raises(NeveError):
        _ = made.project


def test_the_mirror_of_the_environment_goes_before_the_configured(tmp_path: Path) -> None:
    text = '[project]\nname = "app"\n[tool.neve]\nmirror = "https://ours.example/debian"\n'
    assert session(tmp_path, text).mirrors.main == "https://ours.example/debian"
    here = session(tmp_path, text, NEVE_DEBIAN_MIRROR="https://theirs.example/debian")
    assert here.mirrors.main == "https://theirs.example/debian"
    assert here.mirrors.security == "https://theirs.example/debian-security"


def test_the_options_reach_what_is_made(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "app"\n')
    offline = Session(tmp_path, Options(offline=True))
    assert offline.fetcher.offline
    assert offline.toolbox.offline
    assert offline.uv.offline
    assert offline.uv.directory == tmp_path
    assert offline.fetcher.cache == offline.toolbox.cache == cache_home()


def test_the_python_that_uv_gets_is_a_small_thing(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "app"\nrequires-python = ">=3.13"\n')
    recorder = Recorder()
    with contextlib.suppress(NeveError):  # it may lie in a cache
        Session(tmp_path, Options(offline=True), recorder, {})._interpreter()
    text = "no Python of this machine fits >=3.13; uv gets 3.13 of Debian trixie"
    assert recorder.finished[text]
