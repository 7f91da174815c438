"""The layout that was built, looked at without starting it."""

from __future__ import annotations

import json
import re
import socket
import tomllib
from itertools import groupby, pairwise
from pathlib import Path

import jsonschema
import pytest

from neve.files import cache_home, data_home
from neve.image.check import check
from neve.image.layout import Layout
from tests.build.conftest import Hello
from tests.build.layers import Entry
from tests.build.project import ROOT

pytestmark = [pytest.mark.build, pytest.mark.network]

SCHEMAS = ROOT / "tests/image/schemas"
# Where builders work; Debian's own packages were built below /build/reproducible-path.
PLACES = rb"/nix/store/|/build/(?:links|opt|source|tree|home|venv|lists|control)\b"


def test_the_digest_printed_is_the_layouts(hello: Hello) -> None:
    assert hello.built.digest == Layout(hello.layout).image().digest
    assert hello.project.neve("build") == hello.built.digest
    assert (hello.layout / "digest").read_text().strip() == hello.built.digest


def test_the_layout_is_whole(hello: Hello) -> None:
    image = check(hello.layout)
    documents = {
        "index": json.loads((hello.layout / "index.json").read_text()),
        "manifest": image.manifest,
        "config": image.config,
    }
    for name, document in documents.items():
        jsonschema.validate(document, json.loads((SCHEMAS / f"{name}.json").read_text()))
    assert image.config["created"] == "1970-01-01T00:00:01Z"
    assert image.config["config"]["Entrypoint"] == ["hello"]
    assert len([h for h in image.config["history"] if not h.get("empty_layer")]) == len(image.layers) <= 64


def test_archives_are_sorted_and_anonymous(hello_entries: list[Entry]) -> None:
    for _, layer in groupby(hello_entries, key=lambda entry: entry.layer):
        names = [entry.info.name for entry in layer]
        assert all(one < other for one, other in pairwise(names)), "sorted, none twice"
    for _, info, _ in hello_entries:
        assert (info.uid, info.gid, info.uname, info.gname, info.mtime) == (0, 0, "", "", 1), info.name
        assert not info.pax_headers, info.name
        assert not info.mode & 0o6000, f"{info.name} is setuid or setgid"
        assert info.isreg() or info.isdir() or info.issym(), info.name
        assert not info.name.startswith(("/", "./", "../")), info.name
        if not info.issym():
            assert info.mode in ({0o755, 0o1777} if info.isdir() else {0o644, 0o755, 0o600, 0o640}), info.name


def test_nothing_of_the_building_machine_is_in_it(hello: Hello, hello_entries: list[Entry]) -> None:
    places = [str(hello.project.directory), str(cache_home()), str(data_home()), str(Path.home() / "."), str(ROOT)]
    # Such as "/" or "/root" say nothing.
    exact = [re.escape(place.encode()) for place in places if place.count("/") > 2]
    if len(socket.gethostname()) > 5 and socket.gethostname() != "localhost":
        exact.append(re.escape(socket.gethostname().encode()))
    wanted = re.compile(PLACES + b"|" + b"|".join(exact))
    found = {entry.info.name: wanted.search(entry.content) for entry in hello_entries}
    assert {name: match[0] for name, match in found.items() if match} == {}
    assert [entry.info.name for entry in hello_entries if wanted.search(entry.info.linkname.encode())] == []
    configuration = json.dumps([Layout(hello.layout).image().config, Layout(hello.layout).image().manifest])
    assert not wanted.search(configuration.encode())


def test_places_of_the_sandbox_are_not_in_it(hello_files: dict[str, Entry]) -> None:
    assert not [name for name in hello_files if re.match(r"(nix|build)(/|$)", name)]
    assert not [name for name in hello_files if name.endswith(("/.lock", "uv_cache.json"))]
    assert not [name for name in hello_files if name.startswith(("dev/", "proc/", "sys/", "run/"))]


def test_merged_usr(hello_files: dict[str, Entry]) -> None:
    for name in ("bin", "sbin", "lib", "lib64"):
        assert hello_files[name].info.linkname == f"usr/{name}"
        assert not [path for path in hello_files if path.startswith(f"{name}/")]


def test_what_maintainer_scripts_would_have_done(hello_files: dict[str, Entry]) -> None:
    files = hello_files
    assert files["tmp"].info.mode == files["var/tmp"].info.mode == 0o1777
    assert b"root:*:0:0:root:/root:/bin/sh\n" in files["etc/passwd"].content
    assert b"nobody:*:65534:" in files["etc/passwd"].content
    assert re.search(rb"^root:\*:0:$", files["etc/group"].content, re.MULTILINE)
    assert re.search(rb"^hosts:\s+files.*dns", files["etc/nsswitch.conf"].content, re.MULTILINE)
    assert files["etc/localtime"].info.linkname == "/usr/share/zoneinfo/Etc/UTC"
    assert files["usr/bin/sh"].info.linkname == "dash"
    assert files["usr/bin/awk"].info.linkname.endswith("mawk")
    assert b"glibc-ld.so.cache" in files["etc/ld.so.cache"].content
    assert b"libssl.so.3" in files["etc/ld.so.cache"].content


def test_certificates(hello_files: dict[str, Entry]) -> None:
    bundle = hello_files["etc/ssl/certs/ca-certificates.crt"].content
    pem = [name for name in hello_files if re.fullmatch(r"etc/ssl/certs/[^/]*\.pem", name)]
    hashed = [name for name in hello_files if re.fullmatch(r"etc/ssl/certs/[0-9a-f]{8}\.[0-9]", name)]
    assert bundle.count(b"BEGIN CERTIFICATE") == len(pem) == len(hashed) > 100


def test_scanners_see_the_packages(hello: Hello, hello_files: dict[str, Entry]) -> None:
    lock = tomllib.loads((hello.project.directory / "neve.lock").read_text())
    locked = {pin["name"] for pins in lock["base"]["packages"].values() for pin in pins}
    directory = "var/lib/dpkg/status.d/"
    status = {name.removeprefix(directory) for name in hello_files if name.startswith(directory)}
    assert {name for name in status if not name.endswith(".md5sums")} == locked
    assert "libc6.md5sums" in status
    for name in locked:
        told = hello_files[directory + name].content
        assert re.search(rb"^Package: " + re.escape(name.encode()) + rb"$", told, re.MULTILINE)
        assert b"\nVersion: " in told


def test_every_link_leads_somewhere(hello_files: dict[str, Entry]) -> None:
    links = {name: entry.info.linkname for name, entry in hello_files.items() if entry.info.issym()}
    assert {name: target for name, target in links.items() if _followed(name, hello_files) is None} == {}


def _followed(name: str, files: dict[str, Entry]) -> str | None:
    """The path that ``name`` leads to, through every link on the way; None where nothing is there."""
    done: list[str] = []
    todo = name.split("/")
    for _ in range(200):
        if not todo:
            return "/".join(done)
        part = todo.pop(0)
        if part in ("", "."):
            continue
        if part == "..":
            del done[-1:]
            continue
        path = "/".join([*done, part])
        if path in ("proc", "dev", "sys", "run"):
            return path
        entry = files.get(path)
        if entry is None:
            return None
        if entry.info.issym():
            if entry.info.linkname.startswith("/"):
                done = []
            todo = [*entry.info.linkname.split("/"), *todo]
        else:
            done.append(part)
    return None
