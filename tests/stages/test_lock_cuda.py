"""The toolkit's pins in neve.lock, from a directory on, against a mirror and an index on loopback."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path
from typing import Any

import pytest

from neve.cuda.table import settled, table
from neve.doctor.demand import of_project
from neve.errors import NeveError
from neve.lock.model import CudaLock
from neve.lock.text import read_lock
from neve.session import Options
from neve.stages.info import describe
from neve.stages.lock import lock_project
from tests.bases.debian.archive import stanza
from tests.lock.test_platforms import publish as publish_both
from tests.recorder import Recorder
from tests.world import World

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the mirror on loopback has amd64 alone")

PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "app"
version = "1"
requires-python = ">=3.11"
dependencies = [{dependencies}]
"""
_GXX = [*(f"g++-{n}" for n in (12, 13, 14)), *(f"gcc-{n}" for n in (12, 13, 14))]
_COMPILERS = [*_GXX, "g++", "gcc", "libc6-dev", "make", "pkgconf", "python3.13-dev", "bash", "diffutils", "findutils"]
_COMPILERS += ["grep", "gzip", "hostname", "perl-base", "sed"]
_13 = {"nvcc": "cuda-nvcc", "crt": "cuda-crt", "nvvm": "nvvm", "cudart": "cuda-runtime", "cccl": "cuda-cccl"}
_13 |= {"cublas": "cublas", "nvrtc": "cuda-nvrtc"}
_12 = {"nvcc": "cuda-nvcc", "cudart": "cuda-runtime", "cccl": "cuda-cccl", "cublas": "cublas", "nvrtc": "cuda-nvrtc"}


def serve_toolkit(world: World, version: str, extras: dict[str, str], *, tag: str = "manylinux_2_17_x86_64") -> None:
    """A release of the metapackage, and a wheel of each component; cublas asks for any nvrtc."""
    suffix = "-cu12" if version.startswith("12.") else ""
    world.serve_wheel(
        "cuda-toolkit",
        version,
        requires=tuple(f"nvidia-{of}{suffix}=={version}.*; extra == '{name}'" for name, of in extras.items()),
    )
    for of in extras.values():
        needs = (f"nvidia-cuda-nvrtc{suffix}",) if of == "cublas" else ()
        world.serve_wheel(f"nvidia-{of}{suffix}", f"{version}.1", tag=f"py3-none-{tag}", requires=needs)


@pytest.fixture
def project(world: World, tmp_path: Path) -> Path:
    world.publish(*(stanza(name) for name in _COMPILERS if f"Package: {name}\n" not in "".join(world.stanzas)))
    world.serve_wheel("hatchling", "1.0")
    serve_toolkit(world, "12.4.1", _12)
    serve_toolkit(world, "13.0.1", _13)
    serve_toolkit(world, "13.2.1", _13)
    directory = tmp_path / "project"
    (directory / "app").mkdir(parents=True)
    (directory / "app/__init__.py").touch()
    return directory


def configure(project: Path, text: str, dependencies: str = "") -> None:
    (project / "pyproject.toml").write_text(f"{PYPROJECT.format(dependencies=dependencies)}[tool.neve.cuda]\n{text}\n")


def locked(world: World, project: Path, **options: Any) -> CudaLock:
    """The toolkit that is locked; it is what neve.lock holds, too."""
    lock = lock_project(world.session(project), **options).lock
    assert read_lock((project / "neve.lock").read_text()) == lock
    assert lock.cuda is not None
    return lock.cuda


def versions(cuda: CudaLock) -> dict[str, str]:
    return {wheel.name: wheel.version for wheel in cuda.wheels}


def test_nvcc_brings_what_it_needs_and_the_newest_compiler(world: World, project: Path) -> None:
    configure(project, 'version = "13.2"\ntoolkit = ["nvcc"]')
    lock = lock_project(world.session(project)).lock
    cuda = lock.cuda
    assert cuda is not None
    assert (cuda.version, cuda.toolkit, cuda.compiler) == ("13.2", ("nvcc",), "g++-14")
    assert {*versions(cuda)} == {
        f"nvidia-{name}" for name in ("cuda-nvcc", "cuda-crt", "nvvm", "cuda-runtime", "cuda-cccl")
    }
    assert cuda.runtime == ()
    assert lock.base.name == "debian"
    assert lock.base.build is not None
    assert {"g++-14", "gcc-14"} <= {*lock.base.build.wanted}


