"""The rendered flake stands alone: Nix accepts it without neve, and makes the same image."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from neve.files import cache_home
from neve.image.layout import Layout
from neve.nix.call import physical
from neve.nix.nix import Nix
from tests.build.conftest import Hello
from tests.build.layers import entries
from tests.build.project import Project, example, project

pytestmark = [pytest.mark.build, pytest.mark.network]


@dataclass(frozen=True)
class Flake:
    """A project with its rendered flake, and a Nix to call there."""

    project: Project
    nix: Nix

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.nix.invocation(*words),
            env=self.nix.environment(),
            cwd=self.project.directory,
            capture_output=True,
            text=True,
            check=False,
        )

    def ask(self, *words: str) -> str:
        done = self.call(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="module")
def flake(hello: Hello, nix: Nix, tmp_path_factory: pytest.TempPathFactory) -> Flake:
    made = example("hello", tmp_path_factory.mktemp("flake") / "hello")
    for name in ("uv.lock", "neve.lock"):
        (made.directory / name).write_bytes((hello.project.directory / name).read_bytes())
    made.neve("render", "--locked")
    made.neve("bootstrap")
    return Flake(made, nix)


@pytest.fixture
def empty_store(nix: Nix) -> Iterator[Nix]:
    """The same Nix with a store that nobody bootstrapped."""
    # Not below pytest's directory: Nix refuses a store under /tmp.
    root = Path(tempfile.mkdtemp(prefix="test-store-", dir=cache_home()))
    (root / "nix/var/nix/builds").mkdir(parents=True)
    yield replace(nix, store=root)
    for directory, _, _ in os.walk(root):
        Path(directory).chmod(0o700)
    shutil.rmtree(root)


def test_nix_builds_what_neve_builds(flake: Flake, hello: Hello) -> None:
    paths = flake.ask("build", "--no-link", "--print-out-paths", ".#image", ".#oci", ".#env").split()
    image, oci, env = (physical(flake.nix, path) for path in paths)
    assert Layout(oci).image().digest == hello.built.digest
    assert image.is_file()
    assert (env / "opt/venv/bin/hello").is_file()
    assert not (env / "usr").exists()


def test_nix_checks_it(flake: Flake) -> None:
    flake.ask("flake", "check")
    log = flake.ask("log", ".#checks.x86_64-linux.import") if os.uname().machine == "x86_64" else "imports numpy"
    assert "imports numpy" in log


def test_it_needs_no_git_and_bears_it(flake: Flake, hello: Hello, tmp_path: Path) -> None:
    """A flake in a git tree is what git knows of it."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    copy = tmp_path / "hello"
    shutil.copytree(flake.project.directory, copy, ignore=shutil.ignore_patterns(".neve"))
    for words in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *words], cwd=copy, check=True)
    inside = replace(flake, project=Project(directory=copy))
    (path,) = inside.ask("build", "--no-link", "--print-out-paths", ".#oci").split()
    assert Layout(physical(flake.nix, path)).image().digest == hello.built.digest


def test_sources_are_the_same_files(nix: Nix, tmp_path: Path) -> None:
    """Which files lie in /app is decided by Nix in the flake and by neve in `neve build`."""
    files = {
        "main.py": "print(1)\n",
        "a/b c/d.txt": "",
        "build/out.txt": "",
        "pkg/x.pyc": "",
        "tests/build/kept.py": "",
    }
    made = project(
        tmp_path / "sources", '[project]\nname = "sources"\nversion = "1"\nrequires-python = ">=3.13"\n', files
    )
    (made.directory / "a/empty/deep").mkdir(parents=True)
    (made.directory / "pkg/link").symlink_to("../a/b c")
    (made.directory / "main.py").chmod(0o750)
    built = made.build()
    found = {entry.info.name: entry.info for entry in entries(built.layout) if entry.info.name.startswith("app/")}
    names = {"a", "a/b c", "a/b c/d.txt", "main.py", "pkg", "pkg/link", "pyproject.toml", "tests", "tests/build"}
    assert found.keys() == {f"app/{name}" for name in (*names, "tests/build/kept.py")}
    assert found["app/main.py"].mode == 0o755
    made.neve("render")
    (path,) = Flake(made, nix).ask("build", "--no-link", "--print-out-paths", ".#oci").split()
    assert Layout(physical(nix, path)).image().digest == built.digest


def test_without_the_bootstrap_one_line_says_so(flake: Flake, empty_store: Nix) -> None:
    done = replace(flake, nix=empty_store).call("build", "--no-link", ".#oci")
    assert done.returncode != 0
    lines = [line for line in done.stderr.splitlines() if "neve-bootstrap" in line]
    assert lines
    assert "static-busybox-is-not-in-this-store" in lines[0]
    environ = {**os.environ, "NEVE_STORE": str(empty_store.store)}
    path = replace(flake.project, environ=environ).neve("bootstrap")
    assert path.endswith("-neve-busybox")
    assert physical(empty_store, path).is_dir()
    assert replace(flake, nix=empty_store).call("build", "--no-link", "--dry-run", ".#oci").returncode == 0
