"""What `neve doctor --json` prints: a form that programs can rely on (docs/reference/neve-doctor.schema.json)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from neve.errors import NeveError


class State(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"
    SKIPPED = "skipped"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Finding(_Model):
    """Something that was looked at."""

    subject: str = Field(description="what was looked at, such as driver")
    state: State = Field(
        description="failure: something would fail here; warning: something may; skipped: it was not looked at"
    )
    found: str = Field(description="what there is, on one line")
    why: str | None = Field(default=None, description="what that means")
    fixes: list[str] = Field(default=[], description="what to do, the best first; what is to be typed in backquotes")


class GpuInfo(_Model):
    """A GPU of this machine."""

    name: str
    capability: str | None = Field(description='compute capability, such as "9.0"; null where it is not known')
    uuid: str | None
    memory: int | None = Field(description="in bytes")


class DriverInfo(_Model):
    """The NVIDIA driver of this machine; each version is null where that part is not there."""

    kernel: str | None = Field(description="version of the kernel module")
    library: str | None = Field(description="version of libcuda.so.1, as far as its file's name tells")


class CudaInfo(_Model):
    """What the project or the image asks of a GPU machine."""

    version: str | None = Field(description="of CUDA")
    driver: str | None = Field(description="the oldest driver that runs it")
    compat: str | None = Field(description="release of the forward compatibility libraries that the image has")
    architectures: dict[str, str] = Field(description="GPU architectures by wheel, as far as they are known")


class Report(_Model):
    """All findings."""

    about: Literal["machine", "project", "image"] = Field(description="what the machine was looked at for")
    name: str | None = Field(description="of the project or the image")
    ok: bool = Field(description="whether nothing is a failure: the exit code is 0, else 1")
    driver: DriverInfo
    gpus: list[GpuInfo]
    cuda: CudaInfo | None = Field(description="null where no GPU is asked for")
    findings: list[Finding]


def ok(subject: str, found: str, why: str | None = None) -> Finding:
    """A finding that all is well."""
    return Finding(subject=subject, state=State.OK, found=found, why=why)


def warning(subject: str, found: str, *, why: str | None = None, fixes: Sequence[str] = ()) -> Finding:
    """A finding of what may fail."""
    return Finding(subject=subject, state=State.WARNING, found=found, why=why, fixes=list(fixes))


def failure(subject: str, found: str, *, why: str | None = None, fixes: Sequence[str] = ()) -> Finding:
    """A finding of what would fail."""
    return Finding(subject=subject, state=State.FAILURE, found=found, why=why, fixes=list(fixes))


def skipped(subject: str, found: str) -> Finding:
    """A finding of what was not looked at, and why."""
    return Finding(subject=subject, state=State.SKIPPED, found=found)


def from_error(subject: str, error: NeveError, state: State = State.FAILURE) -> Finding:
    """The finding that ``error`` is."""
    first, *rest = error.errors
    where = f" ({first.where})" if first.where else ""
    more = f", and {len(rest)} more" if rest else ""
    found = f"{first.what}{where}{more}"
    return Finding(subject=subject, state=state, found=found, why=first.why, fixes=list(first.fixes))


__all__ = [
    "CudaInfo",
    "DriverInfo",
    "Finding",
    "GpuInfo",
    "Report",
    "State",
    "failure",
    "from_error",
    "ok",
    "skipped",
    "warning",
]
