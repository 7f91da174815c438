from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytest_subprocess import FakeProcess

from neve.errors import NeveError, TransientError
from neve.python.uv import Uv, find_uv
from tests.world import World

PYPROJECT = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = [{}]\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    directory = tmp_path / "project"
    directory.mkdir()
    (directory / "pyproject.toml").write_text(PYPROJECT.format('"lemon"'))
    return directory


@pytest.fixture
def uv(world: World, project: Path) -> Uv:
    world.serve_wheel("lemon", "1.0", requires=("zest>=1",))
    world.serve_wheel("zest", "1.5")
    return Uv(project, offline=False)


def test_the_version(uv: Uv) -> None:
    assert uv.version().split(".")[0].isdecimal()


def test_lock_export_and_check(uv: Uv) -> None:
    uv.lock()
    uv.check()
    text = uv.export()
    assert 'name = "lemon"' in text
    assert 'name = "zest"' in text
    assert 'name = "app"' not in text


def test_extras_and_groups(uv: Uv, world: World, project: Path) -> None:
    world.serve_wheel("pith", "1.0")
    world.serve_wheel("seed", "1.0")
    more = '[project.optional-dependencies]\nweb = ["pith"]\n[dependency-groups]\nbatch = ["seed"]\ndev = ["seed"]\n'
    (project / "pyproject.toml").write_text(PYPROJECT.format('"zest"') + more)
    uv.lock()
    names = ("zest", "pith", "seed")

    def exported(extras: tuple[str, ...] = (), groups: tuple[str, ...] = ()) -> list[str]:
        text = uv.export(extras=extras, groups=groups)
        return [name for name in names if f'name = "{name}"' in text]

    assert exported() == ["zest"]
    assert exported(extras=("web",)) == ["zest", "pith"]
    assert exported(groups=("batch",)) == ["zest", "seed"]
    with pytest.raises(NeveError) as caught:
        uv.export(extras=("wbe",))
    assert "wbe" in (caught.value.why or "")


