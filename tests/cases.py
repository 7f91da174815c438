"""The projects whose rendered trees are checked in (tests/render/golden) and evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from neve.bases.nixpkgs.toolkit import choose_toolkit
from neve.components.plan import make_plan
from neve.cuda.wheels import cuda_wheels
from neve.lock.model import BuildPackages, CudaDebPin, CudaLock, DebianOther, Lock
from neve.lock.sdists import BuildWheelPin, CratePin, DirectoryPin, GitPin
from neve.project.project import Project
from neve.python.artefact import Artefact
from neve.python.layers import LARGE
from neve.python.sdist import Directory, Git, Sdist, Source
from neve.python.wheel import Wheel
from neve.render.place import Place
from neve.render.render import render
from tests.projects import (
    HATCHLING,
    a_compat_lock,
    a_deb,
    a_lock,
    a_nixpkgs_lock,
    a_project,
    a_wheel,
    a_wheel_pin,
    an_interpreter_pin,
    digest,
)
from tests.python.sdists import a_sdist_pin, a_source_pin


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is rendered: a project, its Python packages, its Debian packages, and where nix/ lies; ``files`` are those
    of the project that the rendering refers to.
    """

    project: Project
    wheels: tuple[Artefact, ...] = ()
    system: tuple[str, ...] = ()
    place: Place | None = None
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return self.project.config.base

    def lock(self) -> Lock:
        """The project's lock, with a pin for each source."""
        pins = [a_source_pin(artefact) for artefact in self.wheels if isinstance(artefact, Source)]
        tables: dict[str, list[object]] = {"sdists": [], "git": [], "directories": []}
        for pin in pins:
            tables[
                "git" if isinstance(pin, GitPin) else "directories" if isinstance(pin, DirectoryPin) else "sdists"
            ] += [pin]
        lock = self._lock().model_copy(update={table: tuple(of) for table, of in tables.items()})
        if self.base == "debian" and self.project.config.cuda and self.project.config.cuda.toolkit:
            lock = _with_toolkit(lock)
        if self.project.config.cuda and self.project.config.cuda.compat:
            lock = lock.model_copy(update={"cuda_compat": a_compat_lock("13.0")})
        return _compiling(lock, self.project.config.build.system) if self.project.config.build.system else lock

    def _lock(self) -> Lock:
        plan = make_plan(self.project)
        if plan.managed:
            return _with_interpreter(a_lock(build=plan.build_requires, inputs=plan.lock_inputs()), "3.12.7")
        if not self.project.has_python and self.base == "debian":
            return _without_interpreter(a_lock(system=self.system, inputs=plan.lock_inputs()))
        if self.base == "debian":
            lock = a_lock(system=self.system, build=plan.build_requires, inputs=plan.lock_inputs())
            return _with_platforms(lock, plan.architectures)
        lock = a_nixpkgs_lock(release=plan.release, build=plan.build_requires, inputs=plan.lock_inputs())
        toolkit = choose_toolkit(plan, cuda_wheels(self.wheels, where="uv.lock"))
        return lock.model_copy(update={"cuda": toolkit})

    def environments(self) -> dict[str, tuple[Artefact, ...]]:
        if self.base == "debian" and not self.project.config.platforms:
            return {"x86_64": self.wheels}
        return {"x86_64": self.wheels, "aarch64": tuple(map(_of_aarch64, self.wheels))}

    def tree(self) -> dict[str, str]:
        return render(make_plan(self.project), self.lock(), self.environments(), self.place)


def _compiling(lock: Lock, system: tuple[str, ...]) -> Lock:
    """``lock`` whose sources are compiled, the last of them in Rust, with ``system`` to build with."""
    base, _ = lock.debian
    crate = CratePin(name="tiny", version="0.1.0+x", url="https://crates.example/tiny", sha256=digest("tiny"))
    own = base.model_copy(
        update={"build": BuildPackages(wanted=system, packages=(a_deb("gcc", "4:14.2.0-1"), *map(a_deb, system)))}
    )
    *others, last = (pin.model_copy(update={"languages": ("c", "c++")}) for pin in lock.sdists)
    last = last.model_copy(update={"languages": ("c", "rust"), "crates": (crate,), "asked": ("ninja>=1.5",)})
    build = lock.build.model_copy(update={"languages": ("c",), "asked": ("cython",), "inputs": digest("files")})
    return lock.model_copy(update={"base": own, "sdists": (*others, last), "build": build})


