"""The programs that neve itself needs, and the Debian packages that they come from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import PurePosixPath

# Perl is for one script, the others are programs that are called for what neve never asks.
_NIX_SKIP = frozenset(
    ["bash-static", "bzip2", "curl", "libdbd-sqlite3-perl", "libwww-curl-perl", "perl", "xz-utils"]
)
# Policies and registries.d under /etc: neve names its own.
_CONTAINERS_SKIP = frozenset(["containers-common", "golang-github-containers-common"])


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
    skip=_CONTAINERS_SKIP,
    patch=("usr/bin/skopeo",),
)
BUBBLEWRAP = Tool(
    name="bubblewrap", program="usr/bin/bwrap", packages=("bubblewrap",), patch=("usr/bin/bwrap",)
)
BUSYBOX = Tool(
    name="busybox", program="usr/bin/busybox", packages=("busybox-static",), skip=frozenset(["libc6"])
)
REGISTRY = Tool(
    name="docker-registry",
    program="usr/bin/docker-registry",
    packages=("docker-registry",),
    skip=frozenset(["adduser", "debconf", "init-system-helpers", "lsb-base", "sysvinit-utils"]),
    patch=("usr/bin/docker-registry",),
)


def python(version: str, suite: str) -> Tool:
    """The interpreter ``version`` (``3.13``) of a Debian suite, as uv needs one to ask about the target."""
    program = f"usr/bin/python{version}"
    return Tool(
        name=f"python{version}",
        program=program,
        packages=(f"python{version}",),
        skip=frozenset(["ca-certificates", "media-types", "mailcap", "tzdata"]),
        suite=suite,
        patch=(program,),
    )


__all__ = ["BUBBLEWRAP", "BUSYBOX", "NIX", "REGISTRY", "SKOPEO", "Tool", "python"]