def test_info_and_doctor_count_what_is_compiled(world: World, project: Path) -> None:
    configure(project, 'version = "13.2"\ntoolkit = ["nvcc"]\narchitectures = ["8.0", "9.0+PTX"]')
    cuda = describe(world.session(project)).platforms["linux/amd64"].cuda
    assert cuda is not None
    assert cuda.toolkit is not None
    assert cuda.toolkit.architectures == ["8.0", "9.0+PTX"]
    assert cuda.gpus == ["8.0", "8.6", "8.9", "9.0", "10.0", "10.3", "11.0", "12.0", "12.1"]
    demand, _ = of_project(world.session(project))
    code = {name: (each.sass, each.ptx) for name, each in demand.code.items()}
    assert code == {name: (tuple(each.sass), tuple(each.ptx)) for name, each in cuda.code.items()}
    assert [*code] == ["the project's own code"]


def test_the_libraries_that_run_are_named(world: World, project: Path) -> None:
    configure(project, 'version = "13.0"\ntoolkit = ["cuda_nvcc", "libcublas"]')
    cuda = locked(world, project)
    assert cuda.toolkit == ("cublas", "nvcc")
    assert cuda.runtime == ("nvidia-cublas", "nvidia-cuda-nvrtc")
    # What a wheel asks for without a version is the release's own, not the newest.
    assert versions(cuda)["nvidia-cuda-nvrtc"] == "13.0.1.1"
    assert [wheel.name for wheel in cuda.runtime_for("x86_64", {"nvidia-cublas"})] == ["nvidia-cuda-nvrtc"]
    assert cuda.runtime_for("x86_64", {"nvidia-cublas", "nvidia-cuda-nvrtc"}) == ()


def test_what_is_fresh_is_left_alone_and_asks_nobody(world: World, project: Path) -> None:
    configure(project, 'version = "13.2"\ntoolkit = ["nvcc"]')
    first = locked(world, project)
    serve_toolkit(world, "13.2.2", _13)
    world.server.seen.clear()
    assert locked(world, project) == first
    assert locked(world, project, check=True) == first
    assert world.server.seen == []
    assert versions(locked(world, project, upgrade=True))["nvidia-cuda-nvcc"] == "13.2.2.1"


_ANOTHER = "another CUDA toolkit than is asked for"


@pytest.mark.parametrize(
    ("text", "what", "told"),
    [
        ('version = "13.0"\ntoolkit = ["nvcc"]', _ANOTHER, "has CUDA 13.2, tool.neve.cuda.version asks for 13.0"),
        (
            'version = "13.2"\ntoolkit = ["nvcc", "cublas"]',
            _ANOTHER,
            "has the toolkit of nvcc, tool.neve.cuda.toolkit asks for cublas, nvcc",
        ),
        ("", "a CUDA toolkit that nothing asks for", "has the toolkit of CUDA 13.2, and nothing asks for one"),
    ],
)
def test_another_wish_makes_it_stale(world: World, project: Path, text: str, what: str, told: str) -> None:
    configure(project, 'version = "13.2"\ntoolkit = ["nvcc"]')
    first = lock_project(world.session(project)).lock
    configure(project, text)
    world.server.seen.clear()
    for options, check in ((Options(locked=True), False), (Options(), True)):
        with pytest.raises(NeveError) as caught:
            lock_project(world.session(project, options), check=check)
        assert caught.value.what == f"neve.lock has {what}"
        assert caught.value.where == "neve.lock, cuda"
        assert "CUDA 13.2" in (caught.value.why or "") or "asks for cublas, nvcc" in (caught.value.why or "")
    recorder = Recorder()
    assert lock_project(world.session(project, Options(frozen=True), recorder)).lock == first
    assert recorder.notes == [f"neve.lock {told}: --frozen takes neve.lock as it is"]
    assert world.server.seen == []  # none of these asked anybody
    assert lock_project(world.session(project)).lock.cuda != first.cuda


def test_a_lock_without_a_toolkit_is_told_so(world: World, project: Path) -> None:
    configure(project, "")
    lock_project(world.session(project))
    configure(project, 'toolkit = ["nvcc"]')
    for options, check in ((Options(locked=True), False), (Options(frozen=True), False), (Options(), True)):
        with pytest.raises(NeveError) as caught:
            lock_project(world.session(project, options), check=check)
        assert caught.value.what == "neve.lock has no CUDA toolkit"
        assert (caught.value.why or "").startswith("tool.neve.cuda.toolkit asks for nvcc; --")


