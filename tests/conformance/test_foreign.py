"""The oracle for the locks of other tools: that it says what is missing."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from neve.python.wheel import Wheel
from tests.conformance.foreign import LOCKS, Names, differences
from tests.conformance.targets import TARGETS

_DATA = Path(__file__).parent.parent / "foreign" / "data"
_TARGET = TARGETS["trixie"]


def _wheel(name: str, version: str = "1.0") -> Wheel:
    file = f"{name}-{version}-py3-none-any.whl"
    sha256 = hashlib.sha256(file.encode()).hexdigest()
    return Wheel(name=name, version=version, file=file, url=f"https://files.example/{file}", sha256=sha256, size=1)


def _package(name: str, more: str) -> str:
    wheel = _wheel(name)
    return (
        f'[[package]]\nname = "{name}"\nversion = "1.0"\n{more}\n'
        f'files = [{{ file = "{wheel.file}", hash = "sha256:{wheel.sha256}" }}]\n'
    )


_POETRY = {
    "always": 'groups = ["main"]',
    "windows": 'groups = ["main"]\nmarkers = "sys_platform == \'win32\'"',
    "extra": 'groups = ["main"]\nmarkers = "extra == \'more\'"',
    "dev": 'groups = ["dev"]',
    "both": 'groups = ["main", "dev"]\nmarkers = { main = "sys_platform == \'win32\'" }',
}
_PDM = {
    "always": 'groups = ["default", "dev"]',
    "windows": 'groups = ["default"]\nmarker = "sys_platform == \'win32\'"',
    "extra": 'groups = ["more"]',
    "dev": 'groups = ["dev"]',
    "both": 'groups = ["dev"]',
}
_METADATA = '[metadata]\nstrategy = ["inherit_metadata"]\n'


@pytest.mark.parametrize(("kind", "packages"), [("poetry", _POETRY), ("pdm", _PDM)])
@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (((), ()), ("always",)),
        ((("more",), ()), ("always", "extra")),
        (((), ("dev",)), ("always", "both", "dev")),
        (("all", "all"), ("always", "both", "dev", "extra")),
    ],
)
def test_what_neve_lacks_and_has_too_much(
    tmp_path: Path,
    kind: str,
    packages: Mapping[str, str],
    asked: tuple[Names, Names],
    wanted: Sequence[str],
) -> None:
    text = "".join(_package(name, more) for name, more in packages.items())
    head = _METADATA if kind == "pdm" else '[extras]\nmore = ["extra"]\n'
    (tmp_path / LOCKS[kind]).write_text(text + head)

    def told(names: Sequence[str]) -> list[str]:
        chosen = [_wheel(name) for name in names]
        return differences(tmp_path, kind, chosen, _TARGET, extras=asked[0], groups=asked[1])

    assert told(wanted) == []
    assert told(wanted[1:]) == [f"neve lacks {wanted[0]}==1.0"]
    assert told((*wanted, "windows")) == ["the lock has no windows for it"]


@pytest.mark.parametrize(("name", "kind"), [("poetry-2.0", "poetry"), ("pdm-walked", "pdm")])
def test_of_older_locks_the_roots_are_known(name: str, kind: str) -> None:
    told = differences(_DATA / name, kind, [], _TARGET)
    assert "neve lacks requests, a root" in told
    assert not [line for line in told if "colorama" in line]
    assert tomllib.loads((_DATA / name / LOCKS[kind]).read_text())["package"]
