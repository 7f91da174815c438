"""pip's requirements file format, as far as it decides what is installed. uv resolves; this says what must hold."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from neve.errors import NeveError, collected
from neve.fetch.variables import holds_password, misplaced_variable

_COMMENT = re.compile(r"(?:^|(?<=\s))#.*$")
_HASH = re.compile(r"\s--hash[=\s]\s*(\S+)")
_SHA256 = re.compile(r"sha256:([0-9a-f]{64})\Z")
_MOST_FILES = 200
_MARKER = re.compile(r"\s;.*$|;\s.*$", re.DOTALL)
_NAME = re.compile(r"^[A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\]\s*)?@\s*(?=[./]|file:)")
_SHORT = {"-r": "--requirement", "-c": "--constraint", "-e": "--editable", "-i": "--index-url", "-f": "--find-links"}
_SAME = {"--requirements": "--requirement", "--constraints": "--constraint", "--pypi-url": "--index-url"}
# What uv does as the line says.
_BY_UV = frozenset({"--index-url", "--extra-index-url", "--find-links", "--no-index", "--no-binary", "--only-binary"})

_SUBDIRECTORY = re.compile(r"#(?:.*&)?subdirectory=([^&\s]*)")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One requirement: its file and line, its text without options, its SHA-256s."""

    file: str
    number: int
    text: str
    hashes: tuple[str, ...] = ()
    editable: bool = False
    constraint: bool = False

    @property
    def where(self) -> str:
        """Its place."""
        return f"{self.file}:{self.number}"

    def is_project(self, directory: str) -> bool:
        """Whether it is the project's own ``directory``, an absolute path, by whatever path or URL (`app @ file:…`)."""
        text = _MARKER.sub("", self.text).strip()
        text = _NAME.sub("", text)
        if text.endswith("]"):  # extras
            text = text[: text.rfind("[")]
        url = text.startswith("file:")
        if url:
            text = unquote(text.partition("#")[0].removeprefix("file:"))
            text = f"/{text.removeprefix('//').partition('/')[2]}" if text.startswith("//") else text
        if not url and not text.startswith((".", "/")):
            return False
        # As pip and uv have it: relative to where they are called.
        return posixpath.normpath(posixpath.join(directory, text)) == posixpath.normpath(directory)


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """What a requirements file and all that it includes say; ``files`` in the order in which they were read.

    ``prereleases`` is pip's --pre, ``hashed`` whether everything must have a hash (pip's --require-hashes, which one
    hash turns on), ``urls`` are the indexes and pages of links.
    """

    files: tuple[str, ...]
    lines: tuple[Line, ...]
    prereleases: bool = False
    hashed: bool = False
    urls: tuple[str, ...] = ()


@dataclass
class _Reading:
    read: Callable[[str], str]
    files: dict[str, None] = field(default_factory=dict)
    seen: set[tuple[str, bool]] = field(default_factory=set)  # files, and whether as constraints
    lines: list[Line] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    problems: list[NeveError] = field(default_factory=list)
    prereleases: bool = False
    hashed: bool = False


def read_requirements(names: tuple[str, ...], read: Callable[[str], str]) -> Requirements:
    """The requirements files ``names`` with what they include; ``read`` gives the text of a relative path.

    Raises NeveError with everything that neve cannot honour, each with its line.
    """
    reading = _Reading(read)
    for name in names:
        _read_file(reading, name, (), constraint=False)
    if (found := collected(reading.problems)) is not None:
        raise found
    hashed = reading.hashed or any(line.hashes for line in reading.lines if not line.constraint)
    return Requirements(
        files=tuple(reading.files),
        lines=tuple(reading.lines),
        prereleases=reading.prereleases,
        hashed=hashed,
        urls=tuple(reading.urls),
    )


