"""What every command is given: the options that all share, made into a Session and a way to print."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neve.errors import NeveError
from neve.session import Options, Session

if TYPE_CHECKING:
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


def asked_gpus(words: argparse.Namespace, engine: str | None) -> Request | None:
    """The GPUs that are asked for. Raises UsageError, and NeveError where ``engine``, a command line (None: what is
    found), would have none to give: before anything is built for that.
    """
    if words.gpus is None:
        return None
    from neve.host import Host
    from neve.image.engine import find_engine
    from neve.image.gpus import Request, must_have_gpu

    asked = Request.parse(words.gpus)
    must_have_gpu(Host(), find_engine(engine))
    return asked


def take_script(parser: argparse.ArgumentParser, words: argparse.Namespace) -> None:
    """Make ``words.script`` the script that is meant, or None. Of a command that takes words of other kinds too, the
    first is a script where it ends in ``.py`` and is there. ``parser`` ends the process for wrong usage.
    """
    if hasattr(words, "script"):
        if words.script is not None and not words.script.endswith(".py"):
            parser.error(f"unrecognized arguments: {words.script} (a script's name ends in .py)")
        return
    words.script = None
    for name in ("arguments", "names"):
        given = getattr(words, name, None)
        if given and given[0].endswith(".py") and Path(words.directory, given[0]).is_file():
            words.script = given[0]
            setattr(words, name, given[1:])


def make_context(words: argparse.Namespace) -> Context:
    """The context of parsed ``words``. Raises NeveError where the directory, or the script in it, is not there."""
    from neve.cli.display import make_progress

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
            raise NeveError(
                "there is no such script",
                where=str(directory / script),
                fixes=["give its path from this directory, or from that of -C DIR"],
            )
        directory = directory / script.parent  # its locks lie beside it
    options = Options(offline=words.offline, locked=words.locked, frozen=words.frozen, nix=words.nix)
    return Context(
        words,
        Session(
            directory,
            options,
            make_progress(words.progress, quiet=words.quiet, verbose=words.verbose),
            script=script.name if script is not None else None,
        ),
    )


__all__ = ["Context", "asked_gpus", "gpus_argument", "make_context", "script_argument", "take_script"]
