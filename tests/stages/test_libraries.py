"""From a project to what its wheels lack, against a mirror and an index on loopback."""

from __future__ import annotations

import json
import platform
import tomllib
from pathlib import Path

import pytest

from neve.cli.parser import run_command
from neve.errors import NeveError, UsageError
from neve.libraries.report import Report, remarks, warnings
from neve.python.artefact import files_of
from neve.session import Options
from neve.stages.libraries import add_missing, find_missing
from neve.stages.lock import Locked, lock_project
from tests.bases.debian.archive import stanza
from tests.libraries.elves import elf
from tests.libraries.served import PLATFORM, Heard, a_wheel_with, project, publish_contents, serve
from tests.world import World

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the mirror on loopback has amd64 alone")

LIB = "usr/lib/x86_64-linux-gnu"
CV = {
    "cv/cv.abi3.so": elf(needed=["libQt-12.so.5", "libc.so.6", "libcuda.so.1"], versions={"libc.so.6": ["GLIBC_2.30"]}),
    "cv.libs/libQt-12.so.5": elf(needed=["libGL.so.1", "libglib-2.0.so.0", "libstdc++.so.6"]),
    "cv/plugins/libqxcb.so": elf(needed=["libX11.so.6", "libnone.so.9"]),
}


@pytest.fixture
def mirror(world: World) -> World:
    world.publish(
        stanza("libgl1", "1.7.0-1", depends="libx11-6"),
        stanza("libglib2.0-0t64", "2.84.4-3"),
        stanza("libx11-6", "2:1.8.12-1"),
    )
    publish_contents(
        world,
        {
            f"{LIB}/libGL.so.1": "libgl1",
            f"{LIB}/libX11.so.6": "libx11-6",
            f"{LIB}/libc.so.6": "libc6",
            f"{LIB}/libglib-2.0.so.0": "libglib2.0-0t64",
        },
    )
    return world


def found(world: World, directory: Path, *, fetch: bool = True) -> tuple[Locked, Report, Heard]:
    heard = Heard()
    session = world.session(directory, progress=heard)
    locked = lock_project(session)
    return locked, find_missing(session, locked, fetch=fetch), heard


def asked(world: World, *words: str) -> list[str]:
    return [str(request) for request in world.server.seen if any(word in str(request) for word in words)]


def test_what_is_missing_and_who_has_it(mirror: World, tmp_path: Path) -> None:
    serve(mirror, "cv", "5.0", CV)
    directory = project(tmp_path / "p", "cv")
    _, report, _ = found(mirror, directory)
    assert [(each.soname, each.package, each.certain) for each in report.missing] == [
        ("libGL.so.1", "libgl1", True),
        ("libX11.so.6", "libx11-6", False),
        ("libglib-2.0.so.0", "libglib2.0-0t64", True),
        ("libnone.so.9", None, False),
    ]
    assert {each.wheel for each in report.missing} == {"cv-5.0-cp313-cp313-manylinux_2_17_x86_64.whl"}
    assert report.missing[0].by == "cv.libs/libQt-12.so.5"
    assert report.packages == ("libgl1", "libglib2.0-0t64")
    assert report.optional_packages == ("libx11-6",)
    assert report.drivers == (("libcuda.so.1", "cv"),)
    assert (report.too_new, report.unreadable, report.unread, report.unknown) == ((), (), 0, 0)
    assert list(warnings(report, "debian trixie")) == [
        "cv 5.0 needs libGL.so.1 (libgl1), libglib-2.0.so.0 (libglib2.0-0t64), which nothing in the image has"
    ]
    assert list(remarks(report, "debian trixie")) == [
        "plugins or programs of cv 5.0 may need libX11.so.6 (libx11-6)",
        "libcuda.so.1 comes with the driver of the machine that runs the image; cv needs it",
    ]

    # The second time nobody is asked, and no wheel is read.
    for file in Path(mirror.environ["XDG_CACHE_HOME"]).rglob("*.whl"):
        file.unlink()
    mirror.server.seen.clear()
    _, again, heard = found(mirror, directory)
    assert again == report
    assert mirror.server.seen == []
    assert not [text for text in heard.stages if "reading" in text or "fetching" in text]


def test_pure_wheels_are_never_fetched(mirror: World, tmp_path: Path) -> None:
    mirror.serve_wheel("lemon", "1.0")
    serve(mirror, "cv", "5.0", {"cv/cv.abi3.so": elf(needed=["libc.so.6"])})
    directory = project(tmp_path / "p", "lemon", "cv")
    lock_project(mirror.session(directory))
    mirror.server.seen.clear()
    _, report, _ = found(mirror, directory)
    assert report == Report()
    assert asked(mirror, "cv-5.0")
    assert not asked(mirror, "lemon-1.0")
    assert not asked(mirror, "Contents", "InRelease")  # what the C library's package has is known


