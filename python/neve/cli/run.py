"""Build the image and run it: with podman, docker, or bubblewrap where neither works. Arguments after `--` go to the
image's entry point; its exit code is neve's; signals reach it."""

from __future__ import annotations

import argparse

from neve.cli.context import Context, asked_gpus, gpus_argument

ARGUMENTS = "[SCRIPT] [-- ARG ...]"
EXAMPLES = """\
  neve run                           the entry point, with the image's default arguments
  neve run -- --port 8080            with these arguments
  neve run script.py -- --port 8080  a script alone (PEP 723)
  neve run --engine podman --engine-arg=--publish=8000:8000
  neve run --gpus=all                with this machine's GPUs
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    parser.add_argument(
        "--engine", metavar="COMMAND", help='podman, docker or bwrap, with options: "podman --runtime runc"'
    )
    parser.add_argument(
        "--engine-arg",
        metavar="ARG",
        action="append",
        default=[],
        help="an argument of the engine's run; may be repeated",
    )
    gpus_argument(parser)
    parser.add_argument("--platform", metavar="OS/ARCH", help="of several, this one's image (default: this machine's)")
    parser.add_argument(
        "arguments",
        nargs="*",
        metavar="ARG",
        help="arguments of the image's entry point; a first word NAME.py that is there is a script to run",
    )


def run(context: Context) -> int:
    """Build, run, and give the program's exit code."""
    from neve.image.run import run as run_image
    from neve.stages.build import build_image, build_output
    from neve.stages.platforms import platform_output
    from neve.tools import BUBBLEWRAP

    session, words = context.session, context.words
    engine = words.engine or session.environ.get("NEVE_ENGINE")
    gpus = asked_gpus(words, session, engine)
    built = build_image(session)
    rootfs, architecture = platform_output(session.plan, "rootfs", words.platform)
    return run_image(
        built.layout,
        words.arguments,
        progress=session.progress,
        architecture=architecture,
        rootfs=lambda: build_output(session, rootfs),
        bwrap=lambda: session.toolbox.find(BUBBLEWRAP),
        engine=engine,
        engine_args=words.engine_arg,
        gpus=gpus,
        verbose=words.verbose > 0,
    )
