"""Running an image: with podman or docker, or with bubblewrap where neither works."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from neve.errors import NeveError, NoCommandError
from neve.host import Host
from neve.image.bubblewrap import Bind, bubblewrap_arguments, lacks_command
from neve.image.engine import Engine, Kind, find_engine
from neve.image.gpus import Request, bubblewrap_access, engine_access, must_have_gpu
from neve.image.layout import Image, Layout, own_architecture
from neve.image.load import engine_output, load
from neve.image.supervise import supervise
from neve.progress import Progress

_EMULATED = {"amd64": "x86_64", "arm64": "aarch64"}
_NOT_FOUND = 127  # as shells have it
_LONGEST = 120  # characters of an engine's words in a note


def run(
    layout: Path,
    arguments: Sequence[str] = (),
    *,
    progress: Progress,
    rootfs: Callable[[], Path],
    bwrap: Callable[[], Path],
    engine: str | None = None,
    engine_args: Sequence[str] = (),
    binds: Sequence[Bind] = (),
    architecture: str | None = None,
    gpus: Request | None = None,
    host: Host | None = None,
    verbose: bool = False,
) -> int:
    """Run the image of ``layout``, of several that for ``architecture`` (OCI's name; default: this machine's), with
    ``arguments`` in place of its command, and return its exit code.

    Where an engine can take over, this process becomes the engine and nothing returns. ``engine`` is a
    command line (``podman --runtime runc``); ``engine_args`` go to its ``run`` (for bubblewrap: to bwrap).
    Without ``engine``, one that cannot start containers here is passed over with a note, which holds all that it said
    where ``verbose``. ``rootfs`` (the image's tree, unpacked) and ``bwrap`` are asked for only where needed. ``gpus``
    of ``host`` (default: this machine) are given to it. Raises NeveError.
    """
    built = Layout(layout)
    image = built.image(architecture)
    _must_run_here(image)
    chosen, given = find_engine(engine), [*_volumes(binds)]
    host = host or Host()
    if gpus is not None:
        must_have_gpu(host, chosen)
    if chosen.kind is not Kind.BUBBLEWRAP:
        try:
            if gpus is not None:
                chosen, words = engine_access(host, chosen, gpus)
                given += words
            reference = load(built, image, chosen, progress)
            options = [*given, *engine_args, reference, *arguments]
            if chosen.asked or chosen.kind is Kind.DOCKER:
                _become([*chosen.command, "run", "--rm", *_terminal(), *options])
            container = _initialised(chosen, options, progress)
            if container is None:
                return _NOT_FOUND
            _become([*chosen.command, "start", "--attach", "--interactive", container])
        except NeveError as error:
            # Its arguments would mean nothing, or something else, to bubblewrap.
            if chosen.asked or engine_args:
                raise
            progress.note(
                f"{chosen.kind} cannot run the image here ({_cause(error, verbose=verbose)}): using bubblewrap"
                " (NEVE_ENGINE=bwrap does so at once)"
            )
            chosen = Engine(kind=Kind.BUBBLEWRAP)
    config = _config(image)
    if gpus is not None:
        access = bubblewrap_access(host, gpus, config)
        config, binds = access.config, [*binds, *access.binds]
    command = chosen.command or (str(bwrap()),)
    return run_bubblewrap(rootfs(), config, arguments, bwrap=[*command, *engine_args], binds=binds)


def run_bubblewrap(
    rootfs: Path,
    config: Mapping[str, Any],
    arguments: Sequence[str] = (),
    *,
    bwrap: Sequence[str],
    binds: Sequence[Bind] = (),
) -> int:
    """Run the tree ``rootfs`` as ``config``, an image configuration's ``config`` object, says; the exit code.

    ``bwrap`` is the program and options of its own. Raises NeveError where there is no command, NoCommandError where
    the tree does not have it, NeveError where bwrap cannot be started.
    """
    terminal = {"TERM": os.environ["TERM"]} if "-t" in _terminal() and "TERM" in os.environ else {}
    options = bubblewrap_arguments(rootfs, config, arguments, binds=binds, environment=terminal)
    if (command := lacks_command(rootfs, config, arguments, binds)) is not None:
        whole = not config.get("Entrypoint") and arguments
        raise NoCommandError(
            f"the image has no command {command}",
            why="it has no entry point: arguments take the place of the whole command" if whole else None,
            fixes=["`neve shell -- ls /opt/venv/bin` shows what the Python environment has"],
        )
    sys.stdout.flush()
    sys.stderr.flush()
    return supervise(bwrap, options, os.environ)


def _cause(error: NeveError, *, verbose: bool) -> str:
    """What the engine said: all of it, or the beginning of its last line."""
    said = (error.why or error.what).strip()
    if verbose:
        return said
    last = said.splitlines()[-1].strip() if said else ""
    return last if len(last) <= _LONGEST else f"{last[: _LONGEST - 1].rstrip()}…"


def _must_run_here(image: Image) -> None:
    """Raise NeveError for an image of another architecture, unless the kernel has an interpreter for its programs."""
    named, own = str(image.config.get("architecture")), own_architecture()
    emulated = Path(f"/proc/sys/fs/binfmt_misc/qemu-{_EMULATED.get(named, named)}")
    if named == own or emulated.exists():
        return
    raise NeveError(
        f"the image is for linux/{named}, and this machine is linux/{own}",
        why=f"its programs do not run here: the kernel has no interpreter for them ({emulated.name} in binfmt_misc)",
        fixes=[
            f"run the image for linux/{own}: it must be among `platforms` under [tool.neve]",
            f"or push it, and run it on a machine that is linux/{named}",
            "or register qemu with the kernel: Debian's package qemu-user-static does so",
        ],
    )


def _initialised(engine: Engine, arguments: Sequence[str], progress: Progress) -> str | None:
    """A container that is ready to start; None where the image does not have the command.

    A podman that cannot run containers shows it here, before the command has begun.
    """
    container = engine_output(engine, ["create", "--rm", *_terminal(), *arguments])
    try:
        engine_output(engine, ["init", container])
    except NeveError as error:
        _remove(engine, container)
        if re.search(r"executable file .* not found|command that was not found", error.why or ""):
            progress.note(str(error.why))
            return None
        raise
    except BaseException:
        _remove(engine, container)
        raise
    return container


def _remove(engine: Engine, container: str) -> None:
    with suppress(NeveError):  # it may have been removed by itself
        engine_output(engine, ["rm", "--force", container])


def _become(command: Sequence[str]) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and what we become would inherit that
    try:
        os.execv(command[0], list(command))  # noqa: S606 - no shell is wanted
    except OSError as error:
        raise NeveError("cannot start the engine", where=command[0], why=error.strerror) from error


def _terminal() -> list[str]:
    return ["-i", "-t"] if os.isatty(0) and os.isatty(1) else ["-i"]


def _volumes(binds: Sequence[Bind]) -> list[str]:
    result: list[str] = []
    for bind in binds:
        mount = f"type=bind,source={bind.source.absolute()},target={bind.target}"
        result += ["--mount", mount if bind.writable else f"{mount},readonly"]
    return result


def _config(image: Image) -> Mapping[str, Any]:
    config = image.config.get("config")
    return config if isinstance(config, dict) else {}


__all__ = ["Bind", "run", "run_bubblewrap"]