def test_what_is_not_there_is_counted(mirror: World, tmp_path: Path) -> None:
    serve(mirror, "cv", "5.0", CV)
    directory = project(tmp_path / "p", "cv")
    session = mirror.session(directory)
    locked = lock_project(session)
    mirror.server.seen.clear()
    assert find_missing(session, locked, fetch=False) == Report(unread=1)
    assert mirror.server.seen == []
    session.fetcher.fetch(files_of(locked.artefacts))
    offline = mirror.session(directory, Options(offline=True))
    report = find_missing(offline, lock_project(offline), fetch=True)
    assert (report.unread, report.unknown, report.missing) == (0, 4, ())
    assert find_missing(session, locked, fetch=True).packages == ("libgl1", "libglib2.0-0t64")


def test_it_is_added_and_locked_again(mirror: World, tmp_path: Path) -> None:
    serve(mirror, "cv", "5.0", CV)
    directory = project(tmp_path / "p", "cv", neve='\n[tool.neve] # ours\nsystem = ["tar"] # for logs\n')
    locked, report, _ = found(mirror, directory)
    locked, report, added = add_missing(mirror.session(directory), locked, report)
    assert added == ("libgl1", "libglib2.0-0t64")
    text = (directory / "pyproject.toml").read_text()
    assert 'system = ["tar", "libgl1", "libglib2.0-0t64"] # for logs\n' in text
    assert "# ours" in text
    names = [pin.name for pin in locked.lock.debian[0].packages["system"]]
    assert names == ["libgl1", "libglib2.0-0t64", "libx11-6", "tar"]
    assert locked.changed == ("uv.lock", "neve.lock")
    assert [each.soname for each in report.missing] == ["libnone.so.9"]  # libX11 came with libgl1
    before = text
    _, _, more = add_missing(mirror.session(directory), locked, report, optional=True)
    assert more == ()
    assert (directory / "pyproject.toml").read_text() == before


def test_what_plugins_need_is_added_on_request(mirror: World, tmp_path: Path) -> None:
    serve(mirror, "cv", "5.0", {"cv/plugins/libqxcb.so": elf(needed=["libX11.so.6"])})
    directory = project(tmp_path / "p", "cv")
    locked, report, _ = found(mirror, directory)
    session = mirror.session(directory)
    assert add_missing(session, locked, report)[2] == ()
    assert add_missing(session, locked, report, optional=True)[2] == ("libx11-6",)


def test_a_configuration_that_cannot_be_locked_is_taken_back(mirror: World, tmp_path: Path) -> None:
    publish_contents(mirror, {f"{LIB}/libGL.so.1": "not-in-packages"})
    serve(mirror, "cv", "5.0", {"cv/cv.abi3.so": elf(needed=["libGL.so.1"])})
    directory = project(tmp_path / "p", "cv")
    before = (directory / "pyproject.toml").read_text()
    locked, report, _ = found(mirror, directory)
    with pytest.raises(NeveError, match="no package not-in-packages"):
        add_missing(mirror.session(directory), locked, report)
    assert (directory / "pyproject.toml").read_text() == before


def test_a_file_of_the_configurations_own(mirror: World, tmp_path: Path) -> None:
    serve(mirror, "cv", "5.0", CV)
    directory = project(tmp_path / "p", "cv")
    (directory / "neve.toml").write_text('base = "debian" # ours\n')
    locked, report, _ = found(mirror, directory)
    add_missing(mirror.session(directory), locked, report)
    assert (directory / "neve.toml").read_text() == ('base = "debian" # ours\nsystem = ["libgl1", "libglib2.0-0t64"]\n')


def test_a_wheel_that_lies_in_the_project(mirror: World, tmp_path: Path) -> None:
    directory = project(tmp_path / "p", "cv", neve='[tool.uv.sources]\ncv = { path = "wheels/NAME" }\n')
    name = f"cv-5.0-{PLATFORM}.whl"
    (directory / "wheels").mkdir()
    (directory / "wheels" / name).write_bytes(a_wheel_with("cv", "5.0", CV))
    path = directory / "pyproject.toml"
    path.write_text(path.read_text().replace("NAME", name))
    _, report, _ = found(mirror, directory, fetch=True)
    assert report.packages == ("libgl1", "libglib2.0-0t64")


