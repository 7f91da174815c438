"""Write the flake: flake.nix, flake.lock and nix/. It stands alone: `nix build .#image`, `.#oci`, `.#env`,
`nix flake check` and `nix develop` need no neve, but for `neve bootstrap` once a store. That of a script lies in
SCRIPT.flake/, with a copy of the script. Prints flake.nix's path."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from neve.cli.context import Context, script_argument

if TYPE_CHECKING:
    from neve.render.place import Place
    from neve.session import Session

ARGUMENTS = "[SCRIPT]"
EXAMPLES = """\
  neve render && git diff            what a change of the locks means for the image
  neve render --check                in CI: is the flake that is checked in fresh?
  neve bootstrap && nix build .#oci  build it with a Nix of your own
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    script_argument(parser)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a file would change")


def run(context: Context) -> int:
    """Render, and print the path of flake.nix."""
    from neve.errors import NeveError
    from neve.project.text import read_text
    from neve.render.render import render
    from neve.stages.lock import lock_project
    from neve.stages.place import must_be_in_flake
    from neve.stages.render import write_tree

    session = context.session
    result = lock_project(session, check=context.words.check)
    must_be_in_flake(session, result.environments)
    tree, directory = render(result.plan, result.lock, result.environments, _place(session)), session.directory
    if session.script is not None:  # beside those of other scripts, and of the project around it
        tree[session.script] = read_text(directory / session.script)
        directory /= f"{session.script}.flake"
    if context.words.check:
        stale = [path for path, text in tree.items() if not _holds(directory / path, text)]
        if stale:
            raise NeveError(
                "the rendered flake is not fresh",
                where=", ".join(stale[:5]),
                fixes=["`neve render` writes it"],
            )
        written: tuple[str, ...] = ()
    else:
        written = write_tree(tree, directory)
    context.result(directory / "flake.nix", {"file": str(directory / "flake.nix"), "written": list(written)})
    return 0


def _place(session: Session) -> Place | None:
    """A script is the one file of its flake; a project's files are those that git tracks."""
    from neve.render.place import Place

    return Place(files=(session.script,)) if session.script is not None else None


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False
