"""The shell stage: where the tools of a locked project are at hand. What that is depends on the base."""

from __future__ import annotations

import os
import re
import shlex
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from neve.errors import NeveError
from neve.files import write_if_changed
from neve.stages.image_shell import image_shell, known_shell, write_wrappers

if TYPE_CHECKING:
    from neve.image.shell import ImageShell
    from neve.session import Session


_TEMPORARY = re.compile(r"^export (NIX_BUILD_TOP|TE?MP|TE?MPDIR)=.*\n", re.MULTILINE)


_BASHRC = """\
[ ! -e ~/.bashrc ] || . ~/.bashrc
PATH=$NEVE_PATH PS1=$NEVE_PROMPT$PS1
unset NEVE_PATH NEVE_PROMPT
"""


class Shell(Protocol):
    """A shell of a project."""

    def run(self, arguments: Sequence[str], directory: Path) -> int:
        """Run ``arguments`` (default: an interactive shell) from ``directory``; the exit code. Raises NeveError."""

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

    def run(self, arguments: Sequence[str], directory: Path) -> int:
        return self.shell.run(arguments, directory=directory, environ=self.session.environ)

    def environment(self) -> tuple[str, Mapping[str, Any]]:
        directory = str(write_wrappers(self.session, self.shell))
        data = {"path": directory, "tools": self.shell.tools(), "rootfs": self.shell.rootfs}
        return f'export PATH={shlex.quote(directory)}:"$PATH"', data


@dataclass(frozen=True)
class _NixShell:
    """On this machine, with the flake's development shell: all paths are those of the Nix store."""

    session: Session

    def run(self, arguments: Sequence[str], directory: Path) -> int:
        from neve.nix.call import develop, print_dev_env
        from neve.stages.build import build_output

        settings = self._settings()
        build_output(self.session, "env")  # with its progress
        print_dev_env(self.session.nix, "shell", **settings)  # what is wrong shows here
        # Nix complains that it finds no interactive bash in a store that lies elsewhere, whatever it is to run. So it
        # has no standard error of its own; what it starts gets the real one.
        command = ["bash", "-c", 'exec "$@" 2>&3 3>&-', "bash", *(arguments or self._interactive())]
        words, environment = develop(self.session.nix, "shell", command, **settings)
        os.dup2(2, 3)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        _become(words, environment, directory)

    def _interactive(self) -> list[str]:
        """A bash with the user's own settings, which may not put other programs before those of the shell."""
        rcfile = self.session.directory / ".neve" / "shell" / "bashrc"
        write_if_changed(rcfile, _BASHRC)
        prompt = f"({self.session.plan.project.name}) "
        return ["bash", "-c", 'NEVE_PATH=$PATH NEVE_PROMPT=$1 exec bash --rcfile "$2" -i', "bash", prompt, str(rcfile)]

    def environment(self) -> tuple[str, Mapping[str, Any]]:
        from neve.nix.call import print_dev_env

        nix = self.session.nix
        if nix.store is not None or nix.portable:
            raise NeveError(
                "the project's tools cannot be put on PATH",
                where=str(nix.store or nix.command[0]),
                why="the programs of this Nix expect to lie in /nix/store, which is only so in a shell that it opens",
                fixes=["`neve shell` opens one", "or install Nix on this machine, and neve will use it"],
            )
        # A temporary directory for each evaluation, which nobody removes, is what a build needs and PATH does not.
        text = _TEMPORARY.sub("", print_dev_env(nix, "shell", **self._settings()))
        return text.rstrip(), {"bash": text}

    def _settings(self) -> Mapping[str, Any]:
        from neve.bases.base import find_base
        from neve.stages.build import render_image

        session = self.session
        render_image(session)
        base = find_base(session.plan.base)
        return {
            "substitute": base.substitutes,
            "offline": session.options.offline,
            "extra": base.evaluation(session.directory / ".neve", session.plan.architecture),
        }


def _become(command: Sequence[str], environment: Mapping[str, str], directory: Path) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and what we become would inherit that
    try:
        os.chdir(directory)
        os.execve(command[0], list(command), dict(environment))  # noqa: S606 - no shell is wanted
    except OSError as error:
        raise NeveError("cannot start Nix", where=command[0], why=error.strerror) from error


__all__ = ["Shell", "find_shell"]
