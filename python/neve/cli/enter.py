"""What the wrappers in .neve/shell/bin call: ``enter RECORD COMMAND ...``; light, since editors call it often."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from neve.errors import ExitCode, NeveError
from neve.image.shell import ImageShell


def main(words: Sequence[str]) -> int:
    """Run ``words[2:]`` in the shell that the file ``words[1]`` describes; its exit code."""
    try:
        return _shell(Path(words[1])).run(words[2:], directory=Path.cwd(), environ=os.environ)
    except NeveError as error:
        sys.stderr.write(f"error: {error}\n")
        return int(error.code)
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        sys.stderr.write(f"error: {error}\n")
        return int(ExitCode.FIXABLE)


def _shell(record: Path) -> ImageShell:
    try:
        shell = ImageShell.parse(record.read_text())
    except (OSError, ValueError):
        shell = None
    if shell is None:
        raise NeveError(
            "the shell of this project is not described",
            where=str(record),
            fixes=["`neve shell --print-env` describes it (with direnv: `direnv reload`)"],
        )
    return shell


__all__ = ["main"]
