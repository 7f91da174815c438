"""The layout of Nix files, as far as it can be seen without a formatter: RFC 166 asks for more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 120
_OPEN, _CLOSE = "([{", ")]}"
# Pins and sentences in strings stay on one line.
_DATA = re.compile(r"sha256|://|\bthrow\b|\becho\b")
# What matters of a file: comments, the ends and escapes of both kinds of string, brackets, line ends.
_TOKEN = re.compile(r"#[^\n]*|/\*.*?\*/|''['$\\]|''|\\.|\$\$|\$\{|[\"()\[\]{}\n]", re.DOTALL)


@dataclass(frozen=True)
class Line:
    """A line of code: its number, how far in it is, and how far in the line is that opened the bracket around it.

    ``closes`` says that it begins with that bracket's end.
    """

    number: int
    depth: int
    around: int
    closes: bool


def complaints(text: str, *, longest: int | None = LONGEST) -> list[str]:
    """What is wrong with the layout of ``text``, a line each; ``longest`` in characters, None for any length."""
    found = []
    if not text.endswith("\n") or text.endswith("\n\n"):
        found.append("the file ends in one newline")
    for number, line in enumerate(text.split("\n"), 1):
        if "\t" in line:
            found.append(f"{number}: a tab")
        if line != line.rstrip():
            found.append(f"{number}: blanks at the end")
        if longest and len(line) > longest and not _DATA.search(line):
            found.append(f"{number}: {len(line)} characters")
    above = 0
    for code in code_lines(text):
        if code.depth % 2:
            found.append(f"{code.number}: indented by {code.depth}")
        elif code.depth > max(above, code.around) + 2:
            found.append(f"{code.number}: indented by {code.depth} after {above}")
        if code.closes and code.depth != code.around:
            found.append(f"{code.number}: a bracket closes at {code.depth} that was opened at {code.around}")
        above = code.depth
    return found


def code_lines(text: str) -> Iterator[Line]:
    """The lines that begin with code: not those that begin inside a string or a comment, and no blank ones."""
    modes = ["code"]  # of the places around the current one: code, or the quote that ends the string
    opened: list[int] = []
    yield from _line(text, 0, 1, opened)
    for match in _TOKEN.finditer(text):
        token, mode = match[0], modes[-1]
        if token == "\n":
            if mode == "code":
                yield from _line(text, match.end(), text.count("\n", 0, match.end()) + 1, opened)
        elif mode != "code":
            if token == mode:
                modes.pop()
            elif token == "${":
                modes.append("code")
                opened.append(_depth(text, match.start()))
        elif token in {'"', "''"}:
            modes.append(token)
        elif token[-1] in _OPEN and token[0] not in "#/":
            modes.append("code")
            opened.append(_depth(text, match.start()))
        elif token in _CLOSE:
            modes.pop()
            opened.pop()


def _line(text: str, start: int, number: int, opened: list[int]) -> Iterator[Line]:
    line = text[start:].split("\n", 1)[0]
    if line.strip():
        depth = len(line) - len(line.lstrip(" "))
        yield Line(number, depth, opened[-1] if opened else 0, line.lstrip()[0] in _CLOSE)


def _depth(text: str, position: int) -> int:
    line = text[text.rfind("\n", 0, position) + 1 :]
    return len(line) - len(line.lstrip(" "))
