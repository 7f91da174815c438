"""Which systems a Nix builds for: its own, those that the kernel emulates, those of other machines."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from neve.errors import NeveError
from neve.nix.nix import Nix
from neve.nix.process import capture

_RENAMED = (2, 20)  # `nix show-config` became `nix config show`


def with_machines(nix: Nix) -> Nix:
    """``nix`` with the other machines that its own configuration names (``builders``)."""
    return replace(nix, remote=True)


def builds_for(nix: Nix, system: str) -> bool:
    """Whether ``nix`` builds derivations of ``system`` ("aarch64-linux"), by itself or on another machine."""
    if system == f"{os.uname().machine}-linux":
        return True
    settings = _settings(with_machines(nix))
    return system in settings["extra-platforms"] or system in _systems(settings["builders"])


def check_builds_for(nix: Nix, system: str, platform: str) -> None:
    """Raise NeveError where ``nix`` cannot build for ``system``, the image's ``platform`` ("linux/arm64")."""
    if builds_for(nix, system):
        return
    raise NeveError(
        f"this Nix builds nothing for {platform}",
        where=f"Nix {'.'.join(map(str, nix.version))}, {nix.origin}",
        why=f"{system} is neither this machine nor in its settings `extra-platforms` or `builders`: on nixpkgs each"
        " platform's image is built by programs of that platform",
        fixes=[
            f"name a machine that is {system} in `builders` of nix.conf, and a Nix that reads it with --nix",
            f"or register qemu with the kernel and set `extra-platforms = {system}`",
            'or base = "debian" under [tool.neve], which runs nothing of another platform',
            f"or take {platform} out of `platforms`",
        ],
    )


def _settings(nix: Nix) -> dict[str, Any]:
    words = ("config", "show") if nix.version >= _RENAMED else ("show-config",)
    done = capture(nix.invocation(*words, "--json"), environment=nix.environment())
    try:
        found = json.loads(done.out)
        return {"extra-platforms": [*found["extra-platforms"]["value"]], "builders": str(found["builders"]["value"])}
    except (ValueError, KeyError, TypeError):
        return {"extra-platforms": [], "builders": ""}  # a Nix that does not tell builds for its own system alone


def _systems(builders: str) -> set[str]:
    """The systems of the machines in a ``builders`` setting: lines, or entries between semicolons, or @FILE."""
    found: set[str] = set()
    for entry in re.split(r"[\n;]", builders):
        words = entry.partition("#")[0].split()
        if words and words[0].startswith("@"):
            try:
                found |= _systems(Path(words[0][1:]).read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
        elif len(words) > 1:
            found |= {*words[1].split(",")}
    return found


__all__ = ["builds_for", "check_builds_for", "with_machines"]
