"""Giving this machine's GPUs to a container: what each engine is told, and what bubblewrap binds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from neve.cuda.driver import WSL, device_nodes, driver_libraries, is_gpu_node
from neve.cuda.gpus import information
from neve.errors import NeveError, UsageError
from neve.host import Host
from neve.image.bubblewrap import Bind, environment_of
from neve.image.cdi import specifications
from neve.image.engine import Engine, Kind

# Where images look for a driver that no ldconfig knows.
LIBRARIES = "/usr/local/nvidia/lib64"
_PROGRAMS = "/usr/local/nvidia/bin"
_COUNT = re.compile(r"[1-9][0-9]{0,3}")
# An index (0), that of a part (0:1), both also as nvidia-ctk names them (gpu0, mig0:1), or a UUID.
_NAME = re.compile(r"(?:gpu|mig)?[0-9]{1,4}(?::[0-9]{1,4})?|(?:GPU|MIG)-[A-Za-z0-9][A-Za-z0-9-]{0,99}")
_HOOKS = ("/etc/containers/oci/hooks.d", "/usr/share/containers/oci/hooks.d")
_REMOTE = {"--remote", "-r", "--url", "--connection", "-c", "--host", "-H", "--context"}
_FAR = {Kind.PODMAN: ("CONTAINER_HOST", "CONTAINER_CONNECTION"), Kind.DOCKER: ("DOCKER_HOST", "DOCKER_CONTEXT")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which GPUs are asked for: all of them (neither is set), the first ``count``, or those of ``names``, which are
    indices or UUIDs.
    """

    count: int | None = None
    names: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Request:
        """``all``, a number of GPUs, or ``device=0,GPU-…``, as docker's ``--gpus`` has them; ``device=`` may be left
        away before UUIDs and several indices. Raises UsageError.
        """
        names = text.strip("\"'").removeprefix("device=")
        if names == "all":
            return cls()
        if _COUNT.fullmatch(text):
            return cls(count=int(text))
        if text == "0" or not all(map(_NAME.fullmatch, names.split(","))):
            first = ["--gpus=device=0 is the first one, --gpus=1 any one"] if text == "0" else []
            raise UsageError(
                f"{text[:60]!r} names no GPUs",
                where="--gpus",
                fixes=[*first, "write --gpus=all, --gpus=2 for two of them, --gpus=device=0,1 or UUIDs"],
            )
        return cls(names=tuple(names.split(",")))

    def indices(self) -> tuple[str, ...] | None:
        """The names of the GPUs, the first ones where a number is asked for; None for all."""
        return tuple(map(str, range(self.count))) if self.count is not None else self.names or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What bubblewrap is given: binds, and the ``config`` object of the image's configuration with the places where
    they are.
    """

    binds: tuple[Bind, ...]
    config: Mapping[str, Any]


def engine_access(host: Host, engine: Engine, request: Request) -> tuple[Engine, list[str]]:
    """``engine`` and the options of its ``run`` that give the GPUs. Raises NeveError where it cannot."""
    near = not _is_remote(host, engine)
    if engine.kind is Kind.DOCKER:
        if request.names:
            return engine, ["--gpus", f'"device={",".join(request.names)}"']  # the quotes are for docker's own parser
        return engine, ["--gpus", "all" if request.count is None else str(request.count)]
    indices = request.indices()
    labels = ["--security-opt", "label=disable"] if near and host.read("/sys/fs/selinux/enforce") == "1" else []
    if not near or specifications(host):
        names = indices or ("all",)
        return engine, [*labels, *(word for name in names for word in ("--device", f"nvidia.com/gpu={name}"))]
    hooks = hook_directory(host)
    if hooks is None:
        raise _no_toolkit(host)
    # A rootless podman looks in no directory by itself.
    visible = ",".join(indices) if indices else "all"
    engine = replace(engine, command=(*engine.command, f"--hooks-dir={hooks}"))
    return engine, [*labels, "--env", f"NVIDIA_VISIBLE_DEVICES={visible}"]


def _is_remote(host: Host, engine: Engine) -> bool:
    """Whether the containers are another machine's, whose GPUs cannot be seen from here."""
    words = {word.partition("=")[0] for word in engine.command[1:]}
    named = engine.command and Path(engine.command[0]).name == "podman-remote"
    return bool(named or words & _REMOTE or any(host.environ.get(name) for name in _FAR.get(engine.kind, ())))


def hook_directory(host: Host) -> str | None:
    """The directory of hooks that podman reads and NVIDIA's is in: what gives GPUs where there is no CDI."""
    return next(
        (top for top in _HOOKS if any("nvidia" in (host.read(place) or "") for place in host.glob(f"{top}/*.json"))),
        None,
    )


def _no_toolkit(host: Host) -> NeveError:
    generate = "sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"
    there = host.which("nvidia-ctk") is not None
    return NeveError(
        "podman cannot give GPUs to containers here",
        where="--gpus",
        why="no CDI specification in /etc/cdi or /var/run/cdi has nvidia.com/gpu, and there is no hook of NVIDIA's",
        fixes=[
            generate if there else f"install nvidia-container-toolkit; then `{generate}`",
            "or --engine bwrap, which needs neither",
        ],
    )


