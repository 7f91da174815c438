"""The GPUs of this machine: asked of the driver's library in a process of its own, of nvidia-smi, or of the kernel."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass

from neve.cuda.driver import WSL, Driver
from neve.host import LATE, Host

_SECONDS = 8.0  # many GPUs without persistence mode take seconds to wake
_INFORMATION = "/proc/driver/nvidia/gpus/*/information"
_FIELD = re.compile(r"^(?P<name>[A-Za-z ]+):\s*(?P<value>.*?)\s*$", re.MULTILINE)
# cuda.h: CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR. A driver that hangs or crashes takes nothing with it.
_QUERY = """
import ctypes, json, os, sys, uuid
os.environ.pop("CUDA_VISIBLE_DEVICES", None)
os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
cuda = ctypes.CDLL(sys.argv[1])
status = cuda.cuInit(0)
gpus, count, value = [], ctypes.c_int(), ctypes.c_int()
if status == 0:
    status = cuda.cuDeviceGetCount(ctypes.byref(count))
for index in range(count.value):
    def attribute(which):
        return None if cuda.cuDeviceGetAttribute(ctypes.byref(value), which, index) else value.value
    name, raw, size = ctypes.create_string_buffer(256), ctypes.create_string_buffer(16), ctypes.c_size_t()
    cuda.cuDeviceGetName(name, 256, index)
    known = cuda.cuDeviceGetUuid(raw, index) == 0
    cuda.cuDeviceTotalMem_v2(ctypes.byref(size), index)
    gpus.append({
        "name": name.value.decode(errors="replace"),
        "capability": [attribute(75), attribute(76)],
        "uuid": "GPU-" + str(uuid.UUID(bytes=raw.raw)) if known else None,
        "memory": size.value,
    })
json.dump({"status": status, "gpus": gpus}, sys.stdout)
"""


@dataclass(frozen=True, kw_only=True)
class Gpu:
    """A GPU: its name, its compute capability ((9, 0); None: not known), its UUID and its memory in bytes, as far as
    they are known.
    """

    name: str
    capability: tuple[int, int] | None = None
    uuid: str | None = None
    memory: int | None = None

    def __str__(self) -> str:
        parts = [] if self.capability is None else ["compute capability {}.{}".format(*self.capability)]
        parts += [f"{self.memory / 2**30:.0f} GiB"] if self.memory else []
        return f"{self.name} ({', '.join(parts)})" if parts else self.name


@dataclass(frozen=True, kw_only=True)
class Gpus:
    """The GPUs, in the order of their bus addresses. ``status`` is what starting CUDA answered (cuda.h: CUresult; 0 is
    success), None where nothing was asked; ``why`` is what went wrong besides.
    """

    gpus: tuple[Gpu, ...]
    status: int | None = None
    why: str = ""


def find_gpus(host: Host, driver: Driver) -> Gpus:
    """The GPUs of ``host``."""
    asked = _asked(host, driver.library) if driver.library else Gpus(gpus=())
    if asked.gpus:
        return asked
    gpus = _smi(host) or _kernel(host)
    return Gpus(gpus=gpus, status=asked.status, why=asked.why)


def _asked(host: Host, library: str) -> Gpus:
    ran = host.run([sys.executable, "-I", "-S", "-c", _QUERY, library], _SECONDS)
    if ran is None:
        return Gpus(gpus=())
    try:
        said = json.loads(ran.out)
        gpus = tuple(_gpu(each) for each in said["gpus"])
    except (ValueError, KeyError, TypeError):
        lines = ran.err.strip().splitlines()
        ended = ran.err if ran.status == LATE else f"it ended with status {ran.status}"
        return Gpus(gpus=(), why=lines[-1] if lines else ended)
    return Gpus(gpus=gpus, status=int(said["status"]))


def _gpu(said: dict[str, object]) -> Gpu:
    pair, memory = said["capability"], said["memory"]
    known = isinstance(pair, list) and len(pair) == 2 and all(isinstance(each, int) for each in pair)
    return Gpu(
        name=str(said["name"]),
        capability=(pair[0], pair[1]) if known and isinstance(pair, list) else None,
        uuid=str(said["uuid"]) if said["uuid"] else None,
        memory=memory if isinstance(memory, int) and memory else None,
    )


def _smi(host: Host) -> tuple[Gpu, ...]:
    program = host.which("nvidia-smi", WSL)
    if program is None:
        return ()
    ran = host.run([program, "--query-gpu=name,uuid,memory.total,compute_cap", "--format=csv,noheader,nounits"])
    rows = [line.split(", ") for line in ran.out.splitlines()] if ran is not None and ran.status == 0 else []
    return tuple(
        Gpu(
            name=row[0],
            uuid=row[1],
            memory=int(row[2]) << 20 if row[2].isdecimal() else None,
            capability=(int(found[1]), int(found[2])) if (found := re.fullmatch(r"(\d+)\.(\d+)", row[3])) else None,
        )
        for row in rows
        if len(row) == 4
    )


def _kernel(host: Host) -> tuple[Gpu, ...]:
    return tuple(
        Gpu(name=fields.get("Model", "a GPU"), uuid=fields.get("GPU UUID")) for fields in information(host).values()
    )


def information(host: Host) -> dict[str, dict[str, str]]:
    """What the kernel's driver says of each GPU, by its address on the bus: Model, GPU UUID, Device Minor ..."""
    return {
        place.split("/")[-2]: {match["name"]: match["value"] for match in _FIELD.finditer(host.read(place) or "")}
        for place in host.glob(_INFORMATION)
    }


def on_the_bus(host: Host) -> int:
    """How many GPUs of NVIDIA's there are on the PCI bus, whether a driver serves them or not (PCI class 03)."""
    found = 0
    for place in host.glob("/sys/bus/pci/devices/*"):
        if host.read(f"{place}/vendor") == "0x10de" and (host.read(f"{place}/class") or "").startswith("0x03"):
            found += 1
    return found


__all__ = ["Gpu", "Gpus", "find_gpus", "information", "on_the_bus"]
