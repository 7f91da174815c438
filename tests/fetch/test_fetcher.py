from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from neve.errors import ExitCode, ManyErrors, NeveError, TransientError
from neve.fetch import Artefact, Fetcher, MissingError
from neve.progress import Silent
from tests.fetch.server import Server, Step, serving
from tests.recorder import Recorder

CONTENT = bytes(range(256)) * 4096  # 1 MiB


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def fetcher(tmp_path: Path) -> Fetcher:
    return Fetcher(tmp_path / "cache", Silent())


def pinned(server: Server, path: str = "/a.bin", content: bytes = CONTENT, *, sized: bool = True) -> Artefact:
    server.files[path] = content
    return Artefact(
        name=path.rpartition("/")[2],
        urls=(server.url + path,),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content) if sized else None,
    )


def left_over(fetcher: Fetcher, artefact: Artefact, content: bytes) -> Path:
    part = fetcher.path(artefact).parent / f".{artefact.name}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(content)
    return part


def test_files_come_in_the_order_asked_for(server: Server, fetcher: Fetcher) -> None:
    artefacts = [pinned(server, f"/{n}.bin", bytes([n]) * (n + 1)) for n in range(20)]
    paths = fetcher.fetch(artefacts)
    assert [path.read_bytes() for path in paths] == [bytes([n]) * (n + 1) for n in range(20)]
    assert paths == [fetcher.path(artefact) for artefact in artefacts]


def test_what_is_cached_is_not_asked_for_again(server: Server, fetcher: Fetcher) -> None:
    artefact = pinned(server)
    fetcher.fetch([artefact, artefact])
    fetcher.fetch([artefact])
    assert server.paths() == ["/a.bin"]


def test_a_file_cut_short_by_a_crash_is_fetched_again(server: Server, fetcher: Fetcher) -> None:
    artefact = pinned(server)
    (path,) = fetcher.fetch([artefact])
    path.write_bytes(b"")
    assert fetcher.fetch([artefact])[0].read_bytes() == CONTENT


def test_an_empty_file(server: Server, fetcher: Fetcher) -> None:
    assert fetcher.fetch([pinned(server, content=b"")])[0].read_bytes() == b""


