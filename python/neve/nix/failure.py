"""What Nix says when it fails, as errors with a cause and a remedy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from neve.errors import NeveError, TransientError
from neve.nix.evaluation import cause, refusal
from neve.nix.excerpt import excerpt
from neve.nix.lacking import Lacking, lacking
from neve.nix.log import Log
from neve.nix.nix import Nix
from neve.nix.sandbox import remedies
from neve.nix.store_path import STORE, path_name

_DERIVATION = re.compile(r"'(/nix/store/[0-9a-z]{32}-[^']+\.drv)'")
_MISMATCH = re.compile(r"specified:\s*(\S+)\s+got:\s*(\S+)")
_DEPENDENT = re.compile(r"\bdependenc(?:y|ies)\b.*failed", re.DOTALL)
_REASON = re.compile(r"Reason: (.+?)\.?\s*(?:\n|$)|failed (?:with|due to|to)(?:(?! at )[^\n])+")
_NETWORK = re.compile(
    r"unable to download[^\n]*(?:HTTP error (?:408|429|5\d\d)|[Cc]ould not (?:connect|resolve)|"
    r"[Tt]imed? ?out|[Cc]onnection|SSL|[Tt]ransfer)"
)
_SPACE = re.compile(r"No space left on device|Disk quota exceeded|database or disk is full")
_COMPILED = re.compile(
    r"neve: (?P<package>\S+) is compiled: it is (?P<tags>.+), which does not run on (?P<platform>\S+)"
)
_BACKEND = re.compile(
    r"^neve: (?P<said>build-system\.build-backend \".*\" cannot be imported: .*"
    r"|the build backend does not answer in \d+ seconds)$",
    re.M,
)
_NAMESPACES = re.compile(
    r"user namespace|/proc/self/setgroups|unshar(?:e|ing)|cloning builder process|requires (?:a )?sandbox|"
    r"does not support the.*namespace|(?:mounting|bind mount|pivot).*Operation not permitted|setuid.*mapping"
)


class BuildError(NeveError):
    """A derivation that did not build; ``lacking`` is what its log says that there is not."""

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        why: str | None = None,
        fixes: Sequence[str] = (),
        lacking: Sequence[Lacking] = (),
    ) -> None:
        super().__init__(what, where=where, why=why, fixes=fixes)
        self.lacking = tuple(lacking)


class BackendError(NeveError):
    """A build backend that is not there, or does not answer."""


def build_failure(nix: Nix, log: Log, status: int) -> NeveError:
    """The error for a ``nix build`` that ended with ``status`` and left ``log``."""
    blamed = _blamed(log)
    if blamed is None:
        return failure(nix, "Nix could not build", log.errors, status)
    derivation, message = blamed
    name = path_name(derivation).removesuffix(".drv")
    mismatch = _MISMATCH.search(message)
    if mismatch:
        return NeveError(
            f"{name} has another hash than the one that is pinned",
            where=derivation,
            why=f"expected {mismatch.group(1)}, got {mismatch.group(2)}",
            fixes=["lock again if the new content is right; else ask whoever serves it what has changed"],
        )
    if "may not be deterministic" in message:
        return NeveError(
            f"{name} came out different when it was built again",
            where=derivation,
            why=message,
            fixes=["find what in this build depends on time, order or chance, and pin it"],
        )
    tail = list(log.tails.get(derivation, ()))
    if compiled := _COMPILED.search("\n".join(tail)):
        return _not_portable(**compiled.groupdict())
    if backend := _BACKEND.search("\n".join(tail)):
        return BackendError(backend["said"], where=name, fixes=_full_log(nix, derivation, tail))
    reason = _REASON.search(message)
    why = "\n".join([(reason.group(1) or reason.group(0)) if reason else message, *excerpt(tail)])
    # A binary cache that does not answer is no reason of a build that fails by itself.
    fixes = [*_remedies(why), *_full_log(nix, derivation, tail)]
    what = f"building {name} failed"
    if _NETWORK.search("\n".join([message, *tail])):
        return TransientError(what, where=derivation, why=why, fixes=fixes)
    return BuildError(what, where=derivation, why=why, fixes=fixes, lacking=lacking(tail))


def _not_portable(package: str, tags: str, platform: str) -> NeveError:
    """The error for what nix/debian/portable.sh refuses."""
    return NeveError(
        f"{package} would have to be compiled for {platform}",
        where=package,
        why=f"its wheel is {tags}, not pure Python, and this machine runs nothing of {platform}",
        fixes=[
            f"where it is a dependency, take a version of {package} that has a wheel for {platform}, or take it out of"
            " `no-binary-package` where that passes its wheels over",
            f"or build on a machine that is {platform}",
            f"or take {platform} out of `platforms` under [tool.neve]",
        ],
    )


def failure(nix: Nix, what: str, errors: Sequence[str], status: int) -> NeveError:
    """The error for a Nix that ended with ``status`` and said ``errors``, whatever it was asked to do."""
    text = "\n".join(errors).strip().removeprefix("error:").strip()
    if not text:
        text = f"it was ended by signal {-status}" if status < 0 else f"it said nothing and ended with {status}"
    if (known := refusal(text)) is not None:
        return known
    kind = TransientError if _NETWORK.search(text) else NeveError
    text = cause(text)
    if _NAMESPACES.search(text):
        what = "this machine does not let Nix build in a sandbox"
        text = re.sub(r"; use '--no-sandbox' to disable sandboxing", "", text)
    return kind(what, where=f"Nix {'.'.join(map(str, nix.version))}, {nix.origin}", why=text, fixes=_remedies(text))


def _blamed(log: Log) -> tuple[str, str] | None:
    """The derivation that failed by itself, not for want of another, and what was said of it."""
    candidates = [(found.group(1), text) for text in log.errors if (found := _DERIVATION.search(text))]
    first = next((each for each in candidates if not _DEPENDENT.search(each[1])), None)
    return first or (candidates[0] if candidates else None)


def _remedies(text: str) -> list[str]:
    if _SPACE.search(text):
        return ["free some space; the store lies under $XDG_DATA_HOME/neve, or where NEVE_STORE says"]
    if _NAMESPACES.search(text):
        return remedies()
    return []


def _full_log(nix: Nix, derivation: str, tail: Sequence[str]) -> list[str]:
    if not tail:
        return []
    if nix.store is not None:
        base = derivation.removeprefix(f"{STORE}/")
        path = Path(nix.store, "nix/var/log/nix/drvs", base[:2], base[2:])
        if path.is_file():
            return [f"read the whole log: {path}"]
    command = " ".join(nix.invocation("log", derivation))
    return [f"read the whole log: {command}"]


__all__ = ["BackendError", "BuildError", "build_failure", "failure"]
