"""What a project of Poetry, PDM or Pipenv asks for, as requirements of PEP 508: for one that has no lock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from neve.errors import DefectError, NeveError, collected
from neve.foreign.asked import Names, asked_extras, asked_groups
from neve.foreign.files import inside
from neve.foreign.metadata import project_name
from neve.foreign.package import Git, Registry, Url, Wish
from neve.foreign.pep621 import own_extras
from neve.foreign.read import foreign_wishes, read_wishes_data


def requirements(kind: str, directory: Path, extras: Names, groups: Names) -> list[str]:
    """The requirements, one line each, of what is always installed and of ``extras`` and ``groups``.

    Those of repositories, URLs and paths are written ``name @ url``. Raises NeveError for what is malformed, and for
    what PEP 508 cannot say.
    """
    data = read_wishes_data(kind, directory)
    wishes = foreign_wishes(kind, data)
    name = project_name(kind, data)
    wanted = own_extras(wishes.wishes, name, asked_extras(extras, wishes))
    of = asked_groups(groups, kind, wishes)
    lines: list[str] = []
    problems: list[NeveError] = []
    for wish in wishes.wishes:
        asked = wish.group in of if wish.group is not None else not wish.optional or bool(wish.extras_of & wanted)
        if asked and wish.dependency.name != name:
            try:
                lines += _lines(wish, directory)
            except NeveError as error:
                problems.append(error)
    if (found := collected(problems)) is not None:
        raise found
    return list(dict.fromkeys(lines))


def _lines(wish: Wish, directory: Path) -> Iterator[str]:
    dependency, source = wish.dependency, wish.source
    extras = f"[{','.join(sorted(dependency.extras))}]" if dependency.extras else ""
    marker = f" ; {dependency.marker.text}" if dependency.marker else ""
    if source is None:
        try:
            yield f"{dependency.name}{extras}{dependency.constraint.specifier()}{marker}"
        except ValueError as error:
            raise NeveError(
                f"{dependency.name} is asked for in a way that PEP 508 has no words for",
                where=wish.where,
                why=str(error),
                fixes=["lock the project with its own tool, and neve takes the lock"],
            ) from None
        return
    if isinstance(source, Registry):
        raise DefectError("a wish names no index", why=wish.where)
    fragment = f"#subdirectory={source.subdirectory}" if source.subdirectory else ""
    if isinstance(source, Git):
        reference = f"@{source.requested}" if source.requested else ""
        url = f"git+{source.url}{reference}{fragment}"
    elif isinstance(source, Url):
        url = f"{source.url}{fragment}"
    else:
        url = f"{inside(directory, source.path, wish.where).resolve().as_uri()}{fragment}"
    yield f"{dependency.name}{extras} @ {url}{marker}"


__all__ = ["requirements"]
