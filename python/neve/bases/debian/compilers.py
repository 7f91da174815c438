"""What compiles on Debian: packages that the root to build in has besides the image's own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from neve.errors import NeveError
from neve.lock.model import BuildPackages

if TYPE_CHECKING:
    from neve.bases.debian.index import Index
    from neve.bases.debian.package import Package
    from neve.components.plan import Plan
    from neve.lock.model import CudaLock, DebianLock, DebPin, Lock
    from neve.lock.resolve import Resolver
    from neve.lock.sdists import Language

# Essential packages, on which no package says that it depends (Policy 3.8): scripts of headers' packages run them.
_ESSENTIAL = ("bash", "diffutils", "findutils", "grep", "gzip", "hostname", "perl-base", "sed", "tar")
_COMPILERS: Mapping[str, tuple[str, ...]] = {
    "c": ("gcc", "libc6-dev", "make", "pkgconf"),
    "c++": ("g++",),
    "fortran": ("gfortran",),
    "rust": ("cargo", "rustc"),
}


def compilers(
    plan: Plan, base: DebianLock, languages: Collection[Language], cuda: CudaLock | None = None
) -> tuple[str, ...]:
    """The packages that compile ``languages``, the host compiler of the toolkit ``cuda``, and those that
    ``tool.neve.build.system`` names, sorted.
    """
    host = cuda.compiler if cuda is not None else None
    if host is not None:  # nvcc compiles for the host with it, and what it makes is linked as C and C++ are
        languages = {*languages, "c", "c++"}
    names = {name for language in languages for name in _COMPILERS[language]}
    interpreter = f"python{plan.python}"
    if languages and any(pin.name == interpreter for pin in base.packages.get("python", ())):
        names.add(f"{interpreter}-dev")  # one of uv's has headers of its own
    names |= {host, host.replace("g++", "gcc")} if host is not None else set()
    names |= {*plan.project.config.build.system}
    return tuple(sorted({*names, *_ESSENTIAL})) if names else ()


def with_compilers(resolver: Resolver, lock: Lock, wanted: Sequence[str]) -> Lock:
    """``lock`` with the pins of ``wanted`` and of all that they need besides the image's packages, whose pins stay; for
    each of its architectures, since each may be the one that builds.

    Raises NeveError for packages that there are not, or that need other versions than those that are pinned;
    TransientError where a mirror does not answer.
    """
    base, _ = lock.debian
    build = {name: _build(resolver, base.of(name), wanted) for name in base.architectures}
    others = tuple(other.model_copy(update={"build": build[other.architecture]}) for other in base.others)
    update = {"build": build[base.architecture], "others": others}
    return lock.model_copy(update={"base": base.model_copy(update=update)})


def _build(resolver: Resolver, base: DebianLock, wanted: Sequence[str]) -> BuildPackages | None:
    from neve.bases.debian.index import load_index
    from neve.bases.debian.lock import DEBIAN_ARCHITECTURES

    if not wanted:
        return None
    resolver.progress.stage(f"resolving what compiles on Debian {base.release}")
    name = DEBIAN_ARCHITECTURES[base.architecture]
    index = load_index(base.release, name, resolver.mirrors, resolver.fetcher, resolver.progress)
    held = {pin.name: pin for pins in base.packages.values() for pin in pins}
    return BuildPackages(wanted=tuple(wanted), packages=_pins(index, held, wanted))


def _pins(index: Index, held: Mapping[str, DebPin], wanted: Sequence[str]) -> tuple[DebPin, ...]:
    from neve.bases.debian.lock import pin_of
    from neve.bases.debian.solve import closure

    # What the mirror has no more cannot be solved with; whether it does all the same is seen afterwards.
    there = [pin for pin in held.values() if any(p.version == pin.version for p in index.versions(pin.name))]
    try:
        found = closure(index, [*(f"{pin.name}={pin.version}" for pin in there), *wanted])
    except NeveError as error:
        for one in error.errors:
            one.where = one.where or "what tool.neve.build.system and the compilers need"
            one.fixes = (*one.fixes, "where a pinned version is in the way: `neve lock --upgrade`")
        raise
    new = [package for package in found if package.name not in held]
    _must_fit(new, held, index.architecture)
    return tuple(pin_of(package) for package in new)


def _must_fit(new: Iterable[Package], held: Mapping[str, DebPin], architecture: str) -> None:
    """Raise NeveError where what is ``new`` wants another version of what is ``held``."""
    packages = {package.name: package for package in new}
    for package in packages.values():
        for group in (*package.pre_depends, *package.depends):
            mine = [relation for relation in group if relation.name in held and relation.applies_to(architecture)]
            others = len(mine) < len(group)
            if mine and not others and not any(relation.admits(held[relation.name].version) for relation in mine):
                pin = held[mine[0].name]
                raise NeveError(
                    f"{package.name} {package.version} does not fit {pin.name} {pin.version}, which is pinned",
                    where="neve.lock, base.packages",
                    why=f"it depends on {' | '.join(map(str, group))}: the mirror has moved on since then",
                    fixes=["`neve lock --upgrade` takes newer versions of everything"],
                )


__all__ = ["compilers", "with_compilers"]
