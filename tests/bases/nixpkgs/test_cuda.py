from __future__ import annotations

import pytest

from neve.bases.nixpkgs.cuda import check_compilers, check_cuda, choose_cuda
from neve.bases.nixpkgs.releases import RELEASES, find_release
from neve.cuda.table import newest_gcc
from neve.cuda.wheels import CudaWheels
from neve.errors import ManyErrors, NeveError

SYSTEM = "pyproject.toml, tool.neve.system"


def checked(release: str, version: str | None = None, system: tuple[str, ...] = ()) -> str | None:
    return check_cuda(find_release(release), version, system, where="pyproject.toml")


def refused(release: str, version: str | None = None, system: tuple[str, ...] = ()) -> NeveError:
    with pytest.raises(NeveError) as caught:
        checked(release, version, system)
    return caught.value


@pytest.mark.parametrize(
    ("release", "version", "system", "cuda"),
    [
        ("26.05", None, (), None),
        ("26.05", None, ("ffmpeg", "gcc15"), None),
        ("26.05", "13.0", (), "13.0"),
        ("26.05", None, ("cudaPackages.cudnn",), "12.9"),
        ("26.05", None, ("cudaPackages_12_8.cudnn",), "12.8"),
        ("26.05", None, ("cudaPackages_13.cudnn",), "13.2"),
        ("26.05", None, ("cudaPackages_12.cudnn",), "12.9"),
        ("25.05", None, ("cudaPackages_11.cudnn",), "11.8"),
        ("26.05", "13.0", ("cudaPackages_12_8.cudnn",), "13.0"),
    ],
)
def test_the_cuda_that_an_image_names(
    release: str, version: str | None, system: tuple[str, ...], cuda: str | None
) -> None:
    assert checked(release, version, system) == cuda


def wheels(version: str) -> CudaWheels:
    return CudaWheels(version=version, said_by="cuda-toolkit", components=(), packages=(), size=None)


@pytest.mark.parametrize(
    ("release", "asked", "brought", "chosen"),
    [
        ("26.05", None, None, "12.9"),
        ("25.11", None, None, "12.8"),
        ("26.05", "13.0", None, "13.0"),
        ("26.05", None, "12.8", "12.8"),
        ("26.05", None, "13.1", "13.1"),
        # the newest that is not newer
        ("25.11", None, "13.2", "13.0"),
        ("26.05", None, "12.7", "12.6"),
        ("26.05", None, "13.9", "13.2"),
        # the oldest, where all are newer
        ("26.05", None, "12.4", "12.6"),
        ("25.11", None, "12.1", "12.6"),
        # the release's own of that major version, else its newest
        ("26.05", None, "12", "12.9"),
        ("26.05", None, "13", "13.2"),
        ("26.05", "12.6", "12.9", "12.6"),
    ],
)
def test_the_cuda_of_a_toolkit(release: str, asked: str | None, brought: str | None, chosen: str) -> None:
    found = choose_cuda(find_release(release), asked, wheels(brought) if brought else None, where="pyproject.toml")
    assert found == chosen


def test_a_major_version_that_the_release_lacks() -> None:
    with pytest.raises(NeveError) as caught:
        choose_cuda(find_release("25.05"), None, wheels("13.0"), where="pyproject.toml")
    assert caught.value.what == "nixpkgs 25.05 has no CUDA 13"
    assert caught.value.where == "pyproject.toml, tool.neve.cuda.toolkit"
    assert "made for CUDA 13.0 (cuda-toolkit)" in (caught.value.why or "")
    release, other = caught.value.fixes
    assert [name for name in RELEASES if f'"{name}"' in release] == ["26.05", "25.11", "nixos-unstable"]
    assert other == "take wheels that are made for CUDA 12: 12.8 is the nearest that there is"


def test_a_toolkit_of_another_major_version_than_the_wheels() -> None:
    with pytest.raises(NeveError) as caught:
        choose_cuda(find_release("26.05"), "12.9", wheels("13.1"), where="pyproject.toml")
    assert caught.value.what == "a toolkit of CUDA 12.9 and wheels of CUDA 13 do not go together"
    assert caught.value.where == "pyproject.toml, tool.neve.cuda.version"
    assert caught.value.fixes[0] == 'write `version = "13.2"`, or leave `version` out: the wheels decide then'


def test_the_compiler_is_that_of_the_chosen_version() -> None:
    check_compilers(find_release("26.05"), "13.0", ("gcc15",), where="pyproject.toml")
    with pytest.raises(NeveError, match=r"gcc15 is newer than CUDA 12\.9 accepts"):
        check_compilers(find_release("26.05"), "12.9", ("gcc15",), where="pyproject.toml")


