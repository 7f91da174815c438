"""Locking on nixpkgs: the table's pin, a newer one, one of the user's own; environments of both architectures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from neve.bases.nixpkgs.releases import DEFAULT_RELEASE, find_release
from neve.cli.info import description_tables
from neve.errors import NeveError
from neve.lock.text import read_lock
from neve.session import Options
from neve.stages.info import describe
from neve.stages.lock import lock_project
from tests.recorder import Recorder
from tests.world import World

HEAD = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["lemon"]\n'
PYPROJECT = f'{HEAD}[tool.neve]\nbase = "nixpkgs"\n'
NEWEST = find_release(DEFAULT_RELEASE).newest_pin
REV, NAR_HASH = "0" * 40, f"sha256-{'B' * 43}="


@pytest.fixture
def project(world: World, tmp_path: Path) -> Path:
    world.serve_wheel("lemon", "1.0")
    directory = tmp_path / "project"
    directory.mkdir()
    (directory / "pyproject.toml").write_text(PYPROJECT)
    return directory


def configure(project: Path, text: str) -> None:
    (project / "pyproject.toml").write_text(PYPROJECT + text)


def test_the_pin_is_the_tables_and_asks_no_mirror(world: World, project: Path) -> None:
    locked = lock_project(world.session(project))
    base = locked.lock.nixpkgs
    assert (base.release, base.python, base.rev) == (DEFAULT_RELEASE, "3.13", NEWEST.rev)
    assert (base.nar_hash, base.last_modified) == (NEWEST.nar_hash, NEWEST.last_modified)
    assert locked.lock.tools is None
    assert list(locked.environments) == [
        locked.plan.architecture,
        *({"x86_64", "aarch64"} - {locked.plan.architecture}),
    ]
    assert read_lock((project / "neve.lock").read_text()) == locked.lock
    assert not any("/debian" in str(request) for request in world.server.seen)


def test_an_older_pin_stays_until_an_upgrade(world: World, project: Path) -> None:
    lock_project(world.session(project))
    path = project / "neve.lock"
    text = (
        path.read_text()
        .replace(NEWEST.rev, REV)
        .replace(f"last-modified = {NEWEST.last_modified}", "last-modified = 1")
    )
    path.write_text(text)
    assert lock_project(world.session(project)).lock.nixpkgs.rev == REV
    # Another wish makes the lock anew, and its pin is still the one that was held.
    configure(project, 'python = "3.14"\n')
    kept = lock_project(world.session(project)).lock.nixpkgs
    assert (kept.rev, kept.python) == (REV, "3.14")
    upgraded = lock_project(world.session(project), upgrade=True)
    assert upgraded.lock.nixpkgs.rev == NEWEST.rev
    assert "neve.lock" in upgraded.changed


def test_a_newer_pin_is_not_given_up_by_an_upgrade(world: World, project: Path) -> None:
    lock_project(world.session(project))
    path = project / "neve.lock"
    later = f"last-modified = {(NEWEST.last_modified or 0) + 1}"
    path.write_text(path.read_text().replace(NEWEST.rev, REV).replace(f"last-modified = {NEWEST.last_modified}", later))
    assert lock_project(world.session(project), upgrade=True).lock.nixpkgs.rev == REV


def test_a_configured_pin_is_honoured(world: World, project: Path) -> None:
    lock_project(world.session(project))
    configure(project, f'[tool.neve.nixpkgs]\nrev = "{REV}"\nnar-hash = "{NAR_HASH}"\n')
    for upgrade in (False, True):
        base = lock_project(world.session(project), upgrade=upgrade).lock.nixpkgs
        assert (base.rev, base.nar_hash, base.last_modified) == (REV, NAR_HASH, None)


def test_a_version_without_a_toolkit_needs_no_set_of_the_release(world: World, project: Path) -> None:
    configure(project, '[tool.neve.cuda]\nversion = "12.4"\n')
    assert lock_project(world.session(project)).lock.cuda is None
    found = describe(world.session(project))
    image = found.platforms["linux/amd64"].cuda
    assert (image and image.version, image and image.said_by) == ("12.4", "tool.neve.cuda.version")
    # What is the same on both platforms is told once.
    assert [title for title, _, _ in description_tables(found) if "CUDA" in title] == ["CUDA"]
    other = found.platforms["linux/arm64"].model_copy(update={"cuda": None})
    apart = found.model_copy(update={"platforms": {**found.platforms, "linux/arm64": other}})
    assert [title for title, _, _ in description_tables(apart) if "CUDA" in title] == ["CUDA of linux/amd64"]


def test_a_lock_of_the_other_base_is_stale(world: World, project: Path) -> None:
    lock_project(world.session(project))
    (project / "pyproject.toml").write_text(HEAD)
    with pytest.raises(NeveError, match="not fresh"):
        lock_project(world.session(project, Options(locked=True)))
    with pytest.raises(NeveError, match="one of the nixpkgs base"):
        lock_project(world.session(project, Options(frozen=True)))
    assert lock_project(world.session(project)).lock.base.name == "debian"


def test_an_architecture_without_wheels_is_left_out(world: World, project: Path) -> None:
    tag = "cp313-cp313-manylinux_2_17_{}"
    world.serve_wheel("lime", "1.0", tag=tag.format("x86_64"))
    (project / "pyproject.toml").write_text(PYPROJECT.replace('["lemon"]', '["lime"]'))
    session = world.session(project)
    if session.plan.architecture == "x86_64":
        assert list(lock_project(session).environments) == ["x86_64"]
    else:
        with pytest.raises(NeveError, match=r"lime 1\.0 has no wheel"):
            lock_project(session)


def test_markers_below_the_release_s_patch_level_are_no_matter(world: World, project: Path) -> None:
    """redis and others ask for a backport on patch levels that no pin of the release has."""
    world.serve_wheel("timeout", "1.0")
    world.serve_wheel("store", "1.0", requires=("timeout; python_full_version < '3.11.3'",))
    (project / "pyproject.toml").write_text(PYPROJECT.replace('"lemon"', '"store"') + 'python = "3.11"\n')
    locked = lock_project(world.session(project))
    assert [artefact.name for artefact in locked.artefacts] == ["store"]


@pytest.mark.parametrize(("override", "names"), [(0, ["store", "timeout"]), (1, ["store"])])
def test_where_the_patch_level_matters_the_remedies_work(
    world: World, project: Path, override: int, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UV_NO_CONFIG")  # the override is configuration
    world.serve_wheel("timeout", "1.0")
    world.serve_wheel("store", "1.0", requires=("timeout; python_full_version < '3.13.50'",))
    pyproject = PYPROJECT.replace('"lemon"', '"store"')
    (project / "pyproject.toml").write_text(pyproject)
    with pytest.raises(NeveError, match="depends on the patch level of Python: timeout") as caught:
        lock_project(world.session(project))
    (fix,) = caught.value.fixes
    offered = ['["timeout"]', "\"timeout; python_version < '3'\""]
    assert all(text in fix for text in offered)
    (project / "pyproject.toml").write_text(
        f"{pyproject}[tool.uv]\noverride-dependencies = [{offered[override].strip('[]')}]\n"
    )
    locked = lock_project(world.session(project), refresh=True)
    assert [artefact.name for artefact in locked.artefacts] == names


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('release = "26.11"\n', "'26.11' is no release of nixpkgs that neve knows"),
        (f'[tool.neve.nixpkgs]\nrev = "{REV}"\n', "a rev of nixpkgs without its narHash"),
        ('release = "26.05"\npython = "3.15"\n', "nixpkgs 26.05 has no Python 3.15"),
        ('[tool.neve.cuda]\ntoolkit = ["nvcc"]\nversion = "12.4"\n', "nixpkgs 26.05 has no CUDA 12.4"),
        (
            'system = ["gcc15"]\n[tool.neve.cuda]\ntoolkit = ["nvcc"]\nversion = "12.8"\n',
            "gcc15 is newer than CUDA 12.8 accepts",
        ),
        ('system = ["python313Packages.numpy"]\n', "'python313Packages.numpy' is a Python package"),
        ('mirror = "https://mirror.example/debian"\n', "the nixpkgs base has no Debian mirror"),
    ],
)
def test_bad_input_changes_nothing(world: World, project: Path, text: str, said: str) -> None:
    configure(project, text)
    with pytest.raises(NeveError) as caught:
        lock_project(world.session(project))
    found = caught.value.errors
    assert [error.what for error in found] == [said]
    assert all(error.where and error.fixes for error in found)
    assert sorted(path.name for path in project.iterdir()) == ["pyproject.toml"]


@pytest.mark.parametrize(
    ("options", "check"), [(Options(frozen=True), False), (Options(locked=True), False), (Options(), True)]
)
def test_a_lock_of_an_older_neve_has_no_toolkit_and_serves(
    world: World, project: Path, options: Options, check: bool
) -> None:
    configure(project, '[tool.neve.cuda]\ntoolkit = ["nvcc"]\n')
    assert lock_project(world.session(project)).lock.cuda is not None
    path = project / "neve.lock"
    older = re.sub(r"\n\[cuda\]\n[^\[]*\[[^\[]*", "\n", path.read_text())
    assert "[cuda]" not in older
    path.write_text(older)
    assert lock_project(world.session(project, options), check=check).lock.cuda is None  # the pin decides, and says it
    assert path.read_text() == older
    assert lock_project(world.session(project)).lock.cuda is not None  # who may write it does
    configure(project, '[tool.neve.cuda]\ntoolkit = ["cublas", "cutensor"]\n')
    with pytest.raises(NeveError, match="'cutensor' is no component"):
        lock_project(world.session(project, options), check=check)


def test_a_toolkit_of_nixpkgs_is_held_against_what_is_asked(world: World, project: Path) -> None:
    configure(project, '[tool.neve.cuda]\ntoolkit = ["nvcc"]\n')
    first = lock_project(world.session(project)).lock
    recorder = Recorder()
    lock_project(world.session(project, Options(frozen=True), recorder))
    assert recorder.notes == []
    configure(project, '[tool.neve.cuda]\ntoolkit = ["nvcc", "libcufft"]\n')
    assert lock_project(world.session(project, Options(frozen=True), recorder)).lock == first
    assert "tool.neve.cuda.toolkit asks for cufft, nvcc: --frozen takes" in recorder.notes[0]
    with pytest.raises(NeveError, match="another CUDA toolkit than is asked for"):
        lock_project(world.session(project), check=True)
