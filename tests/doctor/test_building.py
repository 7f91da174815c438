"""What building needs: a sandbox, a Nix, a store, room on the disk."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from neve.doctor.disk import disk_findings
from neve.doctor.sandbox import Store, namespace_finding, nix_findings
from neve.host import Host, Ran
from neve.nix.store_path import fixed_path
from neve.python.wheel import Wheel
from neve.session import Options, Session
from neve.stages.lock import Locked, lock_project
from tests.doctor.machines import Machine
from tests.world import World

ROOT = Path(__file__).parents[2]


def test_a_real_sandbox() -> None:
    finding = namespace_finding(Host(), Store(place=Path("/")))
    assert finding.state in ("ok", "failure")
    assert bool(finding.fixes) == (finding.state == "failure")


def test_namespaces_that_are_forbidden(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.write("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n")
    machine.answers["sandbox"] = Ran(status=1, out="", err="mapping of users: Operation not permitted\n")
    finding = namespace_finding(machine.host, Store(place=tmp_path))
    assert (finding.state, finding.why) == ("failure", "mapping of users: Operation not permitted")
    assert finding.fixes[0] == "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
    # A daemon builds for whoever may not.
    assert namespace_finding(machine.host, Store(place=Path("/nix/store"), daemon=True)).state == "warning"


@pytest.fixture
def environ(world: World) -> dict[str, str]:
    """A store is not to lie where everybody may write, as tests do; this one is not made."""
    return {**world.environ, "PATH": "/nonexistent", "NEVE_STORE": str(ROOT / ".neve-no-store")}


def test_neves_own_nix_is_not_fetched(world: World, environ: dict[str, str], tmp_path: Path) -> None:
    session = replace(world.session(tmp_path), environ=environ)
    findings, store = nix_findings(session)
    assert [str(finding.state) for finding in findings] == ["ok", "ok"]
    assert findings[0].found == "neve's own copy, which the first build fetches"
    assert store == Store(place=ROOT / ".neve-no-store")
    assert world.server.seen == []
    assert not store.place.exists()
    findings, _ = nix_findings(replace(session, options=Options(offline=True)))
    assert [str(finding.state) for finding in findings] == ["failure"]


def test_a_nix_that_is_asked_for(world: World, environ: dict[str, str], tmp_path: Path) -> None:
    program = tmp_path / "nix"
    session = replace(world.session(tmp_path), environ={**environ, "NEVE_NIX": str(program)})
    assert "no program" in nix_findings(session)[0][0].found
    program.write_text('#!/bin/sh\necho "nix (Nix) 2.30.1"\n')
    program.chmod(0o755)
    findings, _ = nix_findings(session)
    assert findings[0].found == f"2.30.1, asked for ({program})"
    program.write_text('#!/bin/sh\necho "nix (Nix) 2.3.16"\n')
    findings, _ = nix_findings(session)
    assert (findings[0].state, "too old" in findings[0].found) == ("failure", True)


def test_a_store_in_which_everybody_may_write(world: World, environ: dict[str, str], tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    session = replace(world.session(tmp_path), environ={**environ, "NEVE_STORE": str(tmp_path / "store")})
    findings, _ = nix_findings(session)
    assert "cannot hold a Nix store" in findings[0].found


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_store_of_somebody_else(world: World, environ: dict[str, str], tmp_path: Path) -> None:
    session = replace(world.session(tmp_path), environ={**environ, "NEVE_STORE": "/usr/neve-no-store"})
    assert [finding.state for finding in nix_findings(session)[0]] == ["ok", "failure"]


def a_wheel(size: int | None) -> Wheel:
    return Wheel(name="torch", version="1", file="torch-1-py3-none-any.whl", url="", sha256="0" * 64, size=size)


GB = 10**9
TORCH = 3 * GB


@pytest.mark.parametrize(
    ("size", "free", "state"),
    [
        (TORCH, 7 * GB, "failure"),
        (TORCH, 10 * GB, "warning"),  # it can be built, not unpacked besides
        (TORCH, 14 * GB, "ok"),
        (GB, 7 * GB, "warning"),
        (None, 90 * GB, "ok"),
    ],
)
def test_disk(world: World, tmp_path: Path, size: int | None, free: int, state: str) -> None:
    """As it was measured of examples/torch: docs/explanation/layers.md has the figures."""
    session, locked = a_locked_wheel(world, tmp_path, size)
    (found,) = disk_findings(session, locked, tmp_path / "store", lambda _: free)
    assert found.state == state
    if size == TORCH:
        more = " more" if state == "failure" else ", and to run it by bubblewrap 5.8 GB more"
        assert found.why == f"to build takes about 7.9 GB{more}"


def a_locked_wheel(world: World, tmp_path: Path, size: int | None) -> tuple[Session, Locked]:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\n')
    session = world.session(tmp_path)
    locked = lock_project(session)
    wheel = replace(a_wheel(size), url="https://index.example/torch.whl")
    return session, Locked(plan=locked.plan, lock=locked.lock, environments={locked.plan.architecture: (wheel,)})


def test_what_is_in_the_store_takes_no_space(world: World, tmp_path: Path) -> None:
    """After a change of the project's code nothing large is built again."""
    session, locked = a_locked_wheel(world, tmp_path, TORCH)
    place = fixed_path("torch-1-py3-none-any.whl", "0" * 64)
    (tmp_path / f"store{place}").parent.mkdir(parents=True)
    (tmp_path / f"store{place}").touch()
    (found,) = disk_findings(session, locked, tmp_path / "store", lambda _: 100 * GB)
    assert (found.why or "").startswith("to build takes about 4.9 GB")  # it is fetched, and not yet a layer
    (tmp_path / ".neve").mkdir(exist_ok=True)
    (tmp_path / ".neve/result").symlink_to("/nix/store/none")
    (found,) = disk_findings(session, locked, tmp_path / "store", lambda _: 10 * GB)
    assert (found.state, found.why) == ("ok", None)


def test_a_disk_of_which_nothing_is_asked(world: World, tmp_path: Path) -> None:
    (found,) = disk_findings(world.session(tmp_path), None, tmp_path, lambda _: 3 * GB)
    assert found.state == "warning"
    (found,) = disk_findings(world.session(tmp_path), None, tmp_path, lambda _: 30 * GB)
    assert (found.state, found.why) == ("ok", None)
