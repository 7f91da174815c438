"""Looking at all of it: each subject for a limited time, those that wait beside each other."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from neve.cuda.driver import Driver, find_driver
from neve.cuda.gpus import Gpus, find_gpus
from neve.doctor.containers import engine_findings, toolkit_findings
from neve.doctor.demand import Demand, of_image, of_project
from neve.doctor.disk import disk_findings
from neve.doctor.gpu import gpu_findings
from neve.doctor.network import network_probes
from neve.doctor.report import DriverInfo, Finding, GpuInfo, Report, State, from_error, skipped, warning
from neve.doctor.sandbox import namespace_finding, nix_findings
from neve.errors import NeveError
from neve.host import Host
from neve.progress import Silent

if TYPE_CHECKING:
    from neve.session import Session

SECONDS = 12.0
Probe = Callable[[], Sequence[Finding]]


def examine(session: Session, host: Host, *, image: str | None = None) -> Report:
    """What is found on ``host``: for ``image`` (a layout directory or a name in a registry), else for the project in
    the session's directory, else for the machine alone. Nothing is written but neve's caches.

    Raises NeveError where the image cannot be looked at.
    """
    session = replace(session, progress=Silent())
    state = _State()
    looking = _Running("GPU", lambda: _look(host, state))
    if image is not None:
        demand, findings = of_image(session, host, image)
    elif _has_project(session):
        demand, findings = of_project(session)
    else:
        demand, findings = Demand(), _above(session)
    waiting = [_Running(name, probe) for name, probe in network_probes(session, demand).items()]
    looking.wait()
    driver, gpus = state.driver, state.gpus
    parts: list[tuple[str, Probe]] = [
        ("GPU", lambda: [*looking.findings, *gpu_findings(host, driver, gpus, demand)]),
        ("engines", lambda: list(engine_findings(host))),
        ("container toolkit", lambda: list(toolkit_findings(host, driver, demand))),
        ("Nix", lambda: _building(session, host, demand)),
    ]
    running = [*(_Running(name, probe) for name, probe in parts), *waiting]
    for each in running:
        each.wait()
        findings += each.findings
    return _report(demand, driver, gpus, findings)


def _has_project(session: Session) -> bool:
    """Whether there is a project, were it a broken one."""
    return session.script is not None or _is_project(session.directory)


def _is_project(directory: Path) -> bool:
    from neve.project.detect import MARKERS

    return any((directory / name).is_file() for name in ("pyproject.toml", "neve.toml", *MARKERS))


def _above(session: Session) -> list[Finding]:
    """That there is a project, in a directory above."""
    above = next(filter(_is_project, session.directory.parents), None)
    if above is None:
        return []
    up = os.path.relpath(above, session.directory)
    return [skipped("project", f"none here; `neve -C {up} doctor` looks for that in {above}")]


def _building(session: Session, host: Host, demand: Demand) -> list[Finding]:
    found, store = nix_findings(session)
    return [namespace_finding(host, store), *found, *disk_findings(session, demand.locked, store.place)]


class _State:
    """What is known of the GPUs when they are asked for; a driver that hangs leaves nothing."""

    driver = Driver(kernel=None, said_by="", library=None, library_version=None)
    gpus = Gpus(gpus=())


def _look(host: Host, state: _State) -> list[Finding]:
    state.driver = find_driver(host)
    if state.driver.version is not None:
        state.gpus = find_gpus(host, state.driver)
    return []


class _Running:
    """A probe in a thread of its own, which nobody waits for longer than :data:`SECONDS`."""

    def __init__(self, subject: str, probe: Probe) -> None:
        self._subject = subject
        self._probe = probe
        self._found: Sequence[Finding] | None = None
        self._failed: BaseException | None = None
        self._until = time.monotonic() + SECONDS
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait for it, as long as it may take."""
        self._thread.join(max(0.0, self._until - time.monotonic()))

    @property
    def findings(self) -> Sequence[Finding]:
        """What it found, or that it did not end. Raises what is a defect of it."""
        if self._failed is not None:
            raise self._failed
        if self._found is None:
            return [warning(self._subject, f"no answer within {SECONDS:g} s")]
        return self._found

    def _run(self) -> None:
        try:
            self._found = self._probe()
        except NeveError as error:
            self._found = [from_error(self._subject, error)]
        except OSError as error:
            self._found = [warning(self._subject, str(error.strerror or error), why=error.filename)]
        except BaseException as error:  # the waiting thread raises it
            self._failed = error


def _report(demand: Demand, driver: Driver, gpus: Gpus, findings: list[Finding]) -> Report:
    return Report(
        about=demand.about,
        name=demand.name,
        ok=all(finding.state is not State.FAILURE for finding in findings),
        driver=DriverInfo(kernel=driver.kernel, library=driver.library_version),
        gpus=[
            GpuInfo(
                name=gpu.name,
                capability=None if gpu.capability is None else "{}.{}".format(*gpu.capability),
                uuid=gpu.uuid,
                memory=gpu.memory,
            )
            for gpu in gpus.gpus
        ],
        cuda=demand.info(),
        findings=findings,
    )


__all__ = ["SECONDS", "examine"]
