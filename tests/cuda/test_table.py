from __future__ import annotations

import importlib.util
import re
import tomllib
from types import ModuleType

import pytest

from neve.cuda.architectures import parse_architecture
from neve.cuda.spelling import meant_version
from neve.cuda.table import architectures, find_release, floor, native_driver, nearest, newest_gcc, settled, table
from neve.errors import NeveError
from tests.golden import ROOT

FILE = ROOT / "python/neve/cuda/releases.toml"


@pytest.fixture(scope="module")
def refresh() -> ModuleType:
    spec = importlib.util.spec_from_file_location("refresh_cuda", ROOT / "scripts/refresh_cuda.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def test_releases_are_in_order_and_grow() -> None:
    releases = list(table().releases.values())
    assert [numbers(each.version) for each in releases] == sorted(numbers(each.version) for each in releases)
    assert [each.gcc for each in releases] == sorted(each.gcc for each in releases)
    drivers = [numbers(each.driver) for each in releases if each.driver]
    assert drivers == sorted(drivers)
    assert {int(each.version.split(".")[0]) for each in releases} == set(table().floors)
    for each in releases:
        assert re.fullmatch(r"1[0-9]\.[0-9]", each.version)
        parsed = [parse_architecture(one) for one in each.architectures]
        assert parsed == sorted(parsed)
        assert parsed


def test_no_driver_is_older_than_the_floor_of_its_major() -> None:
    for each in table().releases.values():
        major = int(each.version.split(".")[0])
        if each.driver and each.version != "11.0":  # 11.0 came with an older one, and needs no more
            assert numbers(each.driver)[0] >= numbers(table().floors[major])[0]


@pytest.mark.parametrize(
    ("version", "gcc"),
    [("11.0", 9), ("11.5", 10), ("11.8", 11), ("12.3", 12), ("12.7", 13), ("12.9", 14), ("13.3", 15), ("13.9", 16)],
)
def test_the_newest_gcc(version: str, gcc: int) -> None:
    assert newest_gcc(version) == gcc


def test_before_cuda_11_nothing_is_known() -> None:
    with pytest.raises(KeyError):
        newest_gcc("10.2")


def test_facts() -> None:
    assert (floor(12), floor(13), floor(19)) == ("525.60.13", "580", None)
    assert (native_driver("12.4"), native_driver("13.4"), native_driver("12.7")) == ("550.54.14", "615", None)
    assert "12.0" in architectures("12.8")
    assert "7.0" not in architectures("13.0")
    assert architectures("12.7") == ()
    assert [each.version for each in table().releases.values() if each.nvcc == "debian"] == ["12.4"]
    assert all((each.nvcc == "wheels") == (numbers(each.version) >= (13,)) for each in table().releases.values())


def test_a_release_that_is_not_known() -> None:
    assert find_release("12.8", where="x").gcc == 14
    with pytest.raises(NeveError, match=r"no CUDA 12\.7") as caught:
        find_release("12.7", where="pyproject.toml, tool.neve.cuda.version")
    assert caught.value.where == "pyproject.toml, tool.neve.cuda.version"
    assert 'version = "12.8"' in caught.value.fixes[0]
    assert nearest("14.2", table().releases) == settled(table().releases)[-1]


def test_what_has_no_driver_yet_is_not_proposed() -> None:
    assert settled(["13.4", "13.5"]) == ["13.4"]
    assert settled(["13.5"]) == ["13.5"]
    assert nearest("99.1", ["13.4", "13.5"]) == "13.4"
    releases = list(table().releases)
    assert (meant_version("13", releases), meant_version("cu13", ["12.9"])) == (settled(releases)[-1], None)
    assert meant_version("13.5.1", releases) == "13.5"  # nothing else can be meant


def test_the_file_is_as_the_script_writes_it(refresh: ModuleType) -> None:
    data = tomllib.loads(FILE.read_text("utf-8"))
    assert refresh.text(data["floors"], data["releases"]) == FILE.read_text("utf-8")


def test_the_script_reads_release_notes(refresh: ModuleType) -> None:
    page = (
        "<table><tr><td>CUDA 11.1 GA</td>\n<td>&gt;=455.23</td>\n<td>>=456.38</td></tr></table>\n"
        "CUDA 13.4 |\nR615 |\nCUDA 13.0 |\nR580 |\n"
        "| CUDA 13.0 Update 1 | >=580.82.07 | N/A |\n| CUDA 13.0 GA | >=580.65.06 | N/A |\n"
        "CUDA 12.9 GA |\n>=575.51.03 |\n>=576.02 |\n"
        "CUDA 11.0.2 GA |\n>= 450.51.05 |\nCUDA 11.0.1 RC |\n>= 450.36.06 |\n"
    )
    assert refresh.drivers(page) == {
        "11.0": "450.51.05",
        "11.1": "455.23",
        "12.9": "575.51.03",
        "13.0": "580.65.06",
        "13.4": "615",
    }


def test_the_script_reads_what_the_wheels_have(refresh: ModuleType) -> None:
    header = "#if defined(__GNUC__)\n#if __GNUC__ > 14\n#error -- unsupported GNU version!\n#endif\n"
    assert refresh.newest_gcc(header) == 14
    words = "sm_70 or higher. Allowed values: 'compute_75','lto_75','sm_100','sm_100f','sm_75','sm_90','sm_90a'"
    assert refresh.architectures(words) == ["7.5", "9.0", "9.0a", "10.0", "10.0f"]


def test_the_manual_has_the_same_table() -> None:
    manual = (ROOT / "docs/reference/cuda.md").read_text("utf-8")
    rows = {line.split(" | ")[0].strip("| "): line.strip("| ").split(" | ") for line in manual.splitlines()}
    places = {"wheels": "NVIDIA's wheels", "debian": "Debian's package", None: ""}
    for each in table().releases.values():
        plain = [one for one in each.architectures if one[-1].isdigit()]
        cells = (each.driver or "not published yet", str(each.gcc), f"{plain[0]} to {plain[-1]}", places[each.nvcc])
        assert rows[each.version] == [each.version, *cells, "yes" if each.aarch64 else "no"]
    assert all(rows[f"{major}.x"][1] == driver for major, driver in table().floors.items())
