"""What a pylock names for a package, held to be something that neve fetches and builds: a Wheel, an Sdist, a Git, a
Directory (PEP 751).
"""

from __future__ import annotations

import posixpath
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from neve.errors import NeveError
from neve.fetch.address import without_credentials
from neve.python.sdist import Directory, Git, Sdist
from neve.python.wheel import Origin, Wheel

if TYPE_CHECKING:
    from packaging.pylock import Package, PackageArchive, PackageDirectory, PackageSdist, PackageVcs, PackageWheel

    from neve.python.artefact import Artefact
    from neve.python.target import Target

# What is rendered into Nix and into a builder's words: wheel file names are those of the binary distribution format,
# those of source distributions are the same characters.
_WHEEL = re.compile(r"[A-Za-z0-9_.]+(-[A-Za-z0-9_.+!]+){4,5}\.whl\Z")
_SDIST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.!+-]*\.(tar\.gz|zip)\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_COMMIT = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64})\Z")
_GIT = re.compile(r"(https?|ssh|git|file)://[^\s\"'\\$`{}]+\Z")
_SCP = re.compile(r"([A-Za-z0-9_.-]+@)?([A-Za-z0-9.-]{2,}):(?!/)([^\s:]+)\Z")  # git@host:path, as git and ssh have it
_PLAIN = re.compile(r"[^\x00-\x1f\x7f]+\Z")


def artefact_of(
    package: Package,
    artefact: PackageWheel | PackageSdist | PackageArchive | PackageDirectory | PackageVcs,
    target: Target,
    *,
    where: str,
) -> Artefact:
    """What ``target`` gets for ``package``; URLs are without credentials, paths relative to the project's directory.

    Raises NeveError for what cannot be pinned, and for a path that is absolute.
    """
    from packaging.pylock import PackageArchive, PackageDirectory, PackageVcs, PackageWheel

    place = f"{where}, {package.name}"
    if isinstance(artefact, PackageVcs):
        return _git(package, artefact, place)
    if isinstance(artefact, PackageDirectory):
        path = _relative(artefact.path, place)
        if artefact.subdirectory:
            path = posixpath.normpath(f"{path}/{_inside(artefact.subdirectory, place)}")
        return Directory(name=str(package.name), version=_version(package), path=path)
    if isinstance(artefact, PackageArchive):
        return _archive(package, artefact, target, place)
    kind = Wheel if isinstance(artefact, PackageWheel) else Sdist
    return _file(
        package, artefact, _file_name(artefact), place, kind=kind, origin="path" if artefact.path else "registry"
    )


def _file_name(artefact: PackageWheel | PackageSdist) -> str:
    """The artefact's file name as its index has it: uv gives a normalized one beside a URL with another spelling."""
    from packaging.pylock import PackageWheel
    from packaging.utils import parse_wheel_filename

    given = artefact.filename
    if artefact.name and artefact.url and isinstance(artefact, PackageWheel):
        with suppress(ValueError):  # InvalidWheelFilename is one, as is a malformed URL
            own = posixpath.basename(unquote(urlsplit(artefact.url).path))
            if own != given and parse_wheel_filename(own) == parse_wheel_filename(given):
                return own
    return given


def _version(package: Package) -> str | None:
    return None if package.version is None else str(package.version)


def _archive(package: Package, artefact: PackageArchive, target: Target, place: str) -> Artefact:
    from packaging.utils import parse_wheel_filename

    path = artefact.path or unquote(_url(artefact.url, "an archive", place, lambda url: urlsplit(url).path))
    file = posixpath.basename(path)
    if artefact.subdirectory:
        raise NeveError(
            f"{file} is built in its subdirectory {artefact.subdirectory!r}",
            where=place,
            why="neve builds an archive in its top directory",
            fixes=["take the git repository with its subdirectory: { git = URL, rev = …, subdirectory = … }"],
        )
    if file.endswith(".whl"):
        try:
            tags = parse_wheel_filename(file)[-1]
        except ValueError:  # InvalidWheelFilename is one
            tags = frozenset()  # _file says what is wrong with it
        if tags and not tags & set(target.tags()):
            raise NeveError(
                f"{file} is not for {target.architecture} with CPython {target.python_full_version}",
                where=place,
                why=f"its tags are {', '.join(sorted(map(str, tags))[:4])}",
                fixes=["name a wheel for it, or its source distribution"],
            )
    kind = Wheel if file.endswith(".whl") else Sdist
    return _file(package, artefact, file, place, kind=kind, origin="path" if artefact.path else "url")


