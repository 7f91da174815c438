"""Build the image as an OCI layout in the Nix store and print its digest. Locks what is not locked; writes only
the locks and .neve/ (where .neve/result is a link to the layout)."""

from __future__ import annotations

import argparse

from neve.cli.context import Context, script_argument

ARGUMENTS = "[SCRIPT]"
EXAMPLES = """\
  neve build                         prints sha256:...
  neve build script.py               the image of a script alone (PEP 723)
  neve build --locked --check        in CI: stale locks stop it; every module must import
  neve build --archive app.tar       for `podman load` and `docker load`
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    script_argument(parser)
    parser.add_argument("--archive", metavar="FILE", help="also write one file for docker load or podman load")
    parser.add_argument("--layout", metavar="DIR", help="also copy the OCI layout to a new directory")
    parser.add_argument("--check", action="store_true", help="also import every top-level module inside the image")


def run(context: Context) -> int:
    """Build, and print the digest of the image's manifest."""
    from pathlib import Path

    from neve.image.export import copy_archive, copy_layout
    from neve.render.config import PLATFORMS
    from neve.stages.build import build_image, build_output
    from neve.stages.platforms import must_be_native

    session, words = context.session, context.words
    built = build_image(session)
    if words.check:
        must_be_native(session.plan, "--check imports inside the image")
        build_output(session, "check")
    if words.archive:
        if len(session.plan.platforms) > 1:
            own = PLATFORMS[session.plan.architecture]
            session.progress.note(f"the archive is of {own} alone; --layout and `neve push` have all platforms")
        copy_archive(build_output(session, "image"), Path(words.archive))
    if words.layout:
        copy_layout(built.layout, Path(words.layout))
    context.result(built.digest, {"digest": built.digest, "layout": str(built.layout), "reference": built.reference})
    return 0