def test_a_script(mirror: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    serve(mirror, "cv", "5.0", CV)
    head = '# /// script\n# requires-python = ">=3.11"\n# dependencies = ["cv"]  # ours\n'
    path = tmp_path / "see.py"
    path.write_text(f"{head}# ///\nimport cv\n")
    path.chmod(0o750)
    assert run_command(["-C", str(tmp_path), "lock", "see.py"]) == 0
    assert "`neve lock see.py --add-missing` adds" in capsys.readouterr().err
    assert run_command(["-C", str(tmp_path), "lock", "see.py", "--add-missing"]) == 0
    added = '#\n# [tool.neve]\n# system = ["libgl1", "libglib2.0-0t64"]\n'
    assert path.read_text() == f"{head}{added}# ///\nimport cv\n"
    assert path.stat().st_mode & 0o777 == 0o750


def test_files_that_cannot_be_read_and_a_newer_glibc_than_the_suites(mirror: World, tmp_path: Path) -> None:
    new = elf(needed=["libc.so.6"], versions={"libc.so.6": ["GLIBC_2.99"]})
    serve(mirror, "cv", "5.0", {"cv/cv.abi3.so": elf(needed=["libGL.so.1"])[:90], "cv/b.abi3.so": new})
    _, report, _ = found(mirror, project(tmp_path / "p", "cv"))
    assert list(warnings(report, "trixie")) == [
        "cv 5.0 asks for glibc 2.99, and the image has 2.41: it may not start",
        "cv/cv.abi3.so of cv-5.0-cp313-cp313-manylinux_2_17_x86_64.whl cannot be read: it is cut short",
    ]


def test_the_command(mirror: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    serve(mirror, "cv", "5.0", CV)
    directory = project(tmp_path / "p", "cv")

    def run(*words: str) -> tuple[dict[str, object], str]:
        assert run_command(["-C", str(directory), "--progress", "plain", "lock", "--json", *words]) == 0
        told = capsys.readouterr()
        return json.loads(told.out), told.err

    data, said = run("--no-libraries")
    assert (data["missing_libraries"], "libGL" in said) == ([], False)
    data, said = run()
    assert data["missing_libraries"][0] == {  # type: ignore[index]
        "wheel": "cv-5.0-cp313-cp313-manylinux_2_17_x86_64.whl",
        "soname": "libGL.so.1",
        "package": "libgl1",
        "certain": True,
    }
    assert "! cv 5.0 needs libGL.so.1 (libgl1)" in said
    assert 'under [tool.neve]: system = ["libgl1", "libglib2.0-0t64"]' in said
    _, said = run("--check")
    assert "needs libGL.so.1" in said
    assert "system" not in (directory / "pyproject.toml").read_text()
    data, said = run("--add-missing")
    assert data["added"] == ["libgl1", "libglib2.0-0t64"]
    assert data["changed"] == ["neve.lock"]
    assert "needs libGL.so.1" not in said
    assert "> added to system: libgl1, libglib2.0-0t64" in said
    system = tomllib.loads((directory / "pyproject.toml").read_text())["tool"]["neve"]["system"]
    assert system == ["libgl1", "libglib2.0-0t64"]
    data, _ = run("--add-optional")
    assert data["added"] == []


@pytest.mark.parametrize("words", [["--check"], ["--no-libraries"], ["--locked"], ["--frozen"]])
def test_words_that_exclude_each_other(world: World, tmp_path: Path, words: list[str]) -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        run_command(["-C", str(project(tmp_path / "p")), "lock", "--add-missing", *words])
    assert not (tmp_path / "p/uv.lock").exists()
    assert world.server.seen == []


def test_a_mirror_without_an_index_of_files(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    serve(world, "cv", "5.0", CV)
    directory = project(tmp_path / "p", "cv")
    assert run_command(["-C", str(directory), "--progress", "plain", "lock"]) == 0
    assert "of 4 libraries that wheels need it is not known who has them" in capsys.readouterr().err
    assert run_command(["-C", str(directory), "--offline", "lock"]) == 0
    assert "and of 4 libraries it is not known who has them" in capsys.readouterr().err


def test_a_mirror_that_is_gone_fails_no_lock(mirror: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = serve(mirror, "cv", "5.0", CV)
    directory = project(tmp_path / "p", "cv")
    lock_project(mirror.session(directory))
    del mirror.server.files[file]
    assert run_command(["-C", str(directory), "lock"]) == 0
    assert "which libraries the wheels need is not known" in capsys.readouterr().err
