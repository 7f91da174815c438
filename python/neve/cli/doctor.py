"""Look at this machine: its driver and GPUs against what the project's wheels ask for, what gives GPUs to containers,
user namespaces, disk, servers, Nix. Each finding comes with its fix. Outside a project the machine alone is looked at;
with IMAGE, what that image asks for. Ends with 1 where something would fail."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from neve.cli.context import Context

if TYPE_CHECKING:
    from rich.text import Text

    from neve.doctor.report import Finding, Report, State

ARGUMENTS = "[SCRIPT | IMAGE]"
EXAMPLES = """\
  neve doctor                                        in a project, or anywhere
  neve doctor .neve/result                           the image just built
  neve doctor registry.example/team/app@sha256:...   on a node of a cluster: does this image run here?
  neve doctor --json | jq '.findings[] | select(.state == "failure")'
"""
_SIGNS = {"ok": "\N{CHECK MARK}", "warning": "!", "failure": "\N{MULTIPLICATION X}", "skipped": "-"}
_PLAIN = {"ok": "+", "warning": "!", "failure": "x", "skipped": "-"}
_STYLES = {"ok": "green", "warning": "yellow", "failure": "bold red", "skipped": "dim"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    parser.add_argument(
        "names",
        nargs="*",
        metavar="IMAGE",
        help="the directory of an OCI layout, such as .neve/result, an archive, or an image in a registry; a script,"
        " NAME.py, stands for the project",
    )


def run(context: Context) -> int:
    """Print the findings, or with --json one object; 1 where one is a failure."""
    from neve.doctor.examine import examine
    from neve.errors import ExitCode, UsageError
    from neve.host import Host

    names = [context.words.unfound] if context.words.unfound else context.words.names
    if len(names) > 1:
        raise UsageError(f"one image at a time, not {len(names)}", fixes=["call it for each of them"])
    if names and context.session.script is not None:
        raise UsageError(f"a script or an image, not both: {names[0]}", fixes=["call it for each of them"])
    report = examine(context.session, Host(environ=context.session.environ), image=next(iter(names), None))
    if context.words.json:
        context.result("", report.model_dump(mode="json"))
    else:
        _print(report)
        context.result(_sum(report), None)
    return int(ExitCode.DONE if report.ok else ExitCode.FIXABLE)


def _print(report: Report) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else 120)
    table = Table(box=None, show_header=False, pad_edge=False)
    for _ in ("state", "subject", "found"):
        table.add_column(overflow="fold")
    for finding in report.findings:
        table.add_row(_mark(finding.state, console.encoding), finding.subject, _text(finding))
    console.print(table)


def _mark(state: State, encoding: str) -> Text:
    from rich.text import Text

    signs = _SIGNS if encoding.lower().startswith("utf") else _PLAIN
    return Text(f"{signs[state]} {state}", style=_STYLES[state])


def _text(finding: Finding) -> Text:
    from rich.text import Text

    text = Text(finding.found)
    if finding.why:
        text.append(f"\n{finding.why}", style="dim")
    for fix in finding.fixes:
        text.append("\nfix: ", style="bold").append(fix)
    return text


def _sum(report: Report) -> str:
    """The last line."""
    from neve.progress import counted

    states = [str(finding.state) for finding in report.findings]
    fine = states.count("ok")
    bad = [counted(states.count(state), state) for state in ("failure", "warning") if state in states]
    return f"{report.name or 'this machine'}: {', '.join([*bad, f'{fine} ok'])}"
