"""All of it together: a project with its locks on a machine that is made up."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from neve.cuda.table import table
from neve.doctor import examine as module
from neve.doctor.examine import examine
from neve.doctor.report import Report
from neve.errors import NeveError
from neve.host import Ran
from neve.session import Options, Session
from neve.stages.lock import lock_project
from tests.doctor.machines import H100, Machine
from tests.image.layouts import layout
from tests.world import World

ROOT = Path(__file__).parents[2]
PROJECT = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = [{}]\n'


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


@pytest.fixture
def session(world: World, tmp_path: Path) -> Session:
    (tmp_path / "project").mkdir()
    environ = {**world.environ, "NEVE_STORE": str(ROOT / ".neve-no-store")}
    return Session(tmp_path / "project", Options(), environ=environ)


def a_project(session: Session, *dependencies: str) -> None:
    text = PROJECT.format(", ".join(f'"{name}"' for name in dependencies))
    (session.directory / "pyproject.toml").write_text(text)


def states(report: Report) -> dict[str, str]:
    return {finding.subject: str(finding.state) for finding in report.findings}


def found(report: Report, subject: str) -> str:
    return next(finding.found for finding in report.findings if finding.subject == subject)


def a_cuda_project(session: Session, world: World) -> None:
    world.serve_wheel("nvidia-cuda-runtime-cu12", "12.8.90")
    world.serve_wheel("torch", "2.9.1", requires=("nvidia-cuda-runtime-cu12==12.8.90",))
    a_project(session, "torch")
    lock_project(session)
    world.server.seen.clear()


def test_outside_a_project_the_machine_alone(session: Session, machine: Machine) -> None:
    report = examine(session, machine.host)
    assert (report.about, report.name, report.cuda, report.gpus) == ("machine", None, None, [])
    assert {"driver", "engines", "user namespaces", "Nix", "disk", "Debian mirror"} <= set(states(report))
    assert list(session.directory.iterdir()) == []


def test_in_a_directory_of_a_project(session: Session, machine: Machine) -> None:
    a_project(session)
    (session.directory / "src/app").mkdir(parents=True)
    report = examine(replace(session, directory=session.directory / "src/app"), machine.host)
    assert (report.about, states(report)["project"]) == ("machine", "skipped")
    assert "`neve -C ../.. doctor`" in found(report, "project")


def test_a_project_for_gpus(session: Session, world: World, machine: Machine) -> None:
    a_cuda_project(session, world)
    before = {path.name: path.read_bytes() for path in session.directory.iterdir() if path.is_file()}
    machine.driver("515.105.01", H100)
    report = examine(session, machine.host)
    assert (report.about, report.name, report.ok) == ("project", "app", False)
    assert found(report, "project") == f"app: CUDA 12.8, driver {table().floors[12]} or newer"
    assert states(report)["CUDA"] == "failure"
    assert report.cuda is not None
    assert (report.cuda.version, report.cuda.driver) == ("12.8", table().floors[12])
    assert [gpu.capability for gpu in report.gpus] == ["9.0"]
    assert (report.driver.kernel, report.driver.library) == ("515.105.01", "515.105.01")
    # It looks, and touches nothing.
    assert {path.name: path.read_bytes() for path in session.directory.iterdir() if path.is_file()} == before
    schema = json.loads((ROOT / "docs/reference/neve-doctor.schema.json").read_text("utf-8"))
    jsonschema.validate(report.model_dump(mode="json"), schema)
    # Building it on a machine without a GPU is no failure.
    report = examine(replace(session, options=Options(offline=True)), Machine(machine.root.parent / "other").host)
    assert states(report)["driver"] == "warning"
    assert [each for each, state in states(report).items() if state == "failure"] == ["Nix"]  # nor is one in the cache


def test_a_project_for_cpus(session: Session, world: World, machine: Machine) -> None:
    world.serve_wheel("lemon", "1.0")
    a_project(session, "lemon")
    lock_project(session)
    report = examine(session, machine.host)
    assert (report.ok, report.cuda) == (True, None)
    assert found(report, "project") == "app: asks for no GPU"
    assert states(report)["driver"] == "skipped"


def test_a_project_that_is_not_locked(session: Session, machine: Machine) -> None:
    a_project(session, "lemon")
    report = examine(session, machine.host)
    assert (states(report)["project"], report.name, report.ok) == ("warning", "app", True)
    assert not (session.directory / "neve.lock").exists()


def test_a_project_that_is_broken(session: Session, machine: Machine) -> None:
    (session.directory / "pyproject.toml").write_text("[project\n")
    report = examine(session, machine.host)
    assert (states(report)["project"], report.ok) == ("failure", False)
    assert "Nix" in states(report)


def test_two_majors_are_a_failure(session: Session, world: World, machine: Machine) -> None:
    a_cuda_project(session, world)
    world.serve_wheel("nvidia-cuda-runtime", "13.0.96")
    text = (session.directory / "uv.lock").read_text()
    a_project(session, "torch", "nvidia-cuda-runtime")
    with pytest.raises(NeveError, match="two major versions"):
        lock_project(session, refresh=True)
    assert (session.directory / "uv.lock").read_text() != text
    report = examine(session, machine.host)
    assert found(report, "project").startswith("the environment has two major versions of CUDA")
    assert not report.ok


def projects(report: Report) -> list[tuple[str, str]]:
    return [(str(each.state), each.found) for each in report.findings if each.subject == "project"]


def test_two_majors_are_told_before_they_are_locked(session: Session, world: World, machine: Machine) -> None:
    """`neve lock` has failed: uv.lock is there, and alone says why."""
    world.serve_wheel("nvidia-cuda-runtime-cu12", "12.8.90")
    world.serve_wheel("nvidia-cuda-runtime", "13.0.96")
    a_project(session, "nvidia-cuda-runtime-cu12", "nvidia-cuda-runtime")
    with pytest.raises(NeveError, match="two major versions"):
        lock_project(session)
    assert (session.directory / "uv.lock").exists()
    assert not (session.directory / "neve.lock").exists()
    report = examine(session, machine.host)
    assert found(report, "project") == "the environment has two major versions of CUDA (uv.lock)"
    assert not report.ok


def test_what_uv_locked_is_compared_before_neve_lock(session: Session, world: World, machine: Machine) -> None:
    a_cuda_project(session, world)
    (session.directory / "neve.lock").unlink()
    machine.driver("515.105.01", H100)
    report = examine(session, machine.host)
    assert projects(report) == [
        ("ok", f"app: CUDA 12.8, driver {table().floors[12]} or newer"),
        ("warning", "app is not locked yet"),
    ]
    assert states(report)["CUDA"] == "failure"


@pytest.mark.parametrize("known", [True, False])
def test_a_stale_lock(session: Session, world: World, machine: Machine, known: bool) -> None:
    a_cuda_project(session, world)
    world.serve_wheel("cupy-cuda12x", "13.6.0")
    if known:  # uv has seen it, and can resolve without the network
        a_project(session, "cupy-cuda12x")
        session.uv.lock()
        a_project(session, "torch")
        session.uv.lock()
    before = tree(session.directory)
    a_project(session, "cupy-cuda12x")
    report = examine(session, machine.host)
    (_, (state, told)) = projects(report)
    assert (state, told) == (
        "warning",
        "uv.lock is not fresh"
        if known
        else "the locks may be older than the project: without the network this cannot be told",
    )
    assert [each.fixes for each in report.findings if each.subject == "project"][1] == ["`neve lock`"]
    a_project(session, "torch")
    assert projects(examine(session, machine.host)) == [("ok", f"app: CUDA 12.8, driver {table().floors[12]} or newer")]
    assert tree(session.directory) == before


def tree(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()
    }


def test_a_stale_neve_lock(session: Session, world: World, machine: Machine) -> None:
    a_cuda_project(session, world)
    before = tree(session.directory)
    (session.directory / "pyproject.toml").write_text(PROJECT.format('"torch"') + '[tool.neve]\nsystem = ["other"]\n')
    report = examine(session, machine.host)
    assert projects(report)[1] == ("warning", "neve.lock is not fresh")
    assert report.cuda is not None
    assert {name: text for name, text in tree(session.directory).items() if name != "pyproject.toml"} == {
        name: text for name, text in before.items() if name != "pyproject.toml"
    }
    frozen = replace(session, options=Options(frozen=True))
    assert len(projects(examine(frozen, machine.host))) == 1


def test_an_index_without_hashes(session: Session, world: World, machine: Machine) -> None:
    """uv would fetch all files to compute them: what is named says enough."""
    world.serve_wheel("nvidia-cuda-runtime-cu12", "12.8.90")
    for path, page in list(world.server.files.items()):
        if path.startswith("/simple/nvidia"):
            world.server.files[path] = re.sub(rb"#sha256=[0-9a-f]*", b"", page)
    a_project(session, "nvidia-cuda-runtime-cu12")
    lock_project(session)
    world.server.seen.clear()
    shutil.rmtree(os.environ["UV_CACHE_DIR"])
    report = examine(session, machine.host)
    assert projects(report) == [("ok", f"app: CUDA 12.8, driver {table().floors[12]} or newer")]
    assert not [path for path in world.server.paths() if path.startswith("/files")]


def test_a_lock_of_another_tool(session: Session, world: World, machine: Machine) -> None:
    world.serve_wheel("nvidia-cuda-runtime-cu12", "12.8.90")
    (session.directory / "requirements.txt").write_text("nvidia-cuda-runtime-cu12\n")
    lock_project(session)
    assert len(projects(examine(session, machine.host))) == 1
    (session.directory / "neve.lock").unlink()
    report = examine(session, machine.host)
    assert [state for state, _ in projects(report)] == ["ok", "warning"]
    assert report.cuda is not None
    assert report.cuda.version == "12.8"
    (session.directory / "pylock.neve.toml").unlink()
    assert [state for state, _ in projects(examine(session, machine.host))] == ["warning"]


def project_fixes(report: Report) -> list[str]:
    return [fix for each in report.findings if each.subject == "project" for fix in each.fixes]


def test_remedies_are_those_of_the_kind_of_project(session: Session, world: World, machine: Machine) -> None:
    for major in ("11", "12"):
        world.serve_wheel(f"nvidia-cublas-cu{major}", f"{major}.4.0")
    (session.directory / "requirements.txt").write_text("nvidia-cublas-cu11\nnvidia-cublas-cu12\n")
    with pytest.raises(NeveError, match="two major versions") as caught:
        lock_project(session)
    report = examine(session, machine.host)
    assert found(report, "project").startswith("the environment has two major versions")
    assert project_fixes(report) == list(caught.value.fixes)
    assert any("uv pip compile requirements.txt" in fix for fix in project_fixes(report))


def test_a_script_is_locked_by_its_name(session: Session, world: World, machine: Machine) -> None:
    world.serve_wheel("lemon", "1.0")
    (session.directory / "my job.py").write_text('# /// script\n# dependencies = ["lemon"]\n# ///\n')
    report = examine(replace(session, script="my job.py"), machine.host)
    assert project_fixes(report) == ["`neve lock 'my job.py'`"]


def test_a_version_that_lock_refuses_is_told_before(session: Session, world: World, machine: Machine) -> None:
    a_cuda_project(session, world)
    text = (session.directory / "pyproject.toml").read_text()
    for version in ("13.0", "99.1"):
        (session.directory / "pyproject.toml").write_text(f'{text}[tool.neve.cuda]\nversion = "{version}"\n')
        with pytest.raises(NeveError) as caught:
            lock_project(replace(session))
        for _ in range(2):  # with neve.lock, and without
            report = examine(session, machine.host)
            assert not report.ok
            assert found(report, "project").startswith(caught.value.what)
            assert "`neve lock`" not in project_fixes(report)
            (session.directory / "neve.lock").unlink(missing_ok=True)


def test_who_says_the_version(session: Session, world: World, machine: Machine) -> None:
    """A package that tells the major version alone leaves the minor one to the project."""
    world.serve_wheel("cupy-cuda12x", "13.6.0")
    for config, witness in {"": "cupy-cuda12x", 'version = "12.8"\n': "tool.neve.cuda.version"}.items():
        a_project(session, "cupy-cuda12x")
        with (session.directory / "pyproject.toml").open("a") as file:
            file.write(f"[tool.neve.cuda]\n{config}")
        lock_project(replace(session), refresh=True)
        (told,) = [each for each in examine(session, machine.host).findings if each.subject == "project"]
        assert told.why == f"{witness} says so"


def test_where_no_wheel_has_code_nothing_is_to_be_fetched(session: Session, world: World, machine: Machine) -> None:
    a_project(session)
    with (session.directory / "pyproject.toml").open("a") as file:
        file.write("[tool.neve.cuda]\n")
    lock_project(replace(session))
    assert found(examine(session, machine.host), "GPU code") == "no wheel that is locked has code for GPUs"
    world.serve_wheel("pith", "1.0", tag="py3-none-manylinux_2_28_x86_64")
    a_project(session, "pith")
    with (session.directory / "pyproject.toml").open("a") as file:
        file.write("[tool.neve.cuda]\n")
    lock_project(replace(session), refresh=True)
    assert found(examine(session, machine.host), "GPU code").endswith("`neve build` fetches them")


LABELS = {"dev.neve.cuda.version": "13.0", "dev.neve.cuda.driver": "580", "dev.neve.cuda.architectures": "8.0 9.0+PTX"}


def test_an_image_has_labels(session: Session, machine: Machine, tmp_path: Path) -> None:
    a_project(session)
    config = {"Labels": LABELS, "Env": ["NVIDIA_VISIBLE_DEVICES=all"], "Cmd": ["x"]}
    image = str(layout(tmp_path / "layout", [{"a": b""}], config=config))
    machine.driver("570.86.10", H100)
    report = examine(session, machine.host, image=image)
    assert (report.about, report.name, report.ok) == ("image", image, False)
    assert found(report, "CUDA") == "CUDA 13.0 wants driver 580 or newer, here is 570.86.10"
    assert states(report)["GPU code"] == "ok"
    assert report.cuda is not None
    assert report.cuda.architectures == {"the project's own code": "8.0 9.0 9.0+PTX"}
    plain = str(layout(tmp_path / "plain", [{"a": b""}], config={"Cmd": ["x"], "Labels": None}))
    assert examine(session, machine.host, image=plain).cuda is None


def test_labels_that_are_nonsense(session: Session, machine: Machine, tmp_path: Path) -> None:
    labels = {"dev.neve.cuda.architectures": "9 x+PTX", "dev.neve.cuda.version": "??", "dev.neve.cuda.driver": "999"}
    config = {"Labels": labels, "Env": ["NVIDIA_VISIBLE_DEVICES=all"], "Cmd": ["x"]}
    image = str(layout(tmp_path / "layout", [{"a": b""}], config=config))
    machine.driver("570.86.10", H100)
    report = examine(session, machine.host, image=image)
    assert report.cuda is not None
    assert (report.cuda.version, report.cuda.driver, report.cuda.architectures) == (None, "999", {})


def test_an_image_of_a_registry(
    session: Session, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/skopeo").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "bin/skopeo").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    machine.answers["skopeo inspect"] = Ran(status=0, out=json.dumps({"config": {"Labels": LABELS}}))
    report = examine(session, machine.host, image="127.0.0.1:5000/team/app:1")
    assert report.name == "127.0.0.1:5000/team/app:1"
    assert [words[1:] for words in machine.ran if "skopeo" in words[0]] == [
        ["inspect", "--config", "--tls-verify=false", "docker://127.0.0.1:5000/team/app:1"]
    ]
    for answer in (Ran(status=1, out="", err="unauthorized\n"), Ran(status=0, out="["), Ran(status=0, out="[]"), None):
        machine.answers["skopeo inspect"] = answer
        with pytest.raises(NeveError, match=r"cannot look at|is broken"):
            examine(session, machine.host, image="127.0.0.1:5000/team/app:1")
    with pytest.raises(NeveError, match="cannot look at"):
        examine(replace(session, options=Options(offline=True)), machine.host, image="registry.example/app")


def test_nothing_is_waited_for_longer_than_it_may_take(
    session: Session, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.driver("580.65.06", H100)
    machine.program("podman")
    released = threading.Event()

    def hangs(_: object, __: float) -> Ran | None:
        released.wait(20)
        return None

    monkeypatch.setattr(module, "SECONDS", 0.3)
    began = time.monotonic()
    report = examine(session, replace(machine.host, runner=hangs))
    released.set()
    assert time.monotonic() - began < 5
    assert found(report, "engines") == "no answer within 0.3 s"
    assert states(report)["Nix"] == "warning"


def test_a_defect_is_not_hidden(session: Session, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(module, "engine_findings", broken)
    with pytest.raises(RuntimeError, match="a defect"):
        examine(session, machine.host)