def _read_file(reading: _Reading, name: str, above: tuple[str, ...], *, constraint: bool) -> None:
    if name in above:
        chain = " includes ".join((*above[above.index(name) :], name))
        reading.problems.append(
            NeveError(
                "requirements files include one another in a circle",
                where=name,
                why=chain,
                fixes=["take one of these lines out"],
            )
        )
        return
    if len(reading.files) >= _MOST_FILES and name not in reading.files:
        reading.problems.append(NeveError("too many requirements files", where=name, why=f"more than {_MOST_FILES}"))
        return
    if (name, constraint) in reading.seen:
        return
    reading.seen.add((name, constraint))
    try:
        text = reading.read(name)
    except NeveError as error:
        if above:
            error.why = f"{above[-1]} includes it: {error.why}"
            error.fixes = (*error.fixes, f"mend the path in {above[-1]}: it is relative to that file")
        reading.problems.append(error)
        return
    reading.files[name] = None
    for number, line in _logical_lines(text):
        _read_line(reading, name, number, line, above, constraint=constraint)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their continuations joined and comments removed, each with the number of its first."""
    joined, first = "", 0
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        first = first or number
        comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not comment:
            joined += line[:-1]
            continue
        whole = _COMMENT.sub("", joined + ("" if comment and joined else line)).strip()
        if whole:
            yield first, whole
        joined, first = "", 0
    if whole := _COMMENT.sub("", joined).strip():
        yield first, whole


def _read_line(
    reading: _Reading, name: str, number: int, line: str, above: tuple[str, ...], *, constraint: bool
) -> None:
    where = f"{name}:{number}"
    if holds_password(line):
        reading.problems.append(
            NeveError(
                "a URL holds a password",
                where=where,
                why="the file is part of the project, and whoever has it could read it",
                fixes=["take it out of the URL; give it in ~/.netrc, or as ${VARIABLE} of the environment"],
            )
        )
        return
    if (variable := misplaced_variable(line) or _whole(line)) is not None:
        reading.problems.append(
            NeveError(
                f"{variable} stands where it would be written down",
                where=where,
                why="what it stands for would become part of a lock, which is committed",
                fixes=[
                    "write the URL out; let variables stand for a user and a password alone: "
                    "https://${USER}:${PASSWORD}@…, or give these in ~/.netrc",
                    "an index whose URL is itself a secret is named in UV_INDEX, and in no file",
                ],
            )
        )
        return
    if not line.startswith("-"):
        _read_requirement(reading, name, number, line, constraint=constraint)
        return
    option, value = _option(line)
    if option in ("--requirement", "--constraint"):
        target = _included(reading, name, where, value)
        if target is not None:
            _read_file(reading, target, (*above, name), constraint=constraint or option == "--constraint")
    elif option == "--editable":
        _read_requirement(reading, name, number, value, constraint=constraint, editable=True)
    elif option in _BY_UV:
        if option.endswith(("-url", "-links")):
            reading.urls.append(value)
    elif option == "--pre":
        reading.prereleases = True
    elif option == "--require-hashes":
        reading.hashed = True
    else:
        reading.problems.append(_not_honoured(option, where))


def _whole(line: str) -> str | None:
    """The variable that a URL of ``line`` begins with, where it is no path."""
    match = re.search(r"(?:^|\s@\s*|-url[=\s]\s*|-links[=\s]\s*|^-[if]\s*)[\"']?(\$\{[A-Za-z0-9_]+\})", line)
    return match[1] if match else None


def _option(line: str) -> tuple[str, str]:
    """The long name of the option that ``line`` begins with, and its value."""
    if not line.startswith("--"):
        name = _SHORT.get(line[:2], line.split(maxsplit=1)[0])
        return name, line[2:].strip().removeprefix("=").strip()
    match = re.match(r"(--[A-Za-z0-9-]+)\s*=?\s*(.*)", line, re.DOTALL)
    name, value = (match[1], match[2]) if match else (line, "")
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        value = value[1:-1]
    return _SAME.get(name, name), value.strip()


def _read_requirement(
    reading: _Reading, name: str, number: int, line: str, *, constraint: bool, editable: bool = False
) -> None:
    where = f"{name}:{number}"
    given = _HASH.findall(line)
    text = _HASH.sub("", line).strip()
    left = re.search(r"\s(--?[A-Za-z][A-Za-z-]*)", text)
    if left is not None:
        reading.problems.append(_not_honoured(left[1], where))
        return
    hashes = tuple(match[1] for match in map(_SHA256.match, given) if match)
    if given and not hashes:
        reading.problems.append(
            NeveError(
                "the requirement has no SHA-256",
                where=where,
                why=f"neve pins by SHA-256; it has {', '.join(sorted({each.partition(':')[0] for each in given}))}",
                fixes=["add --hash=sha256:…: `pip-compile --generate-hashes` or `uv pip compile --generate-hashes`"],
            )
        )
        return
    subdirectory = _SUBDIRECTORY.search(text)
    if subdirectory is not None and not _is_inside(unquote(subdirectory[1])):
        reading.problems.append(
            NeveError(
                "a subdirectory leads out of its source",
                where=where,
                why=subdirectory[1],
                fixes=["give it relative to the top of the source"],
            )
        )
        return
    reading.lines.append(
        Line(file=name, number=number, text=text, hashes=hashes, editable=editable, constraint=constraint)
    )


def _is_inside(path: str) -> bool:
    return not path.startswith("/") and ".." not in path.split("/")


def _included(reading: _Reading, name: str, where: str, value: str) -> str | None:
    try:
        words = shlex.split(value)
    except ValueError:
        words = []
    problem = None
    if len(words) != 1 or not words[0].isprintable():
        problem = "it names no file"
    elif "://" in words[0]:
        problem = "neve reads files of the project, none of the network"
    elif words[0].startswith(("/", "~")):
        problem = "a path of this machine means nothing on another"
    if problem is not None:
        reading.problems.append(
            NeveError(
                f"{value!r} cannot be included", where=where, why=problem, fixes=["give a path relative to this file"]
            )
        )
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), words[0]))


_INSTEAD = {
    "--trusted-host": "trust the server's certificate on this machine, or say so to uv: UV_INSECURE_HOST",
    "--prefer-binary": "uv takes the newest version whatever its files are: name versions, or --only-binary :all:",
    "--config-settings": "name them for uv: tool.uv.config-settings-package in pyproject.toml",
}


def _not_honoured(option: str, where: str) -> NeveError:
    option = option.split("=", maxsplit=1)[0]
    return NeveError(
        f"{option} cannot be honoured",
        where=where,
        why="uv, which resolves for neve, does not do what pip does with it",
        fixes=[_INSTEAD.get(option, "take it out of the file")],
    )


__all__ = ["Line", "Requirements", "read_requirements"]
