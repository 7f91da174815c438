"""Pushing an image to a registry, to the byte as it was built (OCI distribution-spec 1.1, through skopeo)."""

from __future__ import annotations

import os
import re
import select
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from neve.errors import DefectError, NeveError, TransientError
from neve.image.layout import INDEX, Descriptor, Image, Layout
from neve.image.reference import Reference
from neve.image.staging import staged
from neve.progress import Progress

_POLL_SECONDS = 0.05


def push(
    layout: Path,
    reference: str,
    *,
    skopeo: Path,
    progress: Progress,
    tls_verify: bool = True,
    authfile: Path | None = None,
) -> str:
    """Push the image of ``layout`` to ``reference`` and return ``name@sha256:…``; what is there is not sent. An index
    goes with all its images, each blob once.

    ``tls_verify=False`` allows plain HTTP and unknown certificates; registries on this machine always may.
    Raises NeveError for what the user can fix, TransientError where the registry does not answer, and
    DefectError where it shows another digest than the layout has.
    """
    place = Reference.parse(reference)
    built = Layout(layout)
    descriptor, images = built.descriptor, built.images()
    progress.stage(f"pushing {descriptor.digest[:19]} to {place}")
    options = ["--preserve-digests", f"--dest-tls-verify={_boolean(tls_verify and not place.loopback)}"]
    if authfile is not None:
        options += ["--dest-authfile", str(authfile.absolute())]
    with staged(built, descriptor) as directory:
        digest_file = directory / "pushed"
        status, message = _skopeo(
            # No policy file need exist: what is pushed was built and verified here.
            [
                skopeo,
                "--insecure-policy",
                "copy",
                "--quiet",
                *(["--all"] if descriptor.media_type == INDEX else []),
                *options,
                "--digestfile",
                digest_file,
                "oci:.",
                f"docker://{place}",
            ],
            directory,
            _blobs(built, images),
            progress,
        )
        if status:
            raise _explained(message or f"skopeo ended with status {status}", place)
        pushed = digest_file.read_text().strip()
    if pushed != descriptor.digest:
        raise DefectError(
            "the registry shows another digest than the image has",
            where=str(place),
            why=f"{pushed}, {descriptor.digest} expected",
        )
    return f"{place.name}@{pushed}"


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _blobs(layout: Layout, images: Sequence[Image]) -> dict[str, Descriptor]:
    layers = [layer.descriptor for image in images for layer in image.layers]
    return {str(layout.blob(descriptor.digest).resolve()): descriptor for descriptor in layers}


