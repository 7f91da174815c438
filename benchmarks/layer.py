"""How fast a layer is made, on one core, beside the ways of others on the same input in the same run."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Figure, neve, seconds
from benchmarks.projects import large_tree

MEGABYTES = 400


def measure_layer(directory: Path) -> Iterator[Figure]:
    """Build a project of 400 MB for the first time with one core; then stream it as dockerTools does."""
    project = large_tree(MEGABYTES, directory)
    one_core = ["taskset", "-c", "0"]
    # All but the layer of sources is built first, with sources of no size.
    data = project / "data"
    aside = directory / "data"
    data.rename(aside)
    seconds(neve("-C", str(project), "build", "--quiet"))
    aside.rename(data)
    began = time.perf_counter()
    command = [*one_core, *neve("-C", str(project), "build", "--verbose", "--progress", "plain")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    took = time.perf_counter() - began
    alone = re.search(r"^- layer-source \(([0-9.]+) s\)$", done.stderr, re.MULTILINE)
    assert alone, done.stderr
    rate = MEGABYTES / float(alone[1])
    yield Figure(
        what=f"first build of a layer of {MEGABYTES} MB, one core, whole `neve build` (sources hashed and copied too)",
        result=f"{took:.2f} s, {MEGABYTES / took:.0f} MB/s",
    )
    yield Figure(
        what="… the layer's derivation alone (tar, zstd -3, both digests), one core",
        result=f"{alone[1]} s, {rate:.0f} MB/s",
        budget="250 MB/s",
    )
    yield Figure(what="… a Python streamer like dockerTools' (tarfile, SHA-256), no compression", result=_tarfile(data))
    yield Figure(
        what="… the same with Python's gzip -6, as `docker load` images are pushed", result=_tarfile(data, gz=True)
    )


class _Hashing(io.RawIOBase):
    def __init__(self) -> None:
        self.digest = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        view = memoryview(data)  # type: ignore[arg-type]
        self.digest.update(view)
        return view.nbytes


def _tarfile(data: Path, *, gz: bool = False) -> str:
    began = time.perf_counter()
    sink = _Hashing()
    out = gzip.GzipFile(fileobj=sink, mode="wb", compresslevel=6, mtime=0) if gz else sink
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.GNU_FORMAT) as tar:
        for file in sorted(data.rglob("*")):
            tar.add(file, recursive=False)
    out.close()
    took = time.perf_counter() - began
    return f"{took:.2f} s, {MEGABYTES / took:.0f} MB/s"


__all__ = ["measure_layer"]