def must_have_gpu(host: Host, engine: Engine) -> None:
    """Raise NeveError where there is no GPU that ``engine`` could give to a container; of an engine on another machine
    nothing is known.
    """
    if not _is_remote(host, engine) and not any(is_gpu_node(node) for node in device_nodes(host)):
        raise NeveError(
            "this machine has no GPU to give to a container",
            where="--gpus",
            why="there is no /dev/nvidia0: no GPU of NVIDIA's, or no driver for it",
            fixes=["`neve doctor` says what is missing", "or run it without --gpus, or on another machine"],
        )


def bubblewrap_access(host: Host, request: Request, config: Mapping[str, Any]) -> Access:
    """What bubblewrap is given for an image of ``config``, the ``config`` object of its configuration: the nodes of the
    GPUs, and the driver's libraries and nvidia-smi in directories of their own, which are looked in last.

    Raises NeveError where there is no such GPU, or no driver.
    """
    nodes = _selected(host, device_nodes(host), request)
    if "/dev/nvidiactl" in nodes and "/dev/nvidia-uvm" not in nodes:
        nodes = [*nodes, *_made_uvm(host)]
    libraries = driver_libraries(host)
    if not libraries:
        raise NeveError(
            "the driver's libraries are not there",
            where="--gpus",
            why="libcuda.so.1 is neither in the loader's cache nor where NixOS and WSL have it",
            fixes=["install the driver's user part (Debian: libcuda1, Ubuntu: libnvidia-compute-NNN)"],
        )
    binds = [Bind(source=Path(host.path(node)), target=node, device=True) for node in nodes]
    binds += [_bind(host, place, f"{LIBRARIES}/{name}") for name, place in sorted(libraries.items())]
    if host.exists(WSL):  # the libraries look for the rest by these paths
        binds.append(_bind(host, "/usr/lib/wsl", "/usr/lib/wsl"))
    smi = host.which("nvidia-smi", WSL)
    programs = smi is not None and not host.real(smi).startswith("/nix/")  # one of NixOS runs there alone
    if smi is not None and programs:
        binds.append(_bind(host, smi, f"{_PROGRAMS}/nvidia-smi"))
    env = environment_of(config)
    env["LD_LIBRARY_PATH"] = _with(env.get("LD_LIBRARY_PATH"), LIBRARIES)
    if programs:
        env["PATH"] = _with(env["PATH"], _PROGRAMS)
    return Access(binds=tuple(binds), config={**config, "Env": [f"{name}={value}" for name, value in env.items()]})


def _bind(host: Host, place: str, target: str) -> Bind:
    return Bind(source=host.path(host.real(place)), target=target)


def _with(places: str | None, place: str) -> str:
    known = places.split(":") if places else []
    return ":".join(known if place in known else [*known, place])


def _selected(host: Host, nodes: Sequence[str], request: Request) -> list[str]:
    """``nodes`` without those of GPUs that are not asked for."""
    indices = request.indices()
    if indices is None:
        return list(nodes)
    known = _by_name(host, [node for node in nodes if is_gpu_node(node)])
    unknown = [name for name in indices if name not in known]
    if unknown:
        raise NeveError(
            f"this machine has no GPU {', '.join(unknown)}",
            where="--gpus",
            why=f"it has {', '.join(known) or 'none'}",
            fixes=["`neve doctor` lists them", "or --gpus=all"],
        )
    wanted = {known[name] for name in indices}
    return [node for node in nodes if not is_gpu_node(node) or node in wanted]


def _by_name(host: Host, nodes: Sequence[str]) -> dict[str, str]:
    """The GPUs' nodes by index, in the order of the bus, and by UUID, as far as the kernel tells them."""
    told = [fields for _, fields in sorted(information(host).items()) if fields.get("Device Minor", "").isdecimal()]
    places = [f"/dev/nvidia{fields['Device Minor']}" for fields in told] or sorted(nodes)
    found = {str(index): place for index, place in enumerate(places)}
    uuids = {fields["GPU UUID"]: place for fields, place in zip(told, places, strict=False) if "GPU UUID" in fields}
    return {name: place for name, place in {**found, **uuids}.items() if place in nodes}


def _made_uvm(host: Host) -> list[str]:
    """The nodes of unified memory, without which CUDA does not start; the driver makes them at their first use, which
    no container can.
    """
    program = host.which("nvidia-modprobe")
    if program is not None:
        host.run([program, "-c", "0", "-u"])
    made = [node for node in device_nodes(host) if node.startswith("/dev/nvidia-uvm")]
    if not made:
        raise NeveError(
            "CUDA cannot start here",
            where="/dev/nvidia-uvm",
            why="the node is not there, and nvidia-modprobe did not make it",
            fixes=["sudo nvidia-modprobe -c 0 -u"],
        )
    return made


__all__ = ["LIBRARIES", "Access", "Request", "bubblewrap_access", "engine_access", "hook_directory", "must_have_gpu"]
