"""Measuring: wall time and peak memory of commands, best and median of several runs."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One row of the report: what was measured, with what result, and the budget of design.md where there is one."""

    what: str
    result: str
    budget: str = ""


def neve(*words: str) -> list[str]:
    """The command line of the neve that belongs to this interpreter."""
    return [str(Path(sys.executable).parent / "neve"), *words]


def seconds(command: Sequence[str], *, environ: Mapping[str, str] | None = None) -> float:
    """Wall time of one run, in seconds. Raises CalledProcessError with its output where it fails."""
    began = time.perf_counter()
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    took = time.perf_counter() - began
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise subprocess.CalledProcessError(done.returncode, list(command))
    return took


def several(run: Callable[[], float], times: int = 7) -> str:
    """Median and best of ``times`` runs, after one that does not count."""
    run()
    taken = [run() for _ in range(times)]
    return f"{statistics.median(taken):.3f} s (best {min(taken):.3f})"


def peak(command: Sequence[str], *, environ: Mapping[str, str] | None = None) -> tuple[float, float]:
    """Wall time in seconds and peak resident memory in megabytes of one run and of its largest child."""
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command))
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss if usage.ru_maxrss == 0 else usage.ru_maxrss
    return took, children / 1000


__all__ = ["Figure", "neve", "peak", "seconds", "several"]
