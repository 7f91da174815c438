"""What engines are told, and what bubblewrap binds, on machines that are made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from neve.errors import NeveError, UsageError
from neve.host import Ran
from neve.image.bubblewrap import Bind
from neve.image.engine import Engine, Kind
from neve.image.gpus import Request, bubblewrap_access, engine_access, must_have_gpu
from tests.doctor.machines import H100, LIBRARIES, V100, Machine

PODMAN = Engine(kind=Kind.PODMAN, command=("/usr/bin/podman",))
DOCKER = Engine(kind=Kind.DOCKER, command=("/usr/bin/docker",))
ALL = Request()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    found = Machine(tmp_path)
    found.driver("580.65.06", H100, V100)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("all", Request()),
        ("2", Request(count=2)),
        ("device=0", Request(names=("0",))),
        ('"device=0,1"', Request(names=("0", "1"))),
        ("0,1", Request(names=("0", "1"))),
        ("GPU-1a-2b,MIG-3c", Request(names=("GPU-1a-2b", "MIG-3c"))),
        ("device=all", Request()),
        ("0:1,mig1:0", Request(names=("0:1", "mig1:0"))),
    ],
)
def test_what_is_asked_for(text: str, expected: Request) -> None:
    assert Request.parse(text) == expected


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "train.py", "a b", "device=", "0,,1", "$(x)", "--rm", "nonsense", "9" * 5000, "30000000"]
)
def test_what_names_no_gpus(text: str) -> None:
    with pytest.raises(UsageError, match="names no GPUs") as caught:
        Request.parse(text)
    assert "--gpus=all" in caught.value.fixes[-1]
    assert ("--gpus=device=0 is" in caught.value.fixes[0]) is (text == "0")


def test_docker_is_told_as_its_own_flag_has_it(machine: Machine) -> None:
    for request, words in {
        ALL: ["--gpus", "all"],
        Request(count=2): ["--gpus", "2"],
        Request(names=("0", "GPU-1111")): ["--gpus", '"device=0,GPU-1111"'],
    }.items():
        assert engine_access(machine.host, DOCKER, request) == (DOCKER, words)


def test_podman_takes_devices_of_a_specification(machine: Machine) -> None:
    machine.cdi("580.65.06", "/var/run/cdi/nvidia.json")
    assert engine_access(machine.host, PODMAN, ALL) == (PODMAN, ["--device", "nvidia.com/gpu=all"])
    _, words = engine_access(machine.host, PODMAN, Request(count=2))
    assert words == ["--device", "nvidia.com/gpu=0", "--device", "nvidia.com/gpu=1"]
    machine.write("/sys/fs/selinux/enforce", "1")
    _, words = engine_access(machine.host, PODMAN, Request(names=("GPU-1111",)))
    assert words == ["--security-opt", "label=disable", "--device", "nvidia.com/gpu=GPU-1111"]


def test_a_specification_of_something_else_is_none(machine: Machine) -> None:
    machine.write("/etc/cdi/other.yaml", "cdiVersion: 0.5.0\nkind: vendor.example/net\n")
    with pytest.raises(NeveError, match="podman cannot give GPUs"):
        engine_access(machine.host, PODMAN, ALL)


def test_podman_takes_the_hook_where_there_is_no_specification(machine: Machine) -> None:
    directory = "/usr/share/containers/oci/hooks.d"
    machine.write(f"{directory}/oci-nvidia-hook.json", '{"hook": {"path": "/usr/bin/nvidia-container-runtime-hook"}}')
    engine, words = engine_access(machine.host, PODMAN, Request(names=("1",)))
    assert engine.command == ("/usr/bin/podman", f"--hooks-dir={directory}")
    assert words == ["--env", "NVIDIA_VISIBLE_DEVICES=1"]


def test_podman_without_either_says_what_to_do(machine: Machine) -> None:
    with pytest.raises(NeveError) as caught:
        engine_access(machine.host, PODMAN, ALL)
    assert caught.value.fixes[0].startswith("install nvidia-container-toolkit")
    machine.program("nvidia-ctk")
    with pytest.raises(NeveError) as caught:
        engine_access(machine.host, PODMAN, ALL)
    assert caught.value.fixes[0] == "sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"
    assert "--engine bwrap" in caught.value.fixes[1]


def test_no_gpu(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.write("/dev/nvidiactl")  # what a driver without a GPU leaves
    for engine in (PODMAN, DOCKER, Engine(kind=Kind.BUBBLEWRAP)):
        with pytest.raises(NeveError, match="no GPU to give") as caught:
            must_have_gpu(machine.host, engine)
        assert "neve doctor" in caught.value.fixes[0]


@pytest.mark.parametrize(
    ("engine", "environ"),
    [
        (Engine(kind=Kind.PODMAN, command=("/usr/bin/podman-remote",)), {}),
        (Engine(kind=Kind.PODMAN, command=("/usr/bin/podman", "--remote")), {}),
        (Engine(kind=Kind.DOCKER, command=("/usr/bin/docker", "--context=far")), {}),
        (DOCKER, {"DOCKER_HOST": "ssh://far.example"}),
    ],
)
def test_of_another_machine_nothing_is_known(tmp_path: Path, engine: Engine, environ: dict[str, str]) -> None:
    machine = Machine(tmp_path)
    machine.environ |= environ
    must_have_gpu(machine.host, engine)
    _, words = engine_access(machine.host, engine, ALL)
    assert words in (["--device", "nvidia.com/gpu=all"], ["--gpus", "all"])


def targets(binds: tuple[Bind, ...], *, devices: bool) -> set[str]:
    return {bind.target for bind in binds if bind.device is devices}


def test_bubblewrap_is_given_nodes_and_the_driver(machine: Machine) -> None:
    machine.write("/dev/nvidia-caps/nvidia-cap1")
    machine.write("/dev/nvidia-caps-imex-channels/channel0")
    machine.program("nvidia-smi")
    config = {"Env": ["A=1", "LD_LIBRARY_PATH=/own", "PATH=/opt/venv/bin"], "User": "me"}
    access = bubblewrap_access(machine.host, ALL, config)
    nodes = {f"/dev/{name}" for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "nvidia-caps")}
    assert targets(access.binds, devices=True) == nodes
    here = "/usr/local/nvidia"
    libraries = {f"{here}/lib64/lib{name}" for name in ("cuda.so.1", "nvidia-ml.so.1", "nvidia-gpucomp.so.580.65.06")}
    assert targets(access.binds, devices=False) == {*libraries, f"{here}/bin/nvidia-smi"}
    sources = {bind.target: bind.source for bind in access.binds}
    assert sources[f"{here}/lib64/libcuda.so.1"] == machine.root / LIBRARIES[1:] / "libcuda.so.580.65.06"
    # What the image has itself comes first.
    assert access.config == {
        "Env": ["PATH=/opt/venv/bin:/usr/local/nvidia/bin", "A=1", f"LD_LIBRARY_PATH=/own:{here}/lib64"],
        "User": "me",
    }
    again = bubblewrap_access(machine.host, ALL, access.config)
    assert again.config == access.config


def test_bubblewrap_gives_those_that_are_asked_for(machine: Machine) -> None:
    for request, expected in {
        Request(count=1): {"nvidia0"},
        Request(names=("1",)): {"nvidia1"},
        Request(names=("GPU-2222", "0")): {"nvidia0", "nvidia1"},
    }.items():
        found = targets(bubblewrap_access(machine.host, request, {}).binds, devices=True)
        assert found == {f"/dev/{name}" for name in (*expected, "nvidiactl", "nvidia-uvm")}
    with pytest.raises(NeveError, match="no GPU 2, GPU-9") as caught:
        bubblewrap_access(machine.host, Request(names=("2", "0", "GPU-9")), {})
    assert caught.value.why == "it has 0, 1, GPU-1111, GPU-2222"


def test_the_node_of_unified_memory_is_made(machine: Machine) -> None:
    (machine.root / "dev/nvidia-uvm").unlink()
    with pytest.raises(NeveError, match="CUDA cannot start") as caught:
        bubblewrap_access(machine.host, ALL, {})
    assert caught.value.fixes == ("sudo nvidia-modprobe -c 0 -u",)

    machine.program("nvidia-modprobe")
    answer = machine.answers["nvidia-modprobe"]

    class Making(dict[str, "Ran | None"]):
        def get(self, key: str, default: Ran | None = None) -> Ran | None:  # type: ignore[override]
            if key.startswith("nvidia-modprobe"):
                machine.write("/dev/nvidia-uvm")
                return answer
            return super().get(key, default)

    machine.answers = Making(machine.answers)
    assert "/dev/nvidia-uvm" in targets(bubblewrap_access(machine.host, ALL, {}).binds, devices=True)


def test_no_libraries(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.driver("580.65.06", H100, library=None)
    with pytest.raises(NeveError, match="libraries are not there"):
        bubblewrap_access(machine.host, ALL, {})


def test_nixos(tmp_path: Path) -> None:
    """Its libraries lie in a directory of their own, and its nvidia-smi does not run elsewhere."""
    machine = Machine(tmp_path)
    machine.driver("580.65.06", H100, library=None)
    machine.write("/nix/store/x/lib/libcuda.so.580.65.06")
    machine.write("/nix/store/x/lib/libcuda.so.1", link="libcuda.so.580.65.06")
    (tmp_path / "run").mkdir()
    (tmp_path / "run/opengl-driver").symlink_to("../nix/store/x")
    machine.write("/nix/store/x/bin/nvidia-smi")
    (tmp_path / "nix/store/x/bin/nvidia-smi").chmod(0o755)
    machine.environ["PATH"] = "/nix/store/x/bin"
    access = bubblewrap_access(machine.host, ALL, {})
    assert targets(access.binds, devices=False) == {
        f"/usr/local/nvidia/lib64/libcuda.so.{end}" for end in ("1", "580.65.06")
    }
    assert "nvidia/bin" not in str(access.config)


def test_wsl(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.write("/dev/dxg")
    machine.write("/usr/lib/wsl/lib/libcuda.so.1")
    must_have_gpu(machine.host, PODMAN)
    binds = bubblewrap_access(machine.host, ALL, {}).binds
    assert targets(binds, devices=True) == {"/dev/dxg"}
    assert {"/usr/lib/wsl", "/usr/local/nvidia/lib64/libcuda.so.1"} <= targets(binds, devices=False)