def test_frozen_compiles_for_no_more_than_the_locked_toolkit(world: World, project: Path) -> None:
    configure(project, 'version = "13.2"\ntoolkit = ["nvcc"]')
    locked(world, project)
    configure(project, 'version = "13.2"\ntoolkit = ["nvcc"]\narchitectures = ["5.0"]')
    with pytest.raises(NeveError, match=r"does not compile for GPUs of compute capability 5\.0"):
        lock_project(world.session(project, Options(frozen=True)))


@pytest.mark.parametrize(("toolkit", "notes"), [('["nvcc"]', 0), ('["cublas"]', 1), ("[]", 1)])
def test_architectures_of_nothing_that_is_compiled(world: World, project: Path, toolkit: str, notes: int) -> None:
    configure(project, f'version = "13.2"\ntoolkit = {toolkit}\narchitectures = ["8.0"]')
    recorder = Recorder()
    lock_project(world.session(project, progress=recorder))
    assert [note.partition(":")[0] for note in recorder.notes] == ["nothing is compiled"] * notes


def test_a_project_that_drops_the_toolkit_drops_its_pins(world: World, project: Path) -> None:
    configure(project, 'version = "13.2"\ntoolkit = ["nvcc"]')
    locked(world, project)
    configure(project, "")
    lock = lock_project(world.session(project)).lock
    assert lock.cuda is None
    assert "[cuda]" not in (project / "neve.lock").read_text()
    assert lock.base.name == "debian"
    assert lock.base.build is None or "g++-14" not in lock.base.build.wanted


def test_the_version_is_that_of_the_locked_wheels(world: World, project: Path) -> None:
    world.serve_wheel("fruit", "1.0", requires=("cuda-toolkit[cudart]==13.0.1",))
    configure(project, 'toolkit = ["nvcc", "cudart"]', '"fruit"')
    cuda = locked(world, project)
    assert cuda.version == "13.0"
    assert cuda.runtime == ("nvidia-cuda-runtime",)
    assert cuda.runtime_for("x86_64", {"nvidia-cuda-runtime"}) == ()
    configure(project, 'version = "12.4"\ntoolkit = ["nvcc"]', '"fruit"')
    with pytest.raises(NeveError, match=r"CUDA 12\.4 would compile for an environment of CUDA 13\.0"):
        lock_project(world.session(project))


def test_cudnn_is_the_one_of_the_environment(world: World, project: Path) -> None:
    for version in ("9.1.0", "9.2.0"):
        world.serve_wheel("nvidia-cudnn-cu13", version, requires=("nvidia-cublas",))
    world.serve_wheel("fruit", "1.0", requires=("nvidia-cudnn-cu13==9.1.0", "cuda-toolkit[cublas]==13.2.1"))
    configure(project, 'toolkit = ["cudnn"]', '"fruit"')
    cuda = locked(world, project)
    assert versions(cuda) == {
        "nvidia-cublas": "13.2.1.1",
        "nvidia-cuda-nvrtc": "13.2.1.1",
        "nvidia-cudnn-cu13": "9.1.0",
    }
    assert cuda.compiler is None


def test_no_library_is_newer_than_that_of_the_environment(world: World, project: Path) -> None:
    """What was compiled with a newer one may call what is not there."""
    publish_both(world)
    world.serve_wheel("fruit", "1.0", requires=("nvidia-cublas==13.0.1.1", "cuda-toolkit==13.2.1"))
    expected = {"cublas": "13.0.1.1", "cuda-runtime": "13.2.1.1", "cuda-nvrtc": "13.2.1.1", "cuda-cccl": "13.2.1.1"}
    for name, version in expected.items():
        needs = ("nvidia-cuda-nvrtc",) if name == "cublas" else ()
        world.serve_wheel(f"nvidia-{name}", version, tag="py3-none-manylinux_2_17_aarch64", requires=needs)
    configure(project, 'toolkit = ["cublas", "cudart"]', '"fruit"')
    cuda = locked(world, project)
    assert cuda.version == "13.2"
    assert cuda.architectures == ("x86_64",)
    assert versions(cuda) == {f"nvidia-{name}": version for name, version in expected.items()}
    # The pins stay when there are more to add.
    platforms = '[tool.neve]\nplatforms = ["linux/amd64", "linux/arm64"]'
    configure(project, f'toolkit = ["cublas", "cudart"]\n{platforms}', '"fruit"')
    both = locked(world, project)
    assert both.architectures == ("x86_64", "aarch64")
    assert versions(both) == versions(cuda)
    # Another library of the environment is no matter of the toolkit's; an older one of what it has is.
    world.serve_wheel("nvidia-cufft", "13.2.1.1")
    configure(project, f'toolkit = ["cublas", "cudart"]\n{platforms}', '"fruit", "nvidia-cufft"')
    assert locked(world, project, refresh=True) == both
    world.serve_wheel("nvidia-cuda-nvrtc", "13.0.1.1", tag="py3-none-manylinux_2_17_aarch64")
    shutil.rmtree(world.home / "uv")
    older = '"fruit", "nvidia-cuda-nvrtc==13.0.1.1"'
    configure(project, f'toolkit = ["cublas", "cudart"]\n{platforms}', older)
    assert versions(locked(world, project, refresh=True)) == {**versions(both), "nvidia-cuda-nvrtc": "13.0.1.1"}