def _with_toolkit(lock: Lock) -> Lock:
    """``lock`` with a toolkit to compile with, of which the image holds cuFFT."""
    tag = "py3-none-manylinux2014_x86_64"
    names = ("nvidia-cublas-cu12", "nvidia-cuda-nvcc-cu12", "nvidia-cuda-runtime-cu12", "nvidia-cufft-cu12")
    wheels = [a_wheel_pin(name, "12.4.131", tag=tag) for name in names]
    nvcc = a_deb("nvidia-cuda-toolkit", "12.4.131~12.4.1-2")
    cuda = CudaLock(
        version="12.4",
        toolkit=("cublas", "cufft", "nvcc"),
        compiler="g++-13",
        architectures=("x86_64",),
        runtime=("nvidia-cublas-cu12", "nvidia-cufft-cu12"),
        wheels=tuple(BuildWheelPin(**wheel.model_dump(), architecture="x86_64") for wheel in wheels),
        packages=(CudaDebPin(**nvcc.model_dump(), architecture="x86_64"),),
    )
    return lock.model_copy(update={"cuda": cuda})


def _with_platforms(lock: Lock, architectures: tuple[str, ...]) -> Lock:
    """``lock`` with the packages of further architectures."""
    base, tools = lock.debian
    others = tuple(
        DebianOther.model_validate(
            {**base.model_dump(include={"python", "packages"}), "architecture": name, "tools": tools}
        )
        for name in architectures
        if name != base.architecture
    )
    text = lock.model_copy(update={"base": base.model_copy(update={"others": others})}).model_dump(mode="json")
    for other in text["base"]["others"]:
        for pins in other["packages"].values():
            for pin in pins:
                pin["path"] = pin["path"].replace("_amd64", "_arm64")
                pin["sha256"] = digest(pin["path"])
    return Lock.model_validate(text)


def _with_interpreter(lock: Lock, version: str) -> Lock:
    """``lock`` with an interpreter of uv's in place of Debian's."""
    base = lock.debian[0]
    pin = an_interpreter_pin(version)
    packages = {**base.packages, "python": (a_deb("libcrypt1"),)}
    own = base.model_copy(update={"python": version, "packages": packages})
    return lock.model_copy(update={"base": own, "interpreter": pin})


def _of_aarch64(artefact: Artefact) -> Artefact:
    if not isinstance(artefact, Wheel) or "x86_64" not in artefact.file:
        return artefact
    tag = artefact.file.removesuffix(".whl").split("-", 2)[2].replace("x86_64", "aarch64")
    return a_wheel(artefact.name, artefact.version, size=artefact.size, tag=tag)


def _a_sdist(name: str, version: str = "1.0") -> Sdist:
    pin = a_sdist_pin(name, version)
    return Sdist(name=name, version=version, file=pin.file, url=pin.url, sha256=pin.sha256, size=pin.size)


_VENDORED = "stands for a wheel"
_BESIDE = (
    Wheel(
        name="vendored",
        version="1.0",
        file="vendored-1.0-py3-none-any.whl",
        url="",
        sha256=digest(_VENDORED),
        size=len(_VENDORED),
        origin="path",
        path="vendor/vendored-1.0-py3-none-any.whl",
    ),
    Git(name="gitty", version="2.0", url="https://code.example/gitty", commit="0123456789" * 4, subdirectory="it's/py"),
    Directory(name="member", version=None, path="packages/member"),
)
_BESIDE_FILES = {"packages/member/pyproject.toml": "", "vendor/vendored-1.0-py3-none-any.whl": _VENDORED}

