"""A build that failed for want of a header, a library or a program: which package of the base, or which component of
the CUDA toolkit, has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from neve.bases.base import find_base
from neve.errors import NeveError
from neve.nix.failure import BuildError

if TYPE_CHECKING:
    from neve.cuda.components import Component
    from neve.lock.model import CudaLock, Lock
    from neve.nix.lacking import Lacking
    from neve.session import Session

_MOST = 4
_TABLE = "[tool.neve.cuda]"


def explained_failure(session: Session, lock: Lock, error: NeveError) -> NeveError:
    """``error``, with what to add to the configuration where its build says what it lacks."""
    if not isinstance(error, BuildError) or not error.lacking:
        return error
    toolkit = [(each, component) for each in error.lacking if (component := _component(each)) is not None]
    of_cuda = {each for each, _ in toolkit}
    others = [each for each in error.lacking if each not in of_cuda and each.kind != "cuda"]
    if toolkit:  # no index is read for the rest: mostly it is what a build tool says of the same
        others = [each for each in others if each.package]
    others = others[:_MOST]
    try:
        packages = find_base(lock.base.name).packages_with(session, lock, others) if others else {}
    except NeveError:  # the index cannot be had: then there is no hint
        packages = {}
    error.fixes = (*_toolkit(session, lock, toolkit), *_fixes(others, packages), *error.fixes)
    return error


def _component(each: Lacking) -> Component | None:
    from neve.cuda.components import component_of
    from neve.cuda.files import component_with

    if each.kind == "cuda":
        return component_of(each.package) if each.package else None
    return component_with(each.kind, each.name) if not each.package else None


def _toolkit(session: Session, lock: Lock, lacking: Sequence[tuple[Lacking, Component]]) -> list[str]:
    """What to add to the toolkit, which has what is named."""
    from neve.cuda.components import component_of

    config, cuda = session.plan.project.config.cuda, lock.cuda
    asked = cuda.toolkit if cuda is not None else ()
    having = {*asked, *(found.name for wheel in _wheels(cuda) if (found := component_of(wheel)) is not None)}
    version = cuda.version if cuda is not None else (config.version if config else None)
    added: dict[str, Component] = {}
    fixes, running = [], True
    for each, component in lacking:
        inside = component.before if version and not component.is_in(version) else None
        name = inside or component.name
        if name in (asked if each.kind == "cuda" else having):
            fixes += _there(each, component, lock)
            continue
        added[name] = component
        running = running and each.kind in ("cuda", "linked")
    if not added:
        return list(dict.fromkeys(fixes))
    why = "the image needs it to run" if running else "the build needs it"
    first = [f"toolkit = {_list([*asked, *sorted(added)])} under {_TABLE}, then `neve lock`: {why}"]
    since = [
        added[name].since for name in added if version and not added[name].is_in(version) and not added[name].before
    ]
    if since:
        major, minor = max(since)
        first.append(f'version = "{major}.{minor}" or newer under {_TABLE}: CUDA {version} has no such component')
    if config is None and cuda is None:
        first.append(f"there is no table {_TABLE} yet: add it; `version` in it pins the release of CUDA")
    elif config is False:
        first.append(f"write the table {_TABLE} in place of `cuda = false`; `version` in it pins the release of CUDA")
    return first


def _wheels(cuda: CudaLock | None) -> list[str]:
    return [wheel.name for wheel in cuda.wheels] if cuda is not None else []


def _there(each: Lacking, component: Component, lock: Lock) -> list[str]:
    """What to do about what the build does not find though the toolkit has the component that it is of."""
    from neve.cuda.files import UNSHIPPED
    from neve.cuda.table import table

    debian = lock.base.name == "debian"
    if each.kind == "program" and each.name in UNSHIPPED and debian:
        with_it = [version for version, release in table().releases.items() if release.nvcc == "debian"]
        return [
            f'version = "{version}" under {_TABLE}, whose nvcc comes with {each.name}: NVIDIA has no wheel of it'
            for version in with_it[-1:]
        ]
    if each.name.endswith("_static") and debian:
        return [f"link with the shared library: NVIDIA's wheel of {component.name} has no {each.name}"]
    if each.kind == "header":
        below = "/cccl" if component.name == "cccl" and lock.cuda is not None and lock.cuda.version >= "13" else ""
        return [f"the toolkit has {each.name}: compile with -I$CUDA_HOME/include{below}"]
    if each.kind == "library":
        stubs = "/stubs" if each.name == "cuda" else ""
        return [f"the toolkit has the library {each.name}: link with -L$CUDA_HOME/lib64{stubs}"]
    return []


def _fixes(lacking: Iterable[Lacking], packages: dict[Lacking, str]) -> list[str]:
    """A line for each of the two keys, and one for what no package is known of."""
    run = sorted({packages[each] for each in lacking if each.kind == "linked" and each in packages})
    build = sorted({packages[each] for each in lacking if each.kind != "linked" and each in packages})
    unknown = [each for each in lacking if each not in packages]
    fixes = []
    if run:
        fixes.append(f"system = {_list(run)} under [tool.neve]: the image needs it to run")
    if build:
        fixes.append(f"system = {_list(build)} under [tool.neve.build], then `neve lock`: the build needs it")
    for each in unknown:
        key = "[tool.neve]" if each.kind == "linked" else "[tool.neve.build]"
        fixes.append(f"`system` under {key} names the package with the {_word(each)} {each.name}")
    return fixes


def _list(names: list[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def _word(each: Lacking) -> str:
    return {"linked": "library", "module": "development files of"}.get(each.kind, each.kind)


__all__ = ["explained_failure"]
