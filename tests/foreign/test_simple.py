from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neve.errors import NeveError, TransientError
from neve.fetch import Fetcher, Page
from neve.foreign.simple import IndexFile, PageOf, ask_indexes, index_files
from neve.progress import Silent
from tests.fetch.server import Step, serving

BASE = "https://index.example/simple/app/"
SHA = "ab" * 32


def html(text: str) -> tuple[IndexFile, ...]:
    return index_files(Page(text.encode(), "text/html; charset=utf-8", BASE), where=BASE)


def from_json(data: object) -> tuple[IndexFile, ...]:
    page = Page(json.dumps(data).encode(), "application/vnd.pypi.simple.v1+json", BASE)
    return index_files(page, where=BASE)


def test_links_are_relative_and_carry_hashes() -> None:
    found = html(
        '<meta name="pypi:repository-version" content="1.3">'
        f'<A HREF="../../files/app-1.0.tar.gz#sha256={SHA.upper()}" data-requires-python="&gt;=3">app-1.0.tar.gz</A>'
        '<a href="https://files.example/app-1.0-py3-none-any.whl?x=1&amp;y=2#md5=00">app</a>'
        '<a href="app%2B1.0-1.0.zip">x</a><a>nothing</a>'
    )
    assert found == (
        IndexFile(name="app-1.0.tar.gz", url="https://index.example/files/app-1.0.tar.gz", sha256=SHA),
        IndexFile(name="app-1.0-py3-none-any.whl", url="https://files.example/app-1.0-py3-none-any.whl?x=1&y=2"),
        IndexFile(name="app+1.0-1.0.zip", url=f"{BASE}app%2B1.0-1.0.zip"),
    )


def test_a_base_moves_the_links() -> None:
    found = html('<base href="/mirror/"><base href="https://evil.example/"><a href="a-1.zip">a</a>')
    assert [file.url for file in found] == ["https://index.example/mirror/a-1.zip"]


def test_json_has_sizes_too() -> None:
    found = from_json(
        {
            "meta": {"api-version": "1.1"},
            "files": [
                {"filename": "a-1.zip", "url": "a-1.zip", "hashes": {"sha256": SHA}, "size": 7, "yanked": True},
                {"filename": "a-2.zip", "url": "//files.example/a-2.zip", "hashes": {}, "size": -1},
                {"filename": 3, "url": "x"},
                "nonsense",
            ],
        }
    )
    assert found == (
        IndexFile(name="a-1.zip", url=f"{BASE}a-1.zip", sha256=SHA, size=7),
        IndexFile(name="a-2.zip", url="https://files.example/a-2.zip"),
    )


@pytest.mark.parametrize(
    "href",
    [
        "file:///etc/passwd",
        "ftp://a.example/a-1.zip",
        "https://user:pass@a.example/a-1.zip",
        "http://[::1/a",
        "data:,x",
    ],
)
def test_links_that_lead_astray_are_not_there(href: str) -> None:
    assert html(f'<a href="{href}">a</a>') == ()


@pytest.mark.parametrize("version", ["2.0", "10.1", "x", ""])
def test_another_version_of_the_api_is_refused(version: str) -> None:
    with pytest.raises(NeveError, match="version of the simple API"):
        html(f'<meta name="pypi:repository-version" content="{version}">')
    with pytest.raises(NeveError, match="version of the simple API"):
        from_json({"meta": {"api-version": version}, "files": []})


@pytest.mark.parametrize("data", [[], {"files": 3}, {}, "x"])
def test_json_that_is_no_page_is_refused(data: object) -> None:
    with pytest.raises(NeveError, match="none of the simple API"):
        from_json(data)


@settings(deadline=None)
@given(st.text(alphabet="<>/!ahref=\"'#-[]?&;ß\x00meta base", max_size=80) | st.text(max_size=60))
def test_any_page_is_read_or_refused(text: str) -> None:
    for media in ("text/html", "application/json"):
        try:
            for file in index_files(Page(text.encode("utf-8", "surrogatepass"), media, BASE), where=BASE):
                assert file.url.startswith(("http://", "https://"))
        except NeveError:
            pass


class Closed(HTMLParser):
    """What Python's parser finds when it is told that the page has ended."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links += [value for name, value in attrs if name == "href" and value]


names = st.from_regex(r"[a-z]{1,4}-[0-9]\.zip", fullmatch=True)
ordinary = st.one_of(
    names.map(lambda name: f'<a href="{name}">{name}</a><br/>\n'),
    names.map(lambda name: f"<A data-yanked='' HREF = '{name}' >{name} &lt; x</A>\n"),
    names.map(lambda name: f"<a rel=x href={name}>{name}"),
    names.map(lambda name: f'<!-- <a href="{name}"> - -->'),
    st.sampled_from(["<!DOCTYPE html>", "<p class='<a>'>", "a < b & c > d", "</p >", "<br>", "<a name=x>"]),
    st.just("<title>Links</title><style>a > b {}</style><script>'<a>'</script>"),
)


@settings(deadline=None)
@given(st.lists(ordinary, max_size=20).map("".join))
def test_an_ordinary_page_has_the_links_that_pythons_parser_finds(text: str) -> None:
    assert [file.name for file in html(text)] == Closed(text).links


@pytest.mark.parametrize(
    "piece", ["<!--", "<?", "<!", "</", "<a ", "<a href='", '<a href="x ', "<script>", "<a\n=", "&"]
)
def test_what_is_not_closed_is_no_link_and_nothing_looks_for_its_end_again(piece: str) -> None:
    # With the square of its length this would take an hour.
    assert html(f'<a href="a-1.zip">a</a>{piece * 100_000}')[:1] == html('<a href="a-1.zip">a</a>')
    assert html('<!-- <br><a href="a-1.zip">a</a>') == ()


def test_pages_are_asked_for_together(tmp_path: Path) -> None:
    with serving() as server:
        server.files["/simple/a/"] = f'<a href="a-1.zip#sha256={SHA}">a</a>'.encode()
        server.files["/flat"] = b'<a href="b-1.zip">b</a>'
        a, b = PageOf(url=f"{server.url}/simple", package="a"), PageOf(url=f"{server.url}/flat", package="b", flat=True)
        gone = PageOf(url=f"{server.url}/simple/", package="gone")
        found = ask_indexes(Fetcher(tmp_path, Silent()), [a, b, gone, a])
        assert {page: [file.url for file in files] for page, files in found.items()} == {
            a: [f"{server.url}/simple/a/a-1.zip"],
            b: [f"{server.url}/b-1.zip"],
            gone: [],
        }
        assert sorted(server.paths()) == ["/flat", "/simple/a/", "/simple/gone/"]
        assert "json" in server.seen[0].headers["accept"]
        server.script["/simple/a/"] = [Step(status=503)] * 3
        with pytest.raises(TransientError, match="cannot read"):
            ask_indexes(Fetcher(tmp_path, Silent()), [a])
        with pytest.raises(NeveError, match="cannot read") as caught:
            ask_indexes(Fetcher(tmp_path, Silent(), offline=True), [a])
        assert "--offline" in str(caught.value)
