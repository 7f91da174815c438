"""Run the benchmarks and print their figures as a table."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Figure
from benchmarks.steps import BY_HAND, STEPS


def figures(names: list[str]) -> Iterator[Figure]:
    """The figures of the steps called ``names``; without any, of all but those that are run by hand."""
    for name, step in STEPS.items():
        if name in names or not (names or name in BY_HAND):
            # Not below /tmp: a chroot store refuses world-writable parents, and some steps make their own.
            with tempfile.TemporaryDirectory(prefix="neve-benchmark-", dir=Path.home()) as directory:
                print(f"… {name}", file=sys.stderr)
                yield from step(Path(directory))


def main() -> int:
    """Print the table; exit 2 for a step that does not exist."""
    names = sys.argv[1:]
    unknown = [name for name in names if name not in STEPS]
    if unknown:
        print(f"no such step: {', '.join(unknown)}; there are: {', '.join(STEPS)}", file=sys.stderr)
        return 2
    rows = [(figure.what, figure.result, figure.budget) for figure in figures(names)]
    widths = [max(len(row[column]) for row in [*rows, ("step", "measured", "budget")]) for column in range(3)]
    for row in [("step", "measured", "budget"), tuple("-" * width for width in widths), *rows]:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
