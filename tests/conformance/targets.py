"""The targets that choices are compared for, by name."""

from __future__ import annotations

from collections.abc import Mapping

from neve.python.target import Target

# Suite: the Python that its images have, its glibc; 3.12 is one of uv's interpreters.
_ALL = {
    "bookworm": ("3.11.2", (2, 36), False),
    "trixie-3.12": ("3.12.11", (2, 41), False),
    "trixie": ("3.13.5", (2, 41), False),
    "trixie-3.13t": ("3.13.5", (2, 41), True),
    "forky": ("3.14.0", (2, 43), False),
    "forky-3.14t": ("3.14.0", (2, 43), True),
}


def _targets(architecture: str, suffix: str) -> dict[str, Target]:
    return {
        f"{name}{suffix}": Target(
            python_full_version=python, glibc=glibc, architecture=architecture, freethreaded=freethreaded
        )
        for name, (python, glibc, freethreaded) in _ALL.items()
    }


TARGETS: Mapping[str, Target] = _targets("x86_64", "") | _targets("aarch64", "-arm")
# One of each suite, each architecture and each Python.
SOME = ("bookworm", "trixie-3.12", "trixie", "trixie-arm", "forky-3.14t-arm")
EVERY = tuple(TARGETS)