def _file(
    package: Package, artefact: Any, file: str, place: str, *, kind: type[Wheel] | type[Sdist], origin: Origin
) -> Wheel | Sdist:
    """``artefact`` has url, path, hashes and size."""
    is_wheel = kind is Wheel
    if not (_WHEEL if is_wheel else _SDIST).match(file):
        raise NeveError(
            f"{file!r} is not the file name of a {'wheel' if is_wheel else 'source distribution'}",
            where=place,
            why=f"neve renders no name that the {'wheel' if is_wheel else 'sdist'} format does not allow"
            + ("" if is_wheel else ": it ends in .tar.gz (PEP 625) or .zip"),
            fixes=[f"take another version: `uv add '{package.name}'` with another bound, then `uv lock`"],
        )
    sha256 = artefact.hashes.get("sha256", "")
    if not _SHA256.match(sha256):
        raise NeveError(
            f"{file} has no SHA-256",
            where=place,
            why="neve fetches nothing that is not pinned by SHA-256",
            fixes=["`uv lock` records hashes where the index gives them"],
        )
    url = "" if artefact.path else _url(artefact.url, file, place)
    if not url and not artefact.path:
        raise NeveError(f"{file} lies at no URL and no path", where=place)
    version = _version(package) or _named_version(file)
    if version is None:
        raise NeveError(
            f"{package.name} has no version", where=place, fixes=["say it in the lock: version under [[packages]]"]
        )
    return kind(
        name=str(package.name),
        version=version,
        file=file,
        url=url,
        sha256=sha256,
        size=artefact.size,
        origin=origin,
        path=_relative(artefact.path, place) if artefact.path else None,
    )


def _named_version(file: str) -> str | None:
    """The version in the name of a wheel or a source distribution; None where it is named otherwise."""
    from packaging.utils import parse_sdist_filename, parse_wheel_filename

    try:
        return str((parse_wheel_filename if file.endswith(".whl") else parse_sdist_filename)(file)[1])
    except ValueError:  # what the parsers of packaging raise
        return None


def _git(package: Package, vcs: PackageVcs, place: str) -> Git:
    if vcs.type != "git":
        raise NeveError(
            f"{package.name} lies in a repository of {vcs.type!r}",
            where=place,
            why="neve reads git repositories alone",
            fixes=["take a published version of the package, or its archive by URL"],
        )
    if not vcs.url:
        raise NeveError(
            f"the git repository of {package.name} is a path",
            where=place,
            fixes=["name it by a URL (file:///… for one on this machine), or depend on the directory: { path = … }"],
        )
    if not _COMMIT.match(vcs.commit_id):
        raise NeveError(
            f"{vcs.commit_id!r} is not a commit of git",
            where=place,
            why="a branch or a tag may move; 40 (or 64) lower-case hex digits name one commit for ever",
            fixes=["`uv lock` records the commit that a branch or a tag has"],
        )
    url = git_url(vcs.url)
    if url is None:
        raise NeveError(
            f"{str(without_secret(vcs.url))!r} is not the URL of a git repository",
            where=place,
            fixes=["https://, ssh://, git:// and file:// are, and git@HOST:PATH"],
        )
    subdirectory = _inside(vcs.subdirectory, place) if vcs.subdirectory else ""
    return Git(
        name=str(package.name), version=_version(package), url=url, commit=vcs.commit_id, subdirectory=subdirectory
    )


def git_url(text: str) -> str | None:
    """``text`` as the URL of a git repository without credentials (ssh's user stays: it is an address); None where it
    is none.
    """
    text = text.removeprefix("git+").partition("#")[0]
    if "://" not in text and (scp := _SCP.match(text)):
        text = f"ssh://{scp[1] or ''}{scp[2]}/{scp[3]}"
    url = without_secret(text)
    return url if url and _GIT.match(url) else None


def without_secret(url: str) -> str | None:
    """``url`` without password, and without user unless it is one of ssh; None where it is malformed."""
    try:
        parts = urlsplit(url)
        user = parts.username or ""
    except ValueError:
        return None
    bare = without_credentials(url)
    return bare.replace("://", f"://{user}@", 1) if parts.scheme == "ssh" and user else bare


def _url(url: str | None, what: str, place: str, part: Any = str) -> str:
    try:
        return str(part(without_credentials(url or "")))
    except ValueError as error:
        raise NeveError(f"the URL of {what} is malformed", where=place, why=str(error)) from None


def _relative(path: str, place: str) -> str:
    """``path`` in its shortest form. It may lead beside the project, as the members of a workspace do."""
    if not _PLAIN.match(path) or path.startswith("/") or "\\" in path:
        raise NeveError(
            f"the path {path!r} cannot be used",
            where=place,
            why="a path in a lock is relative to the project's directory, with / between its parts",
            fixes=['give it relative to the project, under [tool.uv.sources] for one: { path = "../lib" }'],
        )
    return posixpath.normpath(path)


def _inside(path: str, place: str) -> str:
    """``path`` as a subdirectory of a source, in its shortest form ("" for its top)."""
    normal = posixpath.normpath(path)
    if not _PLAIN.match(path) or "\\" in path or normal.startswith("/") or normal.split("/")[0] == "..":
        raise NeveError(
            f"the subdirectory {path!r} leads out of the source",
            where=place,
            fixes=["name a directory of the repository"],
        )
    return "" if normal == "." else normal


__all__ = ["artefact_of", "git_url", "without_secret"]
