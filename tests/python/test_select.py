from __future__ import annotations

import json
from typing import Any

import pytest
from packaging.utils import parse_wheel_filename

from neve.errors import ManyErrors, NeveError
from neve.python.sdist import Sdist
from neve.python.select import select_artefacts, select_wheels
from neve.python.target import Target
from neve.python.wheel import File
from tests.projects import digest

TRIXIE = Target(python_full_version="3.13.5", glibc=(2, 41), architecture="x86_64")
BOOKWORM = Target(python_full_version="3.11.2", glibc=(2, 36), architecture="x86_64")


def package(name: str, *tags: str, version: str = "1.0", marker: str = "", hashes: bool = True, more: str = "") -> str:
    wheels = []
    for tag in tags:
        file = f"{name.replace('-', '_')}-{version}-{tag}.whl"
        pinned = f'sha256 = "{digest(file)}"' if hashes else 'md5 = "00"'
        wheels.append(f'{{ url = "https://files.example/{file}", hashes = {{ {pinned} }}, size = 10 }}')
    lines = [
        "[[packages]]",
        f'name = "{name}"',
        f'version = "{version}"',
        f"marker = {json.dumps(marker)}" if marker else "",
        f"wheels = [{', '.join(wheels)}]" if wheels else "",
        more,
    ]
    return "\n".join(line for line in lines if line) + "\n"


def pylock(*packages: str, requires: str = ">=3.11") -> str:
    head = f'lock-version = "1.0"\ncreated-by = "test"\nrequires-python = "{requires}"\n'
    return head + "".join(packages)


def chosen(*packages: str, target: Target = TRIXIE) -> list[str]:
    return [wheel.file for wheel in select_wheels(pylock(*packages), target, where="uv.lock")]


def refused(*packages: str) -> NeveError:
    with pytest.raises(NeveError) as caught:
        chosen(*packages)
    return caught.value


def test_a_wheel_as_it_is_rendered() -> None:
    (wheel,) = select_wheels(pylock(package("six", "py3-none-any", version="1.16.0")), TRIXIE, where="uv.lock")
    assert (wheel.name, wheel.version, wheel.size) == ("six", "1.16.0", 10)
    assert wheel.url == "https://files.example/six-1.16.0-py3-none-any.whl"
    assert wheel.sha256 == digest(wheel.file)


def test_wheels_are_sorted_by_name() -> None:
    files = chosen(package("b", "py3-none-any"), package("a", "py3-none-any"))
    assert files == ["a-1.0-py3-none-any.whl", "b-1.0-py3-none-any.whl"]


NUMPY = (
    "cp313-cp313t-manylinux_2_27_x86_64.manylinux_2_28_x86_64",
    "cp313-cp313-musllinux_1_2_x86_64",
    "cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64",
    "cp313-cp313-manylinux_2_28_x86_64",
    "cp313-cp313-manylinux_2_39_x86_64",
    "cp313-cp313-manylinux_2_99_x86_64",
    "cp313-cp313-manylinux_2_28_aarch64",
    "cp311-cp311-manylinux_2_28_x86_64",
    "cp311-abi3-manylinux_2_36_x86_64",
    "cp313-cp313-win_amd64",
    "py3-none-any",
)


