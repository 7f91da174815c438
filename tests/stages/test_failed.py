"""A build that lacks something of CUDA's: what is to be written under [tool.neve.cuda]."""

from __future__ import annotations

from pathlib import Path

import pytest

from neve.lock.model import CudaLock, Lock
from neve.nix.failure import BuildError
from neve.nix.lacking import lacking
from neve.stages.failed import explained_failure
from neve.stages.lock import lock_project
from tests.world import World

NVCC = "error: command '/usr/local/cuda/bin/nvcc' failed: No such file or directory"
HEADER = "x.cu:1:10: fatal error: cublas_v2.h: No such file or directory"
BUILDS = 'toolkit = ["nvcc", "cublas"] under [tool.neve.cuda], then `neve lock`: the build needs it'


HEAD = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\n'


@pytest.fixture
def app(world: World, tmp_path: Path) -> tuple[World, Path, Lock]:
    directory = tmp_path / "app"
    directory.mkdir()
    (directory / "pyproject.toml").write_text(HEAD)
    return world, directory, lock_project(world.session(directory)).lock


def fixes(
    app: tuple[World, Path, Lock], *log: str, toolkit: tuple[str, ...] = (), version: str = "13.2", config: str = ""
) -> tuple[str, ...]:
    """The fixes for a build with this ``log``, of a project that has this ``toolkit`` locked."""
    world, directory, lock = app
    if toolkit:
        config = f'[tool.neve.cuda]\nversion = "{version}"\n'
        lock = lock.model_copy(update={"cuda": CudaLock(version=version, toolkit=toolkit)})
    (directory / "pyproject.toml").write_text(HEAD + config)
    error = BuildError("building x failed", lacking=lacking(log))
    return tuple(explained_failure(world.session(directory), lock, error).fixes)


def test_no_toolkit(app: tuple[World, Path, Lock]) -> None:
    first = 'toolkit = ["nvcc"] under [tool.neve.cuda], then `neve lock`: the build needs it'
    pinned = "`version` in it pins the release of CUDA"
    assert fixes(app, NVCC) == (first, f"there is no table [tool.neve.cuda] yet: add it; {pinned}")
    assert fixes(app, "  Failed to find nvcc.", config="[tool.neve]\ncuda = false\n") == (
        first,
        f"write the table [tool.neve.cuda] in place of `cuda = false`; {pinned}",
    )
    assert fixes(app, NVCC, config='[tool.neve.cuda]\nversion = "13.2"\n') == (first,)
    more = 'toolkit = ["cudart", "nvcc"] under [tool.neve.cuda], then `neve lock`: the build needs it'
    assert fixes(app, NVCC, toolkit=("cudart",)) == (more,)


@pytest.mark.parametrize("line", [HEADER, "/usr/bin/ld: cannot find -lcublas: No such file", "    CUDA::cublas"])
def test_a_component_that_compiles(app: tuple[World, Path, Lock], line: str) -> None:
    assert fixes(app, line, toolkit=("nvcc",)) == (BUILDS,)


def test_a_component_that_the_image_needs(app: tuple[World, Path, Lock]) -> None:
    links = "neve: fast links with libcublas.so.13, which the image lacks (component nvidia-cublas)"
    runs = BUILDS.replace("the build needs it", "the image needs it to run")
    assert fixes(app, links, toolkit=("nvcc",)) == (runs,)
    loads = "ImportError: libcublas.so.13: cannot open shared object file: No such file or directory"
    assert fixes(app, loads, toolkit=("nvcc",)) == (runs,)
    assert fixes(app, links, HEADER, toolkit=("nvcc",)) == (BUILDS,)


def test_what_the_toolkit_has(app: tuple[World, Path, Lock]) -> None:
    """The build looks in other places: no more components help."""
    asked = ("nvcc", "cublas", "cccl")
    assert fixes(app, HEADER, toolkit=asked) == ("the toolkit has cublas_v2.h: compile with -I$CUDA_HOME/include",)
    thrust = "x.cpp:1:1: fatal error: thrust/sort.h: No such file or directory"
    assert fixes(app, thrust, toolkit=asked) == (
        "the toolkit has thrust/sort.h: compile with -I$CUDA_HOME/include/cccl",
    )
    assert fixes(app, "ld: cannot find -lcublas", "ld: cannot find -lcuda", toolkit=asked) == (
        "the toolkit has the library cublas: link with -L$CUDA_HOME/lib64",
        "the toolkit has the library cuda: link with -L$CUDA_HOME/lib64/stubs",
    )
    assert fixes(app, "    CUDA::cublas_static", toolkit=asked) == (
        "link with the shared library: NVIDIA's wheel of cublas has no CUDA::cublas_static",
    )


def test_components_of_other_releases(app: tuple[World, Path, Lock]) -> None:
    nvvm = "x.c:1:1: fatal error: nvvm.h: No such file or directory"
    assert fixes(app, nvvm, toolkit=("cudart",), version="12.4")[0].startswith('toolkit = ["cudart", "nvcc"] under')
    assert fixes(app, "/bin/sh: 1: cuobjdump: not found", toolkit=("nvcc",), version="13.0") == (
        'toolkit = ["nvcc", "cuobjdump"] under [tool.neve.cuda], then `neve lock`: the build needs it',
        'version = "13.2" or newer under [tool.neve.cuda]: CUDA 13.0 has no such component',
    )
    assert fixes(app, "/bin/sh: 1: nvprune: not found", toolkit=("nvcc",)) == (
        'version = "12.4" under [tool.neve.cuda], whose nvcc comes with nvprune: NVIDIA has no wheel of it',
    )


def test_the_index_of_files_is_left_alone(app: tuple[World, Path, Lock]) -> None:
    before = len(app[0].server.seen)
    odd = "  Could NOT find Odd (missing: ODD_LIBRARY)"
    known = "neve: x links with libpq.so.5, which the image lacks (package libpq5)"
    assert fixes(app, NVCC, odd, known, config="[tool.neve.cuda]\n") == (
        'toolkit = ["nvcc"] under [tool.neve.cuda], then `neve lock`: the build needs it',
        'system = ["libpq5"] under [tool.neve]: the image needs it to run',
    )
    assert len(app[0].server.seen) == before
