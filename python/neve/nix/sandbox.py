"""Whether this machine lets Nix build in a sandbox, and what to do where it does not."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

from neve.errors import NeveError

# In a process of its own, which loses nothing by it. Nix does the same: new namespaces, a mapping of ids,
# /proc mounted for the new process ids.
TRIAL = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
def do(stage, status):
    if status:
        sys.exit(stage + ": " + os.strerror(ctypes.get_errno()))
user, group = os.geteuid(), os.getegid()
NEWNS, NEWUTS, NEWIPC = 0x20000, 0x4000000, 0x8000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000
do("new namespaces", libc.unshare(NEWUSER | NEWNS | NEWPID | NEWNET | NEWIPC | NEWUTS))
try:
    for name, text in (("setgroups", "deny"), ("uid_map", "0 %d 1" % user), ("gid_map", "0 %d 1" % group)):
        with open("/proc/self/" + name, "w") as file:
            file.write(text)
except OSError as error:
    sys.exit("mapping of users: " + os.strerror(error.errno))
child = os.fork()
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
do("private mounts", libc.mount(b"none", b"/", None, 0x44000, None))
do("mount of /proc", libc.mount(b"none", b"/proc", b"proc", 0, None))
"""
_SWITCHES = (
    ("kernel/unprivileged_userns_clone", "0", "sudo sysctl -w kernel.unprivileged_userns_clone=1"),
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    ("user/max_user_namespaces", "0", "sudo sysctl -w user.max_user_namespaces=15000"),
)


def check_sandbox() -> None:
    """Raise NeveError, with the remedies, where an ordinary user's sandbox cannot be made here (20 ms)."""
    try:
        trial = subprocess.run(
            [sys.executable, "-I", "-S", "-c", TRIAL],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError:  # an interpreter inside another program: the first build will tell
        return
    if trial.returncode:
        raise NeveError(
            "this machine does not let Nix build in a sandbox",
            where="user namespaces",
            why=complaint(trial.returncode, trial.stderr.decode(errors="replace")),
            fixes=remedies(),
        )


def complaint(status: int, said: str) -> str:
    """Why the program TRIAL ended with ``status``, by what it said."""
    why = said.strip() or f"status {status}"
    if why.endswith(os.strerror(errno.ENOSPC)):  # unshare(2): not of a disk
        return "new namespaces: the limit on user namespaces is reached, or it is 0"
    return why


def remedies(settings: Path = Path("/proc/sys")) -> list[str]:
    """What may give user namespaces back here, the likeliest first."""
    found = [command for name, bad, command in _SWITCHES if _value(settings / name) == bad]
    if _in_container():
        found.append(
            "start this container with: docker run --security-opt seccomp=unconfined --security-opt "
            "apparmor=unconfined --security-opt systempaths=unconfined (podman: --security-opt unmask=ALL)"
        )
    return [*found, "or put nix-portable on PATH and set NP_RUNTIME=proot (slow, and no sandbox)"]


def _value(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None


def _in_container() -> bool:
    return "container" in os.environ or any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv"))


__all__ = ["TRIAL", "check_sandbox", "complaint", "remedies"]
