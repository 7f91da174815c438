"""Projects, locks and wheels for tests that need one and care about little in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from neve.lock.compat import CompatLock
from neve.lock.interpreter import ArchivePin, InterpreterPin
from neve.lock.model import BuildLock, DebianLock, DebPin, Lock, NixpkgsLock, ToolsLock, WheelPin
from neve.lock.sdists import BuildWheelPin, SdistPin
from neve.project.project import Project
from neve.project.pyproject import project_from_pyproject
from neve.python.wheel import Wheel

HATCHLING = {"requires": ["hatchling"], "build-backend": "hatchling.build"}


def a_project(
    *, neve: Mapping[str, Any] | None = None, build: Mapping[str, Any] | None = None, **table: Any
) -> Project:
    """The project of a pyproject.toml with ``[project]`` ``table`` and ``[tool.neve]`` ``neve``."""
    data: dict[str, Any] = {"project": {"name": "app", "version": "1.0", **table}, "tool": {"neve": neve or {}}}
    if build is not None:
        data["build-system"] = build
    return project_from_pyproject(data, where="pyproject.toml")


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def a_wheel(name: str, version: str = "1.0", *, size: int | None = 1000, tag: str = "py3-none-any") -> Wheel:
    file = f"{name.replace('-', '_')}-{version}-{tag}.whl"
    return Wheel(
        name=name,
        version=version,
        file=file,
        url=f"https://files.example/{file}",
        sha256=digest(file),
        size=size,
    )


def a_wheel_pin(name: str, version: str = "1.0", *, tag: str = "py3-none-any") -> WheelPin:
    wheel = a_wheel(name, version, tag=tag)
    return WheelPin(name=name, version=version, file=wheel.file, url=wheel.url, sha256=wheel.sha256, size=wheel.size)


def a_deb(name: str, version: str = "1.0-1", *, archive: str = "main") -> DebPin:
    plain = version.rpartition(":")[2]
    return DebPin.model_validate(
        {
            "name": name,
            "version": version,
            "archive": archive,
            "path": f"pool/main/{name[0]}/{name}/{name}_{plain}_amd64.deb",
            "sha256": digest(f"{name} {version}"),
            "size": 1000,
        }
    )


def an_interpreter_pin(version: str) -> InterpreterPin:
    """A CPython of uv's for x86_64."""
    file = f"cpython-{version}+20261110-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz"
    archive = ArchivePin(
        architecture="x86_64",
        file=file,
        url=f"https://pythons.example/20261110/{file.replace('+', '%2B')}",
        sha256=digest(file),
        size=1000,
    )
    return InterpreterPin(
        implementation="cpython", version=version, freethreaded=False, build="20261110", archives=(archive,)
    )


def a_compat_lock(version: str = "13.0", *architectures: str) -> CompatLock:
    """Forward compatibility libraries of the driver 580, for x86_64 or ``architectures``."""
    name = f"cuda-compat-{version.replace('.', '-')}"
    pins = [
        {
            "architecture": architecture,
            "name": name,
            "version": "580.105.08-1",
            "url": f"https://cuda.example/repos/{architecture}/{name}_580.105.08-1.deb",
            "sha256": digest(f"{name} {architecture}"),
            "size": 1000,
        }
        for architecture in architectures or ("x86_64",)
    ]
    return CompatLock.model_validate({"version": version, "packages": pins})


def a_lock(*, system: tuple[str, ...] = (), build: tuple[str, ...] = (), inputs: str = digest("")) -> Lock:
    return Lock(
        version=1,
        inputs=inputs,
        base=DebianLock(
            name="debian",
            release="trixie",
            architecture="x86_64",
            python="3.13.5",
            main="https://deb.example/debian",
            security="https://deb.example/debian-security",
            packages={
                "base": (a_deb("base-files", "13.8"), a_deb("libc6", "2.41-12", archive="security")),
                "python": (a_deb("python3.13", "3.13.5-2~deb13u1"),),
                "system": tuple(a_deb(name, "7:7.1-1") for name in system),
            },
        ),
        tools=ToolsLock(
            busybox=a_deb("busybox-static", "1:1.37.0-6+b5"),
            busybox_tree=digest("busybox"),
            packages=(a_deb("tar"), a_deb("zstd")),
            uv=a_wheel_pin("uv", "0.9.1", tag="py3-none-musllinux_1_1_x86_64"),
        ),
        build=BuildLock(
            requires=build, wheels=tuple(BuildWheelPin(**a_wheel_pin(name).model_dump()) for name in build)
        ),
    )


def a_nixpkgs_lock(
    *,
    release: str = "26.05",
    build: tuple[str, ...] = (),
    inputs: str = digest(""),
    sdists: tuple[SdistPin, ...] = (),
) -> Lock:
    return Lock(
        version=1,
        inputs=inputs,
        base=NixpkgsLock(
            name="nixpkgs",
            release=release,
            python="3.13",
            rev=digest(release)[:40],
            nar_hash=f"sha256-{'A' * 43}=",
            last_modified=1787204541,
        ),
        build=BuildLock(requires=build, wheels=tuple(BuildWheelPin(**a_wheel_pin(n).model_dump()) for n in build)),
        sdists=sdists,
    )
