"""What another tool's lock says of its packages: the files that may be taken, as an oracle for those kinds."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, canonicalize_version

from neve.python.target import Target
from neve.python.wheel import File
from tests.conformance.ranking import best

if TYPE_CHECKING:
    from neve.python.artefact import Artefact

LOCKS = {"poetry": "poetry.lock", "pdm": "pdm.lock"}


Names = Collection[str] | Literal["all"]


def differences(
    directory: Path,
    kind: str,
    chosen: Sequence[Artefact],
    target: Target,
    *,
    extras: Names = (),
    groups: Names = (),
) -> list[str]:
    """Where what neve chose is not of the lock, or not the best of its files, or not all that the lock has for
    ``target`` with ``extras`` and ``groups``.
    """
    lock = tomllib.loads((directory / LOCKS[kind]).read_text())
    files: dict[tuple[str, str], dict[str, str]] = {}
    for package in lock.get("package", ()):
        known = files.setdefault((canonicalize_name(package["name"]), package["version"]), {})
        older = lock.get("metadata", {}).get("files", {}).get(package["name"], ())  # before poetry.lock 2.0
        for file in (*package.get("files", ()), *older):
            name = file.get("file") or file.get("url", "").rpartition("/")[2]
            known[name] = file["hash"].removeprefix("sha256:")
    theirs = _wanted(kind, lock, target, extras, groups)
    if theirs is None:  # the lock has to be walked from the roots: these at least are there
        there = {artefact.name for artefact in chosen}
        found = [f"neve lacks {name}, a root" for name in sorted(_roots(directory, target) - there)]
    else:
        found = _differing({a.name: canonicalize_version(a.version or "") for a in chosen}, theirs)
    for artefact in chosen:
        if not isinstance(artefact, File) or artefact.origin != "registry":
            continue
        known = files.get((artefact.name, artefact.version), {})
        ranked = best(known, target)
        if artefact.file != ranked or known[artefact.file] != artefact.sha256:
            found.append(f"{artefact.name}=={artefact.version}: neve takes {artefact.file}, of the lock {ranked}")
    return found


def _wanted(
    kind: str, lock: Mapping[str, Any], target: Target, extras: Names, groups: Names
) -> Mapping[str, str] | None:
    """The versions of what is installed, by name, where the lock itself says it."""
    if kind == "poetry" and all("groups" in package for package in lock.get("package", ())):
        return _of_poetry(lock, target, extras, groups)
    if kind == "pdm" and "inherit_metadata" in lock["metadata"].get("strategy", ()):
        return _of_pdm(lock, target, extras, groups)
    return None


def _differing(ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    found = [f"neve lacks {name}=={version}" for name, version in theirs.items() if name not in ours]
    found += [f"the lock has no {name} for it" for name in ours.keys() - theirs.keys()]
    found += [
        f"neve has {name}=={ours[name]}, the lock {version}"
        for name, version in theirs.items()
        if ours.get(name) and ours[name] != canonicalize_version(version)
    ]
    return sorted(found)


def _of_poetry(lock: Mapping[str, Any], target: Target, extras: Names, groups: Names) -> dict[str, str]:
    """As Poetry 2.1 and later have it: a package has the groups that it is in, and a marker for all or for each."""
    packages = lock.get("package", ())
    every = {group for package in packages for group in package["groups"]}
    active = every if groups == "all" else {"main", *map(canonicalize_name, groups)}
    asked = {*lock.get("extras", {})} if extras == "all" else {canonicalize_name(extra) for extra in extras}
    found: dict[str, str] = {}
    for package in packages:
        markers = package.get("markers", "")
        of = [
            markers.get(group, "") if isinstance(markers, dict) else markers
            for group in package["groups"]
            if canonicalize_name(group) in active
        ]
        if any(_holds(marker, target, asked) for marker in of):
            found[canonicalize_name(package["name"])] = package["version"]
    return found


def _of_pdm(lock: Mapping[str, Any], target: Target, extras: Names, groups: Names) -> dict[str, str]:
    """As PDM has it with inherit_metadata; its extras are groups."""
    asked = {canonicalize_name(name) for names in (extras, groups) if names != "all" for name in names}
    active = {"default", *asked}
    packages = lock.get("package", ())
    if "all" in (extras, groups):
        active |= {canonicalize_name(group) for package in packages for group in package["groups"]}
    return {
        canonicalize_name(package["name"]): package["version"]
        for package in packages
        if active & {canonicalize_name(group) for group in package["groups"]}
        and _holds(package.get("marker", ""), target, set())
    }


def _roots(directory: Path, target: Target) -> set[str]:
    """The names that pyproject.toml asks for always, and for ``target`` where it says so in PEP 508."""
    data = tomllib.loads((directory / "pyproject.toml").read_text())
    requirements = map(Requirement, data.get("project", {}).get("dependencies", ()))
    found = {each.name for each in requirements if each.marker is None or _holds(str(each.marker), target, set())}
    for name, wish in data.get("tool", {}).get("poetry", {}).get("dependencies", {}).items():
        if isinstance(wish, str) or (
            isinstance(wish, dict) and not {"optional", "python", "platform", "markers"} & {*wish}
        ):
            found.add(name)
    return {str(canonicalize_name(name)) for name in found - {"python"}}


def _holds(marker: str, target: Target, extras: Collection[str]) -> bool:
    environments = [{**target.environment(), "extra": extra} for extra in (*extras, "")]
    return not marker or any(Marker(marker).evaluate(each) for each in environments)  # type: ignore[arg-type]
