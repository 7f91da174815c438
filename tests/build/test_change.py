"""What a change costs: how many layers it makes anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.build.conftest import Hello
from tests.build.layers import digests
from tests.build.project import Project, example

pytestmark = [pytest.mark.build, pytest.mark.network]


@pytest.fixture
def copy(hello: Hello, tmp_path: Path) -> Project:
    """hello once more, with the locks of the one that was built."""
    made = example("hello", tmp_path / "hello")
    for name in ("uv.lock", "neve.lock"):
        (made.directory / name).write_bytes((hello.project.directory / name).read_bytes())
    return made


def _replaced(before: Path, after: Path) -> list[int]:
    old, new = digests(before), digests(after)
    assert len(old) == len(new)
    return [number for number, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]


def test_a_line_of_code_is_one_layer(hello: Hello, copy: Project) -> None:
    assert copy.build().digest == hello.built.digest
    copy.edit("src/hello/__init__.py", "Hello from Python", "Greetings from Python")
    changed = copy.build("--locked")
    assert changed.digest != hello.built.digest
    assert _replaced(hello.layout, changed.layout) == [len(digests(hello.layout)) - 2]


def test_a_small_dependency_is_one_or_two_layers(hello: Hello, copy: Project) -> None:
    locked = re.search(r'name = "idna"\nversion = "([^"]+)"', (copy.directory / "uv.lock").read_text())
    assert locked is not None
    copy.edit("pyproject.toml", '"numpy", ', f'"idna<{locked[1]}", "numpy", ')
    copy.neve("lock", "--upgrade")  # a lock that does not fit pyproject.toml is not changed unasked
    changed = copy.build()
    # The project's own metadata name the requirement, so its layer changes as well.
    assert 1 <= len(_replaced(hello.layout, changed.layout)) <= 2


def test_what_is_not_in_the_image_changes_nothing(hello: Hello, copy: Project) -> None:
    (copy.directory / ".gitignore").write_text(".neve\n")
    (copy.directory / "src/hello/__pycache__").mkdir()
    (copy.directory / "src/hello/__pycache__/old.pyc").write_bytes(b"old")
    assert copy.build().digest == hello.built.digest
