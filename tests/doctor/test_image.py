"""What `neve doctor IMAGE` may name, and what is wrong with what it cannot look at."""

from __future__ import annotations

import io
import json
import os
import re
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from neve.doctor.image import image_config
from neve.errors import NeveError, TransientError, UsageError
from neve.host import Ran
from neve.image.layout import INDEX, own_architecture
from neve.session import Options, Session
from tests.doctor.machines import Machine
from tests.image.layouts import layout
from tests.world import World

ROOT = Path(__file__).parents[2]
DIGEST = f"sha256:{'0a' * 32}"
CONFIG = {"config": {"Labels": {"dev.neve.cuda.version": "13.0"}, "Env": ["A=b"]}}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


@pytest.fixture
def session(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    directory = tmp_path / "project"
    directory.mkdir()
    monkeypatch.chdir(directory)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/skopeo").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "bin/skopeo").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    environ = {**world.environ, "PATH": "/nonexistent", "NEVE_STORE": str(tmp_path / "store")}
    return Session(directory, Options(), environ=environ)


def labels(config: Any) -> object:
    return config["config"]["Labels"]


def test_the_image_just_built(session: Session, machine: Machine, tmp_path: Path) -> None:
    """Its link leads to /nix/store, which is not where neve's own store lies."""
    store_path = f"/nix/store/{'0' * 32}-oci"
    (session.directory / ".neve").mkdir()
    (session.directory / ".neve/result").symlink_to(store_path)
    with pytest.raises(NeveError, match="the image is not there") as caught:
        image_config(session, machine.host, ".neve/result")
    assert "neve build" in caught.value.fixes[0]
    layout(tmp_path / f"store{store_path}", [{"a": b""}], config=CONFIG["config"])
    elsewhere = replace(session, options=Options(offline=True))
    for name in (".neve/result", store_path, str(session.directory / ".neve/result")):
        assert labels(image_config(elsewhere, machine.host, name)) == CONFIG["config"]["Labels"]


def archive(path: Path, documents: dict[str, object], *, compressed: bool = False) -> Path:
    with tarfile.open(path, "w:gz" if compressed else "w") as out:
        for name, document in documents.items():
            data = document if isinstance(document, bytes) else json.dumps(document).encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            out.addfile(entry, io.BytesIO(data))
    return path


def descriptor(name: str, **more: object) -> dict[str, object]:
    return {"digest": f"sha256:{name}", **more}


OCI: dict[str, object] = {
    "oci-layout": {"imageLayoutVersion": "1.0.0"},
    "blobs/sha256/layer": b"0" * (5 << 20),
    "blobs/sha256/config": CONFIG,
    "blobs/sha256/manifest": {"config": descriptor("config")},
    "index.json": {"manifests": [descriptor("manifest")]},
}
OTHER = descriptor("other", platform={"architecture": "riscv64"})
OWN = descriptor("manifest", platform={"architecture": own_architecture()})


@pytest.mark.parametrize(
    ("documents", "compressed"),
    [
        (OCI, False),
        (OCI, True),
        ({"layer.tar": b"", "app.json": CONFIG, "./manifest.json": [{"Config": "app.json"}]}, True),
        ({**OCI, "index.json": {"manifests": [OTHER, OWN]}}, False),
        (
            {
                **OCI,
                "index.json": {"manifests": [descriptor("index", mediaType=INDEX)]},
                "blobs/sha256/index": {"manifests": [OTHER, OWN]},
            },
            False,
        ),
    ],
)
def test_an_archive(
    session: Session, machine: Machine, tmp_path: Path, documents: dict[str, object], compressed: bool
) -> None:
    path = archive(tmp_path / "app.tar", documents, compressed=compressed)
    assert labels(image_config(session, machine.host, str(path))) == CONFIG["config"]["Labels"]


@pytest.mark.parametrize(
    "documents",
    [
        {},
        {"index.json": []},
        {"index.json": {"manifests": []}},
        {"index.json": {"manifests": [{}]}},
        {"index.json": {"manifests": [descriptor("layer")]}, "blobs/sha256/layer": b"0" * (5 << 20)},
        {
            "index.json": {"manifests": [descriptor("index", mediaType=INDEX)]},
            "blobs/sha256/index": {"manifests": [descriptor("index", mediaType=INDEX)]},
        },
        {"index.json": {"manifests": [{"digest": 5}]}},
        {"index.json": {"manifests": [{"digest": 5}, {"platform": "x"}]}},
        {"index.json": {"manifests": 5}},
        {**OCI, "blobs/sha256/manifest": {"config": 5}},
        {**OCI, "blobs/sha256/manifest": []},
        {"manifest.json": []},
        {"manifest.json": {}},
        {"manifest.json": [{"Config": 5}]},
        {"manifest.json": b"["},
        {"manifest.json": b"[" * 100_000},
    ],
)
def test_an_archive_of_something_else(
    session: Session, machine: Machine, tmp_path: Path, documents: dict[str, object]
) -> None:
    path = archive(tmp_path / "app.tar", documents)
    with pytest.raises(NeveError, match="no archive of an image") as caught:
        image_config(session, machine.host, str(path))
    assert caught.value.fixes
    # It names the file in the archive, in words that are not Python's.
    assert re.search(r"json|blobs/|images are for|names itself|more than 4 MiB", caught.value.why or "")
    assert "'" not in (caught.value.why or "")


def test_what_is_no_tar_is_said_in_one_line(session: Session, machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# app\n")
    with pytest.raises(NeveError) as caught:
        image_config(session, machine.host, str(tmp_path / "README.md"))
    assert caught.value.why == "it is no tar, compressed or not"


def test_a_pipe_is_not_waited_for(session: Session, machine: Machine, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NeveError, match="neither a directory nor a file") as caught:
        image_config(session, machine.host, str(tmp_path / "pipe"))
    assert caught.value.fixes


@pytest.mark.parametrize(
    "config",
    [[], {"config": [1]}, {"config": {"Env": 5}}, {"config": {"Labels": ["a"]}}, {"config": "a"}],
)
def test_a_configuration_that_is_malformed(session: Session, machine: Machine, tmp_path: Path, config: object) -> None:
    path = archive(tmp_path / "app.tar", {**OCI, "blobs/sha256/config": config})
    with pytest.raises(NeveError, match="this image is broken"):
        image_config(session, machine.host, str(path))
    machine.answers["skopeo inspect"] = Ran(status=0, out=json.dumps(config))
    with pytest.raises(NeveError, match="this image is broken"):
        image_config(session, machine.host, "127.0.0.1:5000/app")


def test_a_digest(session: Session, machine: Machine) -> None:
    """What `neve push` prints is what is asked about."""
    machine.answers["skopeo inspect"] = Ran(status=0, out=json.dumps(CONFIG))
    assert image_config(session, machine.host, f"registry.example/team/app@{DIGEST}") == CONFIG
    assert machine.ran[-1][1:] == ["inspect", "--config", f"docker://registry.example/team/app@{DIGEST}"]


@pytest.mark.parametrize(
    ("image", "what", "fix"),
    [
        ("", "no image is named", "looks at what is here"),
        ("nonexist", "no such file or directory", "docker.io/library/nonexist"),
        ("./lay", "no such file or directory", ""),
        ("/nowhere/lay", "no such file or directory", ""),
        ("train.py", "no such script", "-C DIR"),
        ("README.md", "no archive of an image", "neve build --archive"),
        ("oci:lay", "no such file or directory", "leave `oci:` away: `neve doctor lay`"),
        ("oci-archive:app.tar", "no such file or directory", "leave `oci-archive:` away"),
        ("docker-daemon:app:1", "what an engine has stored", "podman save --format oci-archive"),
        ("app.tar@sha256:00", "no such archive", "without a digest"),
        ("s.py extra", "no such file or directory", "registry.example"),
        ("ubuntu@sha256:00", "no such file or directory", "registry.example"),
        ("docker://ubuntu", "names no image in a registry", "docker.io/library/ubuntu"),
        ("team/app", "names no image in a registry", "docker.io/team/app"),
        (".", "this is a project", "neve -C . doctor"),
    ],
)
def test_what_is_no_image(session: Session, machine: Machine, image: str, what: str, fix: str) -> None:
    for name in ("README.md", "pyproject.toml"):
        (session.directory / name).write_text("# text\n")
    with pytest.raises(NeveError, match=what) as caught:
        image_config(session, machine.host, image)
    assert any(fix in each for each in caught.value.fixes) or not fix
    assert "library/s.py" not in str(caught.value)
    assert isinstance(caught.value, UsageError) == (not image)
    assert "pushed" not in str(caught.value)


def fatal(message: str) -> Ran:
    escaped = message.replace('"', '\\"')
    return Ran(status=1, out="", err=f'time="2026-01-01T00:00:00Z" level=fatal msg="{escaped}"\n')


@pytest.mark.parametrize(
    ("message", "transient", "fix"),
    [
        ("pinging container registry r: dial tcp 127.0.0.1:5000: connect: connection refused", True, "name and port"),
        ("reading manifest 1 in r/app: unauthorized: authentication required", False, "skopeo login 127.0.0.1:5000"),
        ("reading manifest 1 in r/app: manifest unknown", False, "neve push"),
        ("Get https://r/v2/: x509: certificate signed by unknown authority", False, "certs.d"),
        ("Get https://r/v2/: http: server gave HTTP response to HTTPS client", False, "insecure"),
    ],
)
def test_what_a_registry_answers(session: Session, machine: Machine, message: str, transient: bool, fix: str) -> None:
    machine.answers["skopeo inspect"] = fatal(f'Error parsing image name "docker://127.0.0.1:5000/app:1": {message}')
    with pytest.raises(NeveError) as caught:
        image_config(session, machine.host, "127.0.0.1:5000/app:1")
    assert caught.value.why == message
    assert isinstance(caught.value, TransientError) == transient
    assert fix in caught.value.fixes[0]
