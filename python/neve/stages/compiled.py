"""What is compiled, against what it is to run on: the GPUs that are asked for, and the libraries of wheels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from neve.cuda.architectures import Architectures
    from neve.lock.model import Lock
    from neve.python.artefact import Artefact
    from neve.session import Session

_PTX = "+PTX"
# Of these, what is compiled with one version does not load with another: C++ whose symbols change with each.
_EXACT = ("torch",)
_EXTRA = "tool.uv.extra-build-dependencies"


def note_left_out(session: Session, layout: Path) -> None:
    """Note the files of the image at ``layout`` that were compiled without code for an architecture of
    ``tool.neve.cuda.architectures``: the image's labels say that it is there. Nothing is read where none count.
    """
    from neve.cuda.starts import declared_architectures

    plan = session.plan
    asked = declared_architectures(plan)
    if not asked:
        return
    from neve.components.plan import ARCHITECTURES
    from neve.image.gpu_code import image_architectures

    layers = ("sources", "local", "project", plan.project.name)
    missing: dict[str, str] = {}
    for platform, architecture in ARCHITECTURES.items():
        if architecture in plan.platforms:
            found = image_architectures(layout, architecture=platform.rpartition("/")[2], layers=layers)
            missing |= {file: told for file, has in found.items() if (told := _lacking(has, asked))}
    for file, told in sorted(missing.items()):
        session.progress.note(
            f"{file} {told}, for which tool.neve.cuda.architectures asks: what compiles it does not read"
            " TORCH_CUDA_ARCH_LIST, CUDAARCHS or NEVE_CUDA_GENCODE"
        )


def note_other_versions(session: Session, lock: Lock, environments: Mapping[str, tuple[Artefact, ...]]) -> None:
    """Note what is built with another version of torch than the one that it runs with, in ``environments``, the
    packages by architecture.
    """
    plan = session.plan
    runs = {
        artefact.name: artefact.version
        for name in plan.platforms
        for artefact in environments.get(name, ())
        if artefact.name in _EXACT
    }
    own = (plan.project.name, "build-system.requires", lock.build)
    others = ((pin.name, _EXTRA, pin) for pin in lock.built.values())
    for package, where, build in (own, *others):
        for wheel in build.wheels_for(plan.machine):
            if (version := runs.get(wheel.name)) is not None and version != wheel.version:
                session.progress.note(
                    f"{package} is built with {wheel.name} {wheel.version} and runs with {version}, where what it"
                    f' compiles may not load: pin "{wheel.name}=={version}" in {where}'
                )


def _lacking(has: Architectures, asked: Sequence[str]) -> str:
    """Which of ``asked`` ("9.0", "12.0+PTX") ``has`` no code for; empty where it has code for all of them."""
    lacking = [
        name
        for name in asked
        if ((plain := name.removesuffix(_PTX)) not in has.sass and (plain[-1].isalpha() or not has.covers(plain)))
        or (name.endswith(_PTX) and plain not in has.ptx)
    ]
    return f"has code for GPUs of compute capability {has} and none for {', '.join(lacking)}" if lacking else ""


__all__ = ["note_left_out", "note_other_versions"]
