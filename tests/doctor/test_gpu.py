"""The driver and the GPUs of machines that are made up, against what is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from neve.cuda.architectures import OWN_CODE, architectures
from neve.cuda.compat import compat
from neve.cuda.driver import find_driver
from neve.cuda.gpus import Gpu, find_gpus
from neve.cuda.table import table
from neve.doctor.demand import Demand
from neve.doctor.gpu import gpu_findings
from neve.doctor.report import Finding
from neve.host import LATE, Ran
from tests.doctor.machines import B300, H100, V100, Machine

CPU = Demand(about="project", name="app")
TORCH = Demand(
    about="project",
    name="app",
    gpus=True,
    version="12.8",
    floor=table().floors[12],
    code={"torch": architectures(("7.5", "8.0", "9.0"), ()), "nvidia-cublas-cu12": architectures(("7.0", "9.0"), ())},
)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def examined(machine: Machine, demand: Demand = TORCH) -> list[Finding]:
    driver = find_driver(machine.host)
    return list(gpu_findings(machine.host, driver, find_gpus(machine.host, driver), demand))


def of(findings: Sequence[Finding], subject: str) -> Finding:
    (found,) = [finding for finding in findings if finding.subject == subject]
    return found


def states(findings: Sequence[Finding]) -> dict[str, str]:
    return {finding.subject: str(finding.state) for finding in findings}


def test_all_is_well(machine: Machine) -> None:
    machine.driver("580.65.06", H100, H100)
    found = examined(machine)
    assert states(found) == {"driver": "ok", "GPU": "ok", "CUDA": "ok", "GPU code": "ok"}
    assert of(found, "driver").found == "580.65.06 (/sys/module/nvidia/version)"
    assert of(found, "GPU").found == "2 x NVIDIA H100 (compute capability 9.0, 80 GiB)"
    # Neither nvidia-smi nor a daemon was needed.
    assert {Path(words[0]).name for words in machine.ran} <= {"ldconfig", Path(machine.ran[-1][0]).name}


def test_no_gpu_is_no_failure(machine: Machine) -> None:
    found = examined(machine)
    assert states(found) == {"driver": "warning", "CUDA": "skipped", "GPU code": "skipped"}
    assert of(found, "driver").why == "images can be built here; they cannot run on a GPU here"
    assert of(found, "CUDA").found == f"CUDA 12.8 wants driver {table().floors[12]} or newer"
    assert of(found, "GPU code").found.endswith("9.0")
    assert states(examined(machine, CPU)) == {"driver": "skipped"}
    assert states(examined(machine, Demand())) == {"driver": "skipped"}


def test_a_gpu_without_a_driver(machine: Machine) -> None:
    machine.write("/sys/bus/pci/devices/0000:01:00.0/vendor", "0x10de\n")
    machine.write("/sys/bus/pci/devices/0000:01:00.0/class", "0x030200\n")
    machine.write("/sys/bus/pci/devices/0000:01:00.1/vendor", "0x10de\n")
    machine.write("/sys/bus/pci/devices/0000:01:00.1/class", "0x040300\n")  # its sound
    found = of(examined(machine), "driver")
    assert (found.state, found.found) == ("failure", "1 of NVIDIA's GPUs on the PCI bus, and no driver")
    assert any("modprobe nvidia" in fix for fix in found.fixes)
    assert states(examined(machine, CPU)) == {"driver": "warning"}


def test_the_module_is_not_loaded(machine: Machine) -> None:
    machine.driver(None, library="580.65.06")
    assert of(examined(machine), "driver").found == "libcuda.so.1 580.65.06, and the kernel module is not loaded"


def test_the_library_is_not_there(machine: Machine) -> None:
    machine.driver("580.65.06", H100, library=None)
    machine.answers.pop("libcuda")
    found = examined(machine)
    assert of(found, "driver").state == "failure"
    assert "libcuda1" in of(found, "driver").fixes[0]
    # What the kernel says of the GPU is something.
    assert of(found, "GPU").found == "NVIDIA H100"


def test_a_driver_that_was_updated_under_its_module(machine: Machine) -> None:
    machine.driver("570.86.10", H100, library="580.65.06", status=803)
    found = examined(machine)
    assert of(found, "driver").found == "kernel module 570.86.10, libcuda.so.1 580.65.06"
    assert "reboot" in of(found, "driver").fixes[0]
    assert (of(found, "GPU").state, of(found, "GPU").found) == ("failure", "CUDA does not start: cuInit answers 803")


@pytest.mark.parametrize(("status", "fix"), [(802, "nvidia-fabricmanager"), (999, "nvidia-modprobe"), (100, "ls -l")])
def test_cuda_that_does_not_start(machine: Machine, status: int, fix: str) -> None:
    machine.driver("580.65.06", H100, status=status)
    found = of(examined(machine), "GPU")
    assert found.state == "failure"
    assert fix in found.fixes[0]


def test_an_answer_that_nobody_knows(machine: Machine) -> None:
    machine.driver("580.65.06", H100, status=12345)
    assert of(examined(machine), "GPU").found == "CUDA does not start: cuInit answers 12345"


@pytest.mark.parametrize(
    "answer",
    [
        Ran(status=-11, out="", err=""),
        Ran(status=LATE, out="", err="no answer within 8 s"),
        Ran(status=1, out="", err="Traceback\nOSError: libcuda.so.1: file too short"),
        Ran(status=0, out="{}"),
        Ran(status=0, out='{"status": 0, "gpus": [{}]}'),
        Ran(status=0, out="[]"),
    ],
)
def test_a_library_that_crashes_or_hangs(machine: Machine, answer: Ran) -> None:
    machine.driver("580.65.06", H100)
    machine.answers["libcuda"] = answer
    found = of(examined(machine), "GPU")
    assert (found.state, found.found) == ("failure", "NVIDIA H100; CUDA does not start")
    assert found.why


def test_the_node_of_unified_memory(machine: Machine) -> None:
    machine.driver("580.65.06", H100)
    (machine.root / "dev/nvidia-uvm").unlink()
    found = [finding for finding in examined(machine) if finding.subject == "GPU"]
    assert [str(finding.state) for finding in found] == ["ok", "warning"]
    assert "nvidia-modprobe" in found[1].fixes[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\n", "535.104.05"),
        ("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.54.14  Release Build\nGCC 12\n", "550.54.14"),
    ],
)
def test_the_version_is_read_from_proc_as_well(machine: Machine, text: str, expected: str) -> None:
    machine.write("/proc/driver/nvidia/version", text)
    driver = find_driver(machine.host)
    assert (driver.kernel, driver.said_by) == (expected, "/proc/driver/nvidia/version")


def test_nvidia_smi_is_asked_last(machine: Machine) -> None:
    machine.write("/usr/lib/wsl/lib/libcuda.so.1")
    machine.write("/dev/dxg")
    machine.program("nvidia-smi", "551.61\n")
    machine.answers["nvidia-smi --query-gpu=name,uuid,memory.total,compute_cap"] = Ran(
        status=0, out="NVIDIA GeForce RTX 4090, GPU-7, 24564, 8.9\n"
    )
    driver = find_driver(machine.host)
    assert (driver.kernel, driver.library, driver.library_version) == ("551.61", "/usr/lib/wsl/lib/libcuda.so.1", None)
    (gpu,) = find_gpus(machine.host, driver).gpus
    assert gpu == Gpu(name="NVIDIA GeForce RTX 4090", uuid="GPU-7", memory=24564 << 20, capability=(8, 9))


def test_a_driver_older_than_the_floor(machine: Machine) -> None:
    machine.driver("515.105.01", H100)
    found = of(examined(machine), "CUDA")
    assert found.state == "failure"
    assert found.found == f"CUDA 12.8 wants driver {table().floors[12]} or newer, here is 515.105.01"
    assert found.fixes[0] == f"install driver {table().floors[12]} or newer"
    assert found.fixes[-1] == "or take packages that are built for CUDA 11, which this driver runs"


def test_forward_compatibility_is_a_way_for_some_branches(machine: Machine) -> None:
    major = max(compat().branches)
    branch = compat().branches[major][-1]
    new = replace(TORCH, version=f"{major}.0", floor=f"{branch + 100}")
    machine.driver(f"{branch}.10", H100)
    found = of(examined(machine, new), "CUDA")
    assert found.state == "failure"
    assert any("compat = true" in fix for fix in found.fixes)
    found = of(examined(machine, replace(new, compat=f"{major}.0")), "CUDA")
    assert found.state == "warning"
    assert "data-centre GPUs" in (found.why or "")


def test_a_driver_older_than_the_toolkits_own(machine: Machine) -> None:
    version, release = next(
        (v, r) for v, r in table().releases.items() if v.startswith("12.") and r.driver and v > "12.1"
    )
    machine.driver(f"{table().floors[12]}", H100)
    found = of(examined(machine, replace(TORCH, version=version)), "CUDA")
    assert found.state == "warning"
    assert found.found == f"CUDA {version} came with driver {release.driver}, here is {table().floors[12]}"


def test_a_version_of_which_the_major_part_is_known(machine: Machine) -> None:
    machine.driver("580.65.06", H100)
    assert of(examined(machine, replace(TORCH, version="12")), "CUDA").state == "ok"
    unknown = examined(machine, replace(TORCH, version=None, floor=None))
    assert "CUDA" not in states(unknown)


def test_a_version_of_which_no_driver_is_known(machine: Machine) -> None:
    machine.driver("580.65.06", H100)
    found = of(examined(machine, replace(TORCH, version="99.1", floor=None)), "CUDA")
    assert (found.state, found.found) == ("skipped", "which driver CUDA 99.1 wants is not known")


def test_what_a_project_can_do_an_image_cannot(machine: Machine) -> None:
    """Each remedy is one of those that whoever stands before the machine has."""
    major = max(compat().branches)
    branch = compat().branches[major][-1]
    machine.driver(f"{branch}.10", H100)
    new = replace(TORCH, version=f"{major}.0", floor=f"{branch + 100}", code={OWN_CODE: architectures(("8.0",), ())})
    found = examined(machine, new)
    assert of(found, "CUDA").fixes[1].endswith("add `compat = true` under [tool.neve.cuda] and build again")
    assert of(found, "GPU code").fixes == ["add '9.0' to `architectures` under [tool.neve.cuda], and build again"]
    found = examined(machine, replace(new, about="image"))
    assert not [fix for each in found for fix in each.fixes if "add " in fix]
    assert "an image that was built with `compat = true`" in of(found, "CUDA").fixes[1]
    empty = Machine(machine.root / "empty-machine")
    assert of(examined(empty, new), "GPU code").found.startswith("what is locked runs on")
    assert of(examined(empty, replace(new, about="image")), "GPU code").found.startswith("what is in the image runs on")


LIBRARIES = {
    "nvidia-cublas-cu12": architectures(("7.5", "9.0"), ()),
    "nvidia-cusparselt-cu12": architectures(("8.0", "9.0"), ()),
}
OLD = replace(TORCH, code={**LIBRARIES, "torch": architectures(("7.5", "8.0", "9.0"), ())})


def test_a_gpu_older_than_the_wheels(machine: Machine) -> None:
    """What fails is told once: the libraries are those that torch pins, others would not help."""
    machine.driver("580.65.06", V100)
    (found,) = [finding for finding in examined(machine, OLD) if finding.subject == "GPU code"]
    assert (found.state, found.found) == ("failure", "torch needs compute capability 7.5 or newer, the GPU has 7.0")
    assert (found.why or "").splitlines() == [
        "torch has code for 7.5 8.0 9.0",
        "nvidia-cublas-cu12, nvidia-cusparselt-cu12: no code for compute capability 7.0",
    ]
    assert found.fixes == ["take an older version of torch, or a build of it for this GPU, or another GPU"]
    both = replace(OLD, code={**OLD.code, "xformers": architectures(("9.0",), ())})
    (found,) = [finding for finding in examined(machine, both) if finding.subject == "GPU code"]
    assert (found.state, found.found) == ("failure", "torch, xformers: no code for compute capability 7.0")
    assert len(found.fixes) == 2


def test_a_library_without_code_is_no_fault_of_the_image(machine: Machine) -> None:
    """As `neve info` has it: others call it, and know where they cannot."""
    machine.driver("580.65.06", {**V100, "capability": [7, 5]})
    found = of(examined(machine, OLD), "GPU code")
    assert (found.state, found.why) == ("ok", "nvidia-cusparselt-cu12: no code for compute capability 7.5")
    found = of(examined(machine, replace(OLD, code=LIBRARIES)), "GPU code")  # but where nothing else has code
    assert found.state == "warning"
    assert found.found == "nvidia-cusparselt-cu12: no code for compute capability 7.5"


def test_a_gpu_newer_than_the_wheels(machine: Machine) -> None:
    machine.driver("580.65.06", B300, H100)
    found = [finding for finding in examined(machine) if finding.subject == "GPU code"]
    assert [str(finding.state) for finding in found] == ["ok", "failure"]  # a finding for each model
    assert found[1].found.startswith("torch has code up to compute capability 9.0")
    assert found[1].found.endswith("the GPU has 10.3")
    ptx = {name: architectures(code.sass, ("9.0",)) for name, code in TORCH.code.items()}
    assert states(examined(machine, replace(TORCH, code=ptx)))["GPU code"] == "ok"


def test_a_gpu_between_those_that_there_is_code_for(machine: Machine) -> None:
    """What there is code for is told once."""
    machine.driver("580.65.06", {**B300, "capability": [10, 0]})
    has = architectures(("9.0", "12.0"), ())
    found = of(examined(machine, replace(TORCH, code={"torch": has})), "GPU code")
    assert (found.found, found.why) == (
        "torch has code for compute capabilities 9.0 12.0, the GPU has 10.0",
        None,
    )
