"""What somebody may have meant who wrote a version of CUDA or a GPU architecture in another form than neve's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from neve.cuda.table import settled, table

_VERSION = re.compile(r"(cuda|cu|v)?[-_ ]?(?P<major>[0-9]{2})(\.?(?P<minor>[0-9]))?(\.[0-9.]*)?\Z", re.IGNORECASE)
_ARCHITECTURE = re.compile(
    r"(sm|lto|(?P<virtual>compute))?_?(?P<number>[0-9]{1,3})(?P<minor>\.[0-9])?(?P<kind>[af]?)(?P<ptx>\s*\+?\s*ptx)?\Z",
    re.IGNORECASE,
)


def meant_version(text: str, releases: Sequence[str]) -> str | None:
    """The one of ``releases`` (the oldest first) that ``text`` may mean: "13" the newest settled 13.x, "13.2.1" and
    "cu132" 13.2; None where there is none.
    """
    found = _VERSION.match(text.strip())
    if found is None:
        return None
    wanted = f"{found['major']}.{found['minor'] or ''}"
    return next(reversed(settled(release for release in releases if release.startswith(wanted))), None)


def meant_architecture(text: str) -> str | None:
    """The architecture that ``text`` may mean: "sm_80" and "80" are "8.0", "8.0+ptx" and "compute_80", nvcc's name of
    PTX, "8.0+PTX"; None where no release knows such a one.
    """
    found = _ARCHITECTURE.match(text.strip())
    if found is None:
        return None
    number, kind = found["number"], found["kind"].lower()
    readings = [f"{number}{found['minor']}"] if found["minor"] else [f"{number[:-1]}.{number[-1]}", f"{number}.0"]
    known = {name for release in table().releases.values() for name in release.architectures}
    meant = next((f"{reading}{kind}" for reading in readings if f"{reading}{kind}" in known), None)
    return f"{meant}+PTX" if meant and (found["ptx"] or found["virtual"]) else meant


__all__ = ["meant_architecture", "meant_version"]
