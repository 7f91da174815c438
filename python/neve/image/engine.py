"""Which program runs an image: podman, docker, or bubblewrap, which is always to be had."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

from neve.errors import NeveError

_DAEMON_SECONDS = 5


class Kind(StrEnum):
    """The kinds of engines."""

    PODMAN = "podman"
    DOCKER = "docker"
    BUBBLEWRAP = "bubblewrap"


_PROGRAMS = {
    "podman": Kind.PODMAN,
    "podman-remote": Kind.PODMAN,
    "docker": Kind.DOCKER,
    "nerdctl": Kind.DOCKER,
    "bwrap": Kind.BUBBLEWRAP,
    "bubblewrap": Kind.BUBBLEWRAP,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A program that runs images.

    ``command`` is empty for neve's own bubblewrap. ``asked``: the user named it, so that its failures are
    shown and not worked around.
    """

    kind: Kind
    command: tuple[str, ...] = ()
    asked: bool = False


def find_engine(option: str | None = None) -> Engine:
    """The engine of the command line ``option`` (``podman --runtime runc``); without one, what is there.

    That is podman, else docker where its daemon answers, else bubblewrap. Raises NeveError for others.
    """
    if option is not None:
        return _asked(option)
    if podman := shutil.which("podman"):
        return Engine(kind=Kind.PODMAN, command=(podman,))
    docker = shutil.which("docker")
    if docker and _answers(docker):
        return Engine(kind=Kind.DOCKER, command=(docker,))
    return Engine(kind=Kind.BUBBLEWRAP)


def _asked(option: str) -> Engine:
    try:
        words = shlex.split(option)
    except ValueError as error:
        raise NeveError("the engine is not a command line", where=option, why=str(error)) from error
    # The first known name, so that `sudo podman` and `env A=1 docker` are understood.
    kind = next((_PROGRAMS[name] for word in words if (name := PurePath(word).name) in _PROGRAMS), None)
    if kind is None:
        raise NeveError(
            "this engine is not known",
            where=option or "(empty)",
            fixes=[f"name one of {', '.join(_PROGRAMS)}"],
        )
    if words == ["bubblewrap"] or (words == ["bwrap"] and shutil.which("bwrap") is None):
        return Engine(kind=kind, asked=True)
    program = shutil.which(words[0])
    if program is None:
        raise NeveError(
            f"{words[0]} is not there",
            where=option,
            why="no such program is on PATH",
            fixes=["install it", "or leave the choice to neve, which brings bubblewrap"],
        )
    return Engine(kind=kind, command=(program, *words[1:]), asked=True)


def _answers(docker: str) -> bool:
    try:
        result = subprocess.run(
            [docker, "version", "--format", "{{.Server.Version}}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_DAEMON_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return result.returncode == 0


__all__ = ["Engine", "Kind", "find_engine"]
