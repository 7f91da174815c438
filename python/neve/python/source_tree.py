"""What a source tree says of its build without being run: its languages, and whether its backend must be asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from neve import toml

if TYPE_CHECKING:
    from neve.project.project import BuildSystem

Language = Literal["c", "c++", "fortran", "rust"]
LANGUAGES: tuple[Language, ...] = ("c", "c++", "fortran", "rust")

_SUFFIXES: Mapping[str, Language] = {
    ".c": "c",
    ".pyx": "c",  # Cython makes C of it
    ".s": "c",
    ".cc": "c++",
    ".cpp": "c++",
    ".cxx": "c++",
    ".c++": "c++",
    ".cu": "c++",  # nvcc has the host's compiler do its part
    ".f": "fortran",
    ".for": "fortran",
    ".f77": "fortran",
    ".f90": "fortran",
    ".f95": "fortran",
    ".f03": "fortran",
}
# What is not part of the package is not compiled.
_ASIDE = frozenset({"test", "tests", "doc", "docs", "example", "examples", "benchmark", "benchmarks", "bench"})
_NO_COMPILER = frozenset({"flit_core", "uv_build"})
_EXTENSION = re.compile(r"\bext_modules\b|\bext-modules\b|\bExtension\(|\bcffi_modules\b|\bcythonize\(")
_CPLUSPLUS = re.compile(r"""language\s*=\s*["']?c\+\+""")
_RUST = re.compile(r"(maturin|setuptools-rust)\b", re.IGNORECASE)
_CRATES_IO = re.compile(r"^\s*\[source\.|^\s*replace-with\s*=", re.MULTILINE)

# Backends that ask for nothing (PEP 517, get_requires_for_build_wheel) unless the tree has one of these words.
_STATIC: Mapping[str, re.Pattern[str] | None] = {
    "setuptools": re.compile(r"setup_requires"),
    "hatchling": re.compile(r"\bhooks\b"),
    "flit_core": None,
    "poetry": None,
    "pdm": re.compile(r"run[-_]setuptools"),
    "uv_build": None,
}

HEAD = 2048  # bytes of a Cython file that say which language it becomes


@dataclass(frozen=True)
class Tree:
    """A source tree: ``names`` of its files, relative to its root, and the ``texts`` of those that say something (see
    :func:`is_telling`), None for one that is no regular file or no text.
    """

    names: Sequence[str]
    texts: Mapping[str, str | None] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The text of the file ``name``, empty where there is none."""
        return self.texts.get(name) or ""

    def languages(self, system: BuildSystem) -> tuple[Language, ...]:
        """What must be compiled to build it, as far as its files tell."""
        module = system.backend.partition(":")[0].partition(".")[0]
        if module in _NO_COMPILER and not system.backend_path:
            return ()
        found: set[Language] = set()
        for name in self.names:
            directories, _, file = name.rpartition("/")
            language = _SUFFIXES.get(Path(file).suffix.lower())
            if language and not _ASIDE.intersection(directories.lower().split("/")):
                found.add(language)
        build_files = "\n".join(self.text(name) for name in ("setup.py", "setup.cfg", "pyproject.toml", "meson.build"))
        if _EXTENSION.search(build_files):
            found.add("c")
        heads = (text or "" for name, text in self.texts.items() if name.endswith(".pyx"))
        if "CMakeLists.txt" in self.names or any(map(_CPLUSPLUS.search, (self.text("setup.py"), *heads))):
            found.add("c++")  # CMake looks for both unless a project says otherwise
        if self.has_rust(system):
            found.add("rust")
        if found:
            found.add("c")  # the others link with it
        return tuple(language for language in LANGUAGES if language in found)

    def has_rust(self, system: BuildSystem) -> bool:
        """Whether cargo builds a part of it."""
        return any(name.rpartition("/")[2] == "Cargo.toml" for name in self.names) and (
            "Cargo.toml" in self.names or any(_RUST.match(requirement) for requirement in system.requires)
        )

    @property
    def carries_crates(self) -> bool:
        """Whether cargo is told where the crates are: in a vendored directory, say."""
        return any(
            name.endswith((".cargo/config.toml", ".cargo/config")) and _CRATES_IO.search(text or "")
            for name, text in self.texts.items()
        )

    @property
    def cargo_locks(self) -> dict[str, str]:
        """The Cargo.lock files, by name; those of crates that it carries are none of its own."""
        aside = _ASIDE | {"vendor", "vendored"}
        return {
            name: text or ""
            for name, text in self.texts.items()
            if name.rpartition("/")[2] == "Cargo.lock" and not aside.intersection(name.split("/"))
        }

    def must_be_asked(self, system: BuildSystem) -> bool:
        """Whether its backend may ask for more than ``[build-system]`` says."""
        module = system.backend.partition(":")[0].partition(".")[0]
        if system.backend_path or module not in _STATIC:
            return True
        words = _STATIC[module]
        if words is None:
            return False
        names = ("setup.py", "setup.cfg") if module == "setuptools" else ("pyproject.toml",)
        if module == "hatchling":
            return _hatch_asks(self._pyproject) or bool(words.search(self.text("hatch.toml")))
        return any(words.search(self.text(name)) for name in names)

    @cached_property
    def _pyproject(self) -> Mapping[str, Any]:
        try:
            return toml.loads(self.text("pyproject.toml"))
        except ValueError:
            return {}


def _hatch_asks(pyproject: Mapping[str, Any]) -> bool:
    """Whether hatchling's hooks, targets or builds have dependencies of their own."""
    tool = pyproject.get("tool")
    hatch = tool.get("hatch") if isinstance(tool, Mapping) else None
    todo = [hatch.get("build")] if isinstance(hatch, Mapping) else []
    while todo:
        table = todo.pop()
        if isinstance(table, Mapping):
            if any(table.get(key) for key in ("hooks", "dependencies", "require-runtime-dependencies")):
                return True
            if table.get("require-runtime-features"):
                return True
            todo += table.values()
    return False


def is_telling(name: str) -> int | None:
    """How many bytes of the file ``name`` of a source tree say something of its build; None: it must be read whole,
    0: it says nothing.
    """
    if name in ("pyproject.toml", "setup.py", "setup.cfg", "hatch.toml", "meson.build"):
        return None
    if name.rpartition("/")[2] == "Cargo.lock" or name.endswith((".cargo/config.toml", ".cargo/config")):
        return None
    return HEAD if name.endswith(".pyx") else 0


def directory_tree(directory: Path, names: Sequence[str]) -> Tree:
    """The tree of the files ``names`` below ``directory``."""
    texts: dict[str, str | None] = {}
    for name in names:
        size = is_telling(name)
        if size != 0:
            texts[name] = _text(directory / name, size)
    return Tree(tuple(names), texts)


def _text(path: Path, size: int | None) -> str | None:
    try:
        with path.open("rb") as file:
            return file.read(-1 if size is None else size).decode(errors="replace" if size else "strict")
    except (OSError, UnicodeDecodeError):
        return None


__all__ = ["HEAD", "LANGUAGES", "Language", "Tree", "directory_tree", "is_telling"]
