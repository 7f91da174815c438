"""The shell of images that have a file system of their own: bubblewrap enters it, and so do wrappers for each tool."""

from __future__ import annotations

import hashlib
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neve.files import TEMPORARY, cache_home, explained, locked, write_if_changed
from neve.image.shell import ImageShell
from neve.stages.build import build_image, build_output, fresh_build
from neve.stages.platforms import must_be_native
from neve.stages.work import own_directory
from neve.stages.wrappers import write_programs

if TYPE_CHECKING:
    from neve.session import Session

_PROJECT = -2  # among the layers; the last are the settings

_WRAPPER = """\
#!/bin/sh
# Written by `neve shell --print-env`: {name} in the image of {project}.
[ -x {python} ] || {{ echo 'the neve that wrote this is gone: call `neve shell --print-env`' >&2; exit 126; }}
exec {python} -I -S -c {program} {library} {record} {name} "$@"
"""
# Without site and what neve needs else: it starts in 50 ms.
_PROGRAM = "import sys; sys.path.insert(0, sys.argv.pop(1)); from neve.cli.enter import main; sys.exit(main(sys.argv))"


def known_shell(session: Session) -> ImageShell | None:
    """The shell in the image that the last build made, where nothing changed since; the project is not even read."""
    shell = _read(_record(session))
    if shell is None or not _is_whole(shell, session):
        return None
    built = fresh_build(session)
    return shell if built is not None and built.digest == shell.digest else None


def image_shell(session: Session) -> ImageShell:
    """The shell in the image of the session's project, which is built where something changed. Raises NeveError."""
    from neve.image.layout import Layout
    from neve.tools import BUBBLEWRAP

    must_be_native(session.plan, "a shell opens in the image")
    built = build_image(session)
    image = Layout(built.layout).image()
    config = image.config.get("config")
    tree = _unpacked(session, [layer.descriptor.digest for layer in image.layers])
    home = own_directory(session, "home")
    with explained("create the home of shells", home):
        home.mkdir(mode=0o700, exist_ok=True)
    shell = ImageShell(
        name=session.project.name,
        digest=built.digest,
        config=config if isinstance(config, dict) else {},
        project=str(session.directory.resolve()),
        home=str(home.resolve()),
        bwrap=str(session.toolbox.find(BUBBLEWRAP)),
        **tree,
    )
    write_if_changed(_record(session), shell.text())
    return shell


def _unpacked(session: Session, layers: list[str]) -> dict[str, Any]:
    """The image's files. To unpack all of them takes seconds and gigabytes: where the project alone has changed, its
    files are mounted over those of the last time.
    """
    from neve.image.renew import renewed

    del layers[_PROJECT]
    packaged = build_output(session, "packaged")
    before = _read(_record(session))
    if before is not None and list(before.layers) == layers and before.is_whole() and Path(before.packaged).is_dir():
        old = Path(before.packaged)
        over = renewed(Path(before.rootfs), old, packaged, hidden=session.plan.workdir) if old != packaged else {}
        if over is not None:
            return {"rootfs": before.rootfs, "layers": layers, "packaged": before.packaged, "renewed": over}
    return {"rootfs": str(build_output(session, "rootfs")), "layers": layers, "packaged": str(packaged)}


def write_wrappers(session: Session, shell: ImageShell) -> Path:
    """Write a program for each tool of ``shell``, which runs it there; the directory, for PATH. Raises NeveError."""
    import neve

    library = Path(neve.__file__).parents[1]
    words = {
        "python": sys.executable,
        "program": _PROGRAM,
        "library": str(library),
        "record": str(_record(session).resolve()),
    }
    quoted = {key: shlex.quote(word) for key, word in words.items()}
    names = shell.tools()
    texts = {name: _WRAPPER.format(name=shlex.quote(name), project=shell.name, **quoted) for name in names}
    directory = write_programs(session, texts)
    place = directory.parent
    # The image's files for those who only read them, as editors do.
    with locked(place / "lock"), explained("write the wrappers", place):
        new = place / f".root{TEMPORARY}"
        new.unlink(missing_ok=True)
        new.symlink_to(shell.rootfs)
        new.replace(place / "root")
    return directory


def _record(session: Session) -> Path:
    """Where it is written what the last shell was. It names what is mounted and started, and so does not lie in the
    project, which others may have filled.
    """
    project = hashlib.sha256(os.fsencode(session.directory.resolve() / (session.script or ""))).hexdigest()
    return cache_home() / "shells" / f"{project}.json"


def _read(record: Path) -> ImageShell | None:
    try:
        return ImageShell.parse(record.read_text())
    except (OSError, ValueError):
        return None


def _is_whole(shell: ImageShell, session: Session) -> bool:
    """Whether all of ``shell`` is still there, and the project where it was."""
    here = shell.project == str(session.directory.resolve())
    home = Path(shell.home)
    whole = shell.is_whole() and home.is_dir() and Path(shell.bwrap).is_file()
    return here and whole and not home.is_symlink()


__all__ = ["image_shell", "known_shell", "write_wrappers"]
