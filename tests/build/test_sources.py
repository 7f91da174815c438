"""Sources that no index has, built for real: members of a workspace, a directory beside it, files, a commit of git."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.build.project import Project, project
from tests.fetch.server import serving
from tests.python.sdists import sdist_tar
from tests.sources.repositories import commit, git, git_server
from tests.world import wheel

pytestmark = pytest.mark.build

_PASSWORD = "s3cr3t-pw"
_HATCHLING = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
_VCS = """\
[project]
name = "gitty"
dynamic = ["version"]
requires-python = ">=3.11"
[build-system]
requires = ["hatchling", "hatch-vcs"]
build-backend = "hatchling.build"
[tool.hatch.version]
source = "vcs"
raw-options = { root = "../.." }
[tool.hatch.build.targets.wheel]
packages = ["gitty"]
"""
_MAIN = """\
from importlib.metadata import version

import arch, beside, far, gitty, one, two, wheely


def main():
    print(one.word, two.word, beside.word, arch.word, far.name, wheely.name, gitty.word, version("gitty"))
"""
_ROOT = """\
dependencies = ["one", "two", "beside", "wheely", "far", "arch", "gitty"]
scripts = {{ app = "app:main" }}
{build}
[tool.uv.workspace]
members = ["packages/*"]
[tool.uv.sources]
one = {{ workspace = true }}
two = {{ workspace = true }}
beside = {{ path = "../beside" }}
wheely = {{ path = "vendor/wheely-1.0-py3-none-any.whl" }}
arch = {{ path = "vendor/arch-1.0.tar.gz" }}
far = {{ url = "{web}/far-1.0%2Blocal-py3-none-any.whl" }}
gitty = {{ git = "{repository}", subdirectory = "py/lib" }}
"""


def _metadata(name: str, version: str = "1.0") -> str:
    return f'[project]\nname = "{name}"\nversion = "{version}"\nrequires-python = ">=3.11"\n'


def _wheel(name: str, version: str) -> bytes:
    return wheel(name, version, f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A workspace with all of them, its git server guarded by a password that ~/.netrc has."""
    top = tmp_path_factory.mktemp("sources")
    served = top / "served"
    with git_server(served, user="bob", password=_PASSWORD) as url, serving() as web:
        commit(served / "inner", {"words.txt": "submodule"})
        read = "from pathlib import Path\nword = (Path(__file__).parent / 'data/words.txt').read_text()\n"
        commit(served / "lib", {"py/lib/pyproject.toml": _VCS, "py/lib/gitty/__init__.py": read})
        git(served / "lib", "submodule", "add", "-q", "--", str(served / "inner"), "py/lib/gitty/data")
        # Beside it on the server: the URL is relative.
        text = (served / "lib/.gitmodules").read_text().replace(str(served / "inner"), "../inner")
        commit(served / "lib", {".gitmodules": text})
        git(served / "lib", "tag", "v2.5")
        home = top / "home"
        home.mkdir()
        (home / ".netrc").write_text(f"machine 127.0.0.1 login bob password {_PASSWORD}\n")
        (home / ".netrc").chmod(0o600)
        web.files["/far-1.0%2Blocal-py3-none-any.whl"] = _wheel("far", "1.0+local")
        arch = {
            "arch-1.0/PKG-INFO": "Metadata-Version: 2.2\nName: arch\nVersion: 1.0\n",
            "arch-1.0/pyproject.toml": _metadata("arch") + _HATCHLING,
            "arch-1.0/arch.py": "word = 'arch'\n",
        }
        (top / "app/vendor").mkdir(parents=True)
        (top / "app/vendor/arch-1.0.tar.gz").write_bytes(sdist_tar(arch))
        (top / "app/vendor/wheely-1.0-py3-none-any.whl").write_bytes(_wheel("wheely", "1.0"))
        library = {"pyproject.toml": _metadata("beside") + _HATCHLING, "beside.py": "word = 'beside'\n"}
        for name, content in library.items():
            (top / "beside").mkdir(exist_ok=True)
            (top / "beside" / name).write_text(content)
        root = _ROOT.format(web=web.url, repository=f"{url}/lib", build=_HATCHLING)
        made = project(
            top / "app",
            _metadata("app") + root,
            {
                "app.py": _MAIN,
                "packages/one/pyproject.toml": _metadata("one") + _HATCHLING,
                "packages/one/one.py": "word = 'one'\n",
                "packages/two/pyproject.toml": _metadata("two") + _HATCHLING,
                "packages/two/two.py": "word = 'two'\n",
            },
        )
        own = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        # The warmed cache and store, but a home with credentials.
        data = {name: os.environ.get(name) or f"{Path.home()}/{tail}" for name, tail in _XDG.items()}
        environ = {**own, **data, "HOME": str(home), "NETRC": str(home / ".netrc"), "UV_CACHE_DIR": str(top / "uv")}
        yield Project(directory=made.directory, environ=environ)


_XDG = {"XDG_CACHE_HOME": ".cache", "XDG_DATA_HOME": ".local/share", "XDG_CONFIG_HOME": ".config"}
_SAYS = "one two beside arch far wheely submodule 2.5"


def _digests(built: Path) -> list[str]:
    manifest = json.loads((built / "index.json").read_text())["manifests"][0]["digest"].partition(":")[2]
    return [layer["digest"] for layer in json.loads((built / "blobs/sha256" / manifest).read_text())["layers"]]


def test_all_are_built_and_installed(app: Project) -> None:
    before = app.build("--check")
    assert app.neve("run") == _SAYS
    lock = (app.directory / "neve.lock").read_text()
    assert "[[git]]" in lock
    assert _PASSWORD not in lock
    layers = _digests(before.layout)

    (app.directory / "../beside/beside.py").write_text("word = 'changed'\n")
    after = app.build()
    assert app.neve("run") == _SAYS.replace("beside", "changed")
    changed = [one for one, other in zip(layers, _digests(after.layout), strict=True) if one != other]
    assert len(changed) == 1  # the layer `local`

    (app.directory / "../beside/beside.py").write_text("word = 'beside'\n")
    assert app.build().digest == before.digest


def test_a_member_alone(app: Project) -> None:
    member = Project(directory=app.directory / "packages/one", environ=app.environ)
    member.build()
    assert member.neve("run", "--", "python", "-c", "import one; print(one.word)") == "one"
    assert not (member.directory / "uv.lock").exists()


def test_what_is_built_holds_no_password(app: Project) -> None:
    built = app.build()
    places = [app.directory, built.layout]
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if _PASSWORD.encode() in path.read_bytes()]


def test_a_file_that_is_not_the_locked_one(app: Project) -> None:
    app.build()
    wheel_file = app.directory / "vendor/wheely-1.0-py3-none-any.whl"
    content = wheel_file.read_bytes()
    wheel_file.write_bytes(_wheel("wheely", "1.0") + b"x")
    try:
        error = app.neve("build", "--frozen", fails=True)
    finally:
        wheel_file.write_bytes(content)
    assert "is not the file that is locked" in error
