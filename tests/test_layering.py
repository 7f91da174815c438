"""Which module may import which: asked of a fresh interpreter, so that what others imported does not count."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

# The models take data: no templates, no programs, no command line.
MODELS = [
    "neve.project.project",
    "neve.project.config",
    "neve.project.detect",
    "neve.project.pyproject",
    "neve.project.script",
    "neve.project.setuptools",
    "neve.requirements.parse",
    "neve.requirements.honour",
    "neve.python.pylock",
    "neve.project.validate",
    "neve.components.component",
    "neve.components.registry",
    "neve.components.plan",
    "neve.lock.interpreter",
    "neve.lock.model",
    "neve.lock.pin",
    "neve.lock.sdists",
    "neve.lock.text",
    "neve.foreign.package",
    "neve.foreign.poetry_lock",
    "neve.foreign.pdm_lock",
    "neve.foreign.pipfile_lock",
    "neve.foreign.choose",
    "neve.foreign.pylock",
    "neve.interpreter.offer",
    "neve.python.target",
    "neve.python.wheel",
    "neve.python.sdist",
    "neve.python.sdist_archive",
    "neve.python.artefact",
    "neve.python.chosen",
    "neve.python.select",
    "neve.python.layers",
    "neve.cuda.architectures",
    "neve.cuda.fatbin",
    "neve.libraries.elf",
    "neve.libraries.needs",
    "neve.libraries.provider",
    "neve.libraries.report",
    "neve.libraries.sonames",
    "neve.libraries.wheel",
    "neve.bases.nixpkgs.libraries",
    "neve.render.quote",
    "neve.image.layout",
    "neve.image.reference",
    "neve.bases.debian.suites",
    "neve.bases.debian.choose",
    "neve.bases.debian.solve",
    "neve.bases.debian.version",
    "neve.bases.pythons",
    "neve.bases.nixpkgs.releases",
    "neve.bases.nixpkgs.choose",
    "neve.bases.nixpkgs.attributes",
    "neve.bases.nixpkgs.cuda",
    "neve.bases.nixpkgs.pin",
    "neve.bases.nixpkgs.targets",
]
FORBIDDEN = ("jinja2", "subprocess", "neve.cli", "rich", "urllib3")
# What a start does not need. (lzma is not here: argparse loads shutil, and shutil loads it.)
HEAVY = ("pydantic", "urllib3", "rich", "jinja2", "pysequoia", "packaging", "ssl", "email", "http", "asyncio")


def imported(module: str, statement: str = "") -> set[str]:
    program = f"import sys, json\nimport {module}\n{statement}\njson.dump(sorted(sys.modules), sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr.splitlines()[-1]))


def of(modules: set[str], names: tuple[str, ...]) -> list[str]:
    return sorted(m for m in modules if any(m == name or m.startswith(f"{name}.") for name in names))


@pytest.mark.parametrize("module", MODELS)
def test_models_know_neither_templates_nor_programs_nor_the_command_line(module: str) -> None:
    assert of(imported(module), FORBIDDEN) == []


@pytest.mark.parametrize(
    ("module", "statement"),
    [
        ("neve", ""),
        ("neve.__main__", ""),
        ("neve.__main__", 'neve.__main__.main(["--version"])'),
        ("neve.errors", ""),
        ("neve.files", ""),
        ("neve.progress", ""),
        ("neve.session", ""),
        ("neve.cli.parser", ""),
        ("neve.cli.parser", "neve.cli.parser.make_parser()"),
    ],
)
def test_a_start_imports_nothing_heavy(module: str, statement: str) -> None:
    assert of(imported(module, statement), HEAVY) == []


def test_the_library_does_not_know_the_command_line() -> None:
    found = imported("neve.stages.build", "import neve.stages.info, neve.stages.lock, neve.stages.render")
    assert of(found, ("neve.cli", "argparse")) == []
