"""Locking a project that depends on what no index has: files and directories beside it, and commits of git."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.lock.model import Lock
from neve.lock.text import read_lock
from neve.python.artefact import describe_artefact
from neve.render.render import render
from neve.session import Options
from neve.stages.lock import lock_project
from neve.stages.place import local_paths, must_be_in_flake, place_of
from tests.python.sdists import sdist_tar
from tests.sources.repositories import commit, git
from tests.world import World, wheel

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the index on loopback has x86_64 alone")


def metadata(name: str, *, version: str = "1.0", requires: str = "hatchling", more: str = "") -> str:
    return (
        f'[project]\nname = "{name}"\nversion = "{version}"\nrequires-python = ">=3.11"\n{more}'
        f'[build-system]\nrequires = ["{requires}"]\nbuild-backend = "hatchling.build"\n'
    )


def put(directory: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.fixture
def project(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with two members, a library beside it, a wheel and an archive in it, and a commit of git."""
    for name in ("hatchling", "other"):
        world.serve_wheel(name, "1.0")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    put(tmp_path / "repository", {"sub/pyproject.toml": metadata("gitty", version="2.0"), "sub/gitty.py": ""})
    commit(tmp_path / "repository", {})
    directory = tmp_path / "app"
    wheel_metadata = "Metadata-Version: 2.1\nName: wheely\nVersion: 1.0\n"
    archive = {
        "arch-1.0/PKG-INFO": "Metadata-Version: 2.2\nName: arch\nVersion: 1.0\n",
        "arch-1.0/pyproject.toml": metadata("arch"),
    }
    put(tmp_path, {"beside/pyproject.toml": metadata("beside"), "beside/beside.py": ""})
    put(
        directory,
        {
            "pyproject.toml": metadata(
                "app", more='dependencies = ["one", "two", "beside", "wheely", "arch", "gitty"]\n'
            )
            + '[tool.neve]\nbase = "nixpkgs"\n'
            '[tool.uv.workspace]\nmembers = ["packages/*"]\n'
            "[tool.uv.sources]\none = { workspace = true }\ntwo = { workspace = true }\n"
            'beside = { path = "../beside", editable = true }\n'
            'wheely = { path = "vendor/wheely-1.0-py3-none-any.whl" }\narch = { path = "vendor/arch-1.0.tar.gz" }\n'
            f'gitty = {{ git = "file://{tmp_path}/repository", subdirectory = "sub" }}\n',
            "app.py": "",
            "packages/one/pyproject.toml": metadata("one"),
            "packages/one/one.py": "",
            "packages/two/pyproject.toml": metadata("two"),
            "vendor/wheely-1.0-py3-none-any.whl": wheel("wheely", "1.0", wheel_metadata),
            "vendor/arch-1.0.tar.gz": sdist_tar(archive),
        },
    )
    return directory


def held(directory: Path) -> Lock:
    return read_lock((directory / "neve.lock").read_text())


def refused(world: World, directory: Path, options: Options | None = None) -> NeveError:
    with pytest.raises(NeveError) as caught:
        lock_project(world.session(directory, options))
    for error in caught.value.errors:
        assert error.fixes
    return caught.value


def test_all_are_pinned_with_what_builds_them(world: World, project: Path, tmp_path: Path) -> None:
    locked = lock_project(world.session(project))
    kinds = {a["name"]: (a["kind"], a["file"]) for a in map(describe_artefact, locked.artefacts)}
    head = git(tmp_path / "repository", "rev-parse", "HEAD")
    assert kinds == {
        "arch": ("path", "arch-1.0.tar.gz"),
        "beside": ("path", "../beside"),
        "gitty": ("git", f"file://{tmp_path}/repository@{head}#subdirectory=sub"),
        "one": ("path", "packages/one"),
        "two": ("path", "packages/two"),
        "wheely": ("path", "wheely-1.0-py3-none-any.whl"),
    }
    lock = held(project)
    assert [(pin.name, pin.path, pin.url) for pin in lock.sdists] == [("arch", "vendor/arch-1.0.tar.gz", "")]
    assert [(pin.name, pin.commit, pin.subdirectory) for pin in lock.git] == [("gitty", head, "sub")]
    assert [pin.path for pin in lock.directories] == ["../beside", "packages/one", "packages/two"]
    assert {wheel.name for pin in lock.built.values() for wheel in pin.wheels} == {"hatchling"}
    assert locked.lock == lock


def test_what_is_locked_stays(world: World, project: Path) -> None:
    lock_project(world.session(project))
    before = (project / "neve.lock").read_bytes()
    world.serve_wheel("hatchling", "2.0")
    assert lock_project(world.session(project)).changed == ()
    assert lock_project(world.session(project, Options(locked=True))).changed == ()
    assert (project / "neve.lock").read_bytes() == before


