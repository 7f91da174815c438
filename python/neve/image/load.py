"""Giving an image to podman or docker, where they do not have it yet."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from neve.errors import NeveError
from neve.image.engine import Engine, Kind
from neve.image.layout import Image, Layout
from neve.image.staging import STAGED, staged
from neve.progress import Progress

REPOSITORY = "localhost/neve"


def load(layout: Layout, image: Image, engine: Engine, progress: Progress) -> str:
    """Load ``image`` into the storage of ``engine``; what the engine calls it.

    It is known by the digest of its configuration, so that an image which is there costs one question.
    Raises NeveError.
    """
    encoded = image.config_descriptor.digest.partition(":")[2]
    # The tag holds an image that `prune` would otherwise take.
    name = f"{REPOSITORY}:{encoded[:32]}"
    if engine.kind is Kind.PODMAN:
        if not _present(engine, ["image", "exists", encoded]):
            progress.stage("loading the image into podman")
            _podman(layout, image, engine, encoded, name)
        return encoded
    if not _present(engine, ["image", "inspect", "--format", "{{.Id}}", name]):
        progress.stage("loading the image into docker")
        _docker(layout, image, engine, name)
    return name


def engine_output(engine: Engine, arguments: Sequence[str], *, cwd: Path | None = None) -> str:
    """What the engine prints, run in ``cwd``; NeveError with its own words where it fails."""
    result = _call(engine, arguments, cwd)
    if result.returncode:
        raise _failed(engine, arguments[0], result.stderr)
    return result.stdout.strip()


def _call(engine: Engine, arguments: Sequence[str], cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [*engine.command, *arguments]
    try:
        return subprocess.run(
            command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
        )
    except OSError as error:
        raise NeveError(f"cannot start {engine.kind}", where=command[0], why=error.strerror) from error


def _present(engine: Engine, question: Sequence[str]) -> bool:
    result = _call(engine, question)
    # 1 is "no" for both; what is beyond is a broken engine.
    if result.returncode > 1:
        raise _failed(engine, "image", result.stderr)
    return result.returncode == 0


def _podman(layout: Layout, image: Image, engine: Engine, encoded: str, name: str) -> None:
    with staged(layout, image.manifest_descriptor, name) as directory:
        # podman 4 names what it loads after the path, whatever the layout's annotation says: a temporary directory's
        # random letters, or TMPDIR's capital ones, may make no name.
        engine_output(engine, ["load", "--quiet", "--input", directory.name], cwd=directory.parent)
        engine_output(engine, ["tag", encoded, name])
        _call(engine, ["untag", encoded, f"localhost/{STAGED}:latest"])


def _docker(layout: Layout, image: Image, engine: Engine, name: str) -> None:
    with (
        staged(layout, image.manifest_descriptor, name) as directory,
        tempfile.TemporaryFile("w+", errors="replace") as errors,
    ):
        command = [*engine.command, "load", "--quiet"]
        try:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors)
        except OSError as error:
            raise NeveError(f"cannot start {engine.kind}", where=command[0], why=error.strerror) from error
        # An engine that does not want the rest closes the pipe; its exit status tells.
        with suppress(BrokenPipeError), process:
            assert process.stdin is not None  # noqa: S101 - it is a pipe
            _write_archive(layout, image, name, directory, process.stdin)
            process.stdin.close()
        if process.returncode:
            errors.seek(0)
            raise _failed(engine, "load", errors.read())


def _write_archive(layout: Layout, image: Image, name: str, staged_at: Path, out: IO[bytes]) -> None:
    """Write to ``out`` the tar that `docker load` takes: an OCI layout with docker's manifest.json.

    The layers stay as they are compressed, which docker understands since it knows zstd.
    """
    blobs = [
        image.manifest_descriptor,
        image.config_descriptor,
        *(layer.descriptor for layer in image.layers),
    ]
    places = {descriptor.digest: f"blobs/{descriptor.digest.replace(':', '/')}" for descriptor in blobs}
    manifest = {
        "Config": places[image.config_descriptor.digest],
        "RepoTags": [name],
        "Layers": [places[layer.descriptor.digest] for layer in image.layers],
    }
    data = json.dumps([manifest]).encode()
    with tarfile.open(fileobj=out, mode="w|", dereference=True) as archive:
        for document in ("oci-layout", "index.json"):
            archive.add(staged_at / document, document)
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
        for digest, place in places.items():
            archive.add(layout.blob(digest).resolve(), place)


def _failed(engine: Engine, doing: str, message: str) -> NeveError:
    return NeveError(
        f"{engine.kind} {doing} failed",
        where=" ".join(engine.command),
        why=message.strip() or "it does not say why",
        fixes=["run the image without it: --engine bwrap"],
    )


__all__ = ["REPOSITORY", "engine_output", "load"]