@pytest.mark.parametrize(
    ("target", "tag"),
    [
        (TRIXIE, "cp313-cp313-manylinux_2_39_x86_64"),
        (BOOKWORM, "cp311-cp311-manylinux_2_28_x86_64"),
        (
            Target(python_full_version="3.13.5", glibc=(2, 36), architecture="aarch64"),
            "cp313-cp313-manylinux_2_28_aarch64",
        ),
        (
            Target(python_full_version="3.14.0", glibc=(2, 43), architecture="x86_64"),
            "cp311-abi3-manylinux_2_36_x86_64",
        ),
        (Target(python_full_version="3.14.0", glibc=(2, 43), architecture="aarch64"), "py3-none-any"),
    ],
)
def test_the_best_wheel_is_that_of_packaging_s_ranking(target: Target, tag: str) -> None:
    (file,) = chosen(package("numpy", *NUMPY), target=target)
    assert file == f"numpy-1.0-{tag}.whl"
    ranks = {rank: known for known, rank in enumerate(target.tags())}
    files = [f"numpy-1.0-{each}.whl" for each in NUMPY]
    assert file == min(
        (each for each in files if parse_wheel_filename(each)[3] & ranks.keys()),
        key=lambda each: min(ranks[t] for t in parse_wheel_filename(each)[3] if t in ranks),
    )


def test_markers_are_evaluated_for_the_target() -> None:
    packages = (
        package("win", "py3-none-any", marker="sys_platform == 'win32'"),
        package("old", "py3-none-any", marker="python_full_version < '3.12'"),
        package("new", "py3-none-any", marker="python_version >= '3.13' and platform_machine == 'x86_64'"),
    )
    assert chosen(*packages) == ["new-1.0-py3-none-any.whl"]
    assert chosen(*packages, target=BOOKWORM) == ["old-1.0-py3-none-any.whl"]


def test_no_wheel_for_the_platform() -> None:
    error = refused(package("numpy", "cp313-cp313-win_amd64", "cp313-cp313-musllinux_1_2_x86_64"))
    assert "numpy" in str(error)
    assert "CPython 3.13 on x86_64 with glibc 2.41" in error.what
    assert error.fixes


def sdist(file: str = "old-1.0.tar.gz", *, hashes: str = f'sha256 = "{digest("x")}"', place: str = "url") -> str:
    """The line of a source distribution."""
    at = f"https://bob:s3cret@files.example/{file}" if place == "url" else file
    return f'sdist = {{ {place} = "{at}", hashes = {{ {hashes} }}, size = 7 }}'


def artefacts(*packages: str, target: Target = TRIXIE) -> list[str]:
    chosen = select_artefacts(pylock(*packages), target, where="uv.lock", sdists=True)
    return [found.file for found in chosen if isinstance(found, File)]


def test_a_source_distribution_as_it_is_built() -> None:
    (found,) = select_artefacts(pylock(package("old", more=sdist())), TRIXIE, where="uv.lock", sdists=True)
    assert found == Sdist(
        name="old",
        version="1.0",
        file="old-1.0.tar.gz",
        url="https://files.example/old-1.0.tar.gz",
        sha256=digest("x"),
        size=7,
    )


def test_a_wheel_goes_before_a_source_distribution() -> None:
    old = package("old", "cp313-cp313-manylinux_2_28_x86_64", more=sdist())
    assert artefacts(old) == ["old-1.0-cp313-cp313-manylinux_2_28_x86_64.whl"]
    assert artefacts(old, target=BOOKWORM) == ["old-1.0.tar.gz"]
    assert artefacts(package("a", more=sdist("a-1.0.zip")), package("b", "py3-none-any")) == [
        "a-1.0.zip",
        "b-1.0-py3-none-any.whl",
    ]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (sdist(hashes='md5 = "00"'), "old-1.0.tar.gz has no SHA-256"),
        (
            f'sdist = {{ name = "old-1.0.zip", url = "http://[x/", hashes = {{ sha256 = "{digest("x")}" }} }}',
            "the URL of old-1.0.zip is malformed",
        ),
    ],
)
def test_sources_that_are_not_built(line: str, what: str) -> None:
    with pytest.raises(NeveError) as caught:
        artefacts(package("old", more=line))
    assert (caught.value.what, caught.value.where) == (what, "uv.lock, old")


