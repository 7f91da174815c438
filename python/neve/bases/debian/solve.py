"""The closure of packages under Pre-Depends and Depends (Debian Policy 7.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from neve.bases.debian.index import Index
from neve.bases.debian.package import Package, is_package_name
from neve.bases.debian.relation import Group, Relation
from neve.bases.debian.state import State, fits
from neve.bases.debian.version import is_version
from neve.errors import NeveError, collected

_PRIORITIES = ("required", "important", "standard", "optional", "extra")
_MOST_STEPS = 100_000


def closure(index: Index, wanted: Sequence[str]) -> tuple[Package, ...]:
    """The packages of ``wanted`` (``name`` or ``name=version``) and all that they need, sorted by name.

    Recommends are left out, and so are Essential packages that nothing depends on. Of alternatives the
    first that can be had is taken, unless another is there anyway; of the providers of a virtual package
    likewise, by priority and name. Raises NeveError for names that do not exist, all in one, and where
    the needs contradict each other.
    """
    needs = _needs(index, wanted)
    chosen = _Search(index).run(needs)
    return tuple(chosen[name] for name in sorted(chosen))


@dataclass(frozen=True, slots=True)
class _Need:
    """A group that must be satisfied, and the package that asks for it (None: the user)."""

    group: Group
    by: Package | None


@dataclass(slots=True)
class _Decision:
    """A choice among ``candidates`` that may have to be taken back.

    ``state`` and ``pending`` are as before it; ``blame`` holds the levels of the decisions that ruled its
    candidates out so far.
    """

    need: _Need
    candidates: list[Package]
    state: State
    pending: list[_Need]
    blame: set[int] = field(default_factory=set)


class _Search:
    """A depth-first search that jumps back to the decision which is to blame.

    Needs with one possible package go first: what is certain decides between alternatives.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._satisfiers: dict[Group, tuple[Package, ...]] = {}
        self._decisions: list[_Decision] = []
        self._state = State()
        self._pending: list[_Need] = []
        self._first_failure: NeveError | None = None

    def run(self, needs: Sequence[_Need]) -> dict[str, Package]:
        self._pending = list(needs)
        for _ in range(_MOST_STEPS):
            need = self._next()
            if need is None:
                return self._state.chosen
            possible = self._possible(need.group)
            fine = [package for package in possible if not self._state.obstacles(package)]
            if fine:
                self._decide(need, fine)
            else:
                self._back(need, possible)
        raise self._first_failure or NeveError("the search for a set of packages that fit takes too long")

    def _next(self) -> _Need | None:
        """The next need that is not satisfied: the first that leaves no choice, or else the first."""
        open_need: tuple[int, _Need] | None = None
        waiting: list[_Need] = []
        for number, need in enumerate(self._pending):
            if self._state.satisfied(need.group, self._index.architecture):
                continue
            names = {package.name for package in self._possible(need.group)}
            if len(names) <= 1:
                self._pending = waiting + self._pending[number + 1 :]
                return need
            open_need = open_need or (len(waiting), need)
            waiting.append(need)
        self._pending = waiting
        if open_need is None:
            return None
        # Alternatives of which some are ruled out by now may leave no choice either.
        self._pending.pop(open_need[0])
        return open_need[1]

    def _decide(self, need: _Need, candidates: list[Package]) -> None:
        if len(candidates) > 1 or len(self._possible(need.group)) > len(candidates):
            blame = self._blame(need, [p for p in self._possible(need.group) if p not in candidates])
            self._decisions.append(_Decision(need, candidates[1:], self._state.copy(), list(self._pending), blame))
        self._choose(candidates[0], need)

    def _choose(self, package: Package, need: _Need) -> None:
        self._state.add(package, by=need.by, level=len(self._decisions))
        self._pending += [_Need(group, package) for group in (*package.pre_depends, *package.depends)]

    def _back(self, need: _Need, possible: Sequence[Package]) -> None:
        """Undo decisions up to one that is to blame and has another candidate, else raise NeveError."""
        self._first_failure = self._first_failure or self._failure(need, possible)
        blame = self._blame(need, possible)
        while blame:
            level = max(blame)
            decision = self._decisions[level - 1]
            del self._decisions[level - 1 :]
            decision.blame |= blame - {level}
            if decision.candidates:
                candidate = decision.candidates.pop(0)
                self._state, self._pending = decision.state.copy(), list(decision.pending)
                self._decisions.append(decision)
                self._choose(candidate, decision.need)
                return
            blame = decision.blame
        raise self._first_failure

    def _blame(self, need: _Need, ruled_out: Sequence[Package]) -> set[int]:
        """The levels of the decisions that brought ``need``, or that rule ``ruled_out`` out."""
        levels = {self._state.level(need.by.name)} if need.by else set()
        for package in ruled_out:
            levels |= {self._state.level(other) for other, _ in self._state.obstacles(package)}
        return levels - {0}

    def _possible(self, group: Group) -> tuple[Package, ...]:
        """The packages that satisfy ``group``, the preferred first."""
        if group not in self._satisfiers:
            found: dict[tuple[str, str], Package] = {}
            for relation in group:
                for package in satisfiers(self._index, relation):
                    found.setdefault((package.name, package.version), package)
            self._satisfiers[group] = tuple(found.values())
        return self._satisfiers[group]

    def _failure(self, need: _Need, possible: Sequence[Package]) -> NeveError:
        what = " | ".join(map(str, need.group))
        chain = self._state.chain(need.by)
        where = " -> ".join([*(f"{package.name} {package.version}" for package in chain), what])
        if possible:
            reasons = [f"{p.name} {p.version}: {why}" for p in possible for _, why in self._state.obstacles(p)]
        else:
            reasons = [_absent(self._index, relation) for relation in need.group]
        return NeveError(
            f"nothing satisfies {what}" if not chain else f"{chain[0].name} cannot be had",
            where=where,
            why="\n".join(dict.fromkeys(reasons)),
            fixes=["leave one of the packages out, or ask for another version with NAME=VERSION"],
        )


