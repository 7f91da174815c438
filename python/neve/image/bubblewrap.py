"""What bubblewrap is told to run an unpacked image as its configuration says (image-spec 1.1, config.md)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from neve.errors import NeveError

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_WRITABLE = ("/tmp", "/run", "/var/tmp")  # noqa: S108 - of the container
_LINKS = 40  # as the kernel follows
_NUMBER = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind:
    """A file or directory of this machine that a container sees at ``target``; ``device``: it is or holds device
    nodes.
    """

    source: Path
    target: str
    writable: bool = False
    device: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Whom a container's process runs as."""

    uid: int
    gid: int
    home: str


def bubblewrap_arguments(
    rootfs: Path,
    config: Mapping[str, Any],
    arguments: Sequence[str] = (),
    *,
    binds: Sequence[Bind] = (),
    environment: Mapping[str, str] | None = None,
    directory: str | None = None,
) -> list[str]:
    """What bwrap is called with, to run ``arguments`` (default: its ``Cmd``) in the tree ``rootfs``.

    ``config`` is the ``config`` object of the image's configuration. The tree stays read-only; /tmp,
    /run, /var/tmp, the home and the volumes are memory where the image has nothing there. The network is the
    host's. ``environment`` is added to the image's; ``directory`` is where the command starts, by default the
    image's ``WorkingDir``. Nothing but the arguments and the tree is looked at.
    Raises NeveError where there is no command, or the user is unknown.
    """
    command = [*(config.get("Entrypoint") or ()), *(arguments or config.get("Cmd") or ())]
    if not command:
        raise NeveError(
            "there is nothing to run",
            why="the image has neither an entry point nor a command",
            fixes=["name a command after the image", "or set one: entrypoint in [tool.neve.image]"],
        )
    user = find_user(rootfs, str(config.get("User") or ""))
    workdir = str(config.get("WorkingDir") or "/")
    result = ["--unshare-user", "--uid", str(user.uid), "--gid", str(user.gid)]
    result += ["--unshare-pid", "--unshare-ipc", "--unshare-cgroup-try"]
    result += _Tree(rootfs).arguments(_mounts(rootfs, config, user, workdir, binds))
    variables = {"HOME": user.home, **environment_of(config), **(environment or {})}
    result.append("--clearenv")
    for name, value in variables.items():
        result += ["--setenv", name, value]
    return [*result, "--chdir", directory or workdir, "--", *command]


def environment_of(config: Mapping[str, Any]) -> dict[str, str]:
    """The variables of the image, with the PATH that engines give to one that has none."""
    return {"PATH": _PATH, **_variables(config)}


def lacks_command(
    rootfs: Path, config: Mapping[str, Any], arguments: Sequence[str] = (), binds: Sequence[Bind] = ()
) -> str | None:
    """The first word of what :func:`bubblewrap_arguments` runs, where the tree has no such program."""
    words = [*(config.get("Entrypoint") or ()), *(arguments or config.get("Cmd") or ())]
    if not words:
        return None
    tree = _Tree(rootfs)
    workdir = str(config.get("WorkingDir") or "/")
    folders = [workdir] if "/" in words[0] else environment_of(config)["PATH"].split(":")
    places = [tree.real(os.path.join(workdir, folder, words[0])) for folder in folders]  # noqa: PTH118
    bound = {tree.real(bind.target) for bind in binds}
    found = any(tree.has(place) or not bound.isdisjoint((place, *place.parents)) for place in places)
    return None if found else str(words[0])


def find_user(rootfs: Path, text: str) -> User:
    """The user ``name[:group]`` of the image, each a name or a number; root where ``text`` is empty.

    Raises NeveError for a name that the image does not know.
    """
    name, _, group = text.partition(":")
    name = name or "0"
    entry = next((e for e in _table(rootfs / "etc/passwd", 7) if name in (e[0], e[2])), None)
    if entry is None and not _NUMBER.fullmatch(name):
        raise _unknown("user", name, rootfs)
    uid, gid, home = (int(entry[2]), int(entry[3]), entry[5]) if entry else (int(name), 0, "/")
    if group:
        found = next((e for e in _table(rootfs / "etc/group", 4) if group in (e[0], e[2])), None)
        if found is None and not _NUMBER.fullmatch(group):
            raise _unknown("group", group, rootfs)
        gid = int(found[2]) if found else int(group)
    return User(uid=uid, gid=gid, home=home or "/")


def _unknown(what: str, name: str, rootfs: Path) -> NeveError:
    place = "passwd" if what == "user" else "group"
    return NeveError(
        f"the image has no {what} {name}",
        where=str(rootfs / "etc" / place),
        fixes=["name it by number: user in [tool.neve.image]"],
    )


