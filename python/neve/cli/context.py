"""What every command is given: the options that all share, made into a Session and a way to print."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neve.errors import NeveError
from neve.session import Options, Session


@dataclass(frozen=True)
class Context:
    """The parsed words and the session that they make."""

    words: argparse.Namespace
    session: Session

    def result(self, line: object, data: Any) -> None:
        """Print the result, alone on the last line of stdout; with ``--json``, ``data`` instead."""
        sys.stdout.write((json.dumps(data, indent=2) if self.words.json else str(line)) + "\n")
        sys.stdout.flush()


def make_context(words: argparse.Namespace) -> Context:
    """The context of parsed ``words``. Raises NeveError where the directory is not there."""
    from neve.cli.display import make_progress

    directory = Path(words.directory).absolute()
    if not directory.is_dir():
        raise NeveError(
            "there is no such directory",
            where=str(directory),
            fixes=["give a project's directory with -C DIR"],
        )
    options = Options(offline=words.offline, locked=words.locked, frozen=words.frozen, nix=words.nix)
    return Context(
        words,
        Session(directory, options, make_progress(words.progress, quiet=words.quiet, verbose=words.verbose)),
    )


__all__ = ["Context", "make_context"]
