"""examples/torch from nothing to a registry on loopback: 3 GB of wheels, so it is run by its name alone.

    python -m benchmarks torch

It takes some minutes and 15 GB of disk below the home directory, which it gives back at the end.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measure import Figure, neve, seconds
from benchmarks.projects import example
from neve.image.layout import Descriptor, Image, Layout
from neve.python.layers import LARGE
from tests.registry import CountingProxy, counting, registry

_GB = 1e9
_WHEEL = re.compile(r"(?!wheels-\d)[a-z0-9-]+-[0-9]")
# Another project with the same torch, and as much else as can be different.
_OTHER = """
[project]
name = "other"
version = "2.0"
requires-python = ">=3.11"
dependencies = ["numpy", "rich", "torch"]
[tool.neve]
system = ["less"]
[tool.neve.image]
user = "app:1234"
[tool.neve.cuda]
"""


@dataclass
class _Run:
    """One call of neve: its seconds in all and from each line that tells a stage, its peak of memory in bytes."""

    took: float = 0.0
    memory: int = 0
    stages: dict[str, float] = field(default_factory=dict)

    def stage(self, begins: str) -> float:
        """The seconds of the stages whose line begins so."""
        return sum(took for line, took in self.stages.items() if line.startswith(begins))


def measure_torch(directory: Path) -> Iterator[Figure]:
    """The cold build, the pushes, a changed line, and a second project with the same wheels."""
    environ = _own_world(directory)
    project = example("torch", directory)
    for name in ("uv.lock", "neve.lock"):
        (project / name).unlink(missing_ok=True)
    took = seconds(neve("-C", str(project), "lock", "--no-libraries", "--quiet"), environ=environ)
    yield Figure(what="examples/torch: neve lock, nothing in any cache, no wheel fetched", result=f"{took:.1f} s")
    with _disk(directory) as disk:
        cold = _timed(["-C", str(project), "build"], environ)
    image = _image(project)
    yield from _cold_figures(cold, image, project)
    yield Figure(
        what="… disk: most at once, and in the end (wheels, layers, tools; nothing was there before)",
        result=f"{disk.most / _GB:.1f} GB, {disk.size() / _GB:.1f} GB",
    )
    yield from _start(project, environ)
    data = directory / "registry"
    data.mkdir()
    with registry(data) as upstream, counting(upstream) as proxy:
        yield from _pushes(project, proxy, environ)
        yield from _second_project(directory, image, proxy, environ)
    _remove(directory)


def _own_world(directory: Path) -> dict[str, str]:
    """An environment whose caches and store are empty, and lie below ``directory``."""
    environ = {key: value for key, value in os.environ.items() if key != "NEVE_STORE"}
    places = {"XDG_CACHE_HOME": "cache", "XDG_DATA_HOME": "data", "UV_CACHE_DIR": "uv", "TMPDIR": "tmp"}
    for variable, name in places.items():
        (directory / name).mkdir(mode=0o700)
        environ[variable] = str(directory / name)
    return environ


def _timed(words: Sequence[str], environ: Mapping[str, str]) -> _Run:
    """Run neve, and note when it tells of a new stage (its lines that begin with ">")."""
    run, now = _Run(), "start"
    begun = last = time.perf_counter()
    command = [*neve(*words), "--progress", "plain"]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if line.startswith("> "):
            moment = time.perf_counter()
            run.stages[now] = run.stages.get(now, 0.0) + moment - last
            now, last = line[2:].strip(), moment
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    ended = time.perf_counter()
    run.stages[now] = run.stages.get(now, 0.0) + ended - last
    run.took, run.memory = ended - begun, usage.ru_maxrss * 1024
    if process.returncode:
        sys.stderr.writelines(lines)
        raise subprocess.CalledProcessError(process.returncode, command)
    return run


class _Disk:
    """The bytes below a directory, links counted once; ``most`` is the largest sum that was seen."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.most = 0

    def size(self) -> int:
        done = subprocess.run(["du", "-sxk", str(self._directory)], capture_output=True, text=True, check=False)
        return int(done.stdout.split()[0]) * 1024

    def watch(self, ended: threading.Event) -> None:
        while not ended.wait(2):
            self.most = max(self.most, self.size())


@contextmanager
def _disk(directory: Path) -> Iterator[_Disk]:
    disk, ended = _Disk(directory), threading.Event()
    watching = threading.Thread(target=disk.watch, args=(ended,))
    watching.start()
    try:
        yield disk
    finally:
        ended.set()
        watching.join()


def _image(project: Path) -> Image:
    return Layout(_layout(project)).image()


def _layout(project: Path) -> Path:
    return Path(json.loads((project / ".neve" / "state.json").read_text())["layout"])


