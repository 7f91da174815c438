"""Which GPUs the wheels of a project have code for, against an index on loopback."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from neve.cuda.architectures import Architectures
from neve.stages.gpu import wheel_architectures
from neve.stages.libraries import find_missing
from neve.stages.lock import lock_project
from tests.cuda.fatbins import fatbin
from tests.libraries.elves import elf
from tests.libraries.served import project, publish_contents, serve
from tests.world import World

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the mirror on loopback has amd64 alone")


def test_of_wheels_that_neve_has(world: World, tmp_path: Path) -> None:
    publish_contents(world, {})
    kernels = elf(needed=["libc.so.6"], code=fatbin("sm_80", "sm_90a", "compute_90"))
    serve(world, "kernels", "1.0", {"kernels/a.abi3.so": kernels})
    serve(world, "cv", "5.0", {"cv/cv.abi3.so": elf(needed=["libc.so.6"])})
    world.serve_wheel("lemon", "1.0")
    session = world.session(project(tmp_path / "p", "kernels", "cv", "lemon"))
    locked = lock_project(session)
    world.server.seen.clear()
    assert wheel_architectures(session, locked, "x86_64") == {}  # none was fetched, and none is
    assert world.server.seen == []
    assert wheel_architectures(session, locked, "aarch64") == {}
    find_missing(session, locked, fetch=True)
    found = {"kernels": Architectures(sass=("8.0", "9.0a"), ptx=("9.0",))}
    assert wheel_architectures(session, locked, "x86_64") == found
    # What was read once is kept, whatever becomes of the wheel.
    for file in Path(world.environ["XDG_CACHE_HOME"]).rglob("*.whl"):
        file.unlink()
    assert wheel_architectures(session, locked, "x86_64") == found
