"""Show the plan: what was read, which components and packages the image is made of, its layers with their sizes
(of the last build, where it is fresh; else those of the wheels)."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from neve.cli.context import Context

EXAMPLES = """\
  neve info
  neve info --json | jq '.layers'    the same for programs
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    parser.set_defaults()


def run(context: Context) -> int:
    """Print the tables, or with --json one object."""
    from neve.stages.info import describe

    description = describe(context.session)
    if context.words.json:
        context.result("", description)
    else:
        _print(description)
    return 0


def _print(description: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else 120)
    for title, columns, rows in description_tables(description):
        table = Table(
            title=title,
            title_justify="left",
            title_style="bold",
            box=None,
            pad_edge=False,
            header_style="dim",
        )
        for column in columns:
            table.add_column(column, justify="right" if column in ("size", "packages") else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(str(cell)) for cell in row))
        console.print(table)
        console.print()


def description_tables(description: dict[str, Any]) -> list[tuple[str, list[str], list[list[str]]]]:
    """The description as tables: title, columns, rows."""
    project, image = description["project"], description["image"]
    facts = [
        ["project", f"{project['name']} {project['version'] or ''} ({project['kind']})"],
        ["base", f"{description['base']} {description['release']}"],
        ["python", f"{description['python']} ({project['python_origin']})"],
        ["name", image["reference"]],
        ["starts", " ".join([*image["entrypoint"], *image["cmd"]])],
        ["user", image["user"] or "root"],
        ["digest", description["digest"] or "not built since the last change"],
    ]
    layers = [[layer["name"], layer["packages"], _size(layer["size"])] for layer in description["layers"]]
    total = sum(layer["size"] or 0 for layer in description["layers"])
    layers.append([f"{len(description['layers'])} layers", "", _size(total)])
    return [
        ("plan", ["", ""], facts),
        ("components", ["name", "adds"], [[c["name"], c["adds"]] for c in description["components"]]),
        (
            "system packages",
            ["group", "packages", "names"],
            [[g, len(n), " ".join(n)] for g, n in description["packages"].items() if n],
        ),
        (
            "Python packages",
            ["name", "version", "wheel", "size"],
            [[e["name"], e["version"], e["file"], _size(e["size"])] for e in description["environment"]],
        ),
        ("layers, bottom to top", ["layer", "packages", "size"], layers),
    ]


def _size(size: int | None) -> str:
    if size is None:
        return ""
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.1f} kB"
