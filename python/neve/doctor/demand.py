"""What the machine is looked at for: nothing in particular, a project with its locks, or an image that is built."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from neve.doctor.report import CudaInfo, Finding, from_error, ok
from neve.errors import NeveError
from neve.progress import Silent
from neve.stages.remedy import in_own_words

if TYPE_CHECKING:
    from neve.cuda.architectures import Architectures
    from neve.doctor.locks import Read
    from neve.host import Host
    from neve.session import Session
    from neve.stages.lock import Locked

_LABEL = "dev.neve.cuda"


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What is to run here. ``gpus``: it is for GPUs. ``version`` is CUDA's, ``floor`` the oldest driver that runs it,
    ``compat`` the release of the forward compatibility libraries in the image; ``code`` is what there is for GPUs, by
    wheel; ``unread``: there may be more, in wheels that nobody has fetched. ``locked`` is the project's, where it is
    locked.
    """

    about: Literal["machine", "project", "image"] = "machine"
    name: str | None = None
    gpus: bool = False
    version: str | None = None
    floor: str | None = None
    compat: str | None = None
    code: Mapping[str, Architectures] = field(default_factory=dict)
    unread: bool = False
    locked: Locked | None = None

    def info(self) -> CudaInfo | None:
        """What is told of it."""
        if not self.gpus:
            return None
        code = {name: str(each) for name, each in self.code.items()}
        return CudaInfo(version=self.version, driver=self.floor, compat=self.compat, architectures=code)


def of_project(session: Session) -> tuple[Demand, list[Finding]]:
    """What the session's project demands, as its locks are: nothing is written, nothing is asked of the network."""
    from neve.cuda.starts import gpu_settings
    from neve.doctor.locks import read_locks

    demand = Demand(about="project")
    still = replace(session, progress=Silent(), options=replace(session.options, offline=True))
    try:
        plan = still.plan
        demand = replace(demand, name=plan.project.name, gpus=bool(gpu_settings(plan, None)))
        read = read_locks(still)
        demand, told = _of_locks(still, demand, read)
    except NeveError as error:
        return demand, [from_error("project", error)]
    return demand, [*told, *read.findings]


@in_own_words
def _of_locks(session: Session, demand: Demand, read: Read) -> tuple[Demand, list[Finding]]:
    """What the packages and pins that were ``read`` demand. Raises NeveError, as `neve lock` does."""
    from neve.cuda.starts import gpu_settings, told_version
    from neve.cuda.wheels import cuda_wheels
    from neve.stages.cuda_version import check_version
    from neve.stages.gpu import known_code

    locked, plan = read.locked, session.plan
    artefacts = locked.artefacts if locked is not None else read.named
    if artefacts is None:
        return demand, []
    wheels = cuda_wheels(artefacts, where=read.where)
    if not session.options.frozen:
        environments = locked.environments if locked is not None else {plan.architecture: artefacts}
        check_version(session, environments, where=read.where, note=False)
    lock = locked.lock if locked is not None else None
    toolkit = lock.cuda if lock else None
    starts = gpu_settings(plan, wheels, toolkit, lock.cuda_compat if lock else None)
    demand = replace(_of_labels(starts.labels, demand), locked=locked, gpus=bool(starts))
    if demand.gpus and locked is not None:
        code, unread = known_code(session, locked, plan.architecture)
        demand = replace(demand, code={**demand.code, **code}, unread=bool(unread))
    told = told_version(wheels, toolkit, plan.project.config.cuda) if demand.version else None
    why = f"{'the toolkit' if told[1] == 'toolkit' else told[1]} says so" if told is not None else None
    return demand, [ok("project", f"{demand.name}: {_told(demand)}", why=why)]


def of_image(session: Session, host: Host, image: str) -> tuple[Demand, list[Finding]]:
    """What the image demands by its labels: a layout's, an archive's, or that of a registry. Raises NeveError."""
    from neve.doctor.image import image_config

    config = image_config(session, host, image)
    labels = (config.get("config") or {}).get("Labels") or {}
    demand = replace(_of_labels(labels, Demand(about="image", name=image)), gpus=_is_for_gpus(config))
    return demand, [ok("image", f"{image}: {_told(demand)}")]


def _of_labels(labels: Mapping[str, str], demand: Demand) -> Demand:
    from neve.cuda.architectures import OWN_CODE, Architectures, declared_code

    given = {name: _number(labels.get(f"{_LABEL}.{name}")) for name in ("version", "driver", "compat")}
    words = str(labels.get(f"{_LABEL}.architectures") or "").split()
    try:
        code = declared_code(words)
    except ValueError:
        code = Architectures()
    return replace(
        demand,
        version=given["version"],
        floor=given["driver"],
        compat=given["compat"],
        code={OWN_CODE: code} if code else {},
    )


def _number(text: object) -> str | None:
    """``text`` where it is a version; the labels of an image may say anything."""
    return text if isinstance(text, str) and re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4}){0,3}", text) else None


def _told(demand: Demand) -> str:
    if not demand.gpus:
        return "asks for no GPU"
    version = f"CUDA {demand.version}" if demand.version else "for GPUs"
    return f"{version}, driver {demand.floor} or newer" if demand.floor else version


def _is_for_gpus(config: Mapping[str, Any]) -> bool:
    env = (config.get("config") or {}).get("Env") or ()
    return any(str(each).startswith("NVIDIA_VISIBLE_DEVICES=") for each in env)


__all__ = ["Demand", "of_image", "of_project"]