def test_one_file_for_two_callers_is_fetched_once(server: Server, tmp_path: Path) -> None:
    artefact = pinned(server)
    callers = [
        threading.Thread(target=Fetcher(tmp_path / "cache", Silent()).fetch, args=([artefact],)) for _ in range(4)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert server.paths() == ["/a.bin"]


@pytest.mark.parametrize("sized", [True, False])
def test_a_download_that_breaks_off_goes_on_where_it_ended(server: Server, fetcher: Fetcher, sized: bool) -> None:
    artefact = pinned(server, sized=sized)
    server.script["/a.bin"] = [Step(cut=300_000), Step(cut=700_000)]
    assert fetcher.fetch([artefact])[0].read_bytes() == CONTENT
    ranges = [request.headers.get("range") for request in server.seen]
    assert ranges[0] is None
    assert ranges[1:] == ["bytes=300000-", "bytes=700000-"]


def test_what_an_earlier_run_left_is_gone_on_with(server: Server, fetcher: Fetcher) -> None:
    artefact = pinned(server)
    left_over(fetcher, artefact, CONTENT[:1000])
    assert fetcher.fetch([artefact])[0].read_bytes() == CONTENT
    assert server.seen[0].headers["range"] == "bytes=1000-"


def test_a_whole_leftover_needs_no_server(server: Server, fetcher: Fetcher) -> None:
    artefact = pinned(server)
    left_over(fetcher, artefact, CONTENT)
    fetcher.fetch([artefact])
    assert server.seen == []


@pytest.mark.parametrize("leftover", [b"junk" * 1000, CONTENT + b"more", b"x" * len(CONTENT)])
@pytest.mark.parametrize("sized", [True, False])
def test_a_leftover_that_does_not_fit_is_dropped(
    server: Server, fetcher: Fetcher, leftover: bytes, sized: bool
) -> None:
    artefact = pinned(server, sized=sized)
    part = left_over(fetcher, artefact, leftover)
    assert fetcher.fetch([artefact])[0].read_bytes() == CONTENT
    assert not part.exists()


def test_a_server_without_ranges(server: Server, tmp_path: Path) -> None:
    progress = Recorder()
    fetcher = Fetcher(tmp_path / "cache", progress)
    server.ranges = False
    artefact = pinned(server)
    server.script["/a.bin"] = [Step(cut=300_000)]
    assert fetcher.fetch([artefact])[0].read_bytes() == CONTENT
    assert list(progress.bytes.values()) == [len(CONTENT)]


def test_progress_adds_up(server: Server, tmp_path: Path) -> None:
    progress = Recorder()
    Fetcher(tmp_path / "cache", progress).fetch([pinned(server), pinned(server, "/b.bin", b"b", sized=False)])
    assert sorted(progress.started.values()) == ["a.bin", "b.bin"]
    assert sorted(progress.totals.values(), key=str) == [1, len(CONTENT)]
    assert sorted(progress.bytes.values()) == [1, len(CONTENT)]
    assert list(progress.finished.values()) == [True, True]


def test_a_wrong_hash_is_refused_and_nothing_is_kept(server: Server, fetcher: Fetcher) -> None:
    artefact = pinned(server)
    server.files["/a.bin"] = CONTENT[:-1] + b"!"
    with pytest.raises(NeveError, match="cannot fetch") as caught:
        fetcher.fetch([artefact])
    text = str(caught.value)
    assert artefact.sha256 in text
    assert hashlib.sha256(server.files["/a.bin"]).hexdigest() in text
    assert server.url in text
    assert caught.value.code == ExitCode.FIXABLE
    kept = [path for path in fetcher.path(artefact).parent.iterdir() if path.stat().st_size]
    assert kept == []


def test_more_than_the_pinned_size_is_not_read(server: Server, fetcher: Fetcher) -> None:
    artefact = pinned(server)
    server.files["/a.bin"] = CONTENT * 2
    with pytest.raises(NeveError, match="larger than the pinned"):
        fetcher.fetch([artefact])


def test_a_missing_file_is_named(server: Server, fetcher: Fetcher) -> None:
    artefact = pinned(server)
    server.files.clear()
    with pytest.raises(MissingError) as caught:
        fetcher.fetch([artefact])
    assert f"{server.url}/a.bin" in str(caught.value)
    assert caught.value.code == ExitCode.FIXABLE


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_in_trouble_is_asked_again(server: Server, fetcher: Fetcher, status: int) -> None:
    artefact = pinned(server)
    server.script["/a.bin"] = [Step(status=status), Step(status=status)]
    fetcher.fetch([artefact])
    assert len(server.seen) == 3


def test_a_server_that_stays_in_trouble_is_transient(server: Server, fetcher: Fetcher) -> None:
    artefact = pinned(server)
    server.script["/a.bin"] = [Step(status=503)] * 9
    with pytest.raises(TransientError) as caught:
        fetcher.fetch([artefact])
    assert caught.value.code == ExitCode.TRANSIENT
    assert len(server.seen) == 3


def test_the_next_url_is_tried(server: Server, fetcher: Fetcher) -> None:
    artefact = pinned(server)
    first = Artefact(
        name=artefact.name,
        urls=(f"{server.url}/gone", *artefact.urls),
        sha256=artefact.sha256,
    )
    fetcher.fetch([first])
    assert server.paths() == ["/gone", "/a.bin"]


def test_all_failures_are_told_together(server: Server, fetcher: Fetcher) -> None:
    gone = [pinned(server, f"/gone{n}", bytes([n])) for n in range(30)]
    wrong = pinned(server, "/wrong")
    server.files = {"/wrong": b"?" * len(CONTENT)}
    with pytest.raises(ManyErrors) as caught:
        fetcher.fetch([*gone, wrong])
    text = str(caught.value)
    assert "cannot fetch 30 files" in text
    assert "and 20 more" in text
    assert "cannot fetch wrong" in text
    assert len(caught.value.errors) == 2


def test_a_host_that_is_down_is_tried_for_one_file_only(fetcher: Fetcher) -> None:
    artefacts = [Artefact(name=f"f{n}", urls=(f"http://127.0.0.1:1/f{n}",), sha256=f"{n:064x}") for n in range(50)]
    with pytest.raises(TransientError, match="cannot fetch 50 files") as caught:
        fetcher.fetch(artefacts)
    assert "no connection to 127.0.0.1: Connection refused" in str(caught.value)


def test_offline_names_what_is_missing(server: Server, tmp_path: Path) -> None:
    here, gone = pinned(server), pinned(server, "/b.bin", b"b")
    Fetcher(tmp_path / "cache", Silent()).fetch([here])
    server.seen.clear()
    offline = Fetcher(tmp_path / "cache", Silent(), offline=True)
    assert offline.fetch([here])[0].read_bytes() == CONTENT
    with pytest.raises(NeveError, match="is not in the cache"):
        offline.fetch([here, gone])
    with pytest.raises(NeveError, match="--offline"):
        offline.get(f"{server.url}/a.bin")
    assert server.seen == []


def test_file_urls(fetcher: Fetcher, tmp_path: Path) -> None:
    source = tmp_path / "with space.bin"
    source.write_bytes(CONTENT)
    artefact = Artefact(
        name="a", urls=(source.as_uri(),), sha256=hashlib.sha256(CONTENT).hexdigest(), size=len(CONTENT)
    )
    left_over(fetcher, artefact, CONTENT[:5])
    assert fetcher.fetch([artefact])[0].read_bytes() == CONTENT
    with pytest.raises(MissingError):
        fetcher.get((tmp_path / "none").as_uri())
    with pytest.raises(NeveError, match="directory"):
        fetcher.get(tmp_path.as_uri())


def test_credentials_are_sent_and_never_shown(server: Server, tmp_path: Path) -> None:
    progress = Recorder()
    fetcher = Fetcher(tmp_path / "cache", progress)
    url = server.url.replace("http://", "http://me:s%40cret@") + "/x?token=t0ken"
    with pytest.raises(NeveError) as caught:
        fetcher.fetch([Artefact(name="x", urls=(url,), sha256="0" * 64)])
    with pytest.raises(NeveError) as caught_too:
        fetcher.get(url)
    assert server.seen[0].headers["authorization"] == "Basic bWU6c0BjcmV0"
    assert server.seen[0].path == "/x?token=t0ken"
    shown = str(caught.value) + str(caught_too.value) + "".join(progress.started.values())
    assert "cret" not in shown
    assert "t0ken" not in shown


def test_netrc_is_honoured(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password pass\n")
    (tmp_path / "netrc").chmod(0o600)
    fetcher.fetch([pinned(server)])
    assert server.seen[0].headers["authorization"] == "Basic bWU6cGFzcw=="


def test_a_broken_netrc_names_nobody(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine\n\x00 ???")
    fetcher.fetch([pinned(server)])
    assert "authorization" not in server.seen[0].headers


def test_credentials_do_not_follow_to_another_host(server: Server, fetcher: Fetcher) -> None:
    with serving() as other:
        other.files["/there"] = b"content"
        server.files["/here"] = b""
        server.script["/here"] = [Step(status=302, location=f"{other.url}/there")]
        assert fetcher.get(server.url.replace("//", "//me:pass@") + "/here") == b"content"
        assert "authorization" in server.seen[0].headers
        assert "authorization" not in other.seen[0].headers


def test_refused_credentials_are_explained(server: Server, fetcher: Fetcher) -> None:
    server.files["/a"] = b""
    server.script["/a"] = [Step(status=401)]
    with pytest.raises(NeveError, match="netrc"):
        fetcher.get(f"{server.url}/a")


def test_redirects_in_circles_end(server: Server, fetcher: Fetcher) -> None:
    server.files["/a"] = b""
    server.script["/a"] = [Step(status=302, location="/a")] * 50
    with pytest.raises(NeveError, match="circles"):
        fetcher.get(f"{server.url}/a")


def test_the_proxy_of_the_environment(server: Server, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    server.files["http://mirror.example/a"] = b"through the proxy"
    monkeypatch.setenv("http_proxy", server.url.replace("//", "//me:pass@"))
    assert fetcher.get("http://mirror.example/a") == b"through the proxy"
    assert server.seen[0].headers["proxy-authorization"] == "Basic bWU6cGFzcw=="
    monkeypatch.setenv("no_proxy", "mirror.example")
    with pytest.raises(TransientError, match="resolved"):
        fetcher.get("http://mirror.example/a")


def test_a_document_has_a_limit(server: Server, fetcher: Fetcher) -> None:
    server.files["/a"] = b"x" * 1000
    assert fetcher.get(f"{server.url}/a", limit=1000) == b"x" * 1000
    with pytest.raises(NeveError, match="larger than 999 bytes"):
        fetcher.get(f"{server.url}/a", limit=999)


@pytest.mark.parametrize(
    "url", ["ftp://mirror.example/a", "mirror.example/a", "http://[::1/a", "http://", "https:///a"]
)
def test_urls_that_cannot_be_fetched(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(NeveError) as caught:
        fetcher.get(url)
    assert caught.value.code == ExitCode.FIXABLE


def test_a_cache_that_cannot_be_written(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NeveError) as caught:
        Fetcher(tmp_path / "file", Silent()).fetch([pinned(server)])
    assert caught.value.code == ExitCode.FIXABLE


@pytest.mark.parametrize(
    ("name", "sha256", "urls"),
    [
        ("../x", "0" * 64, ("u",)),
        (".", "0" * 64, ("u",)),
        ("a/b", "0" * 64, ("u",)),
        ("a", "0" * 63, ("u",)),
        ("a", "0" * 64, ()),
    ],
)
def test_artefacts_that_make_no_sense(name: str, sha256: str, urls: tuple[str, ...]) -> None:
    with pytest.raises(NeveError):
        Artefact(name=name, sha256=sha256, urls=urls)


def test_an_interrupt_ends_the_process_though_the_server_stalls(server: Server, tmp_path: Path) -> None:
    server.files["/a"] = b""
    server.script["/a"] = [Step(stall=True)]
    script = (
        "import sys; from pathlib import Path; from neve.fetch import *; from neve.progress import Silent\n"
        "artefact = Artefact(name='a', urls=(sys.argv[2],), sha256='0' * 64)\n"
        "Fetcher(Path(sys.argv[1]), Silent()).fetch([artefact])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path), f"{server.url}/a"], stderr=subprocess.PIPE, text=True
    ) as process:
        while not server.seen:
            assert process.poll() is None
            threading.Event().wait(0.01)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert "KeyboardInterrupt" in errors


def test_a_page_says_its_type_and_where_redirects_led_to(tmp_path: Path) -> None:
    with serving() as server, serving() as other:
        server.script["/old/"] = [Step(status=302, location="../newer/")]
        server.script["/newer/"] = [Step(status=302, location=f"{other.url}/new/")]
        other.files["/new/"] = b"here"
        page = Fetcher(tmp_path, Silent()).page(
            server.url.replace("//", "//user:secret@") + "/old/", accept="text/html, text/*;q=0.1"
        )
        assert page == (b"here", "text/html", f"{other.url}/new/")
        assert other.seen[0].headers["accept"] == "text/html, text/*;q=0.1"
        assert "authorization" not in other.seen[0].headers