def test_a_newer_toolkit_than_the_runtime_of_the_environment_is_told(world: World, project: Path) -> None:
    world.serve_wheel("fruit", "1.0", requires=("cuda-toolkit[cudart]==13.0.1",))
    configure(project, 'version = "13.2"\ntoolkit = ["nvcc"]', '"fruit"')
    recorder = Recorder()
    assert lock_project(world.session(project, progress=recorder)).lock.cuda is not None
    (note,) = (note for note in recorder.notes if "runtime" in note)
    assert note.startswith("the toolkit is of CUDA 13.2, the runtime that the wheels bring of 13.0: ")
    assert note.endswith('; version = "13.0" goes with it')


def test_nvcc_of_12_4_is_debians(world: World, project: Path) -> None:
    configure(project, 'version = "12.4"\ntoolkit = ["nvcc"]')
    with pytest.raises(NeveError) as raised:
        lock_project(world.session(project))
    (error,) = raised.value.errors
    assert error.what == "the mirror has no nvcc of CUDA 12.4"
    assert "non-free" in (error.why or "")
    assert "NEVE_DEBIAN_MIRROR" in error.fixes[0]
    path = "pool/non-free/n/nvidia-cuda-toolkit/nvidia-cuda-toolkit_12.4.131~12.4.1-2_amd64.deb"
    world.publish(nonfree=(stanza("nvidia-cuda-toolkit", "12.4.131~12.4.1-2", filename=path),))
    cuda = locked(world, project)
    (pin,) = cuda.packages_for("x86_64")
    assert (pin.name, pin.path, pin.archive) == ("nvidia-cuda-toolkit", path, "main")
    assert cuda.packages_for("aarch64") == ()
    assert cuda.compiler == "g++-13"
    assert versions(cuda)["nvidia-cuda-nvcc-cu12"] == "12.4.1.1"


def test_another_nvcc_in_non_free_is_not_taken(world: World, project: Path) -> None:
    world.publish(nonfree=(stanza("nvidia-cuda-toolkit", "12.8.1-1"),))
    configure(project, 'version = "12.4"\ntoolkit = ["nvcc"]')
    with pytest.raises(NeveError, match=r"the mirror has no nvcc of CUDA 12\.4") as raised:
        lock_project(world.session(project))
    assert "12.8.1-1" in (raised.value.why or "")


def test_several_platforms(world: World, project: Path) -> None:
    publish_both(world)
    platforms = '[tool.neve]\nplatforms = ["linux/amd64", "linux/arm64"]'
    serve_toolkit(world, "13.1.1", {"curand": "curand", "cufft": "cufft"})
    configure(project, f'version = "13.1"\ntoolkit = ["curand", "libcufft"]\n{platforms}')
    with pytest.raises(NeveError) as raised:
        lock_project(world.session(project))
    error = raised.value
    assert error.what == "NVIDIA does not ship the toolkit of CUDA 13.1 for linux/arm64"
    assert {line.split()[0] for line in (error.why or "").splitlines()} == {"nvidia-curand", "nvidia-cufft"}
    assert "take out of `toolkit` what is not made for linux/arm64" in error.fixes[0]  # 13.1 itself has wheels for it
    assert error.fixes[1] == "or make the image for linux/amd64 alone: `platforms` under [tool.neve]"
    for name in ("curand", "cufft"):
        world.serve_wheel(f"nvidia-{name}", "13.1.1.1", tag="py3-none-manylinux_2_17_aarch64")
    shutil.rmtree(world.home / "uv")  # uv holds on to what an index said for some minutes
    cuda = locked(world, project)
    assert cuda.architectures == ("x86_64", "aarch64")
    for architecture in cuda.architectures:
        assert [wheel.file for wheel in cuda.runtime_for(architecture, {"nvidia-cufft"})] == [
            f"nvidia_curand-13.1.1.1-py3-none-manylinux_2_17_{architecture}.whl"
        ]


