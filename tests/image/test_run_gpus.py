"""GPUs in containers that really run; the GPU, its nodes and its driver are made up."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.doctor.machines import H100, LIBRARIES, V100, Machine
from tests.image.test_run import MODEST, ROOT, command, image, podman, run, script

__all__ = ["image", "podman"]
SHOW = "cd /dev; echo nvidia*; cat /usr/local/nvidia/lib64/libcuda.so.1; echo; echo $LD_LIBRARY_PATH"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    found = Machine(tmp_path / "machine")
    found.driver("580.65.06", H100, V100)
    found.program("nvidia-smi")
    found.write("/ldconfig-p", found.answers["ldconfig"].out if found.answers["ldconfig"] else "")
    (found.root / "usr/bin/nvidia-smi").write_text("#!/bin/sh\necho two GPUs\n")
    return found


def test_bubblewrap(image: dict[str, str], machine: Machine) -> None:
    wrapped = image | {"engine": "bubblewrap", "machine": str(machine.root), "gpus": "all"}
    done = run(wrapped, SHOW)
    nodes = "nvidia-uvm nvidia0 nvidia1 nvidiactl"
    assert done.stdout.splitlines() == [nodes, "cuda 580.65.06", "/usr/local/nvidia/lib64"], done.stderr
    assert run(wrapped, "nvidia-smi").stdout == "two GPUs\n"
    assert run(wrapped | {"gpus": "device=1"}, SHOW).stdout.splitlines()[0] == "nvidia-uvm nvidia1 nvidiactl"
    assert run(wrapped | {"gpus": "3"}, SHOW).stderr.startswith("this machine has no GPU 2\n")
    # Without being asked for them it has none.
    assert run(image | {"engine": "bubblewrap", "machine": str(machine.root)}, "ls /dev").stdout.count("nvidia") == 0


def test_a_podman_that_is_found_and_cannot_is_passed_over(
    image: dict[str, str], machine: Machine, tmp_path: Path
) -> None:
    path = script(tmp_path / "bin", "podman", "exit 1")
    settings = image | {"machine": str(machine.root), "gpus": "all"}
    done = run(settings, SHOW, path=path)
    assert "cuda 580.65.06" in done.stdout
    assert "podman cannot run the image here (no CDI specification" in done.stderr
    asked = run(settings | {"engine": "podman"}, SHOW, path=path)
    assert (asked.returncode, asked.stdout) == (1, "")
    assert "nvidia-ctk cdi generate" in asked.stderr


@pytest.mark.parametrize("engine", ["podman", "docker", "bubblewrap"])
def test_no_gpu_is_one_error(image: dict[str, str], tmp_path: Path, engine: str) -> None:
    (tmp_path / "machine").mkdir()
    path = script(tmp_path / "bin", "podman", "exit 1")
    script(tmp_path / "bin", "docker", "exit 1")
    for asked in ({"engine": engine}, {}):
        done = run(image | {"machine": str(tmp_path / "machine"), "gpus": "all", **asked}, "true", path=path)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("this machine has no GPU to give to a container\n")
        assert "fix: `neve doctor`" in done.stderr


def test_docker(image: dict[str, str], machine: Machine, tmp_path: Path) -> None:
    text = 'case "$1" in image) exit 0;; run) for word; do echo "$word"; done;; esac'
    path = script(tmp_path / "bin", "docker", text)
    settings = image | {"engine": "docker", "machine": str(machine.root), "gpus": "0,1"}
    words = run(settings, "true", path=path).stdout.splitlines()
    assert words[words.index("--gpus") + 1] == '"device=0,1"'


def test_podman_with_a_specification(image: dict[str, str], podman: str, machine: Machine) -> None:
    """A real podman reads it. It looks in /run/cdi, so that /run is one of the test's own."""
    library = machine.root / LIBRARIES[1:] / "libcuda.so.580.65.06"
    edits = {
        "deviceNodes": [{"path": "/dev/nvidia0", "hostPath": "/dev/null", "type": "c", "major": 1, "minor": 3}],
        "mounts": [{"hostPath": str(library), "containerPath": "/usr/lib/libcuda.so.1", "options": ["ro", "bind"]}],
    }
    data = {"cdiVersion": "0.3.0", "kind": "nvidia.com/gpu", "devices": [{"name": "all", "containerEdits": edits}]}
    machine.write("/var/run/cdi/nvidia.json", json.dumps(data))
    settings = image | {
        "engine": podman,
        "engine_args": MODEST,
        "machine": str(machine.root),
        "gpus": "all",
    }
    own = 'mount -t tmpfs tmpfs /run && mkdir /run/cdi && cp "$0" /run/cdi && exec "$@"'
    words = ["unshare", "-m", "sh", "-c", own, str(machine.root / "var/run/cdi/nvidia.json")]
    text = "ls /dev/nvidia0; cat /usr/lib/libcuda.so.1"
    done = subprocess.run([*words, *command(settings, text)], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout.splitlines() == ["/dev/nvidia0", "cuda 580.65.06"], done.stderr
