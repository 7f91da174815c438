from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from neve.bases.debian.render import _FIXED_LAYERS as FIXED_LAYERS
from neve.components.plan import Plan, make_plan
from neve.errors import NeveError
from neve.render.config import image_config
from neve.render.render import render
from neve.resources import nix_library, templates
from tests.cases import CASES
from tests.golden import ROOT
from tests.projects import a_lock, a_project, a_wheel

FULL = CASES["full"]


@pytest.mark.parametrize("name", CASES)
def test_the_same_bytes_twice(name: str) -> None:
    assert CASES[name].tree() == CASES[name].tree()


def test_the_same_bytes_in_another_process_and_place(tmp_path: Path) -> None:
    program = "import json, sys; from tests.cases import CASES; json.dump(CASES['full'].tree(), sys.stdout)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Pacific/Kiritimati", "HOME": "/"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout) == FULL.tree()


def test_the_same_bytes_in_another_order() -> None:
    lock = FULL.lock()
    packages = dict(reversed(lock.debian[0].packages.items()))
    lock = lock.model_copy(update={"base": lock.debian[0].model_copy(update={"packages": packages})})
    plan = make_plan(FULL.project)
    plan = replace(plan, packages=dict(reversed(list(plan.packages.items()))))
    assert render(plan, lock, {"x86_64": FULL.wheels[::-1]}) == FULL.tree()


def test_rendering_changes_nothing_that_it_is_given() -> None:
    plan, lock, wheels = make_plan(FULL.project), FULL.lock(), list(FULL.wheels)
    before = (repr(plan), repr(lock), repr(wheels))
    render(plan, lock, {"x86_64": wheels})
    assert (repr(plan), repr(lock), repr(wheels)) == before


def test_the_tree() -> None:
    tree = FULL.tree()
    assert list(tree) == sorted(tree)
    own = {path for path in tree if not path.startswith("nix/lib/")}
    assert own == {
        "flake.nix",
        "flake.lock",
        "nix/default.nix",
        "nix/debian.nix",
        "nix/wheels.nix",
        "nix/tools.nix",
    }
    assert all(text.endswith("\n") for text in tree.values())
    assert json.loads(tree["flake.lock"])["version"] == 7
    library = {path.removeprefix("nix/lib/") for path in tree if path.startswith("nix/lib/")}
    assert library == {
        f"{part}/{path.name}" for part in ("common", "debian") for path in (nix_library() / part).iterdir()
    }


def test_one_line_a_pin() -> None:
    lines = FULL.tree()["nix/debian.nix"].splitlines()
    pins = [pin for group in FULL.lock().debian[0].packages.values() for pin in group]
    assert sum("sha256" in line for line in lines) == len(pins)
    for pin in pins:
        assert sum(pin.sha256 in line and pin.file in line for line in lines) == 1


def test_every_value_passes_a_filter() -> None:
    """A template pastes nothing as it is, but for the few names that are neve's own."""
    own = re.compile(
        r'name|system|group|key|place\.root|" \+\+ (\[ project \]|sourceLayers)" if .* else ""'
        r'|"buildRoot" if project_compiles else "root"'
    )
    for file in templates().rglob("*.j2"):
        for expression in re.findall(r"\{\{(.*?)\}\}", file.read_text("utf-8")):
            words = expression.strip()
            assert re.search(r"\| (nix(\(\d+\))?|comment)$", words) or own.fullmatch(words), f"{file.name}: {words}"


@pytest.mark.parametrize(
    "value", ["${builtins.abort 1}", '"; evil = "', "''${x}''", "\\${x}", "a\nb", "-- ; rm", "$(id)", "`id`"]
)
def test_what_a_project_says_stays_data(value: str) -> None:
    def without_strings(value: str) -> str:
        neve = {"image": {"env": {"X": value}, "labels": {f"a {value}": value}, "entrypoint": [value]}}
        tree = render(make_plan(a_project(neve=neve, description=value)), a_lock(), {"x86_64": ()})
        text = tree["nix/default.nix"]
        assert not re.search(r"(?<!\\)(\\\\)*\$\{builtins", text)
        return " ".join(re.sub(r'"(?:[^"\\]|\\.)*"', '""', text).split())

    assert without_strings(value) == without_strings("harmless")


def config(**image: object) -> dict[str, object]:
    found = image_config(make_plan(a_project(neve={"image": image})))["config"]
    assert isinstance(found, dict)
    return found


def test_the_image_configuration() -> None:
    found = image_config(make_plan(FULL.project))
    assert (found["architecture"], found["os"], found["created"]) == ("amd64", "linux", "1970-01-01T00:00:01Z")
    settings = found["config"]
    assert settings["Entrypoint"][0] == "serve"
    assert settings["Cmd"] == ["--port", "8000"]
    assert settings["User"] == "1000:1000"
    assert settings["WorkingDir"] == "/srv/web"
    assert settings["ExposedPorts"] == {"8000/tcp": {}}
    assert settings["Volumes"] == {"/cache/huggingface": {}}
    assert "MODE=prod" in settings["Env"]
    assert settings["Env"][-1] == "HOME=/home/app"


def test_what_is_not_asked_for_is_not_there() -> None:
    assert set(config()) == {"Env", "WorkingDir", "Cmd"}


def test_a_home_of_one_s_own() -> None:
    env = config(user="1000", env={"HOME": "/data"})["Env"]
    assert isinstance(env, list)
    assert [entry for entry in env if entry.startswith("HOME=")] == ["HOME=/data"]


@pytest.mark.parametrize("most", [16, 64])
def test_no_more_layers_than_are_wanted(most: int) -> None:
    wheels = [a_wheel(f"w{n}", size=n << 20) for n in range(120)]
    project = a_project(neve={"system": ["x1"], "image": {"max-layers": most}})
    text = render(make_plan(project), a_lock(system=("x1",)), {"x86_64": wheels})["nix/wheels.nix"]
    layers = text.count("\n    wheels = [")
    assert 0 < layers <= most - FIXED_LAYERS


def test_each_layer_has_its_history() -> None:
    text = FULL.tree()["nix/default.nix"]
    layers = FULL.tree()["nix/wheels.nix"].count("\n    wheels = [")
    (names,) = re.findall(r"    names = \[\n(.*?)    \];", text, re.DOTALL)
    assert names.count("\n") == layers + FIXED_LAYERS


def test_a_value_that_nix_cannot_hold() -> None:
    plan: Plan = replace(make_plan(a_project()), env={"X": "a\0b"})
    with pytest.raises(NeveError, match="characters that Nix cannot"):
        render(plan, a_lock(), {"x86_64": ()})