def test_a_directory_that_is_built_by_another_backend(world: World, project: Path) -> None:
    lock_project(world.session(project))
    put(project, {"packages/one/pyproject.toml": metadata("one", requires="other")})
    error = refused(world, project, Options(locked=True))
    assert "packages/one" in error.what
    lock_project(world.session(project))
    pins = {pin.name: [wheel.name for wheel in pin.wheels] for pin in held(project).directories}
    assert pins == {"beside": ["hatchling"], "one": ["other"], "two": ["hatchling"]}


def test_the_rendering_names_each(world: World, project: Path) -> None:
    session = world.session(project)
    locked = lock_project(session)
    place = place_of(session, locked.environments, root="../../.")
    tree = render(locked.plan, locked.lock, locked.environments, place)
    text = tree["nix/build.nix"]
    assert 'directory = "packages/one";' in text
    assert '"one.py"' in text
    assert 'path = "vendor/arch-1.0.tar.gz";' in text
    assert f'hash = "{locked.lock.git[0].nar_hash}";' in text
    assert 'pretend = "gitty==2.0";' in text
    assert 'path = "vendor/wheely-1.0-py3-none-any.whl";' in tree["nix/wheels.nix"]
    # A member's files are none of the project's own.
    assert "packages/one/one.py" not in tree["nix/files.json"]
    assert "app.py" in tree["nix/files.json"]
    assert local_paths(locked.environments) == (
        "../beside/",
        "packages/one/",
        "packages/two/",
        "vendor/arch-1.0.tar.gz",
        "vendor/wheely-1.0-py3-none-any.whl",
    )


def test_a_flake_that_cannot_reach_it_all(world: World, project: Path, tmp_path: Path) -> None:
    session = world.session(project)
    locked = lock_project(session)
    with pytest.raises(NeveError, match="a flake here cannot reach all") as caught:
        must_be_in_flake(session, locked.environments)
    assert caught.value.where == "../beside/"
    git(tmp_path, "init", "-q")
    must_be_in_flake(session, locked.environments)


def test_in_a_member_s_directory_the_workspace_s_lock_counts(world: World, project: Path) -> None:
    lock_project(world.session(project))
    before = (project / "uv.lock").read_bytes()
    member = project / "packages/one"
    beside = '[tool.uv.sources]\nbeside = { path = "../../../beside", editable = true }\n'
    text = metadata("one", more='dependencies = ["beside"]\n') + '[tool.neve]\nbase = "nixpkgs"\n' + beside
    put(member, {"pyproject.toml": text})
    assert world.session(member).uv_lock == project / "uv.lock"
    locked = lock_project(world.session(member), refresh=True)
    assert [a.name for a in locked.artefacts] == ["beside"]
    assert [pin.path for pin in held(member).directories] == ["../../../beside"]
    assert not (member / "uv.lock").exists()
    assert (project / "uv.lock").read_bytes() != before


def test_a_virtual_root_has_all_members(world: World, project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.neve]\nbase = "nixpkgs"\n[tool.uv.workspace]\nmembers = ["packages/*"]\n'
    )
    assert [a.name for a in lock_project(world.session(project)).artefacts] == ["one", "two"]


def test_a_file_that_is_another_one_or_gone(world: World, project: Path) -> None:
    lock_project(world.session(project))
    (project / "neve.lock").unlink()
    archive = project / "vendor/arch-1.0.tar.gz"
    archive.write_bytes(archive.read_bytes() + b"x")
    frozen = world.session(project)
    frozen.uv.check = lambda: None  # type: ignore[method-assign] # uv would say so as well
    with pytest.raises(NeveError, match=r"arch-1\.0\.tar\.gz is not the file that is locked"):
        lock_project(frozen)
    archive.unlink()
    with pytest.raises(NeveError, match=r"arch-1\.0\.tar\.gz cannot be read"):
        lock_project(frozen)


def test_a_directory_that_is_gone_or_no_package(world: World, project: Path) -> None:
    lock_project(world.session(project))
    session = world.session(project)
    session.uv.check = lambda: None  # type: ignore[method-assign]
    (project.parent / "beside/pyproject.toml").unlink()
    with pytest.raises(NeveError, match="a source cannot be built") as caught:
        lock_project(session)
    assert "neither pyproject.toml nor setup.py" in (caught.value.why or "")
    (project.parent / "beside/beside.py").unlink()
    (project.parent / "beside").rmdir()
    with pytest.raises(NeveError, match="the directory of beside is not there"):
        lock_project(session)


def test_a_subdirectory_that_the_commit_lacks(world: World, project: Path) -> None:
    lock_project(world.session(project))
    (project / "neve.lock").unlink()
    path = project / "uv.lock"
    path.write_text(path.read_text().replace("?subdirectory=sub", "?subdirectory=none"))
    session = world.session(project)
    session.uv.check = lambda: None  # type: ignore[method-assign]
    with pytest.raises(NeveError, match="has no directory 'none'"):
        lock_project(session)