_WHEELS = (
    a_wheel("numpy", "2.2.1", size=2 * LARGE, tag="cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64"),
    a_wheel("requests", "2.32.3"),
    a_wheel("torch", "2.7.0+cu128", size=3 * LARGE, tag="cp313-cp313-manylinux_2_28_x86_64"),
    a_wheel("urllib3", "2.3.0"),
)
_CUBLAS = a_wheel("nvidia-cublas-cu12", "12.9.1.4", size=4 * LARGE, tag="py3-none-manylinux_2_27_x86_64")
_IMAGE = {
    "name": "registry.example/team/web",
    "tag": "v1",
    "entrypoint": ["serve", "--greeting", 'say "${hello}" \\ $x\n'],
    "cmd": ["--port", "8000"],
    "env": {"MODE": "prod", "QUOTE": "it's ''${x}''"},
    "user": "1000:1000",
    "workdir": "/srv/web",
    "ports": [8000],
    "labels": {"team": "röck ❄"},
    "compression": "gzip",
}
_CACHES = {"huggingface": {"path": "/cache/huggingface", "size": "8Gi"}}
_FULL = {"system": ["ffmpeg", "libgl1"], "image": _IMAGE, "caches": _CACHES}
_NIXPKGS_WEB = {"base": "nixpkgs", "image": {**_IMAGE, "max-layers": 20, "shell": True}, "caches": _CACHES}


def _without_python(project: Project) -> Project:
    return replace(project, kind="sources", has_python=False, named=False)


def _without_interpreter(lock: Lock) -> Lock:
    base = lock.debian[0]
    return lock.model_copy(
        update={"base": base.model_copy(update={"python": "", "packages": {**base.packages, "python": ()}})}
    )