def _table(path: Path, columns: int) -> Iterator[list[str]]:
    try:
        lines = path.read_text(errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        entry = line.split(":")
        if len(entry) == columns and _NUMBER.fullmatch(entry[2]) and (columns != 7 or _NUMBER.fullmatch(entry[3])):
            yield entry


def _variables(config: Mapping[str, Any]) -> dict[str, str]:
    pairs = (str(item).partition("=") for item in config.get("Env") or ())
    return {name: value for name, _, value in pairs if name}


def _mounts(
    rootfs: Path, config: Mapping[str, Any], user: User, workdir: str, binds: Sequence[Bind]
) -> dict[PurePosixPath, tuple[str, ...]]:
    """What is mounted over the tree: the option and its source, by place."""
    tree = _Tree(rootfs)
    mounts: dict[PurePosixPath, tuple[str, ...]] = {}
    home = _variables(config).get("HOME", user.home)
    for place in (*_WRITABLE, home, *(config.get("Volumes") or ()), workdir):
        # What the image ships there must not be hidden: the home of a user is often where the code lies.
        if tree.is_bare(tree.real(place)):
            mounts[tree.real(place)] = ("--tmpfs",)
    mounts[PurePosixPath("/proc")] = ("--proc",)
    mounts[PurePosixPath("/dev")] = ("--dev",)
    mounts[PurePosixPath("/sys")] = ("--ro-bind-try", "/sys")
    for file in ("/etc/resolv.conf", "/etc/hosts"):
        mounts[tree.real(file)] = ("--ro-bind-try", file)
    for bind in binds:
        option = "--dev-bind" if bind.device else "--bind" if bind.writable else "--ro-bind"
        mounts[tree.real(bind.target)] = (option, str(bind.source.absolute()))
    return mounts


class _Tree:
    """A root file system that is bound, read-only, into the container.

    A mount point cannot be made in what is bound read-only. So the directories that lack one are made anew,
    and what they hold is bound entry by entry; the root itself is always made so.
    """

    def __init__(self, rootfs: Path) -> None:
        self._rootfs = rootfs

    def arguments(self, mounts: Mapping[PurePosixPath, tuple[str, ...]]) -> list[str]:
        root = PurePosixPath("/")
        made = {root}
        for place in mounts:
            under_another = any(parent in mounts for parent in place.parents)
            if not under_another and not os.path.lexists(self._at(place)):
                made |= {parent for parent in place.parents if self._at(parent).is_dir()}
        result = list(self._entries(root, made, mounts))
        for place in sorted(mounts, key=lambda place: (len(place.parts), place)):
            result += [*mounts[place], str(place)]
        return result

    def _entries(
        self,
        directory: PurePosixPath,
        made: set[PurePosixPath],
        mounts: Mapping[PurePosixPath, tuple[str, ...]],
    ) -> Iterator[str]:
        for name in sorted(os.listdir(self._at(directory))):  # noqa: PTH208 - names are what is wanted
            place = directory / name
            source = self._at(place)
            if place in mounts:
                continue
            if source.is_symlink():
                yield from ("--symlink", str(source.readlink()), str(place))
            elif place in made:
                yield from ("--dir", str(place))
                yield from self._entries(place, made, mounts)
            else:
                yield from ("--ro-bind", str(source), str(place))

    def real(self, place: str) -> PurePosixPath:
        """``place`` with the links of the tree followed, which never leave the tree."""
        rest, done, links = list(PurePosixPath("/", place).parts[1:]), PurePosixPath("/"), 0
        while rest:
            part = rest.pop(0)
            if part == "..":
                done = done.parent
                continue
            found = self._at(done / part)
            if found.is_symlink() and links < _LINKS:
                links += 1
                target = PurePosixPath(found.readlink())
                done = PurePosixPath("/") if target.is_absolute() else done
                rest = [*(p for p in target.parts if p != "/"), *rest]
            else:
                done /= part
        return done

    def has(self, place: PurePosixPath) -> bool:
        """Whether the tree has anything there."""
        return os.path.lexists(self._at(place))

    def is_bare(self, place: PurePosixPath) -> bool:
        """Whether the tree has nothing there, or an empty directory."""
        path = self._at(place)
        if not os.path.lexists(path):
            return True
        return path.is_dir() and not any(path.iterdir())

    def _at(self, place: PurePosixPath) -> Path:
        return self._rootfs.joinpath(*place.parts[1:])


__all__ = ["Bind", "User", "bubblewrap_arguments", "environment_of", "find_user", "lacks_command"]
