"""Put the pinned static busybox into the store of the Nix that neve finds (--nix, PATH, its own copy), and the commits
of git repositories that the project depends on: what a rendered flake needs before its first `nix build` in a store.
`neve build` does it by itself. Prints the busybox's store path."""

from __future__ import annotations

import argparse

from neve.cli.context import Context, script_argument

ARGUMENTS = "[SCRIPT]"
EXAMPLES = """\
  neve bootstrap                     for the Nix that neve finds
  neve --nix /usr/bin/nix bootstrap  for another
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    script_argument(parser)


def run(context: Context) -> int:
    """Bootstrap the store, and print the store path of the busybox."""
    from neve.bases.debian.provide import bootstrap_store
    from neve.errors import NeveError
    from neve.stages.lock import lock_project
    from neve.stages.provide import provide_sources

    if context.session.plan.base != "debian":
        raise NeveError(
            f"images on {context.session.plan.base} need no bootstrap",
            where="pyproject.toml, tool.neve.base",
            why="it is for the Debian base, whose builders run on a busybox that Nix cannot unpack by itself",
            fixes=["build at once: `neve build`, or `nix build .#oci` after `neve render`"],
        )
    locked = lock_project(context.session)
    path = bootstrap_store(context.session, locked.lock)
    provide_sources(context.session, locked.lock, locked.artefacts)
    context.result(path, {"path": path})
    return 0
