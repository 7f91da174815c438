from __future__ import annotations

from neve.python.artefact import describe_artefact
from neve.python.sdist import Sdist
from tests.projects import a_wheel, digest


def test_what_info_lists() -> None:
    sdist = Sdist(
        name="old",
        version="1.0",
        file="old-1.0.zip",
        url="https://files.example/old-1.0.zip",
        sha256=digest("x"),
        size=7,
    )
    assert describe_artefact(sdist) == {
        "name": "old",
        "version": "1.0",
        "kind": "sdist",
        "file": "old-1.0.zip",
        "sha256": digest("x"),
        "size": 7,
    }
    found = describe_artefact(a_wheel("six", size=None))
    assert (found["kind"], found["file"], found["size"]) == ("wheel", "six-1.0-py3-none-any.whl", None)
