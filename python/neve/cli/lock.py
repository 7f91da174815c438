"""Pin everything: write uv.lock and neve.lock where they are missing or stale; what uv.lock pins keeps its version
where it can. Prints the path of neve.lock."""

from __future__ import annotations

import argparse

from neve.cli.context import Context

EXAMPLES = """\
  neve lock                          after a change of pyproject.toml or uv.lock
  neve lock --upgrade                newer versions of everything
  neve lock --check                  in CI: are both locks there and fresh?
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions of everything")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a lock is missing or stale")


def run(context: Context) -> int:
    """Lock, and print the path of neve.lock."""
    from neve.lock.text import NAME
    from neve.stages.lock import lock_project

    if context.words.check and context.words.upgrade:
        from neve.errors import UsageError

        raise UsageError("--check and --upgrade exclude each other")
    words = context.words
    result = lock_project(context.session, upgrade=words.upgrade, check=words.check, refresh=True)
    path = context.session.directory / NAME
    context.session.progress.stage(
        f"{', '.join(result.changed) or 'nothing'} written: {result.lock.base.summary}, "
        f"{len(result.artefacts)} packages for Python {result.lock.base.python}"
    )
    context.result(path, {"file": str(path), "changed": list(result.changed)})
    return 0
