"""NVIDIA's forward compatibility libraries: asked for, found in a flat repository on loopback, pinned."""

from __future__ import annotations

import gzip
import hashlib
import platform
from pathlib import Path

import pytest

from neve.bases.debian.compat import KEYRING, MIRROR, compat_artefact, compat_artefacts, resolve_compat
from neve.errors import NeveError, TransientError
from neve.fetch import Fetcher
from neve.lock.compat import CompatLock
from neve.lock.text import lock_text, read_lock
from neve.progress import Silent
from neve.session import Options
from neve.stages.lock import lock_project
from tests.bases.debian.archive import Archive, stanza
from tests.fetch.server import Step
from tests.fetch.tls import serving_tls
from tests.projects import a_compat_lock, a_project
from tests.recorder import Recorder
from tests.world import World

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the mirror on loopback has amd64 alone")
_REPOSITORY = "/cuda/repos/debian12/x86_64"
_ARM = "/cuda/repos/ubuntu2404/sbsa"
PYPROJECT = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["lemon"]\n'


def package(release: str, version: str, *, architecture: str = "amd64", content: bytes | None = None) -> str:
    name = f"cuda-compat-{release.replace('.', '-')}"
    more = {} if content is None else {"sha256": hashlib.sha256(content).hexdigest(), "size": str(len(content))}
    file = f"./{name}_{version}_{architecture}.deb"
    return stanza(name, version, architecture=architecture, filename=file, **more)


def publish(archive: Archive, *stanzas: str, root: str = _REPOSITORY, packed: bool = True) -> None:
    """A flat repository (as apt has it), signed by the key of ``archive``."""
    data = "\n".join(stanzas).encode()
    name, data = ("Packages.gz", gzip.compress(data)) if packed else ("Packages", data)
    archive.files[f"{root}/{name}"] = data
    listed = f" {hashlib.sha256(data).hexdigest()} {len(data):>16} {name}\n"
    text = f"Origin: NVIDIA\nLabel: NVIDIA CUDA\nMD5Sum:\n 0 0 {name}\nSHA256:\n{listed}"
    archive.files[f"{root}/InRelease"] = archive.signed(text)


