from __future__ import annotations

import base64
import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from neve.errors import DefectError, ExitCode, NeveError, TransientError
from neve.image.layout import LAYER, MANIFEST, Layout
from neve.image.push import push
from neve.progress import Silent
from tests.image.layouts import layout
from tests.registry import PASSWORD, USER, counting, registry


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with registry(tmp_path_factory.mktemp("registry")) as address:
        yield address


@pytest.fixture(scope="module")
def skopeo() -> Path:
    program = shutil.which("skopeo")
    if program is None:
        pytest.skip("skopeo is not installed")
    return Path(program)


def served(server: str, repository: str, reference: str) -> tuple[str, bytes]:
    request = Request(f"http://{server}/v2/{repository}/manifests/{reference}", headers={"Accept": MANIFEST})
    with urlopen(request) as answer:  # noqa: S310 - loopback
        return answer.headers["Docker-Content-Digest"], answer.read()


def fake(directory: Path, script: str) -> Path:
    program = directory / "skopeo"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


@pytest.mark.parametrize("compression", ["zstd", "gzip", ""])
def test_arrives_to_the_byte(tmp_path: Path, server: str, skopeo: Path, compression: str) -> None:
    path = layout(tmp_path / "odd:name@x", [{"a": compression.encode()}], compression=compression)
    image = Layout(path).image()
    result = push(path, f"{server}/team/app{compression}:1", skopeo=skopeo, progress=Silent())
    assert result == f"{server}/team/app{compression}@{image.digest}"
    digest, manifest = served(server, f"team/app{compression}", "1")
    assert digest == image.digest
    assert json.loads(manifest) == image.manifest
    assert LAYER in image.layers[0].descriptor.media_type


def test_only_what_is_missing_is_sent(tmp_path: Path, server: str, skopeo: Path) -> None:
    big = {"big": bytes(range(256)) * 20_000}
    with counting(server) as proxy:
        sent: list[int] = []
        for text in (b"1", b"1", b"2"):
            path = layout(tmp_path / str(len(sent)), [big, {"small": text}], compression="")
            before = proxy.sent
            push(path, f"{proxy.address}/team/counted", skopeo=skopeo, progress=Silent())
            sent.append(proxy.sent - before)
    first, unchanged, changed = sent
    assert first > 5_000_000
    assert unchanged < 10_000
    assert changed < 40_000  # the small layer's tar takes 10,240 bytes


def test_credentials(tmp_path: Path, skopeo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(tmp_path / "none.json"))
    path = layout(tmp_path / "layout", [{"a": b"1"}])
    with registry(tmp_path / "registry", password=True) as server:
        with pytest.raises(NeveError, match="wants other credentials") as caught:
            push(path, f"{server}/team/app", skopeo=skopeo, progress=Silent())
        assert caught.value.code == ExitCode.FIXABLE
        assert "skopeo login" in str(caught.value)
        authfile = tmp_path / "auth.json"
        encoded = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        authfile.write_text(json.dumps({"auths": {server: {"auth": encoded}}}))
        push(path, f"{server}/team/app", skopeo=skopeo, progress=Silent(), authfile=authfile)


def test_nobody_answers(tmp_path: Path, skopeo: Path) -> None:
    path = layout(tmp_path, [{"a": b"1"}])
    with pytest.raises(TransientError, match="does not answer"):
        push(path, "127.0.0.1:1/team/app", skopeo=skopeo, progress=Silent())


def test_a_bad_reference_runs_nothing(tmp_path: Path) -> None:
    with pytest.raises(NeveError, match="not an image reference"):
        push(tmp_path / "none", "app", skopeo=tmp_path / "none", progress=Silent())


def test_no_skopeo(tmp_path: Path) -> None:
    path = layout(tmp_path, [{"a": b"1"}])
    with pytest.raises(NeveError, match="cannot start skopeo"):
        push(path, "registry.example/app", skopeo=tmp_path / "none", progress=Silent())


@pytest.mark.parametrize(
    ("message", "expected", "code"),
    [
        ("http: server gave HTTP response to HTTPS client", "--plain-http", ExitCode.FIXABLE),
        ("tls: failed to verify certificate: x509: unknown authority", "SSL_CERT_FILE", ExitCode.FIXABLE),
        ("denied: requested access to the resource is denied", "skopeo login", ExitCode.FIXABLE),
        ("received unexpected HTTP status: 502 Bad Gateway", "try again", ExitCode.TRANSIENT),
        ("net/http: TLS handshake timeout", "try again", ExitCode.TRANSIENT),
        ("toomanyrequests: slow down", "try again", ExitCode.TRANSIENT),
        ("writing manifest: manifest invalid", "manifest invalid", ExitCode.FIXABLE),
    ],
)
def test_what_skopeo_complains_about(tmp_path: Path, message: str, expected: str, code: ExitCode) -> None:
    line = f'time="2026-01-01T00:00:00Z" level=fatal msg="{message}"'
    program = fake(tmp_path, f"echo '{line}' >&2; exit 1")
    with pytest.raises(NeveError) as caught:
        push(layout(tmp_path, [{"a": b"1"}]), "registry.example/app", skopeo=program, progress=Silent())
    assert expected in str(caught.value)
    assert caught.value.code == code


def test_signed_urls_are_not_shown(tmp_path: Path) -> None:
    program = fake(tmp_path, "echo 'Put https://store.example/x?X-Signature=hunter2: refused' >&2; exit 1")
    with pytest.raises(NeveError) as caught:
        push(layout(tmp_path, [{"a": b"1"}]), "registry.example/app", skopeo=program, progress=Silent())
    assert "store.example/x" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_another_digest_is_a_defect(tmp_path: Path) -> None:
    program = fake(tmp_path, "printf sha256:0 > pushed")
    with pytest.raises(DefectError, match="another digest"):
        push(layout(tmp_path, [{"a": b"1"}]), "registry.example/app", skopeo=program, progress=Silent())


def test_progress_counts_the_bytes_of_what_is_sent(tmp_path: Path) -> None:
    class Recorded(Silent):
        def __init__(self) -> None:
            self.started: dict[str, int | None] = {}
            self.bytes: dict[str, int] = {}
            self.finished: list[str] = []

        def start(self, key: str, text: str, total: int | None = None) -> None:  # noqa: ARG002
            self.started[key] = total

        def advance(self, key: str, amount: int) -> None:
            self.bytes[key] = self.bytes.get(key, 0) + amount

        def finish(self, key: str, *, failed: bool = False) -> None:  # noqa: ARG002
            self.finished.append(key)

    path = layout(tmp_path, [{"a": b"1"}])
    image = Layout(path).image()
    [layer] = (layer.descriptor for layer in image.layers)
    encoded = layer.digest.removeprefix("sha256:")
    # The fake reads the whole blob, slowly.
    script = f"exec 3<blobs/sha256/{encoded}; cat <&3 >/dev/null; sleep 0.5; printf {image.digest} > pushed"
    recorded = Recorded()
    push(path, "registry.example/app", skopeo=fake(tmp_path, script), progress=recorded)
    assert recorded.started == {layer.digest: layer.size}
    assert recorded.bytes == {layer.digest: layer.size}
    assert recorded.finished == [layer.digest]
