"""What Nix says when an evaluation ends: what our library throws, what nixpkgs refuses, and the cause below a trace."""

from __future__ import annotations

import re

from neve.errors import NeveError, TransientError

# What the Nix library throws: "neve: WHAT (KEY); REMEDY", a key of the configuration and a remedy where it has them.
_THROWN = re.compile(r"error: neve: (?P<what>[^;\n]+?)(?:; (?P<fix>[^\n]+))?$", re.MULTILINE)
_KEY = re.compile(r" \((tool\.neve[\w.]*)\)")
_UNREACHABLE = re.compile(r"unable to download '([^']*/archive/([0-9a-f]{40})\.tar\.gz)'[^\n]*")
_MISMATCH = re.compile(r"hash mismatch[^\n]*\n\s*specified:\s*(\S+)\s+got:\s*(\S+)")
# nixpkgs sets names in quotation marks.
_REFUSED = re.compile(
    "Package [\u2018'](?P<name>[^\u2019']+)[\u2019'] in \\S+ "
    r"(?P<why>has an unfree license|is marked as (?:broken|insecure)|is not available[^\n]*?)"
    r"(?: \([^)]*\))?, refusing"
)
_ERROR = re.compile(r"^\s*error: ", re.MULTILINE)
_TRACE = re.compile(r"^\s*\u2026 while|stack trace truncated", re.MULTILINE)


def refusal(text: str) -> NeveError | None:
    """The error for ``text``, Nix's words without the first "error:", where it refuses in words that are known."""
    if thrown := _THROWN.search(f"error: {text}"):
        key = _KEY.search(thrown["what"])
        where = f"pyproject.toml, {key[1]}" if key else None
        return NeveError(_KEY.sub("", thrown["what"]), where=where, fixes=[thrown["fix"]] if thrown["fix"] else [])
    if unreachable := _UNREACHABLE.search(text):
        return TransientError(
            f"nixpkgs {unreachable[2][:11]} cannot be fetched",
            where=unreachable[1],
            why=unreachable[0],
            fixes=[
                "let this machine reach it (https_proxy is honoured)",
                "or name a checkout of that commit: NEVE_NIXPKGS=DIRECTORY",
            ],
        )
    if other := _MISMATCH.search(text):
        return NeveError(
            "nixpkgs is not the tree that is pinned",
            where="neve.lock, base.nar-hash",
            why=f"expected {other[1]}, got {other[2]}",
            fixes=["correct `nar-hash` under [tool.neve.nixpkgs], then `neve lock`"],
        )
    refused = _REFUSED.search(text)
    return _refused(refused["name"], refused["why"]) if refused else None


def _refused(package: str, why: str) -> NeveError:
    name = re.sub(r"-[0-9][^-]*\Z", "", package)
    admit = f'unfree = ["{name}"] under [tool.neve.nixpkgs], if its licence allows you to use it'
    fix = admit if "unfree" in why else "take another package, or another `release`"
    return NeveError(f"nixpkgs refuses {package}", where="pyproject.toml, tool.neve", why=why, fixes=[fix])


def cause(text: str) -> str:
    """``text`` without the trace of an evaluation: the last error is the cause, what is above it the way there."""
    found = [*_ERROR.finditer(text)]
    return text[found[-1].end() :] if found and _TRACE.search(text) else text


__all__ = ["cause", "refusal"]
