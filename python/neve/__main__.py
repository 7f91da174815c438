"""The entry point: errors become text and exit codes here, and nowhere else."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code is one of :class:`neve.errors.ExitCode`, or that of a program that ran."""
    try:
        return _main(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:
        _say("interrupted", label="")
        return 128 + signal.SIGINT


def _main(words: list[str]) -> int:
    if words in (["--version"], ["-V"]):  # asked for often, by machines: nothing else is imported
        from neve import __version__

        print(f"neve {__version__}")  # noqa: T201
        return 0
    signal.signal(signal.SIGTERM, _terminated)
    _start_fast()
    from neve.errors import ExitCode, NeveError

    try:
        from neve.cli.parser import run_command

        try:
            return run_command(words)
        finally:
            sys.stdout.flush()  # here, where a reader that went away can be handled
    except NeveError as error:
        for one in error.errors:
            _say(str(one))
        return int(error.code)
    except BrokenPipeError:
        # Whoever read our output has seen enough (head); what is still buffered must go somewhere when Python ends.
        with suppress(OSError):  # no file at all, in a test
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except OSError as error:
        from neve.files import remedies

        place = str(error.filename or ".")  # not its absolute path: the working directory may be what is gone
        _say(
            str(
                NeveError(
                    "the operating system refuses",
                    where=place,
                    why=error.strerror or str(error),
                    fixes=remedies(error, place),
                )
            )
        )
        return int(ExitCode.FIXABLE)
    except Exception as error:
        if any(word == "--verbose" or (word[:2] == "-v" and not word.strip("-v")) for word in words):
            import traceback

            traceback.print_exc()
        _say(
            f"neve has a defect: {type(error).__name__}: {error}\n"
            "  fix: please report it with the output of the same command and -v, which shows where it happened"
        )
        return int(ExitCode.DEFECT)


def _start_fast() -> None:
    """Set what makes a short run shorter: few collections of garbage, no search for pydantic plugins."""
    gc.set_threshold(100_000, 50, 50)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def _terminated(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)


def _say(text: str, label: str = "error: ") -> None:
    with suppress(OSError):
        sys.stderr.write(f"{label}{text}\n")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
