"""A shell in an image's own root, with a project's directory in it: bubblewrap, no engine, no privileges.

The wrappers of ``.neve/shell/bin`` start here at every call: nothing heavy is imported.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from neve.errors import NeveError
from neve.image.bubblewrap import Bind, bubblewrap_arguments
from neve.image.supervise import supervise

if TYPE_CHECKING:
    from neve.image.gpus import Access

# Of the terminal and the network, which are the caller's; all else is the image's.
_KEPT = ("TERM", "COLORTERM", "NO_COLOR", "COLUMNS", "LINES")
_PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy")
_HOME = "/root"
_LOCALES = "usr/lib/locale"
_ALWAYS = ("C", "POSIX")  # locales that are built into the C library
_ENVIRONMENT = "opt/venv/bin"
_NO_TOOLS = re.compile(r"(de)?activate.*|pip[0-9.]*")  # what would change an environment that cannot be changed
# At its end a shell gives the terminal back to the process group that had it before. That group must have a number in
# the shell's PID namespace: so it is one of its own.
_LEADER = """
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTTOU])
os.setpgid(0, 0)
os.tcsetpgrp(0, os.getpid())
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTTOU])
os.execv(sys.argv[1], sys.argv[1:])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageShell:
    """What a shell needs: the image's tree ``rootfs`` and ``config``, the ``config`` object of its configuration; the
    directory ``project``, seen at the image's working directory and at its own path; ``home``, which stays from
    shell to shell; the program ``bwrap``. ``digest`` is the image's.

    ``rootfs`` may be of an earlier image that had the same ``layers`` but for the project's, whose files were those of
    the tree ``packaged``: ``renewed`` has what is mounted over it, sources by path.
    """

    name: str
    digest: str
    rootfs: str
    config: Mapping[str, Any]
    project: str
    home: str
    bwrap: str
    layers: list[str] = field(default_factory=list)
    packaged: str = ""
    renewed: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> ImageShell | None:
        """The shell that :meth:`text` wrote; None where ``text`` is something else."""
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            return None  # broken, or of another version of neve

    def text(self) -> str:
        """The shell as JSON."""
        return json.dumps(asdict(self), indent=1) + "\n"

    def run(
        self,
        arguments: Sequence[str],
        *,
        directory: Path,
        environ: Mapping[str, str],
        access: Access | None = None,
    ) -> int:
        """Run ``arguments`` (default: an interactive shell); the exit code, 127 where the image has no such command.

        It starts where ``directory`` is in the project, elsewhere in the image's working directory. The caller is
        the image's root, so that what is made in the project is the caller's. Of ``environ`` the terminal, the
        locale that the image has, and the proxies are kept. ``access`` are GPUs that it is given. Raises NeveError.
        """
        if not self.is_whole():
            raise NeveError(
                "the image of this shell is no longer in the store",
                where=self.rootfs,
                fixes=["`neve shell` builds it anew (with direnv: `direnv reload`)"],
            )
        environment = self._environment(environ)
        config = self._config([*self._command(arguments, environment)])
        options = bubblewrap_arguments(
            Path(self.rootfs),
            {**config, "Env": access.config["Env"]} if access else config,
            binds=[*self._binds(), *(access.binds if access else ())],
            environment=environment,
            directory=self._inside(directory),
        )
        sys.stdout.flush()
        sys.stderr.flush()
        with _terminal_returned():
            return supervise([self.bwrap], options, environ)

    def is_whole(self) -> bool:
        """Whether all of the image is still in the store."""
        return all(os.path.lexists(path) for path in (self.rootfs, *self.renewed.values()))

    def tools(self) -> list[str]:
        """The interpreter and the console scripts of the image's environment, sorted."""
        directory = Path(self.rootfs, _ENVIRONMENT)
        if not directory.is_dir():
            return []
        names = [path.name for path in directory.iterdir() if path.is_symlink() or os.access(path, os.X_OK)]
        return sorted(name for name in names if not _NO_TOOLS.fullmatch(name))

    @property
    def _workdir(self) -> str:
        return str(self.config.get("WorkingDir") or "/app")

    def _config(self, command: list[str]) -> dict[str, Any]:
        volumes: dict[str, Any] = {
            path: {}
            for path in self.config.get("Volumes") or ()
            if not PurePosixPath(path).is_relative_to(self._workdir)  # there the project's own directory is wanted
        }
        changed = {"User": "", "Entrypoint": None, "Cmd": command, "Volumes": volumes, "WorkingDir": self._workdir}
        return {**self.config, **changed}

    def _command(self, arguments: Sequence[str], environment: dict[str, str]) -> list[str]:
        """``arguments`` through the image's shell, which knows how to say that a command is not there."""
        if arguments:
            return ["/bin/sh", "-c", 'exec "$@"', "neve", *arguments]
        leader = (
            [f"/{_ENVIRONMENT}/python", "-I", "-S", "-c", _LEADER]
            if os.isatty(0) and os.path.lexists(Path(self.rootfs, _ENVIRONMENT, "python"))
            else []
        )
        if not Path(self.rootfs, "usr/bin/bash").is_file():
            environment["PS1"] = f"({self.name}) $PWD $ "
            return [*leader, "/bin/sh"]
        environment["PS1"] = f"({self.name}) \\w $ "
        # Debian's /etc/bash.bashrc sets a prompt of its own, so it is set once more.
        environment["PROMPT_COMMAND"] = f"PS1='{environment['PS1']}'; unset PROMPT_COMMAND"
        return [*leader, "/usr/bin/bash"]

    def _environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        kept = {name: environ[name] for name in _KEPT if name in environ}
        for name in _PROXIES:
            kept |= {key: environ[key] for key in (name, name.upper()) if key in environ}
        if self._knows(environ.get("LANG", "")):
            kept["LANG"] = environ["LANG"]
        return {**kept, "HOME": _HOME, "NEVE_SHELL": self.name}

    def _knows(self, locale: str) -> bool:
        """Whether the image has ``locale``: a name that it lacks makes every program of it complain."""
        name, _, codeset = locale.partition(".")
        if locale in _ALWAYS or Path(self.rootfs, _LOCALES, "locale-archive").is_file():
            return bool(locale)
        spelled = f"{name}.{codeset.lower().replace('-', '')}" if codeset else name  # as glibc normalises it
        return bool(name) and "/" not in locale and Path(self.rootfs, _LOCALES, spelled).is_dir()

    def _binds(self) -> list[Bind]:
        project = Bind(source=Path(self.project), target=self._workdir, writable=True)
        binds = [*(Bind(source=Path(source), target=place) for place, source in self.renewed.items()), project]
        if not PurePosixPath(_HOME).is_relative_to(self._workdir):
            binds.insert(0, Bind(source=Path(self.home), target=_HOME, writable=True))
        # Editors and debuggers name files by the paths that they see; nothing of the image is hidden for that.
        own = Path(self.rootfs, self.project.lstrip("/"))
        if not os.path.lexists(own) or (own.is_dir() and not any(own.iterdir())):
            binds.append(Bind(source=Path(self.project), target=self.project, writable=True))
        return binds

    def _inside(self, directory: Path) -> str:
        try:
            part = directory.resolve().relative_to(self.project)
        except (ValueError, OSError):
            return self._workdir
        return str(PurePosixPath(self._workdir, part))


@contextmanager
def _terminal_returned() -> Iterator[None]:
    """Take the terminal back at the end: a shell makes itself its foreground group, and has no number for ours."""
    had = os.isatty(0) and os.tcgetpgrp(0) == os.getpgrp()
    try:
        yield
    finally:
        if had:
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
            with suppress(OSError):  # the terminal is gone
                os.tcsetpgrp(0, os.getpgrp())
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


__all__ = ["ImageShell"]
