"""Layouts of several images, one for each platform."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from neve.errors import NeveError
from neve.image.check import check
from neve.image.export import copy_layout
from neve.image.layout import INDEX, Layout, own_architecture
from neve.image.push import push
from neve.image.run import run
from neve.progress import Silent
from tests.image.layouts import index_of, layout, write_index
from tests.registry import counting, registry

SIZE = 50_000
SHARED = {"shared": random.Random(0).randbytes(SIZE)}  # noqa: S311 - it is not to be compressed


def both(directory: Path) -> Path:
    return index_of(directory, {"arm64": [{"a": b"arm"}, SHARED], "amd64": [{"a": b"amd"}, SHARED]})


def test_an_index_is_what_the_layout_is_of(tmp_path: Path) -> None:
    found = Layout(both(tmp_path))
    assert found.descriptor.media_type == INDEX
    assert [image.config["architecture"] for image in found.images()] == ["arm64", "amd64"]
    assert found.image("arm64") == found.images()[0]
    assert found.image().config["architecture"] == own_architecture()
    assert found.image("arm64").layers[1] == found.image("amd64").layers[1]
    for architecture in ("arm64", "amd64"):
        assert check(tmp_path, architecture=architecture) == found.image(architecture)


def test_one_image_is_itself(tmp_path: Path) -> None:
    found = Layout(layout(tmp_path, [SHARED]))
    assert (found.descriptor.digest, found.images()) == (found.image().digest, (found.image(),))


def test_several_things_have_no_digest_of_their_own(tmp_path: Path) -> None:
    layout(tmp_path, [SHARED])
    [manifest] = json.loads((tmp_path / "index.json").read_text())["manifests"]
    write_index(tmp_path, [manifest, manifest])
    with pytest.raises(NeveError, match="broken"):
        Layout(tmp_path).descriptor  # noqa: B018


def test_an_index_that_is_not_what_its_digest_says(tmp_path: Path) -> None:
    found = Layout(both(tmp_path))
    found.blob(found.descriptor.digest).write_text("{}")
    with pytest.raises(NeveError, match="does not match its digest"):
        found.images()


def test_all_images_arrive_and_what_they_share_is_sent_once(tmp_path: Path) -> None:
    skopeo = shutil.which("skopeo")
    if skopeo is None:
        pytest.skip("skopeo is not installed")
    found = Layout(both(tmp_path / "layout"))
    with registry(tmp_path / "registry") as server, counting(server) as proxy:
        name = f"{proxy.address}/team/app:1"
        result = push(found.path, name, skopeo=Path(skopeo), progress=Silent())
        assert result == f"{proxy.address}/team/app@{found.descriptor.digest}"
        assert SIZE < proxy.sent < 2 * SIZE
        for reference in ("1", found.descriptor.digest, *(image.digest for image in found.images())):
            kinds = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"
            request = Request(f"http://{server}/v2/team/app/manifests/{reference}", headers={"Accept": kinds})
            with urlopen(request) as answer:  # noqa: S310 - loopback
                digest = found.descriptor.digest if reference == "1" else reference
                assert answer.read() == found.blob(digest).read_bytes()
        for image in found.images():
            for layer in image.layers:
                with urlopen(f"http://{server}/v2/team/app/blobs/{layer.descriptor.digest}") as answer:
                    assert answer.read() == found.blob(layer.descriptor.digest).read_bytes()


def test_a_copy_has_all_blobs(tmp_path: Path) -> None:
    found = Layout(both(tmp_path / "layout"))
    copy_layout(found.path, tmp_path / "copy")
    assert Layout(tmp_path / "copy").images() == found.images()


def test_an_image_for_another_platform_says_why_it_does_not_run(tmp_path: Path) -> None:
    def unused() -> Path:
        raise AssertionError("nothing is to be run")

    path = index_of(tmp_path, {"s390x": [SHARED], own_architecture(): [SHARED]})
    with pytest.raises(NeveError, match=f"for linux/s390x, and this machine is linux/{own_architecture()}") as caught:
        run(path, progress=Silent(), rootfs=unused, bwrap=unused, engine="bwrap", architecture="s390x")
    assert "binfmt_misc" in (caught.value.why or "")
