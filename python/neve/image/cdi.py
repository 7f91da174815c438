"""The specifications of GPUs as engines read them (Container Device Interface), as far as they tell something here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from neve.host import Host

DIRECTORIES = ("/etc/cdi", "/var/run/cdi")
_KIND = re.compile(r"""["']?kind["']?\s*:\s*["']?nvidia\.com/gpu["']?\s*[,\n}]""")
_HOST_PATH = re.compile(r"""["']?hostPath["']?\s*:\s*["']?(/[^"'\s,}]+)""")
_DRIVER = re.compile(r"/lib(?:cuda|nvidia-ml)\.so\.(\d{3,4}(?:\.\d+)+)")


@dataclass(frozen=True, kw_only=True)
class Specification:
    """A specification of nvidia.com/gpu: its file, the version of the driver whose libraries it mounts (None: it names
    none), and the files of the host that it names.
    """

    file: str
    driver: str | None
    host_paths: tuple[str, ...]


def specifications(host: Host) -> list[Specification]:
    """Those that podman and docker read on ``host``: YAML and JSON files of /etc/cdi and /var/run/cdi."""
    files = [place for top in DIRECTORIES for kind in ("json", "yaml") for place in host.glob(f"{top}/*.{kind}")]
    found = []
    for file in files:
        text = (host.read(file) or "") + "\n"
        if _KIND.search(text):
            driver = _DRIVER.search(text)
            paths = tuple(dict.fromkeys(_HOST_PATH.findall(text)))
            found.append(Specification(file=file, driver=driver[1] if driver else None, host_paths=paths))
    return found


__all__ = ["DIRECTORIES", "Specification", "specifications"]
