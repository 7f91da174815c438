"""TOML as anybody may write it: Python's own reader, without what it fails on or takes hours for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

_MOST = 200  # parts of a key; the time that Python's reader takes is the square of their number, and more
_LONG_KEY = re.compile(
    r"""(?:(?:(?<![A-Za-z0-9_-])[A-Za-z0-9_-]++|"(?:\\.|[^"\\\n])*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){200}"""
)


def loads(text: str) -> dict[str, Any]:
    """``text`` as TOML 1.0. Raises ValueError for what is malformed, nested too deeply, or a number without end;
    where the line is known, its text holds ``at line N``.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") >= _MOST and _LONG_KEY.search(line):
            raise ValueError(f"a key of more than {_MOST} parts (at line {number})")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except ValueError:  # Python turns no text of so many digits into a number
        raise ValueError("a number has thousands of digits") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def read_if_valid(path: Path) -> dict[str, Any]:
    """What the file at ``path`` holds; nothing where it is missing or malformed, which others complain of."""
    try:
        return loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


__all__ = ["loads", "read_if_valid"]
