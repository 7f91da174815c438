"""The programs that neve itself needs, and the Debian packages that they come from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import PurePosixPath

# What packages name for their own installing and removing, and for people at a terminal.
_SKIP = frozenset(
    [
        *("adduser", "debconf", "dpkg", "init-system-helpers", "libc-gconv-modules-extra", "lsb-base"),
        *("media-types", "netbase", "passwd", "readline-common", "sysvinit-utils", "tar", "tzdata"),
    ]
)
# Perl is for one script, the others are programs that are called for what neve never asks.
_NIX_SKIP = _SKIP | {
    "bash-static",
    "bzip2",
    "curl",
    "libdbd-sqlite3-perl",
    "libwww-curl-perl",
    "perl",
    "xz-utils",
}
# Policies and registries.d under /etc, where neve names its own; signing; a storage that neve does not use.
_SKOPEO_SKIP = _SKIP | {"containers-common", "dmsetup", "golang-github-containers-common", "gnupg"}


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A program in Debian packages.

    ``program`` is its path in the unpacked tree; ``skip`` the packages that it runs without, and what only
    they need; ``patch`` the programs that are made to run from where they lie (a static one needs no
    patching).
    """

    name: str
    program: str
    packages: tuple[str, ...]
    skip: frozenset[str] = field(default_factory=frozenset)
    suite: str = "trixie"
    patch: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """What it is called on PATH."""
        return PurePosixPath(self.program).name

    def fingerprint(self, architecture: str) -> str:
        """Ten hexadecimal digits that change with this definition."""
        parts = [
            "1",  # how trees are laid out and patched
            architecture,
            self.name,
            self.program,
            self.packages,
            sorted(self.skip),
            self.suite,
            self.patch,
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:10]


NIX = Tool(name="nix", program="usr/bin/nix", packages=("nix-bin",), skip=_NIX_SKIP, patch=("usr/bin/nix",))
SKOPEO = Tool(
    name="skopeo",
    program="usr/bin/skopeo",
    packages=("skopeo",),
    skip=_SKOPEO_SKIP,
    patch=("usr/bin/skopeo",),
)
BUBBLEWRAP = Tool(
    name="bubblewrap",
    program="usr/bin/bwrap",
    packages=("bubblewrap",),
    skip=_SKIP,
    patch=("usr/bin/bwrap",),
)
BUSYBOX = Tool(name="busybox", program="usr/bin/busybox", packages=("busybox-static",), skip=_SKIP | {"libc6"})
REGISTRY = Tool(
    name="docker-registry",
    program="usr/bin/docker-registry",
    packages=("docker-registry",),
    skip=_SKIP,
    patch=("usr/bin/docker-registry",),
)


def python(version: str, suite: str) -> Tool:
    """The interpreter ``version`` (``3.13``) of a Debian suite, as uv needs one to ask about the target."""
    program = f"usr/bin/python{version}"
    return Tool(
        name=f"python{version}",
        program=program,
        packages=(f"python{version}",),
        skip=_SKIP,
        suite=suite,
        patch=(program,),
    )


__all__ = ["BUBBLEWRAP", "BUSYBOX", "NIX", "REGISTRY", "SKOPEO", "Tool", "python"]
