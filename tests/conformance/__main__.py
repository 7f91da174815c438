"""``python -m tests.conformance DIR``: the comparison over a directory's projects; exit status 1 where one differs.

Each subdirectory with a project is copied and locked where it is not, with the indexes of this machine's uv.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.conformance.table import Row, rows
from tests.conformance.targets import SOME, TARGETS

_FORMAT = "{:<24} {:<12} {:>7} {:>8}  {}\n"


def main(words: list[str]) -> int:
    """Print the table; 1 where neve and the oracles differ, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("directory", type=Path, metavar="DIR", help="a directory of projects")
    parser.add_argument("--target", action="append", choices=[*TARGETS], help="default: one of each suite")
    parser.add_argument("-v", "--verbose", action="store_true", help="say why a project was not compared")
    given = parser.parse_args(words)
    sys.stdout.write(_FORMAT.format("project", "kind", "targets", "packages", "result"))
    found: list[Row] = []
    for row in rows(given.directory, given.target or SOME):
        found.append(row)
        sys.stdout.write(_FORMAT.format(row.project, row.kind, row.targets, row.packages, row.result))
        if row.differs or given.verbose:
            sys.stdout.writelines(f"    {line}\n" for line in row.details)
        sys.stdout.flush()
    return int(any(row.differs for row in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
