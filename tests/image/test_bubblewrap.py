from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from neve.errors import NeveError
from neve.image.bubblewrap import Bind, User, bubblewrap_arguments, find_user, lacks_command
from tests.image.layouts import Tree, unpacked

TREE: Tree = {
    "usr": None,
    "usr/bin": None,
    "usr/bin/app": b"",
    "bin": "usr/bin",
    "etc": None,
    "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\nbroken\nserve:x:12:13::/srv/code:/bin/sh\nx:y:z:w:::\n",
    "etc/group": b"root:x:0:\nother:x:77:\n",
    "etc/resolv.conf": b"",
    "srv": None,
    "srv/code": b"",
    "var": None,
    "var/lib": None,
    "var/lib/state": b"",
    "tmp": None,
    "loop": "loop",
}


@pytest.fixture
def rootfs(tmp_path: Path) -> Path:
    return unpacked(TREE, tmp_path / "root")


def arguments(rootfs: Path, *, binds: tuple[Bind, ...] = (), **config: Any) -> list[str]:
    return bubblewrap_arguments(rootfs, {"Cmd": ["x"], **config}, binds=binds)


def follows(found: list[str], *wanted: str) -> bool:
    return any(tuple(found[at : at + len(wanted)]) == wanted for at in range(len(found)))


def test_the_tree_is_bound_read_only(rootfs: Path) -> None:
    found = arguments(rootfs)
    assert follows(found, "--ro-bind", str(rootfs / "usr"), "/usr")
    assert follows(found, "--symlink", "usr/bin", "/bin")
    assert "--bind" not in found
    assert follows(found, "--tmpfs", "/tmp")  # noqa: S108
    assert follows(found, "--proc", "/proc")
    assert follows(found, "--dev", "/dev")


def test_a_directory_that_lacks_a_mount_point_is_made(rootfs: Path) -> None:
    found = arguments(rootfs)
    # /etc has no hosts and /var no tmp, so both are made anew, and what they hold is bound.
    assert follows(found, "--dir", "/etc")
    assert follows(found, "--ro-bind", str(rootfs / "etc/passwd"), "/etc/passwd")
    assert follows(found, "--ro-bind-try", "/etc/hosts", "/etc/hosts")
    assert follows(found, "--ro-bind-try", "/etc/resolv.conf", "/etc/resolv.conf")
    assert not follows(found, "--ro-bind", str(rootfs / "etc/resolv.conf"))
    assert follows(found, "--dir", "/var")
    assert follows(found, "--ro-bind", str(rootfs / "var/lib"), "/var/lib")
    assert found.index("/etc/passwd") < found.index("/etc/hosts")


def test_binds(rootfs: Path, tmp_path: Path) -> None:
    binds = (
        Bind(source=tmp_path, target="/var/lib/data/deep"),
        Bind(source=tmp_path, target="/bin/new", writable=True),
    )
    found = arguments(rootfs, binds=binds)
    assert follows(found, "--ro-bind", str(tmp_path), "/var/lib/data/deep")
    assert follows(found, "--bind", str(tmp_path), "/usr/bin/new")
    assert follows(found, "--ro-bind", str(rootfs / "var/lib/state"), "/var/lib/state")
    assert follows(found, "--dir", "/usr/bin")


def test_the_home_hides_nothing(rootfs: Path) -> None:
    assert not follows(arguments(rootfs, User="serve"), "--tmpfs", "/srv/code")
    assert follows(arguments(rootfs, User="root"), "--tmpfs", "/root")
    assert follows(arguments(rootfs, Env=["HOME=/home/me"]), "--tmpfs", "/home/me")
    assert follows(arguments(rootfs, Volumes={"/cache/x": {}}), "--tmpfs", "/cache/x")


def test_links_do_not_leave_the_tree(tmp_path: Path) -> None:
    rootfs = unpacked({"out": "/../../etc", "etc": None, "a": "../../b", "b": None}, tmp_path / "root")
    found = arguments(rootfs, binds=(Bind(source=tmp_path, target="/out/x/../y"),))
    assert follows(found, "--ro-bind", str(tmp_path), "/etc/y")
    found = arguments(rootfs, binds=(Bind(source=tmp_path, target="a"),))
    assert follows(found, "--ro-bind", str(tmp_path), "/b")


def test_a_circle_of_links_ends(rootfs: Path, tmp_path: Path) -> None:
    assert arguments(rootfs, binds=(Bind(source=tmp_path, target="/loop/x"),))


def test_command_and_environment(rootfs: Path) -> None:
    config = {"Entrypoint": ["serve", "-v"], "Cmd": ["a"], "Env": ["A=1=2", "HOME=/h"], "WorkingDir": "/srv"}
    found = bubblewrap_arguments(rootfs, config, environment={"TERM": "xterm"})
    assert found[-4:] == ["--", "serve", "-v", "a"]
    assert follows(found, "--chdir", "/srv")
    assert follows(bubblewrap_arguments(rootfs, config, directory="/srv/code"), "--chdir", "/srv/code")
    for name, value in (("A", "1=2"), ("HOME", "/h"), ("TERM", "xterm")):
        assert follows(found, "--setenv", name, value)
    assert found.index("--clearenv") < found.index("--setenv")
    assert bubblewrap_arguments(rootfs, config, ["b", "c"])[-5:] == ["--", "serve", "-v", "b", "c"]


def test_nothing_to_run(rootfs: Path) -> None:
    with pytest.raises(NeveError, match="nothing to run"):
        bubblewrap_arguments(rootfs, {"Entrypoint": None, "Cmd": None})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", User(uid=0, gid=0, home="/root")),
        ("serve", User(uid=12, gid=13, home="/srv/code")),
        ("12", User(uid=12, gid=13, home="/srv/code")),
        ("serve:other", User(uid=12, gid=77, home="/srv/code")),
        ("1000", User(uid=1000, gid=0, home="/")),
        ("1000:1001", User(uid=1000, gid=1001, home="/")),
    ],
)
def test_users(rootfs: Path, text: str, expected: User) -> None:
    assert find_user(rootfs, text) == expected


@pytest.mark.parametrize("text", ["nobody", "x", "serve:none", "²"])
def test_unknown_users(rootfs: Path, text: str) -> None:
    with pytest.raises(NeveError, match="the image has no"):
        find_user(rootfs, text)


def test_no_passwd(tmp_path: Path) -> None:
    assert find_user(tmp_path, "") == User(uid=0, gid=0, home="/")


def test_a_command_that_the_tree_lacks(rootfs: Path, tmp_path: Path) -> None:
    (rootfs / "usr/bin/link").symlink_to("app")
    (rootfs / "usr/bin/broken").symlink_to("/nowhere")
    path = {"Env": ["PATH=/nothing:/bin"]}
    for there in ("app", "link", "/bin/app", "/usr/bin/../bin/link"):
        assert lacks_command(rootfs, path, [there]) is None
    for lacking in ("nosuch", "broken", "lib/app", "/bin/nosuch", "loop/x"):
        assert lacks_command(rootfs, path, [lacking]) == lacking
    assert lacks_command(rootfs, {"WorkingDir": "/usr", "Cmd": ["bin/app"]}) is None
    assert lacks_command(rootfs, {"Entrypoint": ["app"]}, ["nosuch"]) is None
    assert lacks_command(rootfs, path, ["nosuch"], [Bind(source=tmp_path, target="/bin")]) is None
