from __future__ import annotations

import itertools
import tomllib

from packaging.markers import Marker
from packaging.pylock import Pylock

from neve.foreign.files import FoundFiles, Located
from neve.foreign.package import Git, Local, LockedPackage, Url
from neve.foreign.pylock import Entry, marker_for, pylock_text
from tests.foreign.projects import environment, target

TARGETS = [target(python, machine) for machine in ("x86_64", "aarch64") for python in ("3.13.0", "3.13.99")]


def test_a_marker_holds_for_the_chosen_targets_alone() -> None:
    for count in range(1, len(TARGETS)):
        for chosen in itertools.combinations(TARGETS, count):
            marker = Marker(str(marker_for(chosen, TARGETS)))
            holding = [t for t in TARGETS if marker.evaluate(environment(t.python_full_version, t.architecture))]
            assert holding == list(chosen)
    assert marker_for(TARGETS, TARGETS) is None
    assert marker_for(TARGETS[:2], TARGETS) == "platform_machine == 'x86_64'"


def test_every_kind_of_package_is_valid() -> None:
    sha = "0" * 64
    wheel = Located(name="a-1.0-py3-none-any.whl", sha256=sha, url="https://f.example/a-1.0-py3-none-any.whl", size=3)
    old, new = (
        Located(name=f"a-1.0{end}", sha256=sha, url=f"https://f.example/a-1.0{end}") for end in (".zip", ".tar.gz")
    )
    git = Git(url="https://user:secret@git.example/b", commit="a" * 40, requested="main", subdirectory="sub")
    entries = [
        Entry(
            package=LockedPackage(name="a", version="1.0"),
            targets=tuple(TARGETS),
            found=FoundFiles(files=(old, new, wheel), index="https://index.example/simple"),
        ),
        Entry(package=LockedPackage(name="b", version="2", source=git), targets=tuple(TARGETS[:2])),
        Entry(
            package=LockedPackage(name="c", version=None, source=Url(url="https://f.example/c-3.0-py3-none-any.whl")),
            targets=tuple(TARGETS),
            archive=Located(name="c-3.0-py3-none-any.whl", sha256=sha, url="https://f.example/c-3.0-py3-none-any.whl"),
        ),
        Entry(
            package=LockedPackage(
                name="d", version="1", source=Local(path="lib/it's", directory=True, editable=True, subdirectory="x")
            ),
            targets=tuple(TARGETS),
        ),
    ]
    text = pylock_text(entries, TARGETS, source="poetry.lock", environment="os_name == 'posix'")
    assert "secret" not in text
    lock = Pylock.from_dict(tomllib.loads(text))
    packages = {str(package.name): package for package in lock.packages}
    assert [str(marker) for marker in lock.environments or ()] == ['os_name == "posix"']
    assert packages["a"].sdist
    assert packages["a"].sdist.filename == "a-1.0.tar.gz"
    assert packages["a"].wheels
    assert packages["a"].wheels[0].size == 3
    assert packages["b"].vcs
    assert packages["b"].vcs.url == "https://git.example/b"
    assert packages["b"].vcs.commit_id == "a" * 40
    assert packages["b"].version is None
    assert str(packages["b"].marker) == 'platform_machine == "x86_64"'
    assert str(packages["c"].version) == "3.0"
    assert packages["d"].directory
    assert packages["d"].directory.path == "lib/it's"
    assert packages["d"].directory.editable
