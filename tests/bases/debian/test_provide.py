"""Where a pinned package is looked for: mirrors forget, the snapshot service does not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from neve.bases.debian.mirror import snapshots
from neve.bases.debian.provide import package_artefact
from neve.fetch.address import without_credentials
from neve.lock.model import DebianLock, DebPin
from neve.session import Session

PIN = DebPin(name="a", version="1~2", archive="security", path="pool/a/a_1~2_amd64.deb", sha256="0" * 64, size=1)
BASE = DebianLock(
    name="debian",
    release="trixie",
    architecture="x86_64",
    python="3.13.5",
    main="http://locked.example/debian",
    security="http://locked.example/debian-security",
    snapshots={"security": "http://snapshot.example/20260913T000000Z"},
    packages={},
)


def session(directory: Path, environ: dict[str, str], settings: str = "") -> Session:
    (directory / "pyproject.toml").write_text(f'[project]\nname = "a"\nversion = "1"\n{settings}')
    return Session(directory, environ=environ)


def test_the_mirror_of_the_lock_goes_before_the_snapshot(tmp_path: Path) -> None:
    artefact = package_artefact(session(tmp_path, {}), BASE, PIN)
    assert artefact.urls == (
        "http://locked.example/debian-security/pool/a/a_1~2_amd64.deb",
        "http://snapshot.example/20260913T000000Z/pool/a/a_1~2_amd64.deb",
    )
    assert artefact.name == "a_1-2_amd64.deb", "a store path has no ~"


def test_a_mirror_that_the_user_names_goes_first_with_its_credentials(tmp_path: Path) -> None:
    environ = {"NEVE_DEBIAN_MIRROR": "https://user:secret@own.example/debian"}
    artefact = package_artefact(session(tmp_path, environ), BASE, PIN)
    assert artefact.urls[0] == "https://user:secret@own.example/debian-security/pool/a/a_1~2_amd64.deb"
    configured = session(tmp_path, {}, '[tool.neve]\nmirror = "https://set.example/debian"\n')
    assert package_artefact(configured, BASE, PIN).urls[0].startswith("https://set.example/debian-security/")


def test_snapshots_are_asked_for_a_day_after_the_archive_was_made() -> None:
    date = datetime(2026, 9, 12, 7, 55, 41, tzinfo=UTC)
    found = snapshots({"main": date, "security": date})
    assert found["main"].endswith("/archive/debian/20260913T075541Z")
    assert found["security"].endswith("/archive/debian-security/20260913T075541Z")


def test_a_url_is_written_down_without_its_credentials() -> None:
    assert (
        without_credentials("https://user:pass@mirror.example:81/debian?x=1") == "https://mirror.example:81/debian?x=1"
    )