@pytest.fixture
def cuda(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    publish(
        world.archive,
        stanza("cuda-toolkit-13-0", "13.0.2-1"),
        package("12.9", "575.57.08-1"),
        package("13.0", "580.65.06-1"),
        package("13.0", "580.105.08-1"),
        package("13.2", "595.45.04-1"),
    )
    monkeypatch.setenv(MIRROR, f"{world.server.url}/cuda/repos")
    monkeypatch.setenv(KEYRING, str(world.keyring))
    return world


@pytest.fixture
def project(cuda: World, tmp_path: Path) -> Path:
    cuda.serve_wheel("lemon", "1.0", requires=("nvidia-cuda-runtime-cu12",))
    cuda.serve_wheel("nvidia-cuda-runtime-cu12", "12.9.79")
    directory = tmp_path / "project"
    directory.mkdir()
    (directory / "pyproject.toml").write_text(PYPROJECT + "[tool.neve.cuda]\ncompat = true\n")
    return directory


def resolved(world: World, tmp_path: Path, wanted: str | None) -> tuple[str, str]:
    fetcher = Fetcher(tmp_path / "fetched", Silent())
    found = resolve_compat(fetcher, world.environ, ["x86_64"], wanted=wanted)
    return found.version, found.packages[0].version


def test_the_libraries_of_the_wheels_cuda_are_pinned(cuda: World, project: Path) -> None:
    locked = lock_project(cuda.session(project))
    assert locked.lock.cuda is None, "no toolkit"
    found = locked.lock.cuda_compat
    assert found is not None
    assert found.version == "12.9"
    (pin,) = found.packages
    assert (pin.name, pin.version, pin.architecture) == ("cuda-compat-12-9", "575.57.08-1", "x86_64")
    assert pin.url == f"{cuda.server.url}{_REPOSITORY}/cuda-compat-12-9_575.57.08-1_amd64.deb"
    assert read_lock((project / "neve.lock").read_text()) == locked.lock


def test_what_is_pinned_stays_and_asks_nobody(cuda: World, project: Path) -> None:
    first = lock_project(cuda.session(project))
    publish(cuda.archive, package("12.9", "575.64.05-1"))
    cuda.server.seen.clear()
    assert lock_project(cuda.session(project)).lock == first.lock
    assert not [path for path in cuda.server.paths() if path.startswith("/cuda")]
    newer = lock_project(cuda.session(project), upgrade=True).lock.cuda_compat
    assert newer is not None
    assert newer.packages[0].version == "575.64.05-1"


def test_a_project_that_asks_no_more_loses_them(cuda: World, project: Path) -> None:
    lock_project(cuda.session(project))
    (project / "pyproject.toml").write_text(PYPROJECT)
    with pytest.raises(NeveError, match="other forward compatibility libraries"):
        lock_project(cuda.session(project, Options(locked=True)))
    assert lock_project(cuda.session(project)).lock.cuda_compat is None


def test_locked_says_that_they_are_missing(cuda: World, project: Path) -> None:
    (project / "pyproject.toml").write_text(PYPROJECT)
    lock_project(cuda.session(project))
    (project / "pyproject.toml").write_text(PYPROJECT + "[tool.neve.cuda]\ncompat = true\n")
    with pytest.raises(NeveError, match=r"neve\.lock lacks the forward compatibility libraries"):
        lock_project(cuda.session(project, Options(locked=True)))


@pytest.mark.parametrize(
    ("wanted", "version", "driver"),
    [
        ("13.0", "13.0", "580.105.08-1"),
        ("13.1", "13.2", "595.45.04-1"),
        ("13", "13.2", "595.45.04-1"),
        (None, "13.2", "595.45.04-1"),
        ("12.4", "12.9", "575.57.08-1"),
    ],
)
def test_the_release_or_the_next_one_of_its_major_version(
    cuda: World, tmp_path: Path, wanted: str | None, version: str, driver: str
) -> None:
    assert resolved(cuda, tmp_path, wanted) == (version, driver)


def test_a_release_that_is_not_there_names_those_that_are(cuda: World, tmp_path: Path) -> None:
    with pytest.raises(NeveError, match=r"no forward compatibility libraries for CUDA 13\.4") as caught:
        resolved(cuda, tmp_path, "13.4")
    assert caught.value.why is not None
    assert "12.9, 13.0, 13.2" in caught.value.why


def test_platforms_share_a_release(cuda: World, tmp_path: Path) -> None:
    publish(cuda.archive, package("13.0", "580.95.05-0ubuntu1", architecture="arm64"), root=_ARM, packed=False)
    found = resolve_compat(Fetcher(tmp_path, Silent()), cuda.environ, ["x86_64", "aarch64"], wanted=None)
    assert found.version == "13.0"
    assert [pin.architecture for pin in found.packages] == ["aarch64", "x86_64"], "whatever is named first"


def with_arm(world: World, *stanzas: str) -> None:
    publish(world.archive, *stanzas, root=_ARM)


def test_what_another_machine_has_locked_stays(cuda: World, tmp_path: Path) -> None:
    """Two machines of two architectures lock by turns, each for itself: nothing is taken away."""
    fetcher, environ = Fetcher(tmp_path, Silent()), cuda.environ
    with_arm(cuda, *(package(name, "580.95.05-1", architecture="arm64") for name in ("13.0", "13.2")))
    first = resolve_compat(fetcher, environ, ["x86_64"], wanted="13.0")
    cuda.server.seen.clear()
    both = resolve_compat(fetcher, environ, ["aarch64"], wanted=None, held=first)
    assert (both.version, both.package("x86_64")) == ("13.0", first.package("x86_64"))
    assert both.package("aarch64") is not None, "of the release that is locked, not the newest"
    assert not [path for path in cuda.server.paths() if path.startswith(_REPOSITORY)]
    assert resolve_compat(fetcher, environ, ["x86_64"], wanted="13.0", held=both) == both
    other = resolve_compat(fetcher, environ, ["aarch64"], wanted="13.0")
    assert resolve_compat(fetcher, environ, ["x86_64"], wanted="13.0", held=other) == both, "whoever was first"


@pytest.mark.parametrize(
    ("wanted", "there", "kept"),
    [
        pytest.param("13.0", "13.1", [], id="the other repository has none of the release"),
        pytest.param("13.1", "13.2", ["x86_64"], id="what is locked will not do"),
    ],
)
def test_another_release_is_taken_for_all_that_have_it(
    cuda: World, tmp_path: Path, wanted: str, there: str, kept: list[str]
) -> None:
    fetcher, environ = Fetcher(tmp_path, Silent()), cuda.environ
    first = resolve_compat(fetcher, environ, ["x86_64"], wanted="13.0")
    with_arm(cuda, package(there, "600", architecture="arm64"))
    found = resolve_compat(fetcher, environ, ["aarch64"], wanted=wanted, held=first)
    name = f"cuda-compat-{there.replace('.', '-')}"
    assert [(pin.name, pin.architecture) for pin in found.packages] == [(name, each) for each in ["aarch64", *kept]]


def test_a_newer_release_is_one_that_the_other_machine_has(cuda: World, tmp_path: Path) -> None:
    fetcher, environ = Fetcher(tmp_path, Silent()), cuda.environ
    with_arm(cuda, package("13.0", "580", architecture="arm64"))
    both = resolve_compat(fetcher, environ, ["aarch64", "x86_64"], wanted=None)
    with_arm(cuda, *(package(name, "590", architecture="arm64") for name in ("13.0", "13.1")))
    found = resolve_compat(fetcher, environ, ["x86_64"], wanted=None, held=both, upgrade=True)
    assert [pin.file for pin in found.packages] == [
        "cuda-compat-13-0_590_aarch64.deb",
        "cuda-compat-13-0_580.105.08-1_x86_64.deb",
    ]


def locked_elsewhere(world: World, project: Path) -> CompatLock:
    """neve.lock has the libraries for aarch64 alone."""
    with_arm(world, package("12.9", "575.57.08-1", architecture="arm64"))
    found = resolve_compat(world.session(project).fetcher, world.environ, ["aarch64"], wanted="12.9")
    lock = lock_project(world.session(project)).lock
    (project / "neve.lock").write_text(lock_text(lock.model_copy(update={"cuda_compat": found})))
    return found


def test_a_lock_of_another_machine_is_added_to(cuda: World, project: Path) -> None:
    arm = locked_elsewhere(cuda, project)
    with pytest.raises(NeveError, match="lacks the forward compatibility libraries for x86_64"):
        lock_project(cuda.session(project, Options(locked=True)))
    found = lock_project(cuda.session(project)).lock.cuda_compat
    assert found is not None
    assert [pin.architecture for pin in found.packages] == ["aarch64", "x86_64"]
    assert found.package("aarch64") == arm.packages[0]
    assert lock_project(cuda.session(project, Options(locked=True))).lock.cuda_compat == found


@pytest.mark.parametrize(
    ("there", "versions"),
    [
        pytest.param(["12.9"], ["600", "600"], id="newer ones of both"),
        pytest.param(["13.0"], ["575.57.08-1", "600"], id="none of the release: what is locked stays"),
        pytest.param(None, ["575.57.08-1", "600"], id="a mirror that has but this machine's"),
    ],
)
def test_upgrade_keeps_the_other_machines(
    cuda: World, project: Path, there: list[str] | None, versions: list[str]
) -> None:
    locked_elsewhere(cuda, project)
    both = lock_project(cuda.session(project)).lock.cuda_compat
    assert both is not None
    publish(cuda.archive, package("12.9", "600"))
    for path in [path for path in cuda.server.files if path.startswith(_ARM)]:
        del cuda.server.files[path]
    if there is not None:
        with_arm(cuda, *(package(release, "600", architecture="arm64") for release in there))
    recorder = Recorder()
    found = lock_project(cuda.session(project, progress=recorder), upgrade=True).lock.cuda_compat
    assert found is not None
    assert [(pin.architecture, pin.version) for pin in found.packages] == list(
        zip(["aarch64", "x86_64"], versions, strict=True)
    )
    assert not [note for note in recorder.notes if "compatibility" in note]


def test_what_the_other_machine_loses_is_told(cuda: World, project: Path) -> None:
    locked_elsewhere(cuda, project)
    publish(cuda.archive, package("12.10", "600"))
    recorder = Recorder()
    found = lock_project(cuda.session(project, progress=recorder), upgrade=True).lock.cuda_compat
    assert found is not None
    assert [(pin.architecture, pin.name) for pin in found.packages] == [("x86_64", "cuda-compat-12-10")]
    (told,) = [note for note in recorder.notes if "compatibility" in note]
    assert "no forward compatibility libraries for aarch64 any more: NVIDIA has none of CUDA 12.10 there" in told


def test_frozen_makes_no_image_without_what_it_says_to_have(cuda: World, project: Path) -> None:
    arm = locked_elsewhere(cuda, project)
    with pytest.raises(NeveError, match="lacks the forward compatibility libraries for x86_64") as caught:
        lock_project(cuda.session(project, Options(frozen=True)))
    assert caught.value.why == "--frozen forbids writing it"
    (project / "pyproject.toml").write_text(PYPROJECT)
    assert lock_project(cuda.session(project, Options(frozen=True))).lock.cuda_compat == arm


def test_an_index_that_is_not_signed_is_refused(cuda: World, tmp_path: Path) -> None:
    stranger = Archive({})
    publish(stranger, package("13.0", "999"))
    cuda.server.files |= stranger.files
    with pytest.raises(NeveError, match="not signed by a trusted key") as caught:
        resolved(cuda, tmp_path, None)
    assert KEYRING in caught.value.fixes[0]


def test_an_index_that_is_not_the_signed_one_is_refused(cuda: World, tmp_path: Path) -> None:
    cuda.server.files[f"{_REPOSITORY}/Packages.gz"] = gzip.compress(package("13.0", "999").encode())
    with pytest.raises(NeveError, match="not what its InRelease promises"):
        resolved(cuda, tmp_path, None)


def test_without_a_key_the_connection_must_be_encrypted(
    cuda: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEYRING)
    with pytest.raises(NeveError, match="nothing says that this repository is NVIDIA's"):
        resolved(cuda, tmp_path, None)


def test_without_a_key_the_connection_must_stay_encrypted(
    cuda: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEYRING)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    plain = f"{cuda.server.url}{_REPOSITORY}/Packages.gz"
    with serving_tls(tmp_path, monkeypatch) as tls:
        monkeypatch.setenv(MIRROR, f"{tls.url}/cuda/repos")
        tls.script[f"{_REPOSITORY}/Packages.gz"] = [Step(302, location=plain)]
        with pytest.raises(NeveError, match="cannot read") as caught:
            resolved(cuda, tmp_path, None)
        assert f"it redirects to {plain}, which is not encrypted" in str(caught.value.why)
        tls.files = dict(cuda.server.files)
        assert resolved(cuda, tmp_path, None) == ("13.2", "595.45.04-1")
        tls.script = {
            f"{_REPOSITORY}/{name}": [Step(302, location=f"{cuda.server.url}{_REPOSITORY}/{name}")]
            for name in ("InRelease", "Packages.gz")
        }
        monkeypatch.setenv(KEYRING, str(cuda.keyring))
        assert resolved(cuda, tmp_path, None) == ("13.2", "595.45.04-1"), "signed, it may come from anywhere"


def test_a_server_that_does_not_answer_is_no_matter_of_keys(
    cuda: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MIRROR, "http://127.0.0.1:1/cuda/repos")
    with pytest.raises(TransientError, match="cannot read") as caught:
        resolved(cuda, tmp_path, None)
    assert not [fix for fix in caught.value.fixes if KEYRING in fix]


def test_a_directory_needs_no_key(cuda: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = tmp_path / "repos" / "debian12" / "x86_64"
    repository.mkdir(parents=True)
    (repository / "Packages").write_text(package("13.0", "580.95.05-1"))
    monkeypatch.delenv(KEYRING)
    monkeypatch.setenv(MIRROR, f"file://{tmp_path}/repos")
    assert resolved(cuda, tmp_path, None) == ("13.0", "580.95.05-1")


@pytest.mark.parametrize("path", ["../../etc/x.deb", "/etc/x.deb", "a/../x.deb", "x$(id).deb", "x.rpm"])
def test_paths_that_lead_elsewhere_are_passed_over(cuda: World, tmp_path: Path, path: str) -> None:
    publish(cuda.archive, stanza("cuda-compat-13-0", "580", filename=path))
    with pytest.raises(NeveError, match="the repository has no package cuda-compat"):
        resolved(cuda, tmp_path, None)


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(b"x" * 1000)[:-9]])
def test_an_index_that_is_broken_is_told(
    cuda: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    repository = tmp_path / "repos" / "debian12" / "x86_64"
    repository.mkdir(parents=True)
    (repository / "Packages.gz").write_bytes(content)
    monkeypatch.delenv(KEYRING)
    monkeypatch.setenv(MIRROR, f"file://{tmp_path}/repos")
    with pytest.raises(NeveError, match="cannot be decompressed"):
        resolved(cuda, tmp_path, None)


def test_a_mirror_that_is_no_url_is_told(cuda: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MIRROR, "ftp://mirror.example/cuda")
    with pytest.raises(NeveError, match="is no mirror"):
        resolved(cuda, tmp_path, None)


def test_another_mirror_may_serve_what_is_pinned(cuda: World, tmp_path: Path) -> None:
    pin = resolve_compat(Fetcher(tmp_path, Silent()), cuda.environ, ["x86_64"], wanted="13.0").packages[0]
    file = "debian12/x86_64/cuda-compat-13-0_580.105.08-1_amd64.deb"
    assert compat_artefact(pin, {}).urls == (pin.url,)
    urls = compat_artefact(pin, {MIRROR: "https://mirror.example/cuda/"}).urls
    assert urls == (f"https://mirror.example/cuda/{file}", pin.url)


def test_another_mirror_has_the_same_directories(cuda: World, tmp_path: Path) -> None:
    publish(cuda.archive, package("13.0", "580").replace("./", "./newest/a/"))
    pin = resolve_compat(Fetcher(tmp_path, Silent()), cuda.environ, ["x86_64"], wanted="13.0").packages[0]
    first = compat_artefact(pin, {MIRROR: "https://mirror.example/cuda"}).urls[0]
    assert first == "https://mirror.example/cuda/debian12/x86_64/newest/a/cuda-compat-13-0_580_amd64.deb"


def test_only_what_the_platforms_images_have_is_fetched() -> None:
    lock = a_compat_lock("13.0", "x86_64", "aarch64")
    assert [found.name for found in compat_artefacts(lock, ["aarch64"], {})] == [lock.packages[1].file]
    assert compat_artefacts(lock.model_copy(update={"packages": lock.packages[:1]}), ["aarch64"], {}) == []
    assert compat_artefacts(None, ["x86_64"], {}) == []


def test_the_nixpkgs_base_refuses_them() -> None:
    with pytest.raises(NeveError, match="nixpkgs base has no forward compatibility libraries"):
        a_project(neve={"base": "nixpkgs", "cuda": {"compat": True}})


def test_credentials_of_a_mirror_are_not_written_down(
    cuda: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MIRROR, cuda.server.url.replace("://", "://user:secret@") + "/cuda/repos")
    pin = resolve_compat(Fetcher(tmp_path, Silent()), cuda.environ, ["x86_64"], wanted="13.0").packages[0]
    assert "secret" not in pin.url
