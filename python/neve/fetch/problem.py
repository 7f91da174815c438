"""What can go wrong while fetching, and the errors that it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from neve.errors import NeveError, TransientError, collected
from neve.fetch.address import redacted
from neve.fetch.artefact import Artefact

_SHOWN = 10


class MissingError(NeveError):
    """The server answers, but has no such file."""


class FetchProblemError(Exception):
    """Why one URL gave nothing; never leaves this package.

    ``retry``: asking again at once may help. ``transient``: asking later may help. ``host_down``: no
    other file of this host needs to be tried. ``pause`` is what the server asked for, in seconds.
    """

    def __init__(
        self,
        url: str,
        why: str,
        *,
        retry: bool = False,
        transient: bool = False,
        missing: bool = False,
        host_down: bool = False,
        pause: float | None = None,
        fixes: Sequence[str] = (),
    ) -> None:
        super().__init__(why)
        self.url = url
        self.why = why
        self.retry = retry
        self.transient = transient
        self.missing = missing
        self.host_down = host_down
        self.pause = pause
        self.fixes = tuple(fixes)

    def at(self, url: str) -> FetchProblemError:
        """The same problem for another URL of the host."""
        return FetchProblemError(
            url,
            self.why,
            retry=self.retry,
            transient=self.transient,
            missing=self.missing,
            host_down=self.host_down,
            pause=self.pause,
            fixes=self.fixes,
        )

    @property
    def host(self) -> str:
        """The host that was asked."""
        return urlsplit(redacted(self.url)).netloc


def as_error(what: str, problems: Sequence[FetchProblemError]) -> NeveError:
    """The error that ``problems``, one a URL, end in."""
    where = "\n         ".join(dict.fromkeys(redacted(problem.url) for problem in problems))
    why = "\n".join(dict.fromkeys(problem.why for problem in problems))
    fixes = list(dict.fromkeys(fix for problem in problems for fix in problem.fixes))
    if any(problem.transient for problem in problems):
        return TransientError(what, where=where, why=why, fixes=fixes or ["try again later"])
    kind = MissingError if all(problem.missing for problem in problems) else NeveError
    return kind(what, where=where, why=why, fixes=fixes)


def merged(failures: Sequence[tuple[Artefact, Sequence[FetchProblemError]]]) -> NeveError | None:
    """One error for all ``failures`` of a fetch; files that failed alike are named together."""
    groups: dict[tuple[tuple[str, str], ...], list[tuple[Artefact, Sequence[FetchProblemError]]]] = {}
    for artefact, problems in failures:
        alike = tuple(sorted({(problem.host, problem.why) for problem in problems}))
        groups.setdefault(alike, []).append((artefact, problems))
    errors: list[NeveError] = []
    for group in groups.values():
        artefact, problems = group[0]
        if len(group) == 1:
            errors.append(as_error(f"cannot fetch {artefact.name}", problems))
            continue
        errors.append(as_error(f"cannot fetch {len(group)} files", [p for _, some in group[:_SHOWN] for p in some]))
        if len(group) > _SHOWN:
            errors[-1].where = f"{errors[-1].where}\n         and {len(group) - _SHOWN} more"
    return collected(errors)


def offline_error(missing: Sequence[Artefact]) -> NeveError:
    """The error for files that are neither cached nor may be fetched."""
    count = f"{len(missing)} files are" if len(missing) > 1 else f"{missing[0].name} is"
    return NeveError(
        f"{count} not in the cache",
        why="--offline forbids fetching:\n" + "\n".join(artefact.name for artefact in missing),
        fixes=["run the same command once without --offline"],
    )


__all__ = ["FetchProblemError", "MissingError", "as_error", "merged", "offline_error"]
