"""What another tool installs from its lock in one environment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from neve.errors import NeveError, collected
from neve.foreign.constraint import Constraint, poetry
from neve.foreign.package import Dependency, ForeignLock, LockedPackage, Registry, Wish, Wishes
from neve.foreign.pep621 import own_extras
from neve.foreign.table import shown_key

_ROUNDS = 10
_MOST = 20
Environment = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be installed of a project: its own name, its wishes, and the extras and groups that were asked for."""

    name: str | None
    wishes: Wishes
    extras: frozenset[str]
    groups: frozenset[str]

    def roots(self, environment: Environment) -> list[Wish]:
        """The wishes that count in ``environment``. Raises ValueError for a marker that cannot be evaluated."""
        extras = own_extras(self.wishes.wishes, self.name, self.extras)
        found = []
        for wish in self.wishes.wishes:
            asked = wish.group in self.groups if wish.group is not None else not wish.optional
            marker = wish.dependency.marker
            if (
                (asked or wish.extras_of & extras)
                and wish.dependency.name not in {self.name, *self.wishes.excluded}
                and (marker is None or marker.holds(environment, extras))
            ):
                found.append(wish)
        return found


def choose(lock: ForeignLock, wanted: Wanted, environment: Environment) -> list[LockedPackage]:
    """What ``environment`` (PEP 508) installs, sorted by name.

    Raises NeveError where the lock lacks what is wanted, or contradicts it or itself.
    """
    try:
        roots = wanted.roots(environment)
        if lock.inherited:
            chosen = list(_inherited(lock, wanted, environment))
        else:
            walk = _Walk(lock, wanted, environment)
            chosen = list(walk.run(root.dependency for root in roots).values())
    except ValueError as error:
        raise _refused(lock, "a marker cannot be evaluated", why=str(error)[:400]) from None
    chosen = [package for package in chosen if package.name not in wanted.wishes.excluded]
    problems = [*_missing(lock, roots, chosen, wanted.wishes), *_doubled(lock, chosen), *_unlocked(lock, chosen, roots)]
    if (found := collected(problems[:_MOST])) is not None:
        raise found
    unique = {(package.name, package.version, package.source): package for package in reversed(chosen)}
    return sorted(unique.values(), key=lambda package: package.name)


def _inherited(lock: ForeignLock, wanted: Wanted, environment: Environment) -> Iterator[LockedPackage]:
    """Those that say themselves that they are needed."""
    active = {lock.main_group, *wanted.groups, *(wanted.extras if lock.extras_are_groups else ())}
    extras = own_extras(wanted.wishes.wishes, wanted.name, wanted.extras)
    for package in lock.packages:
        groups = (package.groups or frozenset()) & active
        if not groups or (package.marker is not None and not package.marker.holds(environment, extras)):
            continue
        markers = [package.group_markers.get(group) for group in groups]
        if any(marker is None or marker.holds(environment, extras) for marker in markers) and not (
            _is_open(package) and _not_needed(package, wanted, environment)
        ):
            yield package


def _is_open(package: LockedPackage) -> bool:
    """Whether its version is not locked."""
    return isinstance(package.source, Registry) and package.version is None


def _not_needed(package: LockedPackage, wanted: Wanted, environment: Environment) -> bool:
    """Whether the project asks for it, and not in ``environment``: Pipenv leaves a marker out of the lock where the
    Pipfile has it as a key (`sys_platform = "== 'win32'"`).
    """
    asks = [wish for wish in wanted.wishes.wishes if wish.dependency.name == package.name]
    needed = {wish.dependency.name for wish in wanted.roots(environment)}
    return bool(asks) and package.name not in needed


