from __future__ import annotations

import pytest

from neve.bases.nixpkgs.choose import choose_release
from neve.bases.nixpkgs.releases import find_release
from neve.bases.nixpkgs.targets import targets
from neve.errors import NeveError
from neve.project.project import PythonRequest

NOTHING = PythonRequest()
LATER = "project.requires-python"


def exactly(version: str) -> PythonRequest:
    return PythonRequest(version=version, origin="tool.neve.python")


@pytest.mark.parametrize(
    ("release", "request_", "requires", "name", "python"),
    [
        (None, NOTHING, None, "26.05", "3.13"),
        (None, NOTHING, ">=3.11", "26.05", "3.13"),
        (None, NOTHING, ">=3.14", "26.05", "3.14"),
        (None, NOTHING, "<3.13", "26.05", "3.12"),
        (None, NOTHING, "<=3.13.2", "26.05", "3.13"),
        (None, exactly("3.12"), ">=3.11", "26.05", "3.12"),
        (None, exactly("3.10"), None, "25.11", "3.10"),
        (None, NOTHING, "==3.10.*", "25.11", "3.10"),
        ("25.11", NOTHING, None, "25.11", "3.13"),
        ("25.05", NOTHING, None, "25.05", "3.12"),
        ("25.05", NOTHING, ">=3.13", "25.05", "3.14"),
        ("nixos-unstable", exactly("3.14"), None, "nixos-unstable", "3.14"),
        (None, exactly("3.13t"), ">=3.11", "26.05", "3.13t"),
        ("25.05", exactly("3.14t"), None, "25.05", "3.14t"),
        ("24.11", exactly("3.13t"), None, "24.11", "3.13t"),
    ],
)
def test_the_release_and_its_python(
    release: str | None, request_: PythonRequest, requires: str | None, name: str, python: str
) -> None:
    chosen = choose_release(release, request_, requires)
    assert (chosen.release, chosen.python + "t" * chosen.freethreaded, chosen.managed) == (name, python, False)


def test_a_python_that_the_release_dropped() -> None:
    with pytest.raises(NeveError, match=r"^nixpkgs 26\.05 has no Python 3\.10") as caught:
        choose_release("26.05", exactly("3.10"), ">=3.10")
    error = caught.value
    assert error.where == "pyproject.toml, tool.neve.python"
    assert "26.05: 3.13, 3.14, 3.12, 3.11, 3.13t, 3.14t;" in (error.why or "")
    assert error.fixes == (
        "take a Python that 26.05 has: 3.13, 3.14, 3.12, 3.11, 3.13t, 3.14t",
        'or a release that has it: release = "25.11" or release = "25.05" or release = "24.11"',
        'or base = "debian": there neve takes the interpreters that uv manages',
    )


def test_a_python_that_the_release_does_not_have_yet() -> None:
    with pytest.raises(NeveError) as caught:
        choose_release("24.11", PythonRequest(specifier=">=3.14", origin=LATER), ">=3.14")
    assert caught.value.where == f"pyproject.toml, {LATER}"
    assert 'release = "26.05" or release = "25.11"' in caught.value.fixes[1]


def test_a_python_that_no_release_has() -> None:
    with pytest.raises(NeveError, match=r"^no release of nixpkgs has Python <3\.9") as caught:
        choose_release(None, PythonRequest(specifier="<3.9", origin=LATER), "<3.9")
    assert "nixos-unstable: 3.13" in (caught.value.why or "")
    assert caught.value.fixes


@pytest.mark.parametrize(("release", "python"), [(None, "3.12t"), ("24.11", "3.14t"), (None, "3.15t")])
def test_a_freethreaded_python_that_nixpkgs_lacks_is_one_of_the_debian_base(release: str | None, python: str) -> None:
    with pytest.raises(NeveError, match=f"has (no )?Python {python}") as caught:
        choose_release(release, exactly(python), None)
    assert 'or base = "debian": there neve takes the interpreters that uv manages' in caught.value.fixes


def test_a_python_that_the_project_itself_excludes() -> None:
    with pytest.raises(NeveError, match=r"Python 3\.12 and requires-python '>=3\.13' contradict each other") as caught:
        choose_release("26.05", exactly("3.12"), ">=3.13")
    assert "requires-python '>=3.13' does not admit 3.12" in (caught.value.why or "")
    assert not any("release =" in fix for fix in caught.value.fixes)


def test_a_release_that_there_is_not() -> None:
    with pytest.raises(NeveError, match="no release of nixpkgs that neve knows"):
        choose_release("23.11", NOTHING, None)


def test_targets_are_both_ends_of_the_minor_version() -> None:
    first, last = targets(find_release("26.05"), "3.13", "aarch64")
    assert (first.python_full_version, last.python_full_version) == ("3.13.8", "3.13.99")
    assert first.tags() == last.tags()
    assert {str(tag) for tag in first.tags()} >= {"cp313-cp313-manylinux_2_28_aarch64", "py3-none-any"}
    assert first.glibc == last.glibc == (2, 40)


def test_targets_without_the_global_lock() -> None:
    for target in targets(find_release("26.05"), "3.13", "x86_64", freethreaded=True):
        tags = {str(tag) for tag in target.tags()}
        assert "cp313-cp313t-manylinux_2_28_x86_64" in tags
        assert "cp313-cp313-manylinux_2_28_x86_64" not in tags


def test_a_python_that_the_table_has_no_more_is_taken_from_its_first_patch_level() -> None:
    first, last = targets(find_release("26.05"), "3.10", "x86_64")
    assert (first.python_full_version, last.python_full_version) == ("3.10.0", "3.10.99")
