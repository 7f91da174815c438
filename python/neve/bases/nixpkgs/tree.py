"""The tree of nixpkgs in the store: by Nix itself, or from a checkout of the same commit."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

from neve.errors import NeveError

if TYPE_CHECKING:
    from neve.lock.model import NixpkgsLock
    from neve.session import Session

_VARIABLE = "NEVE_NIXPKGS"


def provide_tree(session: Session, base: NixpkgsLock) -> None:
    """Put the checkout that NEVE_NIXPKGS names into the store, where the pinned tree is not there yet.

    Without one, Nix fetches it. Raises NeveError where the checkout is another tree, and where nothing may be fetched.
    """
    from neve.nix.call import add_directory, missing
    from neve.nix.store_path import directory_path, nar_sha256

    expected = base64.b64decode(base.nar_hash.removeprefix("sha256-")).hex()
    path = directory_path("source", expected)
    checkout = session.environ.get(_VARIABLE)
    if not (checkout or session.options.offline) or not missing(session.nix, [path]):
        return
    if not checkout:
        raise NeveError(
            f"nixpkgs {base.release} at {base.rev[:11]} is not in the store",
            where=path,
            why="--offline forbids fetching it",
            fixes=[
                "run the command once without --offline",
                f"or name a checkout of that commit: {_VARIABLE}=DIRECTORY",
            ],
        )
    tree = Path(checkout)
    if not (tree / "default.nix").is_file():
        raise NeveError(f"{checkout!r} is no checkout of nixpkgs", where=_VARIABLE, why="it has no default.nix")
    session.progress.stage(f"reading nixpkgs at {tree}")
    found = nar_sha256(tree)
    if found != expected:
        raise NeveError(
            f"{checkout!r} is not nixpkgs {base.release} at {base.rev[:11]}",
            where=_VARIABLE,
            why=f"its NAR hash is sha256-{base64.b64encode(bytes.fromhex(found)).decode()}, not {base.nar_hash}",
            fixes=[
                "export that commit without .git: `git archive REV | tar -x -C DIRECTORY`",
                "or pin this tree: `rev` and `nar-hash` under [tool.neve.nixpkgs]",
            ],
        )
    add_directory(session.nix, tree, "source")


__all__ = ["provide_tree"]
