from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from neve.cuda.driver import find_driver
from neve.doctor.containers import engine_findings, toolkit_findings
from neve.doctor.demand import Demand
from neve.doctor.report import Finding
from neve.host import Ran
from tests.doctor.machines import H100, Machine

GPUS = Demand(about="project", name="app", gpus=True)
CONFIG = "/etc/nvidia-container-runtime/config.toml"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    found = Machine(tmp_path)
    found.driver("580.65.06", H100)
    return found


def examined(machine: Machine, demand: Demand = GPUS) -> list[Finding]:
    return list(toolkit_findings(machine.host, find_driver(machine.host), demand))


def states(findings: Sequence[Finding]) -> dict[str, str]:
    return {finding.subject: str(finding.state) for finding in findings}


def of(findings: Sequence[Finding], subject: str) -> Finding:
    (found,) = [finding for finding in findings if finding.subject == subject]
    return found


def test_engines(machine: Machine) -> None:
    assert [f.found for f in engine_findings(machine.host)] == ["bubblewrap (neve's own copy)"]
    machine.program("podman", "podman version 5.4.2\n")
    machine.program("docker", "Cannot connect to the Docker daemon\n", status=1)
    machine.program("bwrap")
    (found,) = engine_findings(machine.host)
    assert found.found == "podman 5.4.2, docker (its daemon does not answer), bubblewrap"
    machine.answers["docker"] = Ran(status=0, out="28.3.0\n")
    machine.answers["podman"] = None
    (found,) = engine_findings(machine.host)
    assert found.found == "podman, docker 28.3.0, bubblewrap"


def test_no_engine_needs_no_toolkit(machine: Machine) -> None:
    assert states(examined(machine)) == {"container toolkit": "skipped"}


def test_without_a_driver_nothing_is_given(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.program("podman")
    assert states(examined(machine)) == {"container toolkit": "skipped"}


def test_engines_without_a_toolkit(machine: Machine) -> None:
    machine.program("docker")
    machine.program("podman")
    found = examined(machine)
    assert states(found) == {"container toolkit": "warning", "CDI": "warning"}
    assert found[0].found == "not installed: podman and docker cannot give GPUs to containers"
    assert any("--engine bwrap" in fix for fix in found[0].fixes)


def with_toolkit(machine: Machine, config: str = "") -> None:
    machine.program("nvidia-ctk", "NVIDIA Container Toolkit CLI version 1.17.4\ncommit: 9b69590c\n")
    machine.write(CONFIG, config)


def test_a_fresh_specification(machine: Machine) -> None:
    machine.program("podman")
    with_toolkit(machine, '[nvidia-container-runtime]\nmode = "cdi"\n')
    machine.cdi("580.65.06")
    found = examined(machine)
    assert states(found) == {"container toolkit": "ok", "CDI": "ok"}
    assert found[0].found == "nvidia-ctk 1.17.4, mode cdi"


@pytest.mark.parametrize("file", ["/etc/cdi/nvidia.yaml", "/var/run/cdi/nvidia.json"])
def test_a_stale_specification(machine: Machine, file: str) -> None:
    machine.program("podman")
    with_toolkit(machine)
    machine.cdi("570.86.10", file)
    found = of(examined(machine), "CDI")
    assert (found.state, found.why) == (
        "failure",
        "it mounts the libraries of 570.86.10, and 580.65.06 is loaded",
    )
    assert found.fixes[0] == f"`sudo nvidia-ctk cdi generate --output={file}`"
    assert of(examined(machine, Demand()), "CDI").state == "warning"


def test_a_specification_of_what_is_gone(machine: Machine) -> None:
    machine.program("podman")
    with_toolkit(machine)
    text = "cdiVersion: 0.5.0\nkind: nvidia.com/gpu\ncontainerEdits:\n  mounts:\n  - hostPath: /usr/bin/nvidia-gone\n"
    machine.write("/etc/cdi/nvidia.yaml", text)
    assert of(examined(machine), "CDI").why == "it mounts /usr/bin/nvidia-gone, which is not there"


def test_two_specifications(machine: Machine) -> None:
    machine.program("podman")
    with_toolkit(machine)
    machine.cdi("580.65.06")
    machine.cdi("580.65.06", "/var/run/cdi/nvidia.yaml")  # it goes before the other
    assert of(examined(machine), "CDI").state == "ok"
    machine.cdi("580.65.06", "/etc/cdi/more.yaml")
    found = of(examined(machine), "CDI")
    assert (found.state, found.fixes) == ("warning", ["remove all but one of them"])


def test_the_legacy_mode(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.program("podman")
    hook = "/usr/share/containers/oci/hooks.d/oci-nvidia-hook.json"
    machine.write(hook, '{"hook": {"path": "/usr/bin/nvidia-container-runtime-hook"}}')
    with_toolkit(machine, 'disable-require = true\n[nvidia-container-runtime]\nmode = "legacy"\n')
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    found = of(examined(machine), "container toolkit")
    assert found.state == "warning"
    assert "cgroups" in (found.why or "")
    assert "no-cgroups=true" in found.fixes[1]
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    found = of(examined(machine), "container toolkit")
    assert found.state == "ok"
    assert found.found.endswith("mode legacy, the image's lowest driver is not heeded (disable-require)")
    assert (
        of(examined(machine), "CDI").found == f"no specification; podman has NVIDIA's hook in {hook.rpartition('/')[0]}"
    )


def test_a_configuration_that_is_broken(machine: Machine) -> None:
    machine.program("podman")
    with_toolkit(machine, "mode = = 1\n")
    found = of(examined(machine), "container toolkit")
    assert (found.state, CONFIG in (found.why or "")) == ("warning", True)


@pytest.mark.parametrize(
    ("daemon", "hook", "state"),
    [
        ('{"runtimes": {"nvidia": {"path": "nvidia-container-runtime"}}}', False, "ok"),
        ("{}", True, "ok"),
        ('{"features": {"cdi": true}}', False, "warning"),  # there is no specification
        ("{}", False, "warning"),
        ("[1]", False, "warning"),
        ("{", False, "warning"),
    ],
)
def test_docker(machine: Machine, daemon: str, hook: bool, state: str) -> None:
    machine.program("docker")
    with_toolkit(machine)
    machine.write("/etc/docker/daemon.json", daemon)
    if hook:
        machine.program("nvidia-container-runtime-hook")
    found = of(examined(machine), "docker")
    assert found.state == state
    if state == "warning":
        assert "nvidia-ctk runtime configure --runtime=docker" in found.fixes[0]
