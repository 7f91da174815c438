"""Calls `run` as the command line does: it may replace the process, or take its signals."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from neve.errors import NeveError
from neve.host import Host, Ran
from neve.image.gpus import Request
from neve.image.run import Bind, run
from neve.progress import Silent


class Notes(Silent):
    """Writes notes to stderr."""

    def note(self, text: str) -> None:
        sys.stderr.write(f"note: {text}\n")


def program(name: str) -> Path:
    """Where the program ``name`` is."""
    found = shutil.which(name, path="/usr/bin:/bin:/usr/local/bin")
    assert found
    return Path(found)


def machine(root: str) -> Host:
    """The machine whose files are below ``root``; its loader's cache is what a file there says."""

    def answer(words: Sequence[str], _: float) -> Ran | None:
        return Ran(status=0, out=Path(root, "ldconfig-p").read_text()) if "ldconfig" in words[0] else None

    return Host(root=Path(root), environ={"PATH": "/usr/bin"}, runner=answer)


def main(settings: dict[str, str], arguments: list[str]) -> int:
    binds = [Bind(source=Path(settings["bind"]), target="/data/here")] if "bind" in settings else []
    try:
        return run(
            Path(settings["layout"]),
            arguments,
            progress=Notes(),
            rootfs=lambda: Path(settings["rootfs"]),
            bwrap=lambda: program("bwrap"),
            engine=settings.get("engine"),
            engine_args=settings.get("engine_args", "").split(),
            binds=binds,
            gpus=Request.parse(settings["gpus"]) if "gpus" in settings else None,
            host=machine(settings["machine"]) if "machine" in settings else None,
            verbose="verbose" in settings,
        )
    except NeveError as error:
        sys.stderr.write(f"{error}\n")
        return int(error.code)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1]), sys.argv[2:]))