def _cold_figures(cold: _Run, image: Image, project: Path) -> Iterator[Figure]:
    fetched = cold.stage("fetching")
    yield Figure(what="… neve build, empty store and caches, all in all", result=f"{cold.took:.0f} s")
    yield Figure(what="… of these: fetching wheels, packages and tools", result=f"{fetched:.0f} s")
    yield Figure(what="… adding them to the store", result=f"{cold.stage('adding'):.0f} s")
    building = cold.stage("building")
    plain = _uncompressed(_layout(project), image)
    result = f"{building:.0f} s, {plain / 1e6 / building:.0f} MB/s"
    yield Figure(what="… building: unpacking, byte code, tar, zstd -3, digests", result=result)
    yield Figure(what="… peak memory of neve and of what it calls", result=f"{cold.memory / 1e6:.0f} MB")
    yield Figure(
        what="… the image: layers, compressed, uncompressed",
        result=f"{len(image.layers)} layers, {image.size / _GB:.2f} GB, {plain / _GB:.2f} GB",
    )


def _start(project: Path, environ: Mapping[str, str]) -> Iterator[Figure]:
    """That torch and its libraries load: the program computes on the CPU where there is no GPU, and fails where not."""
    run = _timed(["-C", str(project), "run"], {**environ, "NEVE_ENGINE": "bwrap"})
    yield Figure(what="… neve run by bubblewrap, the first time (it unpacks the image)", result=f"{run.took:.1f} s")
    run = _timed(["-C", str(project), "run"], {**environ, "NEVE_ENGINE": "bwrap"})
    yield Figure(what="… again: torch starts and multiplies two matrices", result=f"{run.took:.1f} s")


def _uncompressed(layout: Path, image: Image) -> int:
    from tests.build.layers import plain_size

    return sum(plain_size(Layout(layout), layer.descriptor) for layer in image.layers)


def _pushes(project: Path, proxy: CountingProxy, environ: Mapping[str, str]) -> Iterator[Figure]:
    words = ["-C", str(project), "push", f"{proxy.address}/team/torch"]
    run = _timed(words, environ)
    yield Figure(
        what="the first push to a registry on loopback",
        result=f"{run.took:.1f} s, {proxy.sent / _GB:.2f} GB sent, {run.memory / 1e6:.0f} MB of memory",
    )
    before = proxy.sent
    run = _timed(words, environ)
    yield Figure(what="… again", result=f"{run.took:.2f} s, {(proxy.sent - before) / 1000:.0f} kB sent")
    source = project / "src" / "torch_device" / "__init__.py"
    source.write_text(source.read_text() + f"# {secrets.token_hex()}\n")
    before = proxy.sent
    run = _timed(words, environ)
    yield Figure(
        what="one line changed: build + push",
        result=f"{run.took:.2f} s, {(proxy.sent - before) / 1000:.0f} kB sent",
    )


def _second_project(
    directory: Path, first: Image, proxy: CountingProxy, environ: Mapping[str, str]
) -> Iterator[Figure]:
    """What another project with the same wheels takes, and whether its large layers are the same."""
    project = directory / "other"
    project.mkdir()
    (project / "pyproject.toml").write_text(_OTHER)
    (project / "main.py").write_text("import torch\n")
    seconds(neve("-C", str(project), "lock", "--no-libraries", "--quiet"), environ=environ)
    run = _timed(["-C", str(project), "build"], environ)
    image = _image(project)
    mine, others = _large_wheels(image), _large_wheels(first)
    same = [descriptor.size for name, descriptor in mine.items() if others.get(name) == descriptor]
    yield Figure(what="another project with the same torch: neve build", result=f"{run.took:.1f} s")
    yield Figure(
        what="… layers of large wheels that are the same to the byte",
        result=f"{len(same)} of {len(mine)}, {sum(same) / _GB:.2f} GB",
    )
    before = proxy.sent
    run = _timed(["-C", str(project), "push", f"{proxy.address}/others/project"], environ)
    yield Figure(
        what="… its push to another repository of the registry",
        result=f"{run.took:.1f} s, {(proxy.sent - before) / _GB:.2f} GB sent",
    )


def _large_wheels(image: Image) -> dict[str, Descriptor]:
    """The layers that are one wheel each, by their names."""
    found = dict(zip(image.names, (layer.descriptor for layer in image.layers), strict=True))
    return {name: each for name, each in found.items() if each.size >= LARGE // 2 and _WHEEL.match(name)}


def _remove(directory: Path) -> None:
    """The store is read-only."""
    for parent, _, _ in os.walk(directory):
        Path(parent).chmod(0o700)
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(exist_ok=True)


__all__ = ["measure_torch"]
