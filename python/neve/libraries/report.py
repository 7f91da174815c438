"""What was found about the libraries that the wheels of an environment need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

_NOBODY = "no package of {} is known to have it"


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A soname that the wheel with the file name ``wheel`` needs and nothing in the image has.

    ``package`` of the base would bring it, None where none is known to; ``alternatives`` would too. ``by`` is the file
    that needs it, and ``certain`` says that importing a module loads that; else a plugin or a program may.
    """

    wheel: str
    name: str
    version: str
    soname: str
    by: str
    certain: bool
    package: str | None = None
    alternatives: tuple[str, ...] = ()

    @property
    def summary(self) -> dict[str, str | bool | None]:
        """As `neve info --json` and `neve lock --json` have it."""
        return {"wheel": self.wheel, "soname": self.soname, "package": self.package, "certain": self.certain}


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is missing, by wheel and soname; and what else is to be said.

    ``drivers`` are the sonames that the driver of the machine brings, with the names of the packages that need them;
    ``too_new`` are packages that ask for a newer glibc than the image's; ``unreadable`` are files of wheels, or whole
    wheels, that could not be read, with the reason; ``unread`` counts the wheels that were not there to be read, and
    ``unknown`` the sonames of which nobody was there to tell who has them.
    """

    missing: tuple[Missing, ...] = ()
    drivers: tuple[tuple[str, str], ...] = ()
    too_new: tuple[tuple[str, str], ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    unread: int = 0
    unknown: int = 0

    @property
    def packages(self) -> tuple[str, ...]:
        """The packages that would bring what is certainly missing, by name."""
        return _packages(self.missing, certain=True)

    @property
    def optional_packages(self) -> tuple[str, ...]:
        """The packages that would bring what plugins and programs ask for besides."""
        return tuple(name for name in _packages(self.missing, certain=False) if name not in self.packages)

    def as_data(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def _order(missing: Missing) -> tuple[str, ...]:
    return missing.name, missing.version, missing.soname, missing.wheel


def report_from(data: dict[str, Any]) -> Report:
    """The Report that :meth:`Report.as_data` made ``data`` of. Raises TypeError, KeyError for other data."""
    return Report(
        missing=tuple(Missing(**{**entry, "alternatives": tuple(entry["alternatives"])}) for entry in data["missing"]),
        drivers=_pairs(data["drivers"]),
        too_new=_pairs(data["too_new"]),
        unreadable=_pairs(data["unreadable"]),
        unread=int(data["unread"]),
        unknown=int(data["unknown"]),
    )


def joined(reports: Iterable[Report]) -> Report:
    """One report of several, each of another architecture."""
    found = list(reports)
    return Report(
        missing=tuple(sorted((each for report in found for each in report.missing), key=_order)),
        drivers=tuple(dict.fromkeys(each for report in found for each in report.drivers)),
        too_new=tuple(dict.fromkeys(each for report in found for each in report.too_new)),
        unreadable=tuple(dict.fromkeys(each for report in found for each in report.unreadable)),
        unread=sum(report.unread for report in found),
        unknown=sum(report.unknown for report in found),
    )


def warnings(report: Report, release: str) -> Iterator[str]:
    """What the user should read: one line a wheel; ``release`` is the base's."""
    for (name, version), entries in groupby(
        (each for each in report.missing if each.certain), key=lambda each: (each.name, each.version)
    ):
        yield f"{name} {version} needs {_told(entries, release)}, which nothing in the image has"
    for name, what in report.too_new:
        yield f"{name} asks for {what}: it may not start"
    for name, why in report.unreadable:
        yield f"{name} cannot be read: {why}"


def remarks(report: Report, release: str) -> Iterator[str]:
    """What the user may read: what plugins ask for, what the driver brings."""
    for (name, version), entries in groupby(
        (each for each in report.missing if not each.certain), key=lambda each: (each.name, each.version)
    ):
        known = [each for each in entries if each.package]
        if known:
            yield f"plugins or programs of {name} {version} may need {_told(known, release)}"
    for soname, names in report.drivers:
        yield f"{soname} comes with the driver of the machine that runs the image; {names} needs it"


def _told(entries: Iterable[Missing], release: str) -> str:
    """Sonames by the package that brings them: ``libGL.so.1 (libgl1)``."""
    by_package: dict[str | None, dict[str, None]] = {}
    others: dict[str | None, list[str]] = {}
    for entry in entries:
        by_package.setdefault(entry.package, {})[entry.soname] = None
        others.setdefault(entry.package, []).extend(entry.alternatives)
    parts = []
    for package, names in sorted(by_package.items(), key=lambda item: (item[0] is None, item[0] or "")):
        who = ", or ".join([package, *dict.fromkeys(others[package])][:3]) if package else _NOBODY.format(release)
        parts.append(f"{' and '.join(_shortened([*names]))} ({who})")
    return ", ".join(_shortened(parts, 8))


def _shortened(names: list[str], most: int = 3) -> list[str]:
    return names if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]


def _packages(missing: Iterable[Missing], *, certain: bool) -> tuple[str, ...]:
    return tuple(sorted({each.package for each in missing if each.package and each.certain is certain}))


def _pairs(data: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(first), str(second)) for first, second in data)


__all__ = ["Missing", "Report", "joined", "remarks", "report_from", "warnings"]
