"""What runs containers here, and whether it can give them GPUs."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from neve.cuda.driver import Driver
from neve.doctor.demand import Demand
from neve.doctor.report import Finding, failure, ok, skipped, warning
from neve.host import Host
from neve.image.cdi import Specification, specifications
from neve.image.gpus import hook_directory

_CONFIG = "/etc/nvidia-container-runtime/config.toml"
_NUMBER = re.compile(r"\d+(?:\.\d+)+\S*")
_BWRAP = "`neve run --engine bwrap --gpus` needs none of it"
_PROGRAMS = ("nvidia-ctk", "nvidia-container-cli", "nvidia-container-runtime")
_HOOKS = ("nvidia-container-runtime-hook", "nvidia-container-toolkit")
_GENERATE = "`sudo nvidia-ctk cdi generate --output={}`"
_CONFIGURE = "`sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker`"


def engine_findings(host: Host) -> Iterator[Finding]:
    """The engines that are found; bubblewrap is always to be had."""
    found = []
    if podman := host.which("podman"):
        ran = host.run([podman, "--version"])
        found.append(_versioned("podman", ran.out if ran is not None and ran.status == 0 else ""))
    if docker := host.which("docker"):
        ran = host.run([docker, "version", "--format", "{{.Server.Version}}"])
        answers = ran is not None and ran.status == 0
        found.append(_versioned("docker", ran.out) if ran and answers else "docker (its daemon does not answer)")
    found.append("bubblewrap" if host.which("bwrap") else "bubblewrap (neve's own copy)")
    yield ok("engines", ", ".join(found))


def _versioned(name: str, said: str) -> str:
    number = _NUMBER.search(said)
    return f"{name} {number.group()}" if number else name


def toolkit_findings(host: Host, driver: Driver, demand: Demand) -> Iterator[Finding]:
    """NVIDIA's container toolkit, its mode, the CDI specifications, and what docker knows of it."""
    engines = [name for name in ("podman", "docker") if host.which(name)]
    if driver.version is None:
        yield skipped("container toolkit", "there is no driver to give to containers")
        return
    if not engines:
        yield skipped("container toolkit", "neither podman nor docker is here: bubblewrap needs none")
        return
    program = next(filter(None, map(host.which, _PROGRAMS)), None)
    if program is None:
        yield warning(
            "container toolkit",
            f"not installed: {' and '.join(engines)} cannot give GPUs to containers",
            fixes=["install nvidia-container-toolkit, from NVIDIA's repository", _BWRAP],
        )
    else:
        yield from _toolkit(host, program, engines)
    if "podman" in engines:
        yield from _cdi(host, driver, demand)
    if "docker" in engines and program is not None:
        yield from _docker(host)


def _toolkit(host: Host, program: str, engines: list[str]) -> Iterator[Finding]:
    ran = host.run([program, "--version"])
    config, problem = _table(host)
    runtime, cli = config.get("nvidia-container-runtime"), config.get("nvidia-container-cli")
    mode = str(runtime.get("mode", "auto")) if isinstance(runtime, Mapping) else "auto"
    words = [_versioned(PurePosixPath(program).name, ran.out if ran is not None else ""), f"mode {mode}"]
    if config.get("disable-require") is True:
        words.append("the image's lowest driver is not heeded (disable-require)")
    if problem:
        yield warning("container toolkit", ", ".join(words), why=problem, fixes=["`sudo nvidia-ctk config --in-place`"])
        return
    cgroups = not (isinstance(cli, Mapping) and cli.get("no-cgroups") is True)
    if mode == "legacy" and engines == ["podman"] and os.geteuid() != 0 and cgroups and not specifications(host):
        yield warning(
            "container toolkit",
            ", ".join(words),
            why="in this mode it changes cgroups, which an ordinary user's podman cannot",
            fixes=[
                _GENERATE.format("/etc/cdi/nvidia.yaml"),
                "`sudo nvidia-ctk config --in-place --set nvidia-container-cli.no-cgroups=true`",
            ],
        )
    else:
        yield ok("container toolkit", ", ".join(words))


def _table(host: Host) -> tuple[Mapping[str, Any], str]:
    try:
        return tomllib.loads(host.read(_CONFIG) or ""), ""
    except tomllib.TOMLDecodeError as error:
        return {}, f"{_CONFIG} is no TOML: {error}"


def _cdi(host: Host, driver: Driver, demand: Demand) -> Iterator[Finding]:
    found = specifications(host)
    if not found:
        if hook := hook_directory(host):
            yield ok("CDI", f"no specification; podman has NVIDIA's hook in {hook}")
            return
        yield warning(
            "CDI",
            "no specification of nvidia.com/gpu in /etc/cdi or /var/run/cdi: podman cannot give GPUs to containers",
            fixes=[_GENERATE.format("/etc/cdi/nvidia.yaml"), _BWRAP],
        )
        return
    stale = False
    for each in found:
        if (why := _stale(host, each, driver)) is not None:
            stale = True
            bad = failure if demand.gpus else warning
            yield bad(
                "CDI",
                f"{each.file} is of another driver than the one that runs",
                why=why,
                fixes=[_GENERATE.format(each.file), _BWRAP],
            )
    folders = [PurePosixPath(each.file).parent for each in found]
    if len(set(folders)) < len(folders):
        why = "two files of one directory that name the same device exclude each other"
        files = ", ".join(each.file for each in found)
        yield warning("CDI", f"nvidia.com/gpu is in {files}", why=why, fixes=["remove all but one of them"])
    elif not stale:
        yield ok("CDI", ", ".join(each.file for each in found))


def _stale(host: Host, specification: Specification, driver: Driver) -> str | None:
    """Why containers would not start with it."""
    if specification.driver and driver.kernel and specification.driver != driver.kernel:
        return f"it mounts the libraries of {specification.driver}, and {driver.kernel} is loaded"
    gone = [place for place in specification.host_paths if not host.exists(place)]
    return f"it mounts {gone[0]}, which is not there" if gone else None


def _docker(host: Host) -> Iterator[Finding]:
    data: Mapping[str, Any] = {}
    home = host.environ.get("XDG_CONFIG_HOME") or f"{host.environ.get('HOME', '')}/.config"
    for place in (f"{home}/docker/daemon.json", "/etc/docker/daemon.json"):
        try:
            read = json.loads(host.read(place) or "{}")
        except ValueError:
            yield warning("docker", f"{place} is no JSON", fixes=[_CONFIGURE])
            return
        data = {**(read if isinstance(read, dict) else {}), **data}
    runtimes, features = data.get("runtimes"), data.get("features")
    if isinstance(runtimes, Mapping) and "nvidia" in runtimes:
        yield ok("docker", "the runtime nvidia is configured")
    elif isinstance(features, Mapping) and features.get("cdi") is True and specifications(host):
        yield ok("docker", "devices by CDI are configured")
    elif any(map(host.which, _HOOKS)):
        yield ok("docker", "gives GPUs to containers by NVIDIA's hook")
    else:
        yield warning("docker", "does not know the container toolkit", fixes=[_CONFIGURE, _BWRAP])


__all__ = ["engine_findings", "toolkit_findings"]
