from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from neve.bases.debian.mirror import Mirrors, find_mirrors
from neve.errors import NeveError

DEB822 = """\
# a comment
Types: deb deb-src
URIs: https://mirror.example/debian/
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: https://mirror.example/security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""
VENDOR = """\
Types: deb
URIs: https://vendor.example/debian
Suites: bookworm
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 -----END PGP PUBLIC KEY BLOCK-----
"""


def sources(root: Path, **files: str) -> Path:
    (root / "sources.list.d").mkdir()
    for name, text in files.items():
        path = root / "sources.list" if name == "one" else root / "sources.list.d" / name.replace("_", ".")
        path.write_text(text)
    return root


def found(apt: Path, environ: dict[str, str] | None = None, configured: str | None = None) -> Mirrors:
    return find_mirrors(configured, environ or {}, apt, now=datetime(2026, 5, 4, 13, tzinfo=UTC))


def test_the_environment_comes_first(tmp_path: Path) -> None:
    sources(tmp_path, debian_sources=DEB822)
    environ = {"NEVE_DEBIAN_MIRROR": "http://env.example/debian/", "NEVE_DEBIAN_KEYRING": "/keys.asc"}
    mirrors = found(tmp_path, environ, "http://configured.example/debian")
    assert mirrors == Mirrors(
        main="http://env.example/debian",
        security="http://env.example/debian-security",
        origin="NEVE_DEBIAN_MIRROR",
        keyring=Path("/keys.asc"),
    )


def test_then_the_configuration(tmp_path: Path) -> None:
    sources(tmp_path, debian_sources=DEB822)
    mirrors = found(tmp_path, configured="http://configured.example/deb")
    assert (mirrors.main, mirrors.security) == (
        "http://configured.example/deb",
        "http://configured.example/deb-security",
    )
    explicit = found(tmp_path, {"NEVE_DEBIAN_SECURITY_MIRROR": "http://sec.example"}, "http://a.example/debian")
    assert explicit.security == "http://sec.example"


def test_then_the_sources_of_the_host(tmp_path: Path) -> None:
    sources(tmp_path, debian_sources=DEB822, aaa_sources=VENDOR)
    mirrors = found(tmp_path)
    assert mirrors.main == "https://mirror.example/debian"
    assert mirrors.security == "https://mirror.example/security"
    assert mirrors.origin.endswith("debian.sources")
    assert mirrors.base("updates") == mirrors.main
    assert mirrors.base("security") == mirrors.security


def test_one_line_sources_and_the_vendors_among_them(tmp_path: Path) -> None:
    one = """\
deb-src http://src.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/keys/tool.gpg] https://tool.example/debian bookworm main
deb https://docker.example/linux/debian bookworm stable
deb https://pg.example/apt bookworm-pgdg-x main # not ours
# deb http://off.example/debian bookworm main
deb https://other.example/php/ trixie main
deb [ arch=amd64 ] http://ftp.example/debian/ trixie main contrib # a comment
deb http://ftp.example/debian trixie-updates main
"""
    mirrors = found(sources(tmp_path, one=one))
    assert (mirrors.main, mirrors.security) == (
        "http://ftp.example/debian",
        "http://ftp.example/debian-security",
    )


def test_a_cloud_image_lists_its_mirrors_in_a_file(tmp_path: Path) -> None:
    listed = tmp_path / "debian.list"
    listed.write_text("# mirrors\nhttp://cloud.example/debian\tpriority:1\n")
    text = DEB822.replace("https://mirror.example/debian/", f"mirror+file:{listed}")
    assert found(sources(tmp_path, debian_sources=text)).main == "http://cloud.example/debian"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "deb http://archive.example/ubuntu noble main",
        "deb cdrom:[Debian]/ trixie main",
        DEB822.replace("Types: deb", "Enabled: no\nTypes: deb"),
        VENDOR,
    ],
)
def test_else_the_snapshot_of_the_day(tmp_path: Path, text: str) -> None:
    apt = sources(tmp_path, debian_sources=text, debian_list=text)
    mirrors = found(apt)
    assert mirrors.main == "http://snapshot.debian.org/archive/debian/20260504T000000Z"
    assert mirrors.security == "http://snapshot.debian.org/archive/debian-security/20260504T000000Z"
    assert found(tmp_path / "none") == mirrors


@pytest.mark.parametrize("url", ["mirror.example", "ftp://mirror.example/", "http://", "http://a b/", 'http://a"/b'])
def test_what_is_no_mirror(tmp_path: Path, url: str) -> None:
    with pytest.raises(NeveError, match="NEVE_DEBIAN_MIRROR"):
        found(tmp_path, {"NEVE_DEBIAN_MIRROR": url})


def test_a_password_in_a_mirror_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(NeveError) as caught:
        found(tmp_path, {"NEVE_DEBIAN_MIRROR": "ftp://me:secret@mirror.example/"})
    assert "secret" not in str(caught.value)
