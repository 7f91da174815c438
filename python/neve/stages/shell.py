"""The shell stage: where the tools of a locked project are at hand. What that is depends on the base."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from neve.files import write_if_changed
from neve.image.supervise import attend
from neve.nix.nix import APART
from neve.stages.image_shell import image_shell, known_shell, write_wrappers
from neve.stages.work import own_directory
from neve.stages.wrappers import write_programs

if TYPE_CHECKING:
    from neve.image.gpus import Request
    from neve.image.shell import ImageShell
    from neve.nix.nix import Nix
    from neve.session import Session


_TEMPORARY = re.compile(r"^export (NIX_BUILD_TOP|TE?MP|TE?MPDIR)=.*\n", re.MULTILINE)


_BASHRC = """\
[ ! -e ~/.bashrc ] || . ~/.bashrc
PATH=$NEVE_PATH PS1=$NEVE_PROMPT$PS1
unset NEVE_PATH NEVE_PROMPT
"""


class Shell(Protocol):
    """A shell of a project."""

    def run(self, arguments: Sequence[str], directory: Path, *, gpus: Request | None = None) -> int:
        """Run ``arguments`` (default: an interactive shell) from ``directory``, with ``gpus`` of this machine; the exit
        code. Raises NeveError.
        """

    def environment(self) -> tuple[str, Mapping[str, Any]]:
        """What bash evaluates to have the tools on PATH, and the same as data. Raises NeveError."""


def find_shell(session: Session) -> Shell:
    """The shell of the session's project; what it needs is built. Raises NeveError."""
    known = known_shell(session)
    if known is None and session.plan.base == "nixpkgs":
        return _NixShell(session)
    return _InImage(session, known or image_shell(session))


@dataclass(frozen=True)
class _InImage:
    """In the image's own file system."""

    session: Session
    shell: ImageShell

    def run(self, arguments: Sequence[str], directory: Path, *, gpus: Request | None = None) -> int:
        access = None
        if gpus is not None:
            from neve.host import Host
            from neve.image.gpus import bubblewrap_access

            access = bubblewrap_access(Host(environ=self.session.environ), gpus, self.shell.config)
        return self.shell.run(arguments, directory=directory, environ=self.session.environ, access=access)

    def environment(self) -> tuple[str, Mapping[str, Any]]:
        directory = str(write_wrappers(self.session, self.shell))
        data = {"path": directory, "tools": self.shell.tools(), "rootfs": self.shell.rootfs}
        return f'export PATH={shlex.quote(directory)}:"$PATH"', data