def _skopeo(
    command: Sequence[str | Path], directory: Path, blobs: Mapping[str, Descriptor], progress: Progress
) -> tuple[int, str]:
    """Run skopeo to its end; its exit status and what it complained about."""
    with tempfile.TemporaryFile("w+", errors="replace") as errors:
        try:
            process = subprocess.Popen(
                command,
                cwd=directory,
                env=_environment(os.environ, directory),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
        except OSError as error:
            raise NeveError("cannot start skopeo", where=str(command[0]), why=error.strerror) from error
        sent = _Sent(process.pid, blobs, progress)
        try:
            sent.watch()
            status = process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
        finally:
            sent.end(failed=process.returncode != 0)
        errors.seek(0)
        return status, complaint(errors.read())


def _environment(environ: Mapping[str, str], empty: Path) -> dict[str, str]:
    """The environment for skopeo, which takes an auth file that it may not look for as an error.

    Without XDG_RUNTIME_DIR it looks in /run/containers, which a podman of root's has closed to others
    (containers-auth.json(5)); then it is shown a directory without one, and goes on to the next place.
    """
    if environ.get("XDG_RUNTIME_DIR"):
        return dict(environ)
    try:
        Path(f"/run/containers/{os.getuid()}/auth.json").stat()
    except PermissionError:
        return {**environ, "XDG_RUNTIME_DIR": str(empty)}
    except OSError:
        pass
    return dict(environ)


class _Sent:
    """The progress of each blob, read from the offsets of the files that skopeo has open.

    Where its output is no terminal skopeo tells which blobs it looks at, not which are sent, nor their bytes.
    """

    def __init__(self, pid: int, blobs: Mapping[str, Descriptor], progress: Progress) -> None:
        self._pid, self._blobs, self._progress = pid, blobs, progress
        self._offsets: dict[str, int] = {}

    def watch(self) -> None:
        """Report until the process ends."""
        ended = os.pidfd_open(self._pid)
        try:
            while not select.select([ended], [], [], _POLL_SECONDS)[0]:
                self._look()
        finally:
            os.close(ended)

    def end(self, *, failed: bool) -> None:
        for path in self._offsets:
            self._progress.finish(self._blobs[path].digest, failed=failed)

    def _look(self) -> None:
        found = self._open_blobs()
        for path, offset in found.items():
            blob = self._blobs[path]
            if path not in self._offsets:
                self._progress.start(blob.digest, f"pushing {blob.digest[:19]}", blob.size)
            self._progress.advance(blob.digest, offset - self._offsets.get(path, 0))
            self._offsets[path] = offset
        for path in self._offsets.keys() - found.keys():
            self._progress.finish(self._blobs[path].digest)
            del self._offsets[path]

    def _open_blobs(self) -> dict[str, int]:
        found: dict[str, int] = {}
        try:
            for link in Path(f"/proc/{self._pid}/fd").iterdir():
                path = str(link.readlink())
                if path in self._blobs:
                    info = Path(f"/proc/{self._pid}/fdinfo/{link.name}").read_text()
                    found[path] = int(info.split(maxsplit=2)[1])
        except OSError:
            pass  # a file that has just been closed, or a /proc that is hidden: less progress is shown
        return found


def complaint(text: str) -> str:
    """What skopeo says went wrong, without the query of a URL: signed upload URLs carry secrets there."""
    messages = re.findall(r'level=(?:fatal|error) msg="((?:[^"\\]|\\.)*)"', text)
    message = messages[-1].replace('\\"', '"') if messages else text.strip()
    return re.sub(r"\?[^\s\"]+", "?…", message)


def _explained(message: str, place: Reference) -> NeveError:
    for pattern, make in _CAUSES:
        if re.search(pattern, message, re.IGNORECASE):
            return make(message, place)
    return NeveError("the registry did not take the image", where=str(place), why=message)


def _unauthorized(message: str, place: Reference) -> NeveError:
    return NeveError(
        "the registry wants other credentials",
        where=str(place),
        why=message,
        fixes=[
            f"log in: skopeo login {place.registry} (or podman login, docker login)",
            "name the file that holds them: REGISTRY_AUTH_FILE=FILE",
            f"see that the account may push to {place.name}",
        ],
    )


def _plain_http(message: str, place: Reference) -> NeveError:
    return NeveError(
        "the registry speaks plain HTTP",
        where=place.registry,
        why=message,
        fixes=["where that is meant to be: --plain-http"],
    )


def _certificate(message: str, place: Reference) -> NeveError:
    return NeveError(
        "the registry's certificate is not trusted",
        where=place.registry,
        why=message,
        fixes=[
            "name the file of the authority's certificate: SSL_CERT_FILE=FILE",
            f"or put it into /etc/containers/certs.d/{place.registry}/ca.crt",
        ],
    )


def _unreachable(message: str, place: Reference) -> NeveError:
    return TransientError(
        "the registry does not answer",
        where=place.registry,
        why=message,
        fixes=["try again: what has been sent is not sent twice", "see that the name and the port are right"],
    )


_CAUSES: tuple[tuple[str, Callable[[str, Reference], NeveError]], ...] = (
    (r"server gave HTTP response to HTTPS client", _plain_http),
    (r"x509:|certificate (?:signed|verify|has|is) ", _certificate),
    (
        r"unauthorized|authentication required|access denied|access to the resource is denied|\b40[13]\b",
        _unauthorized,
    ),
    (
        r"connection refused|connection reset|no such host|timeout|timed out|unreachable|broken pipe|\bEOF\b"
        r"|too ?many ?requests|\b429\b|\b50[0234]\b|received unexpected HTTP status: 5|server misbehaving",
        _unreachable,
    ),
)


__all__ = ["complaint", "push"]
