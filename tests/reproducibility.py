"""Build every example in many worlds, one difference at a time, and print a table of the digests; then build each of
its derivations once more and let Nix compare.

Usage: python -m tests.reproducibility [EXAMPLE ...]; about a minute for a small example, five for a large one. Each
world has an empty store and a home of its own; all build from the same locks. Exit code 1 where a digest differs.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from neve.files import cache_home
from neve.nix.find import find_nix
from neve.progress import Silent
from neve.tools import Toolbox
from tests.build.elsewhere import CannotBeMadeError, World, elsewhere
from tests.build.project import ROOT, Project, example
from tests.build.rebuild import rebuilt

WORLDS = {
    "an empty store": World(),
    "a second empty store": World(),
    "an ordinary user": World(user="nobody"),
    "another release of Nix": World(environ={"NEVE_NIX_SUITE": "forky"}),
    "umask 077": World(umask=0o077),
    "locale tr_TR.UTF-8": World(environ={"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "LANGUAGE": "tr"}),
    "time zone +14": World(environ={"TZ": "Pacific/Kiritimati"}),
    "another directory": World(directory="Größe 1 (copy)"),
    "files of 2033": World(touch=2_000_000_000),
    "one core": World(prefix=("taskset", "--cpu-list", "0")),
    "all of these": World(
        user="nobody",
        environ={"NEVE_NIX_SUITE": "forky", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"},
        umask=0o077,
        directory="Größe 1 (copy)",
        touch=2_000_000_000,
        prefix=("taskset", "--cpu-list", "0"),
    ),
}


def main(names: list[str]) -> int:
    """Build the examples ``names`` (default: all) in every world."""
    differs = False
    examples = sorted(path.name for path in (ROOT / "examples").iterdir() if path.is_dir())
    if unknown := [name for name in names if name not in examples]:
        print(f"{__doc__}\nno such example: {', '.join(unknown)}; there are {', '.join(examples)}", file=sys.stderr)  # noqa: T201
        return 2
    for name in names or examples:
        with tempfile.TemporaryDirectory(prefix="neve-reproducibility-") as temporary:
            project = example(name, Path(temporary) / name)
            expected = project.build().digest
            show(name, "neve's ordinary store", expected, expected, None)
            for title, world in WORLDS.items():
                digest, seconds = outcome(project, world)
                differs |= digest != expected and digest.startswith("sha256:")
                show(name, title, digest, expected, seconds)
            start = time.monotonic()
            count = len(rebuilt(project, find_nix(Toolbox(cache=cache_home(), progress=Silent()))))
            show(name, f"{count} derivations rebuilt", expected, expected, time.monotonic() - start)
    return int(differs)


def outcome(project: Project, world: World) -> tuple[str, float]:
    """The digest that ``project`` has in ``world``, or why there is none; and how long building took, in seconds."""
    start = time.monotonic()
    try:
        with elsewhere(project, world) as copy:
            start = time.monotonic()
            digest = copy.build("--frozen").digest
            return digest, time.monotonic() - start
    except CannotBeMadeError as error:
        return f"- ({error})", time.monotonic() - start


def show(name: str, title: str, digest: str, expected: str, seconds: float | None) -> None:
    """Print a line of the table."""
    verdict = "" if not digest.startswith("sha256:") else "same" if digest == expected else "DIFFERS"
    took = "" if seconds is None else f"{seconds:5.0f} s"
    print(f"{name:10} {title:24} {verdict:8} {took:8} {time.strftime('%H:%M', time.gmtime())}Z {digest}", flush=True)  # noqa: T201


if __name__ == "__main__":
    os.nice(5)
    sys.exit(main(sys.argv[1:]))
