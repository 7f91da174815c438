"""The steps that are measured; each takes an empty directory and gives its figures."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.layer import measure_layer
from benchmarks.measure import Figure, neve, peak, seconds, several
from benchmarks.projects import example, many_packages
from benchmarks.torch_image import measure_torch
from tests.registry import CountingProxy, counting, registry


def version(_: Path) -> Iterator[Figure]:
    """The start of the program."""
    yield Figure(what="neve --version", result=several(lambda: seconds(neve("--version"))), budget="0.10 s")


def render(directory: Path) -> Iterator[Figure]:
    """Read, plan and render a project of 300 locked packages."""
    project = many_packages(300, directory)
    seconds(neve("-C", str(project), "lock", "--quiet"))  # the base's pins, once
    command = neve("-C", str(project), "render", "--frozen", "--quiet")
    yield Figure(
        what="read + plan + render, 300 locked packages (`neve render`, with uv's export)",
        result=several(lambda: seconds(command)),
        budget="0.30 s",
    )


def lock(directory: Path) -> Iterator[Figure]:
    """Lock the debian base with warm indexes."""
    project = example("hello", directory)
    command = neve("-C", str(project), "lock", "--quiet")
    seconds(command)

    def again() -> float:
        (project / "neve.lock").unlink()
        return seconds(command)

    yield Figure(what="neve lock, warm indexes", result=several(again, 5), budget="3 s")
    (project / "neve.lock").unlink()
    _, megabytes = peak(command)
    yield Figure(what="neve lock, peak memory", result=f"{megabytes:.0f} MB", budget="400 MB")


def change(directory: Path) -> Iterator[Figure]:
    """Build again unchanged; change one line, build and push to a registry on loopback."""
    project = example("hello", directory)
    seconds(neve("-C", str(project), "build", "--quiet"))
    build = neve("-C", str(project), "build", "--quiet")
    yield Figure(what="neve build, nothing changed", result=several(lambda: seconds(build)), budget="0.50 s")
    data = directory / "registry"
    data.mkdir()
    with registry(data) as upstream, counting(upstream) as proxy:
        push = neve("-C", str(project), "push", f"{proxy.address}/hello", "--quiet")
        seconds(push)
        source = project / "src" / "hello" / "__init__.py"

        def once() -> float:
            # A line that no run before had: the store would still hold what it made.
            source.write_text(source.read_text() + f"# {secrets.token_hex()}\n")
            return seconds(push)

        result = several(once, 5)
        before = proxy.sent
        once()
        sent = proxy.sent - before
        yield Figure(what="one line changed: build + push to loopback", result=result, budget="1.0 s")
        yield Figure(what="… bytes sent to the registry", result=f"{sent / 1000:.1f} kB", budget="100 kB")
        _, megabytes = peak(push)
        yield Figure(what="neve push, peak memory", result=f"{megabytes:.0f} MB")
        yield from peer(project, proxy)


def peer(project: Path, proxy: CountingProxy) -> Iterator[Figure]:
    """The same change by podman: a Dockerfile that copies the package on top of the same image, built and pushed."""
    if shutil.which("podman") is None or shutil.which("runc") is None:
        yield Figure(what="… podman build + podman push of the same change", result="podman or runc is not installed")
        return
    archive = project.parent / "image.tar"
    seconds(neve("-C", str(project), "build", "--quiet", "--archive", str(archive)))
    seconds(["podman", "load", "--quiet", "--input", str(archive)])
    (project / "Dockerfile").write_text(
        "FROM localhost/hello:latest\nCOPY src /app/src\n"
        'RUN ["/usr/bin/cp", "-r", "/app/src/hello", "/opt/venv/lib/python3.13/site-packages/"]\n'
    )
    name = f"{proxy.address}/peer"
    limits = ["--network=none", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"]
    source = project / "src" / "hello" / "__init__.py"

    def once() -> float:
        source.write_text(source.read_text() + f"# {secrets.token_hex()}\n")
        built = seconds(["podman", "--runtime", "runc", "build", "--quiet", *limits, "--tag", name, str(project)])
        return built + seconds(["podman", "push", "--quiet", "--tls-verify=false", name])

    result = several(once, 5)
    before = proxy.sent
    once()
    yield Figure(what="… podman build + podman push of the same change", result=result)
    yield Figure(what="… bytes that podman sent", result=f"{(proxy.sent - before) / 1000:.1f} kB")


def layer(directory: Path) -> Iterator[Figure]:
    """The first build of a large layer on one core, beside what the peers' way takes."""
    yield from measure_layer(directory)


def first(directory: Path) -> Iterator[Figure]:
    """The first image on a machine with nothing but Python: empty HOME, caches and store."""
    project = example("hello", directory)
    home = directory / "home"
    home.mkdir()
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "LANG") or key.startswith("NEVE_DEBIAN")}
    took, megabytes = peak(neve("-C", str(project), "build", "--quiet"), environ={**kept, "HOME": str(home)})
    yield Figure(what="first image, nothing in any cache (examples/hello)", result=f"{took:.1f} s", budget="60 s")
    yield Figure(what="… peak memory of neve", result=f"{megabytes:.0f} MB")
    subprocess.run(["chmod", "-R", "u+w", str(home)], check=False)
    shutil.rmtree(home, ignore_errors=True)


def torch(directory: Path) -> Iterator[Figure]:
    """A GPU image of gigabytes, cold and changed."""
    yield from measure_torch(directory)


STEPS: dict[str, Callable[[Path], Iterator[Figure]]] = {
    "version": version,
    "render": render,
    "lock": lock,
    "change": change,
    "layer": layer,
    "first": first,
    "torch": torch,
}
# Of gigabytes and minutes: run where they are asked for by name.
BY_HAND = frozenset({"torch"})


__all__ = ["BY_HAND", "STEPS"]
