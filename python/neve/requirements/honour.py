"""What requirements files say of versions and hashes, held against what was resolved from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from neve.errors import NeveError, collected
from neve.project.facts import normalized
from neve.python.pylock import files_of_package

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    from neve.python.target import Target
    from neve.requirements.parse import Line, Requirements


@dataclass(frozen=True)
class _Wish:
    """A requirement with a name, and its line."""

    line: Line
    requirement: Requirement

    @property
    def name(self) -> str:
        return normalized(self.requirement.name)

    @property
    def version(self) -> str | None:
        """The one version that it admits."""
        specifiers = list(self.requirement.specifier)
        exact = [s.version for s in specifiers if s.operator in ("==", "===") and not s.version.endswith(".*")]
        return exact[0] if len(specifiers) == 1 and exact else None


def honoured(data: Mapping[str, Any], asked: Requirements, targets: Mapping[str, Sequence[Target]]) -> dict[str, Any]:
    """``data``, a resolved pylock, with those files alone whose hashes ``asked`` has, where it has any.

    ``targets`` are by architecture, the one that must be had first: what another lacks takes it out of the lock's
    environments. Raises NeveError with each pinned version that is another one, and each package without a file that
    has a locked hash.
    """
    wishes = [wish for line in asked.lines if (wish := _wish(line)) is not None]
    packages = [package for package in data.get("packages", []) if isinstance(package.get("name"), str)]
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for package in packages:
        by_name.setdefault(normalized(package["name"]), []).append(package)
    problems = {architecture: list(_other_versions(by_name, wishes, each)) for architecture, each in targets.items()}
    if asked.hashed:
        packages, without = _with_hashes(packages, wishes)
        for architecture, each in targets.items():
            # What no target installs need not be in a lock that another machine made.
            problems[architecture] += [
                error for package, error in without if any(applies(package.get("marker"), target) for target in each)
            ]
    own = next(iter(targets))
    if (found := collected(problems[own])) is not None:
        raise found
    result = {**data, "packages": packages}
    if any(problems.values()):
        fine = [architecture for architecture, wrong in problems.items() if not wrong]
        result["environments"] = [f"platform_machine == '{architecture}'" for architecture in fine]
    return result


def _with_hashes(
    packages: Sequence[Mapping[str, Any]], wishes: Sequence[_Wish]
) -> tuple[list[Mapping[str, Any]], list[tuple[Mapping[str, Any], NeveError]]]:
    """``packages`` with their hashed files, and those that have none, with what is wrong."""
    by_name: dict[str, list[_Wish]] = {}
    for wish in wishes:
        by_name.setdefault(wish.name, []).append(wish)
    kept: list[Mapping[str, Any]] = []
    without: list[tuple[Mapping[str, Any], NeveError]] = []
    for package in packages:
        try:
            kept.append(_hashed(package, by_name.get(normalized(package["name"]), ())))
        except NeveError as error:
            without.append((package, error))
    return kept, without


def _wish(line: Line) -> _Wish | None:
    """None for a path or URL without a name: that has no version."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return _Wish(line, Requirement(line.text))
    except InvalidRequirement:
        return None
    except RecursionError:
        raise NeveError(
            "the requirement's marker is nested too deeply",
            where=line.where,
            fixes=["take parentheses out: `and` binds tighter than `or`"],
        ) from None


def applies(marker: Any, target: Target) -> bool:
    """Whether ``target`` installs a package with ``marker``, a text or a parsed one; none always counts."""
    from packaging.markers import Marker, UndefinedEnvironmentName

    if marker is None:
        return True
    try:
        parsed = Marker(marker) if isinstance(marker, str) else marker
        return parsed.evaluate(target.environment())  # type: ignore[arg-type]
    except (ValueError, UndefinedEnvironmentName, RecursionError):  # InvalidMarker and the like are ValueErrors
        return True


def _other_versions(
    packages: Mapping[str, Sequence[Mapping[str, Any]]], wishes: Sequence[_Wish], targets: Sequence[Target]
) -> Iterator[NeveError]:
    seen = set()
    for wish in wishes:
        if wish.version is None or wish.line.constraint:
            continue
        for target in targets:
            if not applies(wish.requirement.marker, target):
                continue
            there = [
                str(package.get("version"))
                for package in packages.get(wish.name, ())
                if applies(package.get("marker"), target)
            ]
            if not any(_equal(version, wish.version) for version in there) and wish.line.where not in seen:
                seen.add(wish.line.where)
                yield NeveError(
                    f"{wish.name} {wish.version} is not what uv resolves to",
                    where=wish.line.where,
                    why=f"it takes {', '.join(there)}: something overrides the file"
                    if there
                    else "it leaves the package out: something overrides the file",
                    fixes=["look at tool.uv.override-dependencies and exclude-dependencies, and at uv.toml"],
                )


def _equal(one: str, other: str) -> bool:
    """Whether the versions are equal; a local part counts where ``other`` has one (PEP 440)."""
    from packaging.specifiers import SpecifierSet

    try:
        return SpecifierSet(f"=={other}").contains(one, prereleases=True)
    except ValueError:  # InvalidSpecifier is one
        return one == other


def _hashed(package: Mapping[str, Any], wishes: Sequence[_Wish]) -> dict[str, Any]:
    """``package`` with those of its files that one of ``wishes``, its lines, has the hash of. Raises NeveError where
    there is none.
    """
    name, version = normalized(package["name"]), str(package.get("version"))
    own = [wish for wish in wishes if wish.line.hashes]
    of_version = [wish for wish in own if wish.version is None or _equal(version, wish.version)]
    hashes = {sha256 for wish in of_version for sha256 in wish.line.hashes}
    if "directory" in package or "vcs" in package:
        raise NeveError(
            f"{name} has no hash",
            where=_places(wishes) or name,
            why="the requirements files have hashes, and a directory or a repository cannot have one",
            fixes=["depend on a file of it", "or take the hashes out"],
        )
    if not hashes:
        raise NeveError(
            f"{name} {version} has no hash",
            where=_places(own or wishes) or "the requirements files",
            why="other requirements have one: then all that is installed needs one",
            fixes=["write the files anew: `pip-compile --generate-hashes` or `uv pip compile --generate-hashes`"],
        )
    kept = dict(package)
    wheels = [file for key, file in files_of_package(package) if key == "wheels" and _sha256(file) in hashes]
    rest = {key: file for key, file in files_of_package(package) if key != "wheels" and _sha256(file) in hashes}
    for key in ("wheels", "sdist", "archive"):
        kept.pop(key, None)
    if not wheels and not rest:
        raise NeveError(
            f"no file of {name} {version} has a hash that the requirements name",
            where=_places(of_version),
            why="the index has other files than those that were locked",
            fixes=["ask whoever runs the index why", "or write the files anew, with today's hashes"],
        )
    return {**kept, **rest, **({"wheels": wheels} if wheels else {})}


def _sha256(file: Mapping[str, Any]) -> str:
    hashes = file.get("hashes")
    return str(hashes.get("sha256")) if isinstance(hashes, Mapping) else ""


def _places(wishes: Sequence[_Wish]) -> str:
    return ", ".join(dict.fromkeys(wish.line.where for wish in wishes))


__all__ = ["applies", "honoured"]
