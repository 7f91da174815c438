"""Build the image and open a shell in it: its root, interpreter and environment at their usual paths, the project's
directory, writable, at the image's working directory. A command after `--` runs there instead; its exit code is
neve's; signals reach it. The project is looked for upwards from the current directory."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from neve.cli.context import Context, asked_gpus, gpus_argument
from neve.session import Session

ARGUMENTS = "[SCRIPT] [-- COMMAND ...]"
EXAMPLES = """\
  neve shell                         a shell in the image
  neve shell -- python -m pytest     one command in it
  eval "$(neve shell --print-env)"   its interpreter and console scripts on PATH, as direnv wants it
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    parser.add_argument(
        "--print-env",
        action="store_true",
        help="open nothing: print what a shell evaluates to have the image's tools on PATH",
    )
    gpus_argument(parser)
    parser.add_argument(
        "arguments",
        nargs="*",
        metavar="COMMAND",
        help="a command to run instead, and its arguments; a first word NAME.py that is there is a script",
    )


def run(context: Context) -> int:
    """Build, open the shell, and give its exit code."""
    from neve.errors import UsageError
    from neve.stages.shell import find_shell

    words = context.words
    if words.print_env and words.arguments:
        raise UsageError("--print-env takes no command", fixes=["`neve shell -- COMMAND` runs one"])
    if words.print_env and words.gpus:
        raise UsageError("--print-env takes no GPUs", fixes=["`neve shell --gpus` opens a shell that has them"])
    session = _upwards(context.session, words.directory)
    gpus = asked_gpus(words, session, "bubblewrap")
    shell = find_shell(session)
    if not words.print_env:
        return shell.run(words.arguments, Path.cwd(), gpus=gpus)
    context.result(*shell.environment())
    return 0


def _upwards(session: Session, asked: str) -> Session:
    """The session in the nearest directory with a project, where none was asked for: a shell is opened anywhere."""
    from neve.project.detect import MARKERS

    if asked != "." or session.script is not None:
        return session
    places = (session.directory, *session.directory.parents)
    # A requirements.txt may well be of a part alone, such as the documentation.
    for names in (("pyproject.toml", "neve.toml"), MARKERS):
        for directory in places:
            if any((directory / name).is_file() for name in names if name != ".python-version"):
                return replace(session, directory=directory)
    return session