def test_a_component_that_is_for_arm_alone(world: World, project: Path) -> None:
    publish_both(world)
    requires = ("nvidia-cudla==13.2.2; platform_machine == 'aarch64' and extra == 'cudla'",)
    world.serve_wheel("cuda-toolkit", "13.2.2", requires=requires)
    world.serve_wheel("nvidia-cudla", "13.2.2", tag="py3-none-manylinux_2_17_aarch64")
    platforms = '[tool.neve]\nplatforms = ["linux/amd64", "linux/arm64"]'
    configure(project, f'version = "13.2"\ntoolkit = ["cudla"]\n{platforms}')
    with pytest.raises(NeveError, match=r"CUDA 13\.2 for linux/amd64") as raised:
        lock_project(world.session(project))
    assert raised.value.fixes == (
        "take out of `toolkit` what is not made for linux/amd64",
        "or make the image for linux/arm64 alone: `platforms` under [tool.neve], and build it on a machine that is"
        " linux/arm64",
    )


def test_a_release_without_wheels_for_arm(world: World, project: Path) -> None:
    publish_both(world)
    serve_toolkit(world, "12.2.2", {"cublas": "cublas", "nvrtc": "cuda-nvrtc"})
    platforms = '[tool.neve]\nplatforms = ["linux/amd64", "linux/arm64"]'
    configure(project, f'version = "12.2"\ntoolkit = ["cublas"]\n{platforms}')
    with pytest.raises(NeveError, match=r"CUDA 12\.2 for linux/arm64") as raised:
        lock_project(world.session(project))
    assert raised.value.fixes[0] == "take a release that has wheels for it, such as 12.3"


def test_a_component_that_is_not_made_for_a_platform(world: World, project: Path) -> None:
    publish_both(world)
    world.serve_wheel(
        "cuda-toolkit",
        "13.1.1",
        requires=("nvidia-cuda-opencl==13.1.1; platform_machine == 'x86_64' and extra == 'opencl'",),
    )
    world.serve_wheel("nvidia-cuda-opencl", "13.1.1")
    text = 'version = "13.1"\ntoolkit = ["opencl"]\n[tool.neve]\nplatforms = ["linux/arm64"]'
    configure(project, text)
    with pytest.raises(NeveError, match="does not ship the toolkit") as raised:
        lock_project(world.session(project))
    assert raised.value.why == "opencl (nvidia-cuda-opencl) is not made for it"


def test_gpus_that_the_release_does_not_compile_for(world: World, project: Path) -> None:
    configure(project, 'version = "13.0"\ntoolkit = ["nvcc"]\narchitectures = ["5.0", "9.0", "19.0+PTX"]')
    with pytest.raises(NeveError) as caught:
        lock_project(world.session(project))
    old, new = caught.value.errors
    where = "pyproject.toml, tool.neve.cuda.architectures"
    assert (old.where, new.where) == (f"{where}[0]", f"{where}[2]")
    assert old.fixes[0] == "write one of these in its place: 7.5 or newer"
    assert len(old.fixes) == len(new.fixes) == 1  # no release has both
    assert not (project / "neve.lock").exists()


def test_another_release_has_all_architectures_that_are_asked_for(world: World, project: Path) -> None:
    for asked, release in {'"5.0", "9.0"': "12.4", '"5.0", "10.0"': None}.items():
        configure(project, f'version = "13.0"\ntoolkit = ["nvcc"]\narchitectures = [{asked}]')
        with pytest.raises(NeveError) as caught:
            lock_project(world.session(project))
        fixes = [fix for fix in caught.value.fixes if "version" in fix]
        assert len(fixes) == (release is not None)
        assert all(fix.endswith(f'version = "{release}" under [tool.neve.cuda]') for fix in fixes)


def test_without_a_version_and_wheels_it_is_the_newest_with_a_driver(world: World, project: Path) -> None:
    serve_toolkit(world, "13.4.1", _13)
    serve_toolkit(world, "13.5.1", _13)
    configure(project, 'toolkit = ["nvcc"]')
    assert locked(world, project).version == settled(table().releases)[-1] == "13.4"
    configure(project, 'toolkit = ["nvcc"]\nversion = "13.5"')
    assert locked(world, project).version == "13.5"
