from __future__ import annotations

import json
from dataclasses import replace

import pytest

from neve.libraries.report import Missing, Report, joined, remarks, report_from, warnings

ONE = Missing(
    wheel="cv-5.0-cp313-cp313-manylinux_2_28_x86_64.whl",
    name="cv",
    version="5.0",
    soname="libGL.so.1",
    by="cv/cv.abi3.so",
    certain=True,
    package="libgl1",
)
REPORT = Report(
    missing=(ONE,),
    drivers=(("libcuda.so.1", "torch, cupy"),),
    too_new=(("cv 5.0", "glibc 2.99"),),
    unreadable=(("x.whl", "cut short"),),
    unread=2,
    unknown=3,
)


def test_it_comes_back_from_json() -> None:
    assert report_from(json.loads(json.dumps(REPORT.as_data()))) == REPORT
    for damage in ({}, {**REPORT.as_data(), "missing": [{}]}):
        with pytest.raises((TypeError, KeyError)):
            report_from(damage)


def test_two_architectures_are_told_as_one() -> None:
    other = replace(ONE, wheel="cv-5.0-cp313-cp313-manylinux_2_28_aarch64.whl")
    first = replace(ONE, name="av", wheel="av.whl")
    both = joined([replace(REPORT, missing=(first, ONE)), replace(REPORT, missing=(other,))])
    assert [each.name for each in both.missing] == ["av", "cv", "cv"]
    assert (both.packages, both.unread, both.unknown, both.drivers) == (("libgl1",), 4, 6, REPORT.drivers)
    assert list(warnings(both, "trixie"))[:2] == [
        "av 5.0 needs libGL.so.1 (libgl1), which nothing in the image has",
        "cv 5.0 needs libGL.so.1 (libgl1), which nothing in the image has",
    ]


def test_a_line_stays_readable() -> None:
    many = tuple(
        replace(ONE, soname=f"lib{number}.so", package=f"p{number % 20:02}", certain=False) for number in range(90)
    )
    (line,) = remarks(Report(missing=many), "trixie")
    assert line.endswith("13 more")
    assert "lib0.so and lib20.so and 3 more (p00)" in line
    assert Report(missing=many).optional_packages == tuple(f"p{number:02}" for number in range(20))


def test_packages_that_would_do_as_well_are_named() -> None:
    one = replace(ONE, alternatives=("a-gl", "b-gl", "c-gl"))
    assert report_from(json.loads(json.dumps(Report(missing=(one,)).as_data()))) == Report(missing=(one,))
    (line,) = warnings(Report(missing=(one, replace(one, soname="libGLX.so.0"))), "trixie")
    assert line == (
        "cv 5.0 needs libGL.so.1 and libGLX.so.0 (libgl1, or a-gl, or b-gl), which nothing in the image has"
    )


def test_what_no_package_has() -> None:
    report = Report(missing=(ONE, replace(ONE, soname="libnone.so", package=None)))
    assert list(warnings(report, "trixie")) == [
        "cv 5.0 needs libGL.so.1 (libgl1), libnone.so (no package of trixie is known to have it), "
        "which nothing in the image has"
    ]
    assert list(remarks(Report(missing=(replace(ONE, package=None, certain=False),)), "trixie")) == []
