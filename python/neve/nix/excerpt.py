"""The lines of a failed build's log that tell why it failed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from neve.nix.lacking import lacking

_LINES = 15
_TELLING = 4
_ERROR = re.compile(r"(?:^|[\s:)])(?:fatal |catastrophic )?error(?: #[\w-]+)? ?:|^CMake Error|\berrors? detected in")
# gcc, clang, rustc; nvcc ("x.h(1): warning #1160-D: …"), ptxas ("ptxas warning : …").
_WARNING = re.compile(r"(?:^|[\s:)])warning(?: #[\w-]+)? ?:")
_LEADS_IN = re.compile(r"In file included from |\s+from .*[:,]\Z|\S+: (?:In |At (?:global|top))")
_GOES_ON = re.compile(r"\s|\Z|\d+ +\||Remark: |.*: note: ")


def excerpt(tail: Sequence[str]) -> list[str]:
    """The end of ``tail``, and before it the first lines that name what is lacking or an error. Where there are errors,
    it goes without the warnings of compilers.
    """
    failed = any(_ERROR.search(line) for line in tail)
    lines = list(_once_blank(_without_warnings(tail) if failed else tail))
    lacks = set(lacking(tail))
    # What is lacking, compilers say before their callers give up.
    telling = [line for line in lines[:-_LINES] if _ERROR.search(line) or lacks.intersection(lacking([line]))]
    telling = list(dict.fromkeys(telling))[:_TELLING]
    return [*telling, *(["…"] if telling else []), *lines[-_LINES:]]


def _without_warnings(lines: Iterable[str]) -> list[str]:
    """``lines`` without those of warnings: what leads to one, the code that is shown after it, and its notes."""
    kept: list[str] = []
    leading: list[str] = []
    warned = False
    for line in lines:
        error = _ERROR.search(line) is not None
        if not error and _WARNING.search(line):
            warned, leading = True, []
        elif _LEADS_IN.match(line) and not error:
            leading.append(line)
            warned = False
        elif error or not (warned and _GOES_ON.match(line)):
            kept += [*leading, line]
            warned, leading = False, []
    return kept + leading


def _once_blank(lines: Iterable[str]) -> Iterable[str]:
    for blank, group in groupby(lines, key=lambda line: not line.strip()):
        yield from [""] if blank else group


__all__ = ["excerpt"]
