"""What is particular to this machine's architecture: Debian's name for it, its loader, its library folder."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from neve.errors import NeveError


@dataclass(frozen=True)
class Machine:
    """An architecture as Debian lays it out; ``loader`` and ``libraries`` are paths in a merged /usr."""

    debian: str
    loader: str
    libraries: str


# The loader's own file, not the link under lib64: it is absolute in older releases.
_MACHINES = {
    "x86_64": Machine("amd64", "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "usr/lib/x86_64-linux-gnu"),
    "aarch64": Machine("arm64", "usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1", "usr/lib/aarch64-linux-gnu"),
}


def machine() -> Machine:
    """This machine; raises NeveError where neve has no tools for it."""
    name = platform.machine()
    if platform.system() != "Linux" or name not in _MACHINES:
        raise NeveError(
            "neve has no tools of its own for this machine",
            why=f"it is {platform.system()} on {name}; they exist for Linux on {' and '.join(_MACHINES)}",
            fixes=["put `nix` and `skopeo` on PATH"],
        )
    return _MACHINES[name]


__all__ = ["Machine", "machine"]
