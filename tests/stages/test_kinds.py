"""Locking projects of each kind, from a directory to its lock files, against a mirror and an index on loopback."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.python.artefact import Artefact
from neve.session import Options
from neve.stages.lock import Locked, lock_project
from tests.world import World, wheel

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the mirror on loopback has amd64 alone")


PROJECT = '[project]\nname = "app"\nversion = "1"\n'


@pytest.fixture
def project(world: World, tmp_path: Path) -> Path:
    world.serve_wheel("lemon", "1.0", requires=("zest",))
    world.serve_wheel("zest", "1.0")
    world.serve_wheel("lime", "1.0")
    directory = tmp_path / "project"
    directory.mkdir()
    return directory


def write(directory: Path, **files: str) -> None:
    for name, text in files.items():
        path = directory / name.replace("__", "-").replace("_dot_", ".")
        path.write_text(text)


def versions(locked: Locked) -> dict[str, str | None]:
    return {artefact.name: artefact.version for artefact in locked.artefacts}


def sha256(artefact: Artefact) -> str:
    return str(getattr(artefact, "sha256", ""))


def test_requirements(world: World, project: Path) -> None:
    write(project, requirements_dot_txt="-r base.txt\nlime ; python_version >= '3'\n", base_dot_txt="lemon\n")
    locked = lock_project(world.session(project))
    assert locked.changed == ("pylock.neve.toml", "neve.lock")
    assert versions(locked) == {"lemon": "1.0", "lime": "1.0", "zest": "1.0"}
    assert locked.plan.project.files == ("requirements.txt", "base.txt")
    assert lock_project(world.session(project)).changed == ()
    assert lock_project(world.session(project, Options(locked=True))).changed == ()


def test_what_is_included_makes_the_environment_stale_and_versions_stay(world: World, project: Path) -> None:
    write(project, requirements_dot_txt="-r base.txt\n", base_dot_txt="lemon\n")
    lock_project(world.session(project))
    world.serve_wheel("lemon", "2.0", requires=("zest",))
    write(project, base_dot_txt="lemon\nlime\n")
    with pytest.raises(NeveError, match=r"pylock\.neve\.toml is not fresh") as caught:
        lock_project(world.session(project, Options(locked=True)))
    assert caught.value.where == "pylock.neve.toml"
    assert (caught.value.why or "").startswith("base.txt has changed since it was written; --locked")
    assert versions(lock_project(world.session(project, Options(frozen=True)))) == {"lemon": "1.0", "zest": "1.0"}
    assert versions(lock_project(world.session(project))) == {"lemon": "1.0", "lime": "1.0", "zest": "1.0"}
    assert versions(lock_project(world.session(project), upgrade=True))["lemon"] == "2.0"


def test_settings_of_the_image_leave_the_environment_fresh(world: World, project: Path) -> None:
    write(project, requirements_dot_txt="lemon\n", neve_dot_toml="")
    lock_project(world.session(project))
    write(project, neve_dot_toml="[image]\nports = [80]\n")
    world.server.seen.clear()
    assert "pylock.neve.toml" not in lock_project(world.session(project)).changed
    assert not [path for path in world.server.paths() if path.startswith("/simple/")]


def test_a_constraint_bounds_and_installs_nothing(world: World, project: Path) -> None:
    world.serve_wheel("lemon", "2.0")
    write(project, requirements_dot_txt="-c limits.txt\nlemon\n", limits_dot_txt="lemon<2\nlime==1.0\n")
    assert versions(lock_project(world.session(project))) == {"lemon": "1.0", "zest": "1.0"}


def test_hashes_are_the_files_that_are_taken(world: World, project: Path) -> None:
    old = world.serve_wheel("rind", "1.0")
    world.serve_wheel("rind", "1.0", tag="cp313-cp313-manylinux_2_17_x86_64", requires=("lime ; python_version < '3'",))
    write(project, requirements_dot_txt=f"rind==1.0 \\\n    --hash=sha256:{old}\n")
    (wheel,) = lock_project(world.session(project)).artefacts
    assert sha256(wheel) == old
    write(project, requirements_dot_txt="rind==1.0\n")
    (wheel,) = lock_project(world.session(project)).artefacts
    assert sha256(wheel) != old


def test_a_hash_that_no_file_has(world: World, project: Path) -> None:
    write(project, requirements_dot_txt=f"lime==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(NeveError, match=r"no file of lime 1\.0 has a hash") as caught:
        lock_project(world.session(project))
    assert caught.value.where == "requirements.txt:1"
    assert not (project / "pylock.neve.toml").exists()


def test_hashes_for_some_alone(world: World, project: Path) -> None:
    digest = world.serve_wheel("rind", "1.0", requires=("lime",))
    write(project, requirements_dot_txt=f"rind==1.0 --hash=sha256:{digest}\n")
    with pytest.raises(NeveError, match=r"lime 1\.0 has no hash"):
        lock_project(world.session(project))


def test_a_dependency_of_another_platform_needs_no_hash(world: World, project: Path) -> None:
    digest = world.serve_wheel("rind", "1.0", requires=("lime ; sys_platform == 'win32'",))
    write(project, requirements_dot_txt=f"rind==1.0 --hash=sha256:{digest}\n")
    assert versions(lock_project(world.session(project))) == {"rind": "1.0"}


def test_a_pin_that_is_overridden(world: World, project: Path) -> None:
    world.serve_wheel("lime", "2.0")
    write(
        project,
        requirements_dot_txt="lime==1.0\n",
        pyproject_dot_toml='[tool.uv]\noverride-dependencies = ["lime==2.0"]\n[tool.neve]\nproject = "requirements"\n',
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("UV_NO_CONFIG")
        with pytest.raises(NeveError, match=r"lime 1\.0 is not what uv resolves to") as caught:
            lock_project(world.session(project))
    assert caught.value.where == "requirements.txt:1"


@pytest.mark.parametrize(
    "line",
    [
        "-e .",
        ".[extra]",
        "-e ../project",
        "{path}",
        "app @ file://{path}",
        "app[extra]@file://{path} ; python_version > '3'",
    ],
)
def test_the_directory_itself_is_no_dependency(world: World, project: Path, line: str) -> None:
    write(
        project,
        requirements_dot_txt=line.format(path=project) + "\n",
        pyproject_dot_toml=PROJECT + 'dependencies = ["lime"]\n'
        '[build-system]\nrequires = ["lemon"]\nbuild-backend = "hatchling.build"\n'
        '[tool.neve]\nproject = "requirements"\n',
    )
    locked = lock_project(world.session(project))
    assert versions(locked) == {"lime": "1.0"}
    assert locked.plan.project.build_system is not None


@pytest.mark.parametrize(("key", "value"), [("extras", '["x"]'), ("groups", '"all"')])
def test_requirements_have_neither_extras_nor_groups(world: World, project: Path, key: str, value: str) -> None:
    write(project, requirements_dot_txt="lime\n", neve_dot_toml=f"{key} = {value}\n")
    with pytest.raises(NeveError, match=f"no such {key}"):
        lock_project(world.session(project))


@pytest.mark.parametrize("asked", ["pypy3.10", "2.7.18", "3.13.1", "3"])
def test_a_python_version_is_not_in_the_way_of_uv(world: World, project: Path, asked: str) -> None:
    from tests.recorder import Recorder

    write(project, pyproject_dot_toml=PROJECT + 'requires-python = ">=3.11"\ndependencies = ["lime"]\n')
    (project / ".python-version").write_text(f"{asked}\n")
    progress = Recorder()
    assert versions(lock_project(world.session(project, progress=progress))) == {"lime": "1.0"}
    said = {
        "3": [],
        "3.13.1": [".python-version asks for 3.13.1, the image has 3.13.5"],
    }.get(asked, [f".python-version: {asked} is no CPython 3"])
    assert progress.notes == said


def test_setup_cfg_alone(world: World, project: Path) -> None:
    write(
        project,
        setup_dot_cfg="[metadata]\nname = app\nversion = 1\n[options]\npy_modules = app\ninstall_requires = lemon\n"
        "[options.extras_require]\nmore = lime\n",
        neve_dot_toml='extras = ["more"]\n',
    )
    world.serve_wheel("setuptools", "80.0")
    assert versions(lock_project(world.session(project))) == {"lemon": "1.0", "lime": "1.0", "zest": "1.0"}


def test_rye_takes_its_lock_as_it_is(world: World, project: Path) -> None:
    world.serve_wheel("lemon", "2.0")
    write(
        project,
        pyproject_dot_toml=PROJECT + 'dependencies = ["lemon"]\n[tool.rye]\nvirtual = true\n',
        requirements_dot_lock="# generated by rye\n-e file:.\nlemon==1.0\n    # via app\nzest==1.0\n",
    )
    write(project, **{"requirements__dev_dot_lock": "-e file:.\nlemon==1.0\nzest==1.0\nlime==1.0\n"})
    assert versions(lock_project(world.session(project))) == {"lemon": "1.0", "zest": "1.0"}
    with (project / "pyproject.toml").open("a") as file:
        file.write('[tool.neve]\ngroups = ["dev"]\n')
    assert versions(lock_project(world.session(project))) == {"lemon": "1.0", "lime": "1.0", "zest": "1.0"}


def test_a_pylock_is_taken_as_it_is(world: World, project: Path) -> None:
    digest = world.serve_wheel("rind", "1.0")
    url = f"{world.server.url}/files/rind-1.0-py3-none-any.whl"
    write(
        project,
        pylock_dot_toml='lock-version = "1.0"\ncreated-by = "hand"\n'
        '[[packages]]\nname = "rind"\nversion = "1.0"\n'
        f'wheels = [{{ url = "{url}", hashes = {{ sha256 = "{digest}" }} }}]\n'
        '[[packages]]\nname = "app"\ndirectory = { path = "./", editable = true }\n',
    )
    before = (project / "pylock.toml").read_bytes()
    locked = lock_project(world.session(project), upgrade=True)
    assert locked.changed == ("neve.lock",)
    assert versions(locked) == {"rind": "1.0"}
    assert (project / "pylock.toml").read_bytes() == before


def test_a_script_and_the_project_around_it(world: World, project: Path) -> None:
    write(
        project,
        tool_dot_py='# /// script\n# requires-python = ">=3.11"\n# dependencies = ["lemon"]\n# ///\nimport lemon\n',
        pyproject_dot_toml=PROJECT + 'requires-python = ">=3.11"\ndependencies = ["lime"]\n',
    )
    from dataclasses import replace

    own = replace(world.session(project), script="tool.py")
    locked = lock_project(own)
    assert locked.changed == ("tool.py.lock", "tool.py.neve.lock")
    assert versions(locked) == {"lemon": "1.0", "zest": "1.0"}
    assert (locked.plan.entrypoint, locked.plan.project.name) == (("python", "tool.py"), "tool")
    around = lock_project(world.session(project))
    assert around.changed == ("uv.lock", "neve.lock")
    assert versions(around) == {"lime": "1.0"}
    assert lock_project(replace(world.session(project), script="tool.py")).changed == ()


def test_a_script_without_metadata_asks_for_nothing(world: World, project: Path) -> None:
    from dataclasses import replace

    write(project, plain_dot_py="print(1)\n")
    locked = lock_project(replace(world.session(project), script="plain.py"))
    assert locked.changed == ("plain.py.neve.lock",)
    assert locked.artefacts == ()
    assert (project / "plain.py").read_text() == "print(1)\n"


@pytest.mark.parametrize("locked", [True, False])
def test_a_pipfile(world: World, project: Path, locked: bool) -> None:
    import hashlib
    import json

    digest = world.serve_wheel("rind", "1.0")
    world.serve_wheel("rind", "1.1")
    url = f"{world.server.url}/simple"
    write(
        project,
        Pipfile=f'[[source]]\nname = "own"\nurl = "{url}"\nverify_ssl = true\n'
        '[packages]\nrind = "*"\n[requires]\npython_version = "3.13"\n',
    )
    if locked:
        asked: dict[str, dict[str, object]] = {
            "_meta": {
                "sources": [{"name": "own", "url": url, "verify_ssl": True}],
                "requires": {"python_version": "3.13"},
            },
            "default": {"rind": "*"},
            "develop": {},
        }
        own = hashlib.sha256(json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        lock = {
            "_meta": {"hash": {"sha256": own}, "pipfile-spec": 6, **asked["_meta"]},
            "default": {"rind": {"hashes": [f"sha256:{digest}"], "index": "own", "version": "==1.0"}},
            "develop": {},
        }
        write(project, Pipfile_dot_lock=json.dumps(lock))
    found = lock_project(world.session(project))
    assert found.changed == ("pylock.neve.toml", "neve.lock")
    assert versions(found) == {"rind": "1.0" if locked else "1.1"}
    assert found.plan.project.files[:2] == (("Pipfile.lock", "Pipfile") if locked else ("Pipfile",))[:2]


def test_poetry_without_a_lock_is_resolved(world: World, project: Path) -> None:
    write(
        project,
        pyproject_dot_toml='[tool.poetry]\nname = "app"\nversion = "1"\npackage-mode = false\n'
        '[tool.poetry.dependencies]\npython = "^3.11"\nlemon = "^1.0"\n'
        '[tool.poetry.group.dev.dependencies]\nlime = "*"\n',
    )
    world.serve_wheel("lemon", "2.0")
    locked = lock_project(world.session(project))
    assert versions(locked) == {"lemon": "1.0", "zest": "1.0"}
    assert (locked.plan.project.kind, locked.plan.project.python.origin) == (
        "poetry",
        "tool.poetry.dependencies.python",
    )


def test_an_architecture_that_the_hashes_lack_is_left_out(world: World, project: Path) -> None:
    digest = world.serve_wheel("rind", "1.0", requires=("lime ; platform_machine == 'aarch64'",))
    write(
        project,
        requirements_dot_txt=f"rind==1.0 --hash=sha256:{digest}\n",
        neve_dot_toml='base = "nixpkgs"\n',
    )
    locked = lock_project(world.session(project))
    assert {name: [a.name for a in each] for name, each in locked.environments.items()} == {"x86_64": ["rind"]}
    write(project, requirements_dot_txt="rind==1.0\n")
    locked = lock_project(world.session(project))
    assert [a.name for a in locked.environments["aarch64"]] == ["lime", "rind"]


def test_secrets_of_the_environment_stay_out_of_the_lock(
    world: World, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.serve_wheel("rind", "1.0")
    monkeypatch.setenv("NEVE_TEST_TOKEN", "s3cret")
    where = world.server.url.removeprefix("http://")
    write(
        project,
        requirements_dot_txt=f"-i http://user:${{NEVE_TEST_TOKEN}}@{where}/simple\nlime\n"
        f"rind @ http://user:${{NEVE_TEST_TOKEN}}@{where}/files/rind-1.0-py3-none-any.whl\n",
    )
    locked = lock_project(world.session(project))
    assert versions(locked) == {"lime": "1.0", "rind": "1.0"}
    written = [path for path in project.rglob("*") if path.is_file() and "s3cret" in path.read_text()]
    assert written == []
    place = project / ".neve/resolved"  # where uv answers: nobody else reads it, also where we are killed meanwhile
    assert (place.stat().st_mode & 0o777, list(place.iterdir())) == (0o700, [])


def test_a_local_directory_that_asks_for_more_makes_the_environment_stale(world: World, project: Path) -> None:
    (project / "lib").mkdir()
    metadata = '[build-system]\nrequires = ["lemon"]\nbuild-backend = "flit_core.buildapi"\n'
    (project / "lib/pyproject.toml").write_text('[project]\nname = "lib"\nversion = "1"\n' + metadata)
    write(project, requirements_dot_txt="./lib\n")
    assert "lime" not in versions(lock_project(world.session(project)))
    (project / "lib/code.py").write_text("")
    lock_project(world.session(project, Options(locked=True)))
    asks = '[project]\nname = "lib"\nversion = "1"\ndependencies = ["lime"]\n'
    (project / "lib/pyproject.toml").write_text(asks + metadata)
    with pytest.raises(NeveError, match=r"pylock\.neve\.toml is not fresh"):
        lock_project(world.session(project, Options(locked=True)))
    assert "lime" in versions(lock_project(world.session(project)))


def test_another_local_wheel_makes_the_environment_stale(world: World, project: Path) -> None:
    file = project / "local-1.0-py3-none-any.whl"
    file.write_bytes(wheel("local", "1.0", "Metadata-Version: 2.1\nName: local\nVersion: 1.0\n"))
    write(project, requirements_dot_txt=f"./{file.name}\n")
    before = sha256(lock_project(world.session(project)).artefacts[0])
    file.write_bytes(wheel("local", "1.0", "Metadata-Version: 2.1\nName: local\nVersion: 1.0\nRequires-Dist: lime\n"))
    with pytest.raises(NeveError, match=r"pylock\.neve\.toml is not fresh"):
        lock_project(world.session(project, Options(locked=True)))
    locked = lock_project(world.session(project))
    assert versions(locked) == {"lime": "1.0", "local": "1.0"}
    assert before not in map(sha256, locked.artefacts)


@pytest.mark.parametrize("above", [False, True])
def test_settings_of_uv_make_the_environment_stale(
    world: World, project: Path, monkeypatch: pytest.MonkeyPatch, above: bool
) -> None:
    monkeypatch.delenv("UV_NO_CONFIG", raising=False)
    world.serve_wheel("lime", "2.0")
    write(project, requirements_dot_txt="lime\n")
    assert versions(lock_project(world.session(project))) == {"lime": "2.0"}
    write(project.parent if above else project, uv_dot_toml='resolution = "lowest"\n')
    with pytest.raises(NeveError, match=r"pylock\.neve\.toml is not fresh"):
        lock_project(world.session(project, Options(locked=True)))
    assert "pylock.neve.toml" in lock_project(world.session(project)).changed
    assert versions(lock_project(world.session(project), upgrade=True)) == {"lime": "1.0"}
