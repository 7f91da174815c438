"""Source distributions whose metadata is hostile: what reaches uv, and what neve.lock takes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement
from pydantic import ValidationError

from neve.errors import NeveError
from neve.fetch import Fetcher
from neve.lock.sdists import SdistPin
from neve.lock.sources import Stale
from neve.progress import Silent
from neve.python.sdist import Sdist
from neve.python.target import Target
from neve.python.uv import Uv
from neve.sources.git import Repositories
from neve.sources.reader import SourceReader
from tests.fetch.server import Server, serving
from tests.python.sdists import a_sdist_pin, sdist_tar

_UV = """\
#!/bin/sh
cat > "%s"
printf 'lock-version = "1.0"\\ncreated-by = "uv"\\npackages = []\\n'
"""
_TARGET = Target(python_full_version="3.13.5", glibc=(2, 41), architecture="x86_64")


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server, and a uv that writes down what it is given, as (directory, server)."""
    directory = tmp_path_factory.mktemp("uv")
    program = directory / "uv"
    program.write_text(_UV % (directory / "asked"))
    program.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch, serving() as server:
        patch.setenv("UV", str(program))
        yield directory, server


def lines_for(directory: Path, server: Server, *requires: str) -> list[str]:
    """What uv reads for a source distribution that says ``requires``."""
    (directory / "asked").unlink(missing_ok=True)
    text = f'[build-system]\nbuild-backend = "maker"\nrequires = {json.dumps(requires)}\n'.replace("\x7f", "\\u007f")
    content = sdist_tar({"old-1.0/pyproject.toml": text})
    digest = hashlib.sha256(content).hexdigest()
    server.files[f"/{digest}"] = content
    sdist = Sdist(
        name="old", version="1.0", file="old-1.0.tar.gz", url=f"{server.url}/{digest}", sha256=digest, size=None
    )
    fetcher = Fetcher(directory / "fetched", Silent())
    reader = SourceReader(directory, fetcher, Repositories(directory / "fetched", Silent()))
    stale = Stale({"x86_64": (sdist,)}, {"x86_64": (_TARGET,)}, {}, own="x86_64", reader=reader)
    stale.resolve(Uv(directory, offline=False))
    return (directory / "asked").read_text().splitlines() if (directory / "asked").exists() else []


_WORDS = st.lists(
    st.one_of(
        st.sampled_from(
            ["-r", "-e", "-c", "--index-url", "==", "===", ">=", "~=", "1.0", "[x]", "${HOME}", "$(id)", ".."]
        ),
        st.sampled_from(["python_version", "extra", "'3'", "https://evil.example/x.whl", "file:///etc/passwd"]),
        st.sampled_from([*"ab;,@#'\"()/*!\\\n\r\t"]),
    ),
    max_size=7,
)
_LINES = st.one_of(_WORDS.map(" ".join), _WORDS.map("".join), st.text("ab-r\n ;=1#", max_size=8))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requires=st.lists(_LINES, max_size=3))
@example(requires=["a", "b\n-r /etc/passwd"])
@example(requires=["a \\\n--extra-index-url=https://evil.example"])
def test_uv_reads_requirements_and_nothing_else(asked: tuple[Path, Server], requires: list[str]) -> None:
    try:
        lines = lines_for(*asked, *requires)
    except NeveError:
        return
    assert len(lines) <= len(requires)
    assert all(Requirement(line).url is None for line in lines)


def test_what_it_says_reaches_uv(asked: tuple[Path, Server]) -> None:
    said = ("b [x] >= 1 ; python_version > '3'", "a", "c; sys_platform == 'win32'")
    assert lines_for(*asked, *said) == ["a", 'b[x]>=1; python_version > "3"']


@pytest.mark.parametrize(
    "change",
    [
        {"file": "old-1.0.tar.gz; id"},
        {"file": "../old-1.0.tar.gz"},
        {"file": "-old.zip"},
        {"file": "old-1.0.tar.gz\n"},
        {"url": "https://files.example/${HOME}"},
        {"url": "https://bob:s3cret@files.example/x"},
        {"sha256": "0"},
        {"backend": "maker; import os"},
        {"backend": "maker:a:b"},
        {"backend": "maker\n"},
        {"backend_path": ["../x"]},
        {"backend_path": ["/x"]},
        {"backend_path": ["a\nb"]},
        {"requires": ["a\nb"]},
        {"targets": ["$(id)"]},
        {"wheels": [{"name": "x"}]},
        {"size": -1},
        {"unheard": 1},
    ],
)
def test_pins_that_neve_lock_does_not_take(change: dict[str, Any]) -> None:
    good = a_sdist_pin("old").model_dump(mode="json")
    assert SdistPin.model_validate(good) == a_sdist_pin("old")
    with pytest.raises(ValidationError):
        SdistPin.model_validate(good | change)