class _Walk:
    """From what the project asks for along the dependencies that the lock gives each package."""

    def __init__(self, lock: ForeignLock, wanted: Wanted, environment: Environment) -> None:
        self._lock = lock
        self._wishes = wanted.wishes
        self._environment = environment
        self._candidates: dict[str, list[LockedPackage]] = {}
        for package in lock.packages:
            if (package.marker is None or package.marker.holds(environment, wanted.extras)) and _admits(
                package, environment
            ):
                self._candidates.setdefault(package.name, []).append(package)

    def run(self, roots: Iterable[Dependency]) -> dict[str, LockedPackage]:
        """The packages by name. Raises NeveError.

        Where the lock has several versions of a package, all that is said of it decides; what that is depends on the
        choice: it is made again until it stays. Where it goes in circles, what was ever said counts from then on.
        """
        wanted = list(roots)
        limits: dict[str, set[Constraint]] = {}
        turn = 0
        while True:
            chosen = {name: self._best(name, limits.get(name, set())) for name in self._candidates}
            reached, found = self._reached(wanted, chosen)
            said = (
                found if turn < _ROUNDS else {n: found.get(n, set()) | limits.get(n, set()) for n in {*found, *limits}}
            )
            if said == limits:
                self._check(reached, found)
                return reached
            limits, turn = said, turn + 1

    def _best(self, name: str, limits: Collection[Constraint]) -> LockedPackage:
        from packaging.version import Version

        candidates = self._candidates[name]
        fitting = [package for package in candidates if all(self._fits(package, limit) for limit in limits)]
        return max(fitting or candidates, key=lambda package: Version(package.version or "0"))

    def _fits(self, package: LockedPackage, limit: Constraint) -> bool:
        if not isinstance(package.source, Registry) or package.version is None:
            return True
        return package.name in self._wishes.overridden or package.version in limit

    def _reached(
        self, roots: Sequence[Dependency], chosen: Mapping[str, LockedPackage]
    ) -> tuple[dict[str, LockedPackage], dict[str, set[Constraint]]]:
        extras: dict[str, set[str]] = {}
        limits: dict[str, set[Constraint]] = {}
        missing: dict[str, str] = {}
        todo = [(dependency, "the project") for dependency in roots]
        while todo:
            dependency, by = todo.pop()
            name = dependency.name
            if name in self._wishes.excluded:
                continue
            package = chosen.get(name)
            if package is None:
                missing[name] = by
                continue
            limits.setdefault(name, set()).add(dependency.constraint)
            if name in extras and dependency.extras <= extras[name]:
                continue
            extras.setdefault(name, set()).update(dependency.extras)
            todo += ((each, package.name) for each in self._needs(package, extras[name]))
        if missing:
            raise _lacking(self._lock, missing)
        return {name: chosen[name] for name in extras}, limits

    def _needs(self, package: LockedPackage, extras: Collection[str]) -> Iterator[Dependency]:
        brought = (each for key, of in package.extra_dependencies.items() if key <= {*extras} for each in of)
        for dependency in (*package.dependencies, *brought):
            if dependency.marker is None or dependency.marker.holds(self._environment, extras):
                yield dependency

    def _check(self, reached: Mapping[str, LockedPackage], limits: Mapping[str, set[Constraint]]) -> None:
        problems = [
            _refused(
                self._lock,
                f"{package.name} {package.version} is not what is asked for",
                key=package.where,
                why=f"{limit} is asked for",
            )
            for name, package in reached.items()
            for limit in limits[name]
            if not self._fits(package, limit)
        ]
        if (found := collected(problems[:_MOST])) is not None:
            raise found


def _admits(package: LockedPackage, environment: Environment) -> bool:
    try:
        return package.requires_python is None or environment["python_full_version"] in poetry(package.requires_python)
    except ValueError:
        return True  # some indexes give anything here


def _missing(
    lock: ForeignLock, roots: Sequence[Wish], chosen: Sequence[LockedPackage], wishes: Wishes
) -> Iterator[NeveError]:
    """What the project asks for and is not chosen, or in a version that it does not ask for."""
    versions = {package.name: package for package in chosen}
    for root in roots:
        name, limit = root.dependency.name, root.dependency.constraint
        package = versions.get(name)
        if package is None:
            yield _refused(lock, f"it does not hold {name}", why=f"{root.where} asks for it")
        elif (
            isinstance(package.source, Registry)
            and package.version is not None
            and name not in wishes.overridden
            and root.source is None
            and package.version not in limit
        ):
            why = f"{root.where} asks for {limit}"
            yield _refused(lock, f"it holds {name} {package.version}", key=package.where, why=why)


def _doubled(lock: ForeignLock, chosen: Sequence[LockedPackage]) -> Iterator[NeveError]:
    seen: dict[str, LockedPackage] = {}
    for package in chosen:
        other = seen.setdefault(package.name, package)
        if (other.version, other.source) != (package.version, package.source):
            versions = " and ".join(str(each.version or "a version that it does not name") for each in (other, package))
            yield _refused(lock, f"it installs two {package.name}", key=package.where, why=versions)


def _unlocked(lock: ForeignLock, chosen: Sequence[LockedPackage], roots: Sequence[Wish]) -> Iterator[NeveError]:
    from packaging.markers import Marker

    markers = {root.dependency.name: root.dependency.marker for root in roots}
    for package in chosen:
        if _is_open(package):
            why = "it was written on a machine that did not need it"
            error = _refused(lock, f"the version of {package.name} is not locked", key=package.where, why=why)
            if (marker := markers.get(package.name)) is not None:
                text = str(Marker(marker.text)).replace('"', "'")
                error.fixes = (
                    f'write `markers = "{text}"` for {package.name} in the Pipfile, then `{lock.refresh}`',
                    "or lock it on a machine that needs it",
                )
            yield error


def _lacking(lock: ForeignLock, missing: Mapping[str, str]) -> NeveError:
    found = collected(
        _refused(lock, f"it does not hold {name}", why=f"{by} asks for it")
        for name, by in sorted(missing.items())[:_MOST]
    )
    assert found is not None  # noqa: S101 - there is one
    return found


def _refused(lock: ForeignLock, what: str, *, key: str = "", why: str | None = None) -> NeveError:
    return NeveError(
        f"{lock.file} does not fit: {what}",
        where=f"{lock.file}, {shown_key(key)}" if key else lock.file,
        why=why,
        fixes=[f"refresh it: `{lock.refresh}`"],
    )


__all__ = ["Environment", "Wanted", "choose"]