@pytest.mark.parametrize("file", ["old-1.0.tar.gz$(id).zip", "old-1.0 .zip", "old-1.0'.tar.gz", "-old-1.0.zip"])
def test_names_of_source_distributions_that_would_reach_a_shell(file: str) -> None:
    line = f'sdist = {{ name = "{file}", url = "https://files.example/x", hashes = {{ sha256 = "{digest("x")}" }} }}'
    with pytest.raises(NeveError):
        artefacts(package("old", more=line))


def test_only_a_source_distribution() -> None:
    error = refused(package("old", more=sdist()))
    assert error.what == "old 1.0 has no wheel for CPython 3.13 on x86_64 with glibc 2.41"
    assert (error.where, error.why) == ("uv.lock, old", "there is only a source distribution")
    assert not any("another Python" in fix for fix in error.fixes)


@pytest.mark.parametrize("suffix", [".tar.bz2", ".tgz", ".tar.xz", ".tar"])
@pytest.mark.parametrize("sdists", [True, False])
def test_a_source_distribution_of_an_old_format(suffix: str, sdists: bool) -> None:
    old = package("old", more=sdist(f"old-1.0{suffix}"))
    with pytest.raises(NeveError) as caught:
        select_artefacts(pylock(old), TRIXIE, where="uv.lock", sdists=sdists)
    assert caught.value.what == "old 1.0 has no wheel for CPython 3.13 on x86_64 with glibc 2.41"
    assert f"old-1.0{suffix}" in (caught.value.why or "")
    assert "uv add 'old'" in caught.value.fixes[0]
    assert not any("nixpkgs" in fix for fix in caught.value.fixes)


def test_one_beside_a_wheel_or_for_another_system_is_no_matter() -> None:
    old, other = sdist("old-1.0.tar.bz2"), sdist("other-1.0.tgz")
    wheels = artefacts(
        package("old", "py3-none-any", more=old), package("other", marker="sys_platform == 'win32'", more=other)
    )
    assert wheels == ["old-1.0-py3-none-any.whl"]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ('vcs = { type = "git", url = "https://code.example/x", commit-id = "abc" }', "a version control repository"),
        ('directory = { path = "lib" }', "a directory"),
        (
            f'archive = {{ url = "https://files.example/x.zip", hashes = {{ sha256 = "{digest("x")}" }} }}',
            "an archive",
        ),
    ],
)
def test_sources_that_are_no_wheels(source: str, why: str) -> None:
    assert refused(package("x", more=source)).why == f"there is only {why}"


def test_what_has_no_sha256() -> None:
    error = refused(package("x", "py3-none-any", hashes=False))
    assert error.what == "x-1.0-py3-none-any.whl has no SHA-256"


@pytest.mark.parametrize("file", ["x-1.0-py3-none-$(id).whl", "x-1.0-py3-none-any'.whl", "x-1.0-py3-none-a b.whl"])
def test_names_that_would_reach_a_shell(file: str) -> None:
    wheels = (
        f'wheels = [{{ name = "{file}", url = "https://files.example/w", hashes = {{ sha256 = "{digest("x")}" }} }}]'
    )
    assert refused(package("x", more=wheels)).code == 1


def test_all_problems_are_shown_together() -> None:
    error = refused(package("x", "py3-none-any", hashes=False), package("y", more='directory = { path = "y" }'))
    assert isinstance(error, ManyErrors)
    assert len(error.errors) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[[",
        "lock-version = 1",
        'lock-version = "9.0"\ncreated-by = "x"\npackages = []',
        'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "A B"',
    ],
)
def test_what_is_no_pylock(text: str) -> None:
    with pytest.raises(NeveError, match="not a valid pylock"):
        select_wheels(text, TRIXIE, where="uv.lock")


@pytest.mark.parametrize("marker", ["python_version ~= '3'", "'a' ~= os_name"])
def test_markers_that_cannot_be_evaluated(marker: str) -> None:
    assert "does not fit" in refused(package("x", "py3-none-any", marker=marker)).what


