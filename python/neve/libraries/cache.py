"""What was read of wheels, and what was found for an environment, in neve's cache: JSON by hash."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from neve.cuda.architectures import architectures
from neve.errors import NeveError
from neve.files import write_atomic
from neve.libraries.elf import Elf
from neve.libraries.wheel import WheelFiles

FORMAT = 3  # of what is kept; another one is read anew

_T = TypeVar("_T")


def wheel_place(cache: Path, sha256: str) -> Path:
    """Where the ELF files of the wheel ``sha256`` are kept."""
    return cache / "libraries" / "wheels" / sha256[:2] / f"{sha256}.json"


def report_place(cache: Path, key: str) -> Path:
    """Where the report ``key`` is kept."""
    return cache / "libraries" / "reports" / f"{key}.json"


def keep(place: Path, data: Any) -> None:
    """Write ``data`` to ``place``; a cache that cannot be written is none."""
    try:
        write_atomic(place, json.dumps({"format": FORMAT, "data": data}, separators=(",", ":")))
    except NeveError:
        return


def kept(place: Path, read: Callable[[Any], _T]) -> _T | None:
    """What ``read`` makes of the data at ``place``; None where there is none that it can take."""
    try:
        found = json.loads(place.read_bytes())
        return read(found["data"]) if found["format"] == FORMAT else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def keep_wheel(cache: Path, sha256: str, wheel: WheelFiles) -> None:
    """Keep ``wheel``, which has the hash ``sha256``."""
    defaults = {"program": False, "soname": None, "needed": (), "runpath": (), "versions": ()}
    files = {
        path: {key: value for key, value in asdict(elf).items() if defaults.get(key, ...) != value}
        for path, elf in wheel.files.items()
    }
    gpu = {"sass": wheel.gpu.sass, "ptx": wheel.gpu.ptx}
    keep(wheel_place(cache, sha256), {"files": files, "unreadable": wheel.unreadable, "gpu": gpu})


def kept_wheel(cache: Path, sha256: str) -> WheelFiles | None:
    """What is known of the wheel ``sha256``."""

    def read(data: Any) -> WheelFiles:
        files: dict[str, Elf] = {}
        for path, values in data["files"].items():
            typed: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
            files[str(path)] = Elf(**typed)
        gpu = architectures(data["gpu"]["sass"], data["gpu"]["ptx"])
        return WheelFiles(files=files, unreadable=dict(data["unreadable"]), gpu=gpu)

    return kept(wheel_place(cache, sha256), read)


__all__ = ["FORMAT", "keep", "keep_wheel", "kept", "kept_wheel", "report_place", "wheel_place"]
