"""Requirements files: what is read, what is refused, and that nothing makes the reader fail otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neve.errors import NeveError
from neve.requirements.parse import Requirements, read_requirements

SHA256 = "0" * 64


def read(text: str, others: Mapping[str, str] | None = None) -> Requirements:
    files = {"requirements.txt": text, **(others or {})}

    def of(name: str) -> str:
        if name not in files:
            raise NeveError(f"cannot read {name}", where=name, why="No such file or directory")
        return files[name]

    return read_requirements(("requirements.txt",), of)


def problem(text: str, others: Mapping[str, str] | None = None) -> NeveError:
    with pytest.raises(NeveError) as caught:
        read(text, others)
    return caught.value


def texts(found: Requirements) -> list[tuple[int, str]]:
    return [(line.number, line.text) for line in found.lines]


def test_lines() -> None:
    found = read(
        "\ufeff# a comment\nrich  # why\n\nsix>=1 ; \\\n  python_version > '3'\na#b @ https://h.example/a#egg=a\n"
    )
    assert texts(found) == [(2, "rich"), (4, "six>=1 ;   python_version > '3'"), (6, "a#b @ https://h.example/a#egg=a")]


def test_hashes() -> None:
    found = read(f"six==1 \\\n    --hash=sha256:{SHA256} \\\n    --hash=sha384:abc\n    # via app\n")
    (line,) = found.lines
    assert (line.text, line.hashes, found.hashed) == ("six==1", (SHA256,), True)
    assert not read("six==1\n").hashed
    assert read("--require-hashes\nsix==1\n").hashed


def test_options() -> None:
    found = read(
        "-i https://h.example/simple\n--extra-index-url=https://o.example/simple\n-f ./wheels\n--pre\n--no-binary a,b\n"
    )
    assert found.urls == ("https://h.example/simple", "https://o.example/simple", "./wheels")
    assert found.prereleases


@pytest.mark.parametrize("option", ["-r base.txt", "-rbase.txt", "--requirement base.txt", "--requirement=base.txt"])
def test_files_that_are_included(option: str) -> None:
    found = read(
        f"{option}\n",
        {"base.txt": "-c in/limits.txt\nrich\n", "in/limits.txt": "-r more.txt\n", "in/more.txt": "six<2\n"},
    )
    assert found.files == ("requirements.txt", "base.txt", "in/limits.txt", "in/more.txt")
    assert [(line.text, line.constraint) for line in found.lines] == [("six<2", True), ("rich", False)]


def test_a_file_twice_is_no_circle() -> None:
    assert texts(read("-r a.txt\n-r b.txt\n", {"a.txt": "-r c.txt\n", "b.txt": "-r c.txt\n", "c.txt": "six\n"})) == [
        (1, "six")
    ]


def test_a_circle() -> None:
    found = problem("-r a.txt\n", {"a.txt": "-r b.txt\n", "b.txt": "-r a.txt\n"})
    assert (found.where, found.why) == ("a.txt", "a.txt includes b.txt includes a.txt")


def test_a_file_that_is_missing_is_said_with_who_includes_it() -> None:
    found = problem("-r none.txt\n")
    assert "requirements.txt includes it" in (found.why or "")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("--trusted-host h.example", "--trusted-host cannot be honoured"),
        ("--prefer-binary", "--prefer-binary cannot be honoured"),
        ("--bogus", "--bogus cannot be honoured"),
        ("-x", "-x cannot be honoured"),
        ("six --global-option=x", "--global-option cannot be honoured"),
        ("six --config-settings a=b", "--config-settings cannot be honoured"),
        ("six --hash=sha512:abc", "the requirement has no SHA-256"),
        ("six --hash=sha256:short", "the requirement has no SHA-256"),
        ("-r https://h.example/r.txt", "'https://h.example/r.txt' cannot be included"),
        ("-r /etc/passwd", "'/etc/passwd' cannot be included"),
        ("-r ~/r.txt", "'~/r.txt' cannot be included"),
        ("-r", "'' cannot be included"),
        ("-r 'a", '"\'a" cannot be included'),
        ("a @ https://u:p@h.example/a.whl", "a URL holds a password"),
        ("--index-url=https://u:p@h.example/simple", "a URL holds a password"),
        ("-i https://ghp_0123456789@h.example/simple", "a URL holds a password"),
        ("a @ git+https://github_pat_0123456789@h.example/a", "a URL holds a password"),
        ("-i https://h.example/${TOKEN}/simple", "${TOKEN} stands where it would be written down"),
        ("-i https://u:${P}@h.example/${TOKEN}/simple", "${TOKEN} stands where it would be written down"),
        ("-i https://${HOST}/simple", "${HOST} stands where it would be written down"),
        ("-i ${INDEX}", "${INDEX} stands where it would be written down"),
        ("--extra-index-url=${INDEX}", "${INDEX} stands where it would be written down"),
        ("a @ ${WHERE}", "${WHERE} stands where it would be written down"),
        ("a @ https://h.example/a-1-py3-none-any.whl?token=${TOKEN}", "${TOKEN} stands where it would be written down"),
    ],
)
def test_what_is_refused(line: str, what: str) -> None:
    found = problem(f"rich\n{line}\n")
    assert (found.what, found.where) == (what, "requirements.txt:2")
    assert found.fixes


def test_a_password_of_the_environment_is_none() -> None:
    assert read("-i https://${USER}:${TOKEN}@h.example/simple\n").urls == ("https://${USER}:${TOKEN}@h.example/simple",)


def test_all_that_is_wrong_is_shown_together() -> None:
    assert len(problem("--bogus\nsix --hash=md5:x\n-r none.txt\n").errors) == 3


@given(st.text(alphabet=st.sampled_from("-rce .=\\#\n\"'ab/:@${}[];<>\0\x85 "), max_size=200))
def test_no_text_does_harm(text: str) -> None:
    with suppress(NeveError):
        found = read(text, {"a": "", "b": "-r a\n"})
        assert found.files[0] == "requirements.txt"


def test_a_file_is_read_once_as_requirements_and_once_as_constraints() -> None:
    seen: list[str] = []
    names = [f"c{number}.txt" for number in range(12)]
    files = {name: f"-c {after}\n-c {after}\n" for name, after in pairwise(names)}
    files |= {"requirements.txt": "-r c0.txt\n-c c0.txt\n-c c0.txt\n", names[-1]: "six<2\n"}

    def of(name: str) -> str:
        seen.append(name)
        return files[name]

    found = read_requirements(("requirements.txt",), of)
    assert [line.text for line in found.lines] == ["six<2"]
    assert sorted(seen) == sorted(["requirements.txt", *names, "c0.txt"])


@pytest.mark.parametrize(
    ("line", "project"),
    [
        (".", True),
        ("./", True),
        (".[a,b]", True),
        ("-e ../app", True),
        ("/srv/app", True),
        ("/srv/app/", True),
        ("file:///srv/app", True),
        ("file://localhost/srv/app", True),
        ("file:.", True),
        ("name @ .", True),
        ("name[a] @ file:///srv/%61pp#egg=name", True),
        ("name@file:///srv/app;python_version>'3'", False),  # a part of the URL, as pip and uv have it
        ("name@file:///srv/app ;python_version>'3'", True),
        ("./lib", False),
        ("..", False),
        ("/srv", False),
        ("name @ file:///srv/other", False),
        ("name @ https://host.example/srv/app", False),
        ("app", False),
    ],
)
def test_which_line_is_the_project(line: str, project: bool) -> None:
    assert read(line + "\n").lines[0].is_project("/srv/app") == project


@pytest.mark.parametrize("path", ["../../lib", "/lib", "a/%2e%2e/%2e%2e/b"])
def test_a_subdirectory_that_leads_out(path: str) -> None:
    line = f"lib @ git+https://code.example/lib.git@main#egg=lib&subdirectory={path}\n"
    with pytest.raises(NeveError, match="a subdirectory leads out of its source") as caught:
        read_requirements(("requirements.txt",), {"requirements.txt": line}.__getitem__)
    assert caught.value.where == "requirements.txt:1"
    inside = {"requirements.txt": line.replace(path, "packages/lib")}
    assert len(read_requirements(("requirements.txt",), inside.__getitem__).lines) == 1
