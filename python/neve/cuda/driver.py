"""The NVIDIA driver of this machine: its version, its libraries and its device nodes; no program need be installed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from neve.host import Host

LIBCUDA = "libcuda.so.1"
WSL = "/usr/lib/wsl/lib"
_NIXOS = "/run/opengl-driver/lib"
_VERSION = re.compile(r"\d{3,4}(?:\.\d+)+")
_MODULE = re.compile(r"Kernel Module\s+(?:for \S+\s+)?(\d+(?:\.\d+)+)")
_CACHED = re.compile(r"\s*(\S+) \((?P<kind>[^)]*)\) => (?P<place>/\S+)")
_KINDS = {"x86_64": "x86-64", "aarch64": "AArch64"}
# What computing needs; the rest of the driver draws.
_COMPUTES = re.compile(
    r"lib(?:cuda|cudadebugger|nvcuvid"
    r"|nvidia-(?!container|egl|gl|gtk|fbc|ngx|rtcore|tls|wayland|api|vksc|xcb|xlib|present)[a-z0-9-]+)\.so(?:\.\d+)*"
)
_ELSEWHERE = ("/usr/lib/{}-linux-gnu", "/usr/lib64", "/usr/local/nvidia/lib64", "/.singularity.d/libs")


@dataclass(frozen=True, kw_only=True)
class Driver:
    """The driver: the version of its ``kernel`` module where that is loaded, and who said so; where its user library
    libcuda.so.1 is, and the version of that, as far as its file's name tells.
    """

    kernel: str | None
    said_by: str
    library: str | None
    library_version: str | None

    @property
    def version(self) -> str | None:
        """The version that counts: the kernel module's."""
        return self.kernel or self.library_version


def find_driver(host: Host) -> Driver:
    """The driver of ``host``, as the kernel says, else as nvidia-smi does."""
    kernel, said_by = _kernel(host)
    library = driver_libraries(host).get(LIBCUDA)
    version = _VERSION.search(host.real(library).rpartition("/")[2]) if library else None
    return Driver(
        kernel=kernel,
        said_by=said_by,
        library=library,
        library_version=version.group() if version else None,
    )


def _kernel(host: Host) -> tuple[str | None, str]:
    if version := host.read("/sys/module/nvidia/version"):
        return version, "/sys/module/nvidia/version"
    if found := _MODULE.search(host.read("/proc/driver/nvidia/version") or ""):
        return found[1], "/proc/driver/nvidia/version"
    program = host.which("nvidia-smi", WSL)
    ran = host.run([program, "--query-gpu=driver_version", "--format=csv,noheader"]) if program else None
    if ran is not None and ran.status == 0 and (found := _VERSION.search(ran.out)):
        return found.group(), "nvidia-smi"
    return None, ""


def driver_libraries(host: Host) -> dict[str, str]:
    """The driver's libraries for computing, by the names that programs look for. They are taken where libcuda.so.1 is:
    where NixOS or WSL has it, else in the loader's cache, else in the usual directories.
    """
    for names in _places(host):
        found: dict[str, str] = {}
        for name, place in names:
            if _COMPUTES.fullmatch(name) and host.path(place).exists():
                found.setdefault(name, place)  # as the loader does
        if LIBCUDA in found:
            return found
    return {}


def _places(host: Host) -> Iterator[Iterable[tuple[str, str]]]:
    yield _listed(host, _NIXOS)
    yield _listed(host, WSL)
    yield _cached(host)
    for directory in (*(place.format(os.uname().machine) for place in _ELSEWHERE), *_given(host)):
        yield _listed(host, directory)


def _given(host: Host) -> list[str]:
    return [place for place in host.environ.get("LD_LIBRARY_PATH", "").split(":") if place]


def _cached(host: Host) -> Iterator[tuple[str, str]]:
    program = host.which("ldconfig", "/usr/sbin", "/sbin")
    ran = host.run([program, "-p"]) if program else None
    kind = _KINDS.get(os.uname().machine, "")
    for line in ran.out.splitlines() if ran is not None and ran.status == 0 else ():
        if (entry := _CACHED.match(line)) and kind in entry["kind"]:
            yield entry[1], entry["place"]


def _listed(host: Host, directory: str) -> Iterator[tuple[str, str]]:
    try:
        names = sorted(os.listdir(host.path(directory)))  # noqa: PTH208 - names are what is wanted
    except OSError:
        return
    for name in names:
        yield name, f"{directory}/{name}"


def device_nodes(host: Host) -> list[str]:
    """The device nodes of the driver: /dev/nvidia0 and the like, /dev/nvidiactl, /dev/nvidia-uvm, /dev/dxg of WSL."""
    wanted = re.compile(r"/dev/(?:nvidia\d+|nvidiactl|nvidia-(?:uvm|uvm-tools|modeset|caps)|dxg)")
    return [place for place in (*host.glob("/dev/nvidia*"), *host.glob("/dev/dxg")) if wanted.fullmatch(place)]


def is_gpu_node(node: str) -> bool:
    """Whether the device node is one GPU's."""
    return re.fullmatch(r"/dev/(?:nvidia\d+|dxg)", node) is not None


def number(version: str) -> tuple[int, ...]:
    """A driver's version to compare with others: (550, 54, 14)."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


__all__ = ["LIBCUDA", "WSL", "Driver", "device_nodes", "driver_libraries", "find_driver", "is_gpu_node", "number"]