def test_a_lock_for_another_python() -> None:
    with pytest.raises(NeveError, match=r"does not fit CPython 3\.11"):
        select_wheels(pylock(package("x", "py3-none-any"), requires=">=3.13"), BOOKWORM, where="uv.lock")


def test_every_package_without_a_wheel_is_named() -> None:
    error = refused(
        package("first", "cp313-cp313-win_amd64"),
        package("good", "py3-none-any"),
        package("second", "cp313-cp313-musllinux_1_2_x86_64"),
        package("x", "py3-none-any", hashes=False),
    )
    assert [one.where for one in error.errors] == ["uv.lock, first", "uv.lock, second", "uv.lock, x"]
    assert error.errors[0].why == "its wheels are for win_amd64"


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_the_highest_build_number(order: tuple[int, ...]) -> None:
    tags = ("py3-none-any", "2-py3-none-any", "10-py3-none-any", "9z-py3-none-any")
    assert chosen(package("a", *(tags[number] for number in order))) == ["a-1.0-10-py3-none-any.whl"]


def test_wheels_that_fit_equally_stay_in_their_order() -> None:
    tags = ("py3-none-any", "py2.py3-none-any")
    assert chosen(package("a", *tags)) == ["a-1.0-py3-none-any.whl"]
    assert chosen(package("a", *reversed(tags))) == ["a-1.0-py2.py3-none-any.whl"]


@pytest.mark.parametrize(
    "wheels", ['["x"]', "[{}]", '[{ url = "https://x/a-1-9' + "9" * 5000 + '-py3-none-any.whl" }]']
)
def test_wheels_that_are_none(wheels: str) -> None:
    assert refused(f'[[packages]]\nname = "a"\nversion = "1"\nwheels = {wheels}\n').code == 1


OWN = (
    package("base", "py3-none-any"),
    package("web", "py3-none-any", marker="'web-app' in extras"),
    package("run", "py3-none-any", marker="'run' in dependency_groups"),
    package("dev", "py3-none-any", marker="'Dev' in dependency_groups"),
)
HEAD = 'extras = ["web-app"]\ndependency-groups = ["run", "Dev"]\ndefault-groups = ["run"]\n'


def of_its_own(**asked: Any) -> list[str]:
    text = pylock(*OWN).replace("[[packages]]", f"{HEAD}[[packages]]", 1)
    found = select_artefacts(text, TRIXIE, where="pylock.toml", sdists=True, **asked)
    return [artefact.name for artefact in found]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, "base run"),
        ({"groups": ()}, "base"),
        ({"groups": ["dev"]}, "base dev"),
        ({"groups": "all"}, "base dev run"),
        ({"extras": ["Web_App"], "groups": []}, "base web"),
        ({"extras": "all"}, "base run web"),
    ],
)
def test_extras_and_groups_of_a_pylock(asked: dict[str, Any], names: str) -> None:
    assert of_its_own(**asked) == names.split()


def test_extras_and_groups_that_a_pylock_lacks() -> None:
    with pytest.raises(NeveError) as caught:
        of_its_own(extras=["wbe"], groups=["docs"])
    assert [error.what for error in caught.value.errors] == [
        "the lock has no extra 'wbe'",
        "the lock has no group 'docs'",
    ]
    assert [error.why for error in caught.value.errors] == ["pylock.toml knows web-app", "pylock.toml knows dev, run"]


def test_what_a_lock_was_not_made_for() -> None:
    text = pylock(package("x", "py3-none-any")).replace("[[", "environments = [\"os_name == 'nt'\"]\n[[", 1)
    with pytest.raises(NeveError, match=r"does not fit CPython 3\.13") as caught:
        select_wheels(text, TRIXIE, where="uv.lock")
    assert "tool.uv.environments" in caught.value.fixes[0]
    twice = refused(package("x", "py3-none-any"), package("x", "py3-none-any", version="2.0"))
    assert "Multiple packages" in (twice.why or "")
    assert twice.fixes