@pytest.mark.parametrize(
    ("release", "version", "near"),
    [
        ("26.05", "12.7", "12.8"),
        ("26.05", "12.4", "12.6"),
        ("26.05", "11.8", "12.6"),
        ("26.05", "13.9", "13.2"),
        ("25.11", "13.2", "13.0"),
        ("24.11", "12.9", "12.4"),
        ("25.05", "12.9", "12.8"),
    ],
)
def test_a_set_that_the_release_lacks(release: str, version: str, near: str) -> None:
    error = refused(release, version)
    assert error.what == f"nixpkgs {release} has no CUDA {version}"
    assert error.where == "pyproject.toml, tool.neve.cuda.version"
    assert error.why == f"its CUDA sets: {', '.join(find_release(release).cudas)}"
    assert error.fixes[0] == f'take the nearest: version = "{near}"'
    having = [name for name, other in RELEASES.items() if version in other.cudas]
    assert [name for name in RELEASES if f'"{name}"' in "".join(error.fixes[1:])] == having


@pytest.mark.parametrize(
    ("path", "version"),
    [("cudaPackages_12_7.cudnn", "12.7"), ("cudaPackages_11.cudnn", "11.0"), ("cudaPackages_12_4", "12.4")],
)
def test_a_set_of_system_that_the_release_lacks(path: str, version: str) -> None:
    error = refused("26.05", None, ("ffmpeg", path))
    assert error.what == f"nixpkgs 26.05 has no CUDA {version}"
    assert error.where == f"{SYSTEM}[1]"
    assert 'nearest: "cudaPackages_12_' in error.fixes[0]


@pytest.mark.parametrize("version", ["12", "12.9.1", "cu129", ""])
def test_what_is_no_version(version: str) -> None:
    error = refused("26.05", version)
    assert "is no version of CUDA" in error.what
    assert '"12.9"' in error.fixes[0]


@pytest.mark.parametrize(
    ("release", "version", "compiler", "best", "newest"),
    [
        ("26.05", "12.9", "gcc15", 14, 14),
        ("26.05", "12.9", "gcc_15", 14, 14),
        ("26.05", "12.6", "gcc14Stdenv", 13, 13),
        ("25.05", "11.0", "gcc10", 9, 9),
        ("25.05", "11.8", "gcc13", 11, 11),
        ("24.11", "12.0", "gcc13", 12, 12),
        ("26.05", "13.2", "gcc16", 15, 15),
    ],
)
def test_a_compiler_that_is_too_new(release: str, version: str, compiler: str, best: int, newest: int) -> None:
    error = refused(release, version, (compiler,))
    assert error.what == f"{compiler} is newer than CUDA {version} accepts"
    assert error.where == f"{SYSTEM}[0]"
    assert (error.why or "").endswith(f"host compiler is {newest}")
    assert error.fixes[0] == f'write "gcc{best}"'


@pytest.mark.parametrize(
    ("release", "version", "compiler", "major"), [("26.05", "12.9", "gcc", 15), ("25.11", "12.9", "gcc_latest", 15)]
)
def test_a_compiler_without_a_number_is_the_release_s(release: str, version: str, compiler: str, major: int) -> None:
    error = refused(release, version, (compiler,))
    assert error.what == f"{compiler} ({major} in nixpkgs {release}) is newer than CUDA 12.9 accepts"
    assert error.fixes == (
        'write "gcc14"',
        'or take a CUDA that accepts it: `version = "13.0"` under [tool.neve.cuda]',
    )


@pytest.mark.parametrize("compiler", ["gcc14", "gcc13", "gcc_13", "gccgo", "gcc-unwrapped", "clang_21", "gfortran15"])
def test_compilers_that_do(compiler: str) -> None:
    assert checked("26.05", "12.9", (compiler,)) == "12.9"


def test_the_oldest_of_several_sets_decides() -> None:
    error = refused("26.05", "13.0", ("gcc15", "cudaPackages_12_9.cudnn"))
    assert error.what == "gcc15 is newer than CUDA 12.9 accepts"


def test_all_of_a_kind_are_told_of() -> None:
    error = refused("26.05", "12.7", ("cudaPackages_12_5.cudnn",))
    assert isinstance(error, ManyErrors)
    assert [one.where for one in error.errors] == ["pyproject.toml, tool.neve.cuda.version", f"{SYSTEM}[0]"]


@pytest.mark.parametrize(("version", "gcc"), [("11.5", 10), ("12.3", 12), ("12.6", 13), ("12.9", 14), ("13.4", 16)])
def test_the_newest_compiler(version: str, gcc: int) -> None:
    assert newest_gcc(version) == gcc


def test_no_compiler_is_known_of_the_oldest() -> None:
    with pytest.raises(KeyError):
        newest_gcc("10.2")