CASES: Mapping[str, Case] = {
    "without-python": Case(
        project=_without_python(a_project(name="scripts", neve={"image": {"cmd": ["./run.sh"]}})),
        system=("curl",),
        place=Place(root="../../.", files=("run.sh",)),
    ),
    "nixpkgs-without-python": Case(
        project=_without_python(
            a_project(name="scripts", neve={"base": "nixpkgs", "system": ["ffmpeg"], "image": {"shell": True}})
        ),
        place=Place(root="../../.", files=("run.sh",)),
    ),
    "packaged": Case(
        project=a_project(
            name="hello",
            description="A console script",
            license="MIT",
            urls={"Source": "https://code.example/hello"},
            scripts={"hello": "hello:main"},
            build=HATCHLING,
        ),
        wheels=_WHEELS,
    ),
    "sources": Case(
        project=a_project(name="scripts"),
        wheels=_WHEELS[1:2],
        place=Place(root="../../.", files=("main.py", "pyproject.toml")),
    ),
    "full": Case(
        project=a_project(name="web", scripts={"serve": "web:main", "admin": "web:admin"}, build=HATCHLING, neve=_FULL),
        wheels=_WHEELS,
        system=("ffmpeg", "libgl1"),
    ),
    "interpreter": Case(
        project=a_project(name="hello", scripts={"hello": "hello:main"}, build=HATCHLING, neve={"python": "3.12"}),
        wheels=(a_wheel("numpy", "2.2.1", size=2 * LARGE, tag="cp312-cp312-manylinux_2_27_x86_64"), _WHEELS[1]),
    ),
    "nixpkgs-freethreaded": Case(
        project=a_project(
            name="hello",
            scripts={"hello": "hello:main"},
            build=HATCHLING,
            neve={"base": "nixpkgs", "python": "3.14t"},
        ),
        wheels=(a_wheel("numpy", "2.3.1", size=2 * LARGE, tag="cp314-cp314t-manylinux_2_27_x86_64"), _WHEELS[1]),
    ),
    "platforms": Case(
        project=a_project(
            name="hello",
            scripts={"hello": "hello:main"},
            build=HATCHLING,
            neve={"platforms": ["linux/amd64", "linux/arm64"]},
        ),
        wheels=_WHEELS[:2],
        place=Place(root="../../.", files=("pyproject.toml", "src/hello.py")),
    ),
    "nixpkgs-platforms": Case(
        project=a_project(name="hello", neve={"base": "nixpkgs", "platforms": ["linux/amd64", "linux/arm64"]}),
        wheels=_WHEELS[:2],
    ),
    "nixpkgs-plain": Case(
        project=a_project(name="hello", scripts={"hello": "hello:main"}, build=HATCHLING, neve={"base": "nixpkgs"}),
        wheels=_WHEELS[:2],
    ),
    "nixpkgs-system": Case(
        project=a_project(
            name="video",
            neve={
                "base": "nixpkgs",
                "release": "25.11",
                "system": ["ffmpeg", "nodejs", "unrar"],
                "nixpkgs": {"unfree": ["what-unrar-needs"]},
            },
        ),
        wheels=_WHEELS[1:2],
        place=Place(root="../../.", files=("main.py", "pyproject.toml")),
    ),
    "nixpkgs-cuda": Case(
        project=a_project(
            name="kernel",
            build={"requires": ["setuptools"], "build-backend": "setuptools.build_meta"},
            neve={
                "base": "nixpkgs",
                "cuda": {"version": "12.9", "toolkit": ["nvcc", "cudart"]},
            },
        ),
        wheels=(
            _WHEELS[0],
            a_wheel("nvidia-cublas-cu12", "12.9.1.4", size=4 * LARGE, tag="py3-none-manylinux_2_27_x86_64"),
        ),
    ),
    "nixpkgs-toolkit": Case(  # for the CUDA of the wheels, which bring one of its libraries
        project=a_project(
            name="kernel",
            build={"requires": ["setuptools"], "build-backend": "setuptools.build_meta"},
            neve={
                "base": "nixpkgs",
                "cuda": {"toolkit": ["nvcc", "cublas"], "architectures": ["8.0", "9.0+PTX"]},
            },
        ),
        wheels=(
            _WHEELS[0],
            a_wheel("nvidia-cuda-runtime", "13.1.80", tag="py3-none-manylinux_2_27_x86_64"),
        ),
    ),
    "cuda": Case(
        project=a_project(
            name="kernel",
            build={"requires": ["setuptools"], "build-backend": "setuptools.build_meta"},
            neve={
                "cuda": {
                    "version": "12.4",
                    "toolkit": ["nvcc", "cublas", "cufft"],
                    "architectures": ["8.0", "9.0+PTX"],
                },
                "build": {"system": ["g++-13"]},
            },
        ),
        wheels=(_a_sdist("fast", "1.0"), _WHEELS[0], _CUBLAS),
    ),
    "compat": Case(
        project=a_project(name="model", neve={"cuda": {"compat": True}, "image": {"cmd": ["python"]}}),
        wheels=(a_wheel("nvidia-cublas", "13.0.2.14", size=4 * LARGE, tag="py3-none-manylinux_2_27_x86_64"),),
    ),
    "nixpkgs-web": Case(
        project=a_project(
            name="web", scripts={"serve": "web:main", "admin": "web:admin"}, build=HATCHLING, neve=_NIXPKGS_WEB
        ),
        wheels=_WHEELS,
    ),
    "beside": Case(
        project=a_project(name="app", scripts={"app": "app:main"}, build=HATCHLING),
        wheels=_BESIDE,
        place=Place(
            root="../../.",
            files=("app.py", "pyproject.toml"),
            directories={"packages/member": ("member.py", "pyproject.toml")},
        ),
    ),
    "compiled": Case(
        project=a_project(name="fast", build=HATCHLING, neve={"build": {"system": ["libpq-dev"]}}),
        wheels=(_a_sdist("psycopg2", "2.9"), _a_sdist("rpds-py", "0.30"), _WHEELS[1]),
    ),
    "nixpkgs-beside": Case(
        project=a_project(name="app", scripts={"app": "app:main"}, build=HATCHLING, neve={"base": "nixpkgs"}),
        wheels=_BESIDE,
        files=_BESIDE_FILES,
    ),
    "nixpkgs-sdist": Case(
        project=a_project(name="old", scripts={"old": "old:main"}, build=HATCHLING, neve={"base": "nixpkgs"}),
        wheels=(_a_sdist("docopt", "0.6.2"), _a_sdist("pycurl", "7.45"), _WHEELS[1]),
    ),
}


__all__ = ["CASES", "Case"]