def satisfiers(index: Index, relation: Relation) -> list[Package]:
    """Who satisfies ``relation``: its own versions, newest first, then providers by priority and name."""
    if not relation.applies_to(index.architecture):
        return []
    found = [package for package in index.versions(relation.name) if relation.admits(package.version)]
    providers = [
        package
        for package in index.providers(relation.name)
        if any(fits(relation, offered) for group in package.provides for offered in group)
    ]
    providers.sort(key=_priority)  # stable: by name and the newest first within one priority
    return found + providers


def _priority(package: Package) -> int:
    return _PRIORITIES.index(package.priority) if package.priority in _PRIORITIES else len(_PRIORITIES)


def _absent(index: Index, relation: Relation) -> str:
    versions = [package.version for package in index.versions(relation.name)]
    if versions:
        return f"{relation}: the suite has {relation.name} {', '.join(versions)}"
    return f"{relation}: the suite has no such package"


def _needs(index: Index, wanted: Sequence[str]) -> list[_Need]:
    needs: list[_Need] = []
    errors: list[NeveError] = []
    for text in dict.fromkeys(wanted):
        try:
            needs.append(_Need((_wanted(index, text),), None))
        except NeveError as error:
            errors.append(error)
    failed = collected(errors)
    if failed:
        raise failed
    return needs


def _wanted(index: Index, text: str) -> Relation:
    name, equals, version = text.partition("=")
    if not is_package_name(name) or (equals and not is_version(version)):
        fixes = ["write a Debian package name, such as libgl1, or NAME=VERSION"]
        raise NeveError(f"{text!r} is no package name", fixes=fixes)
    versions = [package.version for package in index.versions(name)]
    if versions:
        if equals and version not in versions:
            raise NeveError(
                f"there is no version {version} of {name}",
                why=f"the suite has {', '.join(versions)}",
                fixes=[f"write {name}={versions[0]}, or {name} for the newest"],
            )
        return Relation(name, None, "=", version) if equals else Relation(name)
    providers = list(dict.fromkeys(package.name for package in index.providers(name)))
    if len(providers) == 1 and not equals:
        return Relation(name)
    if providers:
        fixes = ["ask for one of them"]
        why = f"it is a virtual package; provided by {', '.join(providers)}"
        raise NeveError(f"{name} can be had from several packages", why=why, fixes=fixes)
    near = index.near(name)
    raise NeveError(
        f"there is no package {name}",
        why=f"the suite has no such package for {index.architecture}",
        fixes=[f"did you mean {' or '.join(near)}?"] if near else [],
    )


__all__ = ["closure", "satisfiers"]
