"""The packages that are chosen so far, and what they allow."""

from __future__ import annotations

from dataclasses import dataclass, field

from neve.bases.debian.package import Package
from neve.bases.debian.relation import Group, Relation


@dataclass(slots=True)
class State:
    """The chosen packages by name.

    ``provided`` gives, for a virtual package, who provides it and how; ``against`` who conflicts with or
    breaks a name, and which versions; ``asked_by`` and ``levels`` say for whom and at which decision a
    package was chosen.
    """

    chosen: dict[str, Package] = field(default_factory=dict)
    provided: dict[str, tuple[tuple[str, Relation], ...]] = field(default_factory=dict)
    against: dict[str, tuple[tuple[str, Relation], ...]] = field(default_factory=dict)
    asked_by: dict[str, Package | None] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)

    def copy(self) -> State:
        """A state of its own that holds the same."""
        return State(dict(self.chosen), dict(self.provided), dict(self.against), dict(self.asked_by), dict(self.levels))

    def add(self, package: Package, *, by: Package | None, level: int) -> None:
        """Choose ``package``, which ``by`` asks for, at decision ``level``."""
        self.chosen[package.name] = package
        self.asked_by[package.name] = by
        self.levels[package.name] = level
        for group in package.provides:
            for offered in group:
                self.provided[offered.name] = (*self.provided.get(offered.name, ()), (package.name, offered))
        for group in (*package.conflicts, *package.breaks):
            for barred in group:
                self.against[barred.name] = (*self.against.get(barred.name, ()), (package.name, barred))

    def level(self, name: str) -> int:
        """The decision at which ``name`` was chosen; 0: none was needed."""
        return self.levels.get(name, 0)

    def satisfied(self, group: Group, architecture: str) -> bool:
        """Whether a chosen package satisfies one of the alternatives of ``group``."""
        for relation in group:
            if not relation.applies_to(architecture):
                continue
            package = self.chosen.get(relation.name)
            if package is not None and relation.admits(package.version):
                return True
            if any(fits(relation, offered) for _, offered in self.provided.get(relation.name, ())):
                return True
        return False

    def obstacles(self, package: Package) -> list[tuple[str, str]]:
        """Why ``package`` cannot join: the name of the chosen package that is in the way, and the reason."""
        found: list[tuple[str, str]] = []
        rival = self.chosen.get(package.name)
        if rival is not None and rival.version != package.version:
            found.append((rival.name, f"{rival.name} {rival.version} is chosen already"))
        for other, barred in self.against.get(package.name, ()):
            if other != package.name and barred.admits(package.version):
                found.append((other, f"{other} conflicts with {barred}"))
        for group in package.provides:
            for offered in group:
                for other, barred in self.against.get(offered.name, ()):
                    if other != package.name and fits(barred, offered):
                        found.append((other, f"{other} conflicts with {barred}"))
        for group in (*package.conflicts, *package.breaks):
            for barred in group:
                found += [(other, f"it conflicts with {other}") for other in self._barred(barred, package.name)]
        return found

    def chain(self, package: Package | None) -> list[Package]:
        """The packages that lead to ``package``, from one that the user asked for down to itself."""
        links: list[Package] = []
        while package is not None and package not in links:
            links.append(package)
            package = self.asked_by.get(package.name)
        return links[::-1]

    def _barred(self, barred: Relation, by: str) -> list[str]:
        found = []
        package = self.chosen.get(barred.name)
        if package is not None and package.name != by and barred.admits(package.version):
            found.append(package.name)
        # A package may conflict with what it provides itself: then it wants to be the only one.
        found += [name for name, offered in self.provided.get(barred.name, ()) if name != by and fits(barred, offered)]
        return found


def fits(relation: Relation, offered: Relation) -> bool:
    """Whether ``offered``, an entry of Provides, is what ``relation`` means; a version needs a version."""
    if relation.name != offered.name:
        return False
    if relation.operator is None:
        return True
    return offered.operator == "=" and offered.version is not None and relation.admits(offered.version)


__all__ = ["State", "fits"]
