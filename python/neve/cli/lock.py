"""Pin everything: write uv.lock and neve.lock where they are missing or stale; what uv.lock pins keeps its version
where it can. Then tell which libraries the wheels need that nothing in the image has. Prints the path of neve.lock."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from neve.cli.context import Context, script_argument
from neve.progress import counted

if TYPE_CHECKING:
    from neve.libraries.report import Report
    from neve.session import Options
    from neve.stages.lock import Locked

ARGUMENTS = "[SCRIPT]"
EXAMPLES = """\
  neve lock                          after a change of pyproject.toml or uv.lock
  neve lock --upgrade                newer versions of everything
  neve lock --check                  in CI: are both locks there and fresh?
  neve lock --add-missing            add the system packages whose libraries the wheels need
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    script_argument(parser)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions of everything")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a lock is missing or stale")
    parser.add_argument(
        "--add-missing",
        action="store_true",
        help="add to `system` the packages whose libraries the wheels need and nothing in the image has",
    )
    parser.add_argument(
        "--add-optional", action="store_true", help="the same, and for what only plugins and programs need"
    )
    parser.add_argument("--no-libraries", action="store_true", help="do not look which libraries the wheels need")


def run(context: Context) -> int:
    """Lock, and print the path of neve.lock."""
    from neve.libraries.report import Report
    from neve.stages.lock import lock_project

    words = context.words
    _must_agree(words, context.session.options)
    result = lock_project(context.session, upgrade=words.upgrade, check=words.check, refresh=True)
    path = context.session.neve_lock
    report, added = Report(), tuple[str, ...]()
    if not words.no_libraries:
        result, report, added = _libraries(context, result)
    context.session.progress.stage(
        f"{', '.join(result.changed) or 'nothing'} written: {result.lock.base.summary}, "
        f"{counted(len(result.artefacts), 'package')} for {_python(result)}"
    )
    missing = [each.summary for each in report.missing]
    data = {"file": str(path), "changed": list(result.changed), "added": list(added), "missing_libraries": missing}
    context.result(path, data)
    return 0


def _python(locked: Locked) -> str:
    return f"Python {locked.lock.base.python}" if locked.plan.project.has_python else "no Python"


def _must_agree(words: argparse.Namespace, options: Options) -> None:
    """Raise UsageError for words that exclude each other."""
    from neve.errors import UsageError

    if words.check and words.upgrade:
        raise UsageError("--check and --upgrade exclude each other")
    if words.add_missing or words.add_optional:
        forbidden = {"--check": words.check, "--locked": options.locked, "--frozen": options.frozen}
        forbidden["--no-libraries"] = words.no_libraries
        for flag, given in forbidden.items():
            if given:
                raise UsageError(
                    f"{flag} and --add-{'missing' if words.add_missing else 'optional'} exclude each other"
                )


def _libraries(context: Context, locked: Locked) -> tuple[Locked, Report, tuple[str, ...]]:
    """Say what the wheels lack, and add it where that is asked for."""
    from neve.errors import NeveError
    from neve.libraries.report import Report
    from neve.stages.libraries import add_missing, find_missing

    session, words = context.session, context.words
    add = words.add_missing or words.add_optional
    fixed = words.check or session.options.locked or session.options.frozen
    try:
        report = find_missing(session, locked, fetch=not fixed)
    except NeveError as error:
        if add:
            raise
        why = error.errors[0]
        session.progress.note(f"which libraries the wheels need is not known: {why.what} ({why.where or why.why})")
        return locked, Report(), ()
    added: tuple[str, ...] = ()
    if add:
        locked, report, added = add_missing(session, locked, report, optional=words.add_optional)
        session.progress.stage(f"added to system: {', '.join(added) or 'nothing'}")
    _tell(context, locked, report, asked=not fixed)
    return locked, report, added


def _tell(context: Context, locked: Locked, report: Report, *, asked: bool) -> None:
    from neve.libraries.add import system_line
    from neve.libraries.report import remarks, warnings

    session = context.session
    release = f"{locked.plan.base} {locked.plan.release}"
    for line in remarks(report, release):
        session.progress.stage(line)
    for line in warnings(report, release):
        session.progress.note(line)
    held = session.project.config.system
    new = [name for name in report.packages if name not in held]
    if new:
        line = system_line([*held, *new])
        words = " ".join(["neve lock", *([session.script] if session.script else []), "--add-missing"])
        session.progress.note(f"`{words}` adds what is missing; by hand, under [tool.neve]: {line}")
    if session.options.offline and (report.unread or report.unknown):
        session.progress.note(
            f"--offline: {report.unread} wheels were not there to be read, and of {report.unknown} libraries it is not "
            "known who has them"
        )
    elif report.unknown and asked:
        session.progress.stage(
            f"the mirror has no index of the files in packages: of {report.unknown} libraries that wheels need it is "
            "not known who has them"
        )
