"""The Debian packages that have what a build lacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from neve.bases.debian.contents import Contents
    from neve.lock.model import Lock
    from neve.nix.lacking import Lacking
    from neve.session import Session

# Programs of alternatives, which no package holds under that name, and those of compilers, whose packages hold links.
_PROGRAMS = {
    "gcc": "gcc",
    "g++": "g++",
    "gfortran": "gfortran",
    "rustc": "rustc",
    "cargo": "cargo",
    "pkg-config": "pkgconf",
}


def packages_with(session: Session, lock: Lock, lacking: Sequence[Lacking]) -> dict[Lacking, str]:
    """See :meth:`neve.bases.base.Base.packages_with`."""
    from neve.bases.debian.libraries import contents_of

    found = {each: each.package for each in lacking if each.package}
    found |= {each: _PROGRAMS[each.name] for each in lacking if each.kind == "program" and each.name in _PROGRAMS}
    rest = [each for each in lacking if each not in found]
    contents = contents_of(session, lock, session.plan.machine, offline=session.options.offline) if rest else None
    for each in rest if contents is not None else ():
        assert contents is not None  # noqa: S101 - see above
        if (package := _provider(contents, each, session.plan.python)) is not None:
            found[each] = package
    return found


def _provider(contents: Contents, each: Lacking, python: str) -> str | None:
    if each.kind == "header":
        return f"python{python}-dev" if each.name == "Python.h" else contents.provider_of_header(each.name)
    if each.kind == "program":
        return contents.provider_of_program(each.name)
    if each.kind == "linked":
        return next(iter(contents.providers_of_library(each.name)), None)
    # Development files hold the link that the linker follows; a module is mostly called after its library.
    for file in (f"lib{each.name.removeprefix('lib')}.so", f"{each.name}.so", f"lib{each.name.lower()}.so"):
        packages = [name for name in contents.packages_with(file) if name.endswith("-dev")]
        if packages:
            return min(packages, key=lambda name: (len(name), name))
    return None


__all__ = ["packages_with"]
