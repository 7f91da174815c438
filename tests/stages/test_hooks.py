"""What asking build backends says: which have not answered, which are not there, whose they are."""

from __future__ import annotations

import json
from pathlib import Path
from queue import Queue

import pytest

from neve.errors import NeveError
from neve.nix.failure import BackendError, BuildError, build_failure
from neve.nix.log import Log
from neve.nix.nix import Nix
from neve.progress import Silent, counted
from neve.stages.hooks import _answer, _named, _Waiting

PLACES = {"app": "pyproject.toml", "near": "near/pyproject.toml", "old": "old-1.0.tar.gz"}


def failed(nix: Nix, name: str, said: str) -> NeveError:
    """The error for the derivation of ``name``, whose backend ``said`` that."""
    derivation = f"/nix/store/{'a' * 32}-requires-{name}.drv"
    log = Log(Silent())
    log.errors.append(f"builder for '{derivation}' failed with exit code 1")
    log.feed(b"@nix " + json.dumps({"action": "start", "id": 1, "type": 105, "fields": [derivation]}).encode())
    log.feed(b"@nix " + json.dumps({"action": "result", "id": 1, "type": 101, "fields": [said]}).encode())
    return build_failure(nix, log, 1)


@pytest.mark.parametrize(
    ("name", "where", "fix"),
    [
        ("app", "pyproject.toml, build-system.build-backend", "build-system.requires"),
        ("near", "near/pyproject.toml, build-system.build-backend", "build-system.requires"),
        ("old", "old-1.0.tar.gz", "another version of the package"),
    ],
)
def test_a_backend_that_is_not_there_has_its_place(tmp_path: Path, name: str, where: str, fix: str) -> None:
    nix = Nix(command=("nix",), version=(2, 30, 0), origin="the test", store=tmp_path)
    what = 'build-system.build-backend "nosuch" cannot be imported: no module named nosuch'
    error = _named(failed(nix, name, f"neve: {what}"), PLACES)
    assert isinstance(error, BackendError)
    assert (error.what, error.where, error.why) == (what, where, None)
    assert fix in error.fixes[0]
    late = _named(failed(nix, name, "neve: the build backend does not answer in 600 seconds"), PLACES)
    assert late.what == f"the build backend of {name} does not answer in 600 seconds"


def test_what_a_backend_lacks_has_the_remedy_of_its_owner(tmp_path: Path) -> None:
    own = _named(BuildError("building requires-app failed"), PLACES)
    other = _named(BuildError("building requires-old failed"), PLACES)
    assert own.fixes == ("name what it lacks in build-system.requires of pyproject.toml",)
    assert other.fixes == ("name what old lacks in tool.uv.extra-build-dependencies.old",)
    (tmp_path / "answer").write_text('{"a": 1}')
    with pytest.raises(NeveError) as caught:
        _answer(tmp_path / "answer", "pyproject.toml")
    assert "another version" not in caught.value.fixes[0]


def test_backends_that_have_not_answered_are_named() -> None:
    said: Queue[str] = Queue()

    class Said(Silent):
        def stage(self, text: str) -> None:
            said.put(text)

    waiting = _Waiting(Said(), every=0.01)
    waiting.start("b", "gcc-14")
    waiting.start("a", "requires-app")
    first, second = said.get(timeout=30), said.get(timeout=30)
    assert first == "the build backend of app has not answered yet (1 minute)"
    assert second == "the build backend of app has not answered yet (2 minutes)"
    waiting.finish("a")
    assert not waiting._timers


def test_numbers_of_things() -> None:
    assert [counted(number, "file") for number in (0, 1, 2)] == ["0 files", "1 file", "2 files"]