@dataclass(frozen=True)
class _NixShell:
    """On this machine, with the flake's development shell: all paths are those of the Nix store."""

    session: Session

    def run(self, arguments: Sequence[str], directory: Path, *, gpus: Request | None = None) -> int:  # noqa: ARG002
        # It runs on this machine itself, whose devices are all there.
        from neve.nix.call import develop
        from neve.stages.build import build_output

        settings = self._settings()
        build_output(self.session, "env")  # with its progress
        self._described(settings)  # what is wrong with the shell itself shows here
        with _Apart() as apart:
            # A shell that reads from a pipe needs no prompt, and has no terminal to take.
            interactive = self._interactive() if os.isatty(0) else ["bash"]
            command = apart.command(arguments or interactive, self._restored())
            words, environment = develop(self.session.nix, "shell", command, **settings)
            return apart.run(self.session.nix, words, environment, directory)

    def _interactive(self) -> list[str]:
        """A bash with the user's own settings, which may not put other programs before those of the shell."""
        rcfile = own_directory(self.session, "shell") / "bashrc"
        write_if_changed(rcfile, _BASHRC)
        prompt = f"({self.session.plan.project.name}) "
        return ["bash", "-c", 'NEVE_PATH=$PATH NEVE_PROMPT=$1 exec bash --rcfile "$2" -i', "bash", prompt, str(rcfile)]

    def _restored(self) -> dict[str, str | None]:
        """What the command finds in its environment as the user has it, where Nix itself is to find another."""
        environ = self.session.environ
        return {"NEVE_SHELL": self.session.plan.project.name, **{name: environ.get(name) for name in APART}}

    def _wrapped(self) -> tuple[str, Mapping[str, Any]]:
        """A program for each tool, which opens the shell for it: the store is seen at /nix/store there alone."""
        from neve.stages.build import build_output

        self._settings()
        tools = sorted(path.name for path in (build_output(self.session, "env") / "bin").iterdir())
        words = [sys.executable, "-m", "neve", "-q", "-C", str(self.session.directory.resolve()), "shell"]
        words += [*([self.session.script] if self.session.script else []), "--"]
        texts = {name: f'#!/bin/sh\nexec {shlex.join([*words, name])} "$@"\n' for name in tools}
        directory = str(write_programs(self.session, texts))
        return f'export PATH={shlex.quote(directory)}:"$PATH"', {"path": directory, "tools": tools}

    def environment(self) -> tuple[str, Mapping[str, Any]]:
        nix = self.session.nix
        if nix.store is not None or nix.portable:
            return self._wrapped()
        # A temporary directory for each evaluation, which nobody removes, is what a build needs and PATH does not.
        text = _TEMPORARY.sub("", self._described(self._settings()))
        return text.rstrip(), {"bash": text}

    def _described(self, settings: Mapping[str, Any]) -> str:
        """What bash evaluates to be in the shell, which is kept from Nix's garbage collection."""
        from neve.nix.call import print_dev_env

        profile = own_directory(self.session, "shell") / "profile"
        return print_dev_env(self.session.nix, "shell", profile=profile, **settings)

    def _settings(self) -> Mapping[str, Any]:
        from neve.bases.base import find_base
        from neve.stages.build import render_image

        session = self.session
        render_image(session)
        base = find_base(session.plan.base)
        return {
            "substitute": base.substitutes,
            "offline": session.options.offline,
            "extra": base.evaluation(session.work, session.plan.architecture),
        }


class _Apart:
    """A run of Nix whose words and those of the command that it starts do not mix.

    Nix complains that it finds no interactive bash in a store that lies elsewhere, whatever it is to run. So its
    standard error is a file, which is shown where the command was not reached; that one gets the real one.
    """

    def __init__(self) -> None:
        self._said = os.memfd_create("nix-says")
        self._mark = os.memfd_create("command-reached")
        self._real = os.dup(2)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for descriptor in (self._said, self._mark, self._real):
            os.close(descriptor)

    def command(self, words: Sequence[str], environment: Mapping[str, str | None]) -> list[str]:
        """What Nix is to start for ``words``: it leaves a mark first, and sets ``environment`` (None: unset)."""
        mark, real = self._mark, self._real
        sets = "".join(
            f"unset {name}; " if value is None else f"export {name}={shlex.quote(value)}; "
            for name, value in environment.items()
        )
        return ["bash", "-c", f'echo >&{mark}; {sets}exec "$@" 2>&{real} {real}>&- {mark}>&-', "bash", *words]

    def run(self, nix: Nix, command: Sequence[str], environment: Mapping[str, str], directory: Path) -> int:
        """Run Nix in ``directory``; the command's exit code. Raises NeveError with Nix's words where it failed."""
        from neve.nix.failure import failure
        from neve.nix.log import plain

        sys.stdout.flush()
        sys.stderr.flush()
        kept = (self._mark, self._real)
        status = attend(command, environment, directory=directory, stderr=self._said, kept=kept)
        if os.fstat(self._mark).st_size == 0:
            said = os.pread(self._said, os.fstat(self._said).st_size, 0).decode(errors="replace")
            lines = [line for line in plain(said).splitlines() if not line.startswith("error (ignored)")]
            raise failure(nix, "Nix could not open the shell", lines, status)
        return status


__all__ = ["Shell", "find_shell"]
