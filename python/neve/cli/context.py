"""What every command is given: the options that all share, made into a Session and a way to print."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neve.errors import NeveError, UsageError
from neve.session import Options, Session

if TYPE_CHECKING:
    from neve.components.plan import Plan
    from neve.image.gpus import Request


@dataclass(frozen=True)
class Context:
    """The parsed words and the session that they make."""

    words: argparse.Namespace
    session: Session

    def result(self, line: object, data: Any) -> None:
        """Print the result, alone on the last line of stdout; with ``--json``, ``data`` instead."""
        sys.stdout.write((json.dumps(data, indent=2) if self.words.json else str(line)) + "\n")
        sys.stdout.flush()


def script_argument(parser: argparse.ArgumentParser) -> None:
    """Add the script that is taken in place of the directory's project; it is looked for in the directory of -C."""
    parser.add_argument(
        "script", nargs="?", metavar="SCRIPT", help="a script, NAME.py, in place of the project (PEP 723)"
    )


def gpus_argument(parser: argparse.ArgumentParser) -> None:
    """Add the GPUs that a container is given; all of them where no more is said."""
    parser.add_argument(
        "--gpus",
        nargs="?",
        const="all",
        metavar="GPUS",
        help="give it this machine's GPUs: all (also without a word), a number of them, or device=0,1 or UUIDs; before"
        " a script's name write --gpus=all",
    )


def asked_gpus(words: argparse.Namespace, session: Session, engine: str | None) -> Request | None:
    """The GPUs that are asked for. Raises UsageError, and NeveError where there is nothing to run, or where ``engine``,
    a command line (None: what is found), would have none to give: before anything is built for that.
    """
    gpus = _gpus_of(words) if words.gpus is not None else None
    if gpus is not None or words.unfound:
        _must_be_there(words, session)
    if gpus is not None:
        from neve.host import Host
        from neve.image.engine import find_engine
        from neve.image.gpus import must_have_gpu

        must_have_gpu(Host(), find_engine(engine))
    return gpus


def _gpus_of(words: argparse.Namespace) -> Request:
    """The value of ``--gpus``, which takes the word after it, whatever that was meant to be."""
    from neve.image.gpus import Request

    try:
        return Request.parse(words.gpus)
    except UsageError as error:
        text = shlex.quote(words.gpus)
        if words.gpus.endswith(".py"):
            meant = f"`neve {words.command} --gpus=all {text}` runs the script with all GPUs"
        elif words.gpus and (words.gpus[0].isalpha() or Path(words.directory, words.gpus).is_file()):
            meant = f"where it is for the program: `neve {words.command} --gpus=all -- {text}`"
        else:
            raise
        raise UsageError(error.what, where=error.where, fixes=[meant, *error.fixes]) from None


def _must_be_there(words: argparse.Namespace, session: Session) -> None:
    """Raise NeveError where the session has no project, and of a script that was meant: where there is nothing at all,
    or where nothing would take its name for another thing than a program.
    """
    from neve.project.detect import MARKERS

    try:
        session.project  # noqa: B018 - reading it is the check
    except NeveError:
        if words.unfound and not any((session.directory / name).exists() for name in MARKERS):
            raise _no_script(session.directory / words.unfound) from None
        raise
    if words.unfound and (words.command == "shell" or _runs_programs(session.plan)):
        program = f"or, where the image has a program of that name: `neve {words.command} -- {words.unfound}`"
        raise _no_script(session.directory / words.unfound, program)


def _runs_programs(plan: Plan) -> bool:
    """Whether what the image is given is a program, or a file for Python to run; another entry point has words of its
    own, which may well end in ``.py``.
    """
    return not plan.entrypoint or (len(plan.entrypoint) == 1 and Path(plan.entrypoint[0]).name.startswith("python"))


def _no_script(path: Path, *others: str) -> NeveError:
    return NeveError(
        "there is no such script",
        where=str(path),
        fixes=["give its path from this directory, or from that of -C DIR", *others],
    )


def take_script(parser: argparse.ArgumentParser, words: argparse.Namespace) -> None:
    """Make ``words.script`` the script that is meant, or None. Of a command that takes words of other kinds too, the
    first is a script where it ends in ``.py`` and is there; ``words.unfound`` is one that is not. ``parser`` ends the
    process for wrong usage.
    """
    words.unfound = None
    if hasattr(words, "script"):
        if words.script is not None and not words.script.endswith(".py"):
            parser.error(f"unrecognized arguments: {words.script} (a script's name ends in .py)")
        return
    words.script = None
    for name in ("arguments", "names"):
        given = getattr(words, name, None)
        if not given or not given[0].endswith(".py"):
            continue
        if Path(words.directory, given[0]).is_file():
            words.script = given[0]
            setattr(words, name, given[1:])
        else:
            words.unfound = given[0]


def make_context(words: argparse.Namespace) -> Context:
    """The context of parsed ``words``. Raises NeveError where the directory, or the script in it, is not there."""
    from neve.cli.display import make_progress
    from neve.stages.remedy import OwnWords

    directory = Path(words.directory).absolute()
    if not directory.is_dir():
        raise NeveError(
            "there is no such directory",
            where=str(directory),
            fixes=["give a project's directory with -C DIR"],
        )
    script = Path(words.script) if getattr(words, "script", None) else None
    if script is not None:
        if not (directory / script).is_file():
            raise _no_script(directory / script)
        directory = directory / script.parent  # its locks lie beside it
    name = script.name if script is not None else None
    progress = make_progress(words.progress, quiet=words.quiet, verbose=words.verbose)
    options = Options(offline=words.offline, locked=words.locked, frozen=words.frozen, nix=words.nix)
    return Context(
        words,
        Session(
            directory,
            options,
            OwnWords(progress, directory, name),
            script=name,
        ),
    )


__all__ = ["Context", "asked_gpus", "gpus_argument", "make_context", "script_argument", "take_script"]
