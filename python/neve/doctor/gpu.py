"""The driver and the GPUs, by themselves and against what is to run on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from neve.cuda.architectures import OWN_CODE, Misfit, misfits, runs_on
from neve.cuda.compat import compat
from neve.cuda.driver import LIBCUDA, Driver, device_nodes, number
from neve.cuda.gpus import Gpus, on_the_bus
from neve.cuda.table import table
from neve.doctor.demand import Demand
from neve.doctor.report import Finding, failure, ok, skipped, warning
from neve.host import Host

_INSTALL = "install the driver: `sudo apt install nvidia-driver` (Debian), `sudo ubuntu-drivers install` (Ubuntu)"
_RELOAD = "`sudo rmmod nvidia_uvm nvidia_drm nvidia_modeset nvidia && sudo modprobe nvidia`, or reboot"
# cuda.h, CUresult: what cuInit answers where CUDA does not start, and what to do then.
_ANSWERS = {
    34: (
        "the libcuda.so.1 that is found is the toolkit's stub",
        "take the directory of stubs out of the loader's path",
    ),
    46: (
        "the GPU is busy: another process has it for itself",
        "`nvidia-smi` shows who; `sudo nvidia-smi -c 0` shares it",
    ),
    100: (
        "CUDA finds no GPU that it may use",
        "`ls -l /dev/nvidia*`: this user has to be allowed to read and write them",
    ),
    802: ("the switches between the GPUs are not set up", "`sudo systemctl start nvidia-fabricmanager`"),
    803: ("the kernel module and libcuda.so.1 are of different versions", _RELOAD),
    804: ("the forward compatibility libraries do not serve this GPU", "install a newer driver, and leave them away"),
    999: (
        "the driver does not say why",
        "`sudo nvidia-modprobe -c 0 -u`, or reboot; `sudo dmesg | grep -i nvrm` tells more",
    ),
}


def gpu_findings(host: Host, driver: Driver, gpus: Gpus, demand: Demand) -> Iterator[Finding]:
    """What there is, and whether it fits to ``demand``."""
    yield _driver(host, driver, demand)
    if driver.version is not None:
        yield from _gpus(host, gpus, demand)
    if demand.gpus:
        yield from _floor(driver, demand)
        yield from _code(gpus, demand)


def _driver(host: Host, driver: Driver, demand: Demand) -> Finding:
    bad = failure if demand.gpus else warning
    if driver.kernel is None and driver.library is None:
        if count := on_the_bus(host):
            what = f"{count} of NVIDIA's GPUs on the PCI bus, and no driver"
            return bad("driver", what, fixes=[_INSTALL, "or load the one that is installed: `sudo modprobe nvidia`"])
        if demand.gpus:
            why = "images can be built here; they cannot run on a GPU here"
            return warning("driver", "no GPU of NVIDIA's, and no driver", why=why)
        return skipped("driver", "no GPU of NVIDIA's")
    if driver.kernel is None:
        if not on_the_bus(host) and not demand.gpus:
            return skipped("driver", f"no GPU of NVIDIA's; {LIBCUDA} {driver.library_version or ''}".rstrip())
        found = f"{LIBCUDA} {driver.library_version or 'is there'}, and the kernel module is not loaded"
        return bad("driver", found, fixes=["`sudo modprobe nvidia`", f"or {_INSTALL}"])
    if driver.library is None:
        return bad(
            "driver",
            f"kernel module {driver.kernel}, and no {LIBCUDA}",
            why="no program of this machine could use CUDA, and no container that gets the driver from here",
            fixes=[f"install the user part of {driver.kernel} (Debian: libcuda1, Ubuntu: libnvidia-compute-NNN)"],
        )
    other = driver.library_version
    if other is not None and other != driver.kernel and "/compat/" not in driver.library:
        return bad(
            "driver",
            f"kernel module {driver.kernel}, {LIBCUDA} {other}",
            why="the driver was updated, and the old module is still loaded: CUDA does not start",
            fixes=[_RELOAD],
        )
    return ok("driver", f"{driver.kernel} ({driver.said_by})")


def _gpus(host: Host, gpus: Gpus, demand: Demand) -> Iterator[Finding]:
    bad = failure if demand.gpus else warning
    counted = Counter(map(str, gpus.gpus))
    names = ", ".join(name if count == 1 else f"{count} x {name}" for name, count in counted.items())
    if gpus.status:
        what, fix = _ANSWERS.get(gpus.status, ("", "cuda.h says what it means, as CUresult"))
        yield bad("GPU", f"CUDA does not start: cuInit answers {gpus.status}", why=what or None, fixes=[fix])
    elif not gpus.gpus:
        yield bad("GPU", "the driver shows no GPU", why=gpus.why or None, fixes=["`nvidia-smi -L` should list them"])
    elif gpus.why:
        yield bad("GPU", f"{names}; CUDA does not start", why=gpus.why, fixes=["`sudo dmesg | grep -i nvrm`"])
    else:
        yield ok("GPU", names)
    nodes = device_nodes(host)
    if "/dev/nvidiactl" in nodes and "/dev/nvidia-uvm" not in nodes:
        why = "CUDA makes it at its first use, which a container cannot"
        yield warning("GPU", "/dev/nvidia-uvm is not there", why=why, fixes=["`sudo nvidia-modprobe -c 0 -u`"])


def _floor(driver: Driver, demand: Demand) -> Iterator[Finding]:
    """The driver against the oldest that runs the CUDA of ``demand``, and against the one that came with it."""
    if demand.version is None:
        return
    cuda = f"CUDA {demand.version}"
    if demand.floor is None:
        yield skipped("CUDA", f"which driver {cuda} wants is not known")
        return
    if driver.version is None:
        yield skipped("CUDA", f"{cuda} wants driver {demand.floor} or newer")
        return
    here = f"driver {driver.version}"
    release = table().releases.get(demand.version)
    own = release.driver if release is not None else None
    if number(driver.version) < number(demand.floor):
        yield _too_old(driver.version, demand)
    elif own is not None and number(driver.version) < number(own) and not demand.compat:
        yield warning(
            "CUDA",
            f"{cuda} came with driver {own}, here is {driver.version}",
            why="it runs all the same (minor version compatibility), but for what only the newer driver can do, such as"
            " to compile PTX of that release",
            fixes=[f"driver {own} or newer, where something is missing"],
        )
    else:
        yield ok("CUDA", f"{cuda} runs on {here} (it wants {demand.floor})")


def _too_old(version: str, demand: Demand) -> Finding:
    major, branch = int(str(demand.version).partition(".")[0]), number(version)[0]
    what = f"CUDA {demand.version} wants driver {demand.floor} or newer, here is {version}"
    branches = compat().branches.get(major, ())
    if demand.compat and branch in branches:
        why = f"the image's forward compatibility libraries ({demand.compat}) serve data-centre GPUs with it, no others"
        return warning("CUDA", what, why=why)
    runs = max((m for m, floor in table().floors.items() if number(floor) <= number(version)), default=None)
    an = "an image with " if demand.about == "image" else ""
    fixes = [f"install driver {demand.floor} or newer"]
    if branch in branches:
        fixes.append(f"or, for data-centre GPUs, {_setting(demand, 'compat = true')}")
    if runs is not None:
        fixes.append(f"or take {an}packages that are built for CUDA {runs}, which this driver runs")
    return failure("CUDA", what, why="a driver runs no newer major version of CUDA than its own", fixes=fixes)


def _setting(demand: Demand, line: str) -> str:
    """What to do to have ``line`` in the image that is looked at, or will be built."""
    if demand.about == "image":
        return f"an image that was built with `{line}` under [tool.neve.cuda]"
    return f"add `{line}` under [tool.neve.cuda] and build again"


def _code(gpus: Gpus, demand: Demand) -> Iterator[Finding]:
    """The GPUs against what the wheels have code for: a finding for each model."""
    if not demand.code:
        if demand.locked is not None:
            yield skipped(
                "GPU code",
                "no wheel with code for GPUs is in neve's cache: `neve build` fetches them"
                if demand.unread
                else "no wheel that is locked has code for GPUs",
            )
        return
    capabilities = sorted({gpu.capability for gpu in gpus.gpus if gpu.capability is not None})
    if not capabilities:
        names = " ".join(runs_on(demand.code)) or "none"
        which = "in the image" if demand.about == "image" else "locked"
        yield skipped("GPU code", f"what is {which} runs on GPUs of compute capability {names}")
    for major, minor in capabilities:
        yield _fits(demand, f"{major}.{minor}")


def _fits(demand: Demand, capability: str) -> Finding:
    """Whether a GPU of ``capability`` runs all that has code. NVIDIA's libraries are what others call, and pin: they
    count where nothing else has code, and are named where something has.
    """
    found = misfits(demand.code, capability)
    fails = [misfit for misfit in found if misfit.certain]
    libraries = [misfit.name for misfit in found if not misfit.certain]
    lacks = [f"{', '.join(libraries)}: no code for compute capability {capability}"] if libraries else []
    if fails:
        all_of = ", ".join(misfit.name for misfit in fails)
        what = str(fails[0]) if len(fails) == 1 else f"{all_of}: no code for compute capability {capability}"
        told = [f"{misfit.name} has code for {misfit.has}" for misfit in fails if str(misfit.has) not in what]
        fixes = [_remedy(demand, misfit) for misfit in fails]
        return failure("GPU code", what, why="\n".join([*told, *lacks]) or None, fixes=fixes)
    if lacks and not runs_on(demand.code, [capability]):
        return warning("GPU code", *lacks, why="what calls them does not run on this GPU")
    names = [name for name in demand.code if name not in libraries]
    what = names[0] if len(names) == 1 else f"{len(names)} wheels with code for GPUs"
    return ok("GPU code", f"{what}: runs on compute capability {capability}", why=next(iter(lacks), None))


def _remedy(demand: Demand, misfit: Misfit) -> str:
    if misfit.name != OWN_CODE:
        which = {"older": "an older", "newer": "a newer"}.get(misfit.gpu, "another")
        return f"take {which} version of {misfit.name}, or a build of it for this GPU, or another GPU"
    if demand.about == "image":
        return f"take an image that was built with {misfit.capability!r} among `architectures` of [tool.neve.cuda]"
    return f"add {misfit.capability!r} to `architectures` under [tool.neve.cuda], and build again"


__all__ = ["gpu_findings"]
