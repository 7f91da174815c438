"""The render stage: write a rendered tree into a directory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from neve.errors import NeveError, collected
from neve.files import write_if_changed


def write_tree(tree: Mapping[str, str], directory: Path) -> tuple[str, ...]:
    """Write ``tree`` below ``directory``, leave what is the same alone and remove what an earlier rendering left in
    ``nix/lib``; the paths that were written. Raises NeveError, also where a file is there that neve did not write.
    """
    problem = collected(_foreign(tree, directory))
    if problem is not None:
        raise problem
    written = [path for path, text in tree.items() if write_if_changed(directory / path, text)]
    library = directory / "nix" / "lib"
    for file in library.rglob("*"):
        if file.relative_to(directory).as_posix() not in tree and not file.is_dir():
            file.unlink()
    return tuple(written)


def _foreign(tree: Mapping[str, str], directory: Path) -> list[NeveError]:
    """A flake.nix or nix/default.nix that a person wrote is not overwritten, nor anything behind a link: a project may
    come with one, to anywhere.
    """
    folders = sorted({parent for path in tree for parent in Path(path).parents if parent.parts})
    found = [
        NeveError(
            f"{folder} is a link, and neve writes and removes files in it",
            where=str(directory / folder),
            fixes=["move it away, then `neve render` again"],
        )
        for folder in folders
        if (directory / folder).is_symlink()
    ]
    for name in ("flake.nix", "nix/default.nix"):
        path = directory / name
        try:
            first = path.read_text(encoding="utf-8", errors="replace").partition("\n")[0]
        except OSError:
            continue
        if first != tree.get(name, "").partition("\n")[0] and not (
            first.startswith("# Rendered by neve") or first.startswith("# The image of ")
        ):
            found.append(
                NeveError(
                    f"{name} is there already and neve did not write it",
                    where=str(path),
                    fixes=["move it away, then `neve render` again"],
                )
            )
    return found


__all__ = ["write_tree"]