def test_all_extras_and_groups_and_those_in_conflict(
    uv: Uv, world: World, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.serve_wheel("pith", "1.0")
    world.serve_wheel("seed", "1.0")
    world.serve_wheel("seed", "2.0")
    tables = '[project.optional-dependencies]\nweb = ["pith"]\nold = ["seed<2"]\n'
    tables += '[dependency-groups]\ndev = ["pith"]\nnew = ["seed>=2"]\n'
    (project / "pyproject.toml").write_text(PYPROJECT.format('"zest"') + tables.replace("<2", "").replace(">=2", ""))
    uv.lock()
    monkeypatch.setenv("UV_NO_GROUP", "new")
    monkeypatch.setenv("UV_NO_DEV", "1")
    assert 'name = "seed"' in uv.export(groups="all")
    assert 'name = "pith"' in uv.export(groups=["dev"])
    assert 'name = "pith"' in uv.export(extras="all")
    assert 'name = "pith"' not in uv.export()
    conflicts = '[tool.uv]\nconflicts = [[{ extra = "old" }, { group = "new" }]]\n'
    (project / "pyproject.toml").write_text(PYPROJECT.format('"zest"') + tables + conflicts)
    uv.lock()
    with pytest.raises(NeveError) as caught:
        uv.export(extras="all", groups=["new"])
    assert caught.value.what == "extra 'old' and group 'new' exclude each other"
    assert caught.value.where == "pyproject.toml, tool.neve.extras and tool.neve.groups"
    assert "seed-2.0" in uv.export(groups=["new"])


def test_a_newer_version_comes_with_upgrade_alone(uv: Uv, world: World) -> None:
    uv.lock()
    world.serve_wheel("zest", "1.6")
    uv.lock()
    assert "zest-1.5" in uv.export()
    uv.lock(upgrade=True)
    assert "zest-1.6" in uv.export()


def test_a_stale_lock(uv: Uv, world: World, project: Path) -> None:
    uv.lock()
    world.serve_wheel("pith", "1.0")
    before = (project / "uv.lock").read_bytes()
    (project / "pyproject.toml").write_text(PYPROJECT.format('"lemon", "pith"'))
    with pytest.raises(NeveError, match=r"uv\.lock is not fresh") as caught:
        uv.check()
    assert "uv lock" in caught.value.fixes[0]
    assert (project / "uv.lock").read_bytes() == before


def test_a_lock_of_a_newer_format(uv: Uv, project: Path) -> None:
    uv.lock()
    path = project / "uv.lock"
    path.write_text(path.read_text().replace("version = 1\n", "version = 99\n", 1))
    for call in (uv.check, uv.export):
        with pytest.raises(NeveError) as caught:
            call()
        assert "99" in (caught.value.why or "")
        assert any("newer" in fix for fix in caught.value.fixes)
    assert "version = 99" in path.read_text()


def test_a_lock_that_is_broken(uv: Uv, project: Path) -> None:
    (project / "uv.lock").write_text("version = [")
    for call in (uv.check, uv.export):
        with pytest.raises(NeveError) as caught:
            call()
        assert caught.value.code == 1


def test_what_no_index_has(uv: Uv, project: Path) -> None:
    (project / "pyproject.toml").write_text(PYPROJECT.format('"lemmon"'))
    with pytest.raises(NeveError) as caught:
        uv.lock()
    assert "lemmon" in (caught.value.why or "")
    assert not (project / "uv.lock").exists()


def test_an_index_that_is_down(uv: Uv, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://someone:s3cret@127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(TransientError) as caught:
        uv.lock()
    assert "s3cret" not in str(caught.value)


def test_offline_asks_nobody(world: World, project: Path) -> None:
    with pytest.raises(NeveError) as caught:
        Uv(project, offline=True).lock()
    assert not isinstance(caught.value, TransientError)
    assert world.server.seen == []


def test_credentials_of_the_index_stay_out_of_what_uv_gives(
    world: World, uv: Uv, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", world.server.url.replace("://", "://someone:s3cret@") + "/simple")
    uv.lock()
    assert any("authorization" in request.headers for request in world.server.seen)
    for text in ((project / "uv.lock").read_text(), uv.export(), uv.compile(["lemon"], python="3.13")):
        assert "lemon" in text
        assert "s3cret" not in text


def test_requirements_become_wheels_for_all_platforms(uv: Uv) -> None:
    text = uv.compile(["lemon"], python="3.13")
    assert "zest-1.5" in text
    assert "zest" not in uv.compile(["lemon"], python="3.13", dependencies=False)


@pytest.mark.parametrize("requirement", ["lemon>=2", "nothing-like-it", "not a requirement"])
def test_requirements_that_cannot_be_met(uv: Uv, requirement: str) -> None:
    with pytest.raises(NeveError, match="uv cannot resolve") as caught:
        uv.compile([requirement], python="3.13")
    assert caught.value.why


@pytest.mark.usefixtures("world")
def test_no_interpreter_fits(project: Path) -> None:
    class Asked(Exception):  # noqa: N818
        pass

    def interpreter() -> Path:
        raise Asked

    path = project / "pyproject.toml"
    path.write_text(PYPROJECT.format("").replace(">=3.11", ">=3.99"))
    with pytest.raises(Asked):
        Uv(project, offline=False, interpreter=interpreter).lock()
    with pytest.raises(NeveError, match="uv cannot lock"):
        Uv(project, offline=False).lock()


def test_the_fetched_interpreter_is_used_from_then_on(
    fp: FakeProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV", "/opt/uv")
    base = ["/opt/uv", "--color", "never", "--no-progress"]
    fetched: list[Path] = []

    def interpreter() -> Path:
        fetched.append(tmp_path / "python3.14")
        return fetched[-1]

    fp.register([*base, "lock"], returncode=2, stderr="error: No interpreter found for Python >=3.14 in search path\n")
    fp.register([*base, "lock", "--python", str(tmp_path / "python3.14")])
    fp.register([*base, "lock", "--check", "--python", str(tmp_path / "python3.14")])
    uv = Uv(tmp_path, offline=False, interpreter=interpreter)
    uv.lock()
    uv.check()
    assert len(fetched) == 1
    assert len(fp.calls) == 3


@pytest.mark.usefixtures("world")
def test_a_project_is_begun(tmp_path: Path) -> None:
    directory = tmp_path / "fresh"
    directory.mkdir()
    Uv(directory, offline=True).init()
    assert "[build-system]" in (directory / "pyproject.toml").read_text()
    assert not (directory / ".git").exists()


def test_which_uv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("UV", raising=False)
    assert os.access(find_uv(), os.X_OK)
    monkeypatch.setenv("UV", str(tmp_path / "none"))
    with pytest.raises(NeveError, match="uv does not start"):
        Uv(tmp_path, offline=False).version()


def test_uv_sees_no_other_project(uv: Uv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VIRTUAL_ENV", "UV_PROJECT", "UV_WORKING_DIRECTORY"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    uv.lock()
    assert (uv.directory / "uv.lock").is_file()


@pytest.mark.parametrize("setting", ["no-binary = true", 'no-binary-package = ["lemon"]', 'pip.no-binary = [":all:"]'])
def test_build_requirements_are_wheels_whatever_uv_is_told_of_the_project_s(
    world: World, project: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.delenv("UV_NO_CONFIG")
    monkeypatch.delenv("UV_DEFAULT_INDEX")
    world.serve_wheel("lemon", "1.0")
    world.serve_wheel("lemon", "2.0")
    with (project / "pyproject.toml").open("a") as file:
        file.write(
            f'[tool.uv]\n{setting}\nconstraint-dependencies = ["lemon<2"]\nenvironments = ["os_name == \'x\'"]\n'
        )
        file.write(f'[[tool.uv.index]]\nname = "own"\nurl = "{world.server.url}/simple"\ndefault = true\n')
    uv = Uv(project, offline=False)
    assert "lemon-1.0" in uv.compile(["lemon"], python="3.13")
    with pytest.raises(NeveError, match="uv cannot resolve"):
        uv.compile(["lemon"], python="3.13", constraints=["lemon>1.5"])


@pytest.mark.parametrize("setting", ['no-binary-package = "lemon"', "unheard-of = 1"])
def test_settings_that_uv_cannot_read(
    uv: Uv, project: Path, monkeypatch: pytest.MonkeyPatch, setting: str, tmp_path: Path
) -> None:
    uv.lock()
    monkeypatch.delenv("UV_NO_CONFIG")
    with (project / "pyproject.toml").open("a") as file:
        file.write(f"[tool.uv]\n{setting}\n")
    calls = (
        uv.lock,
        uv.check,
        uv.export,
        uv.indexes,
        lambda: uv.compile(["lemon"], python="3.13"),
        lambda: uv.resolve(["-"], tmp_path / "pylock.x.toml", python="3.13", given="lemon\n"),
        lambda: uv.pythons("x86_64"),
    )
    for call in calls:
        with pytest.raises(NeveError, match="uv cannot read its settings") as caught:
            call()
        assert caught.value.where == "pyproject.toml:7"
        assert "expected one of" not in (caught.value.why or "")
        assert setting in (caught.value.why or "")
    (project / "uv.toml").write_text(f"{setting}\n")
    with pytest.raises(NeveError, match=r"Failed to parse: uv\.toml"):
        uv.check()


def test_a_damaged_file_is_no_stale_lock(uv: Uv, world: World, project: Path) -> None:
    wheel = project / "pith-1.0-py3-none-any.whl"
    world.serve_wheel("pith", "1.0")
    wheel.write_bytes(world.server.files[f"/files/{wheel.name}"])
    text = PYPROJECT.format('"pith"') + f'[tool.uv.sources]\npith = {{ path = "{wheel.name}" }}\n'
    (project / "pyproject.toml").write_text(text)
    uv.lock()
    wheel.write_bytes(b"PK damaged")
    with pytest.raises(NeveError, match=r"uv cannot check uv\.lock") as caught:
        uv.check()
    assert wheel.name in (caught.value.why or "")
