from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from neve.errors import NeveError
from neve.image.layout import INDEX, MANIFEST, Layout
from tests.image.layouts import blob, layout, write_index

SCHEMAS = Path(__file__).parent / "schemas"


def only_manifest(path: Path) -> dict[str, Any]:
    index = json.loads((path / "index.json").read_text())
    return dict(index["manifests"][0])


def replaced_manifest(path: Path, **changes: Any) -> Path:
    """The layout with another manifest: the old one with ``changes``."""
    document = json.loads(Layout(path).blob(only_manifest(path)["digest"]).read_text()) | changes
    write_index(path, [blob(path, json.dumps(document).encode(), MANIFEST)])
    return path


def test_reads_an_image(tmp_path: Path) -> None:
    path = layout(tmp_path, [{"a": b"1"}, {"b": b"2"}], config={"Cmd": ["x"]})
    image = Layout(path).image()
    assert image.digest == only_manifest(path)["digest"]
    assert image.config["config"] == {"Cmd": ["x"]}
    assert [layer.diff_id for layer in image.layers] == image.config["rootfs"]["diff_ids"]
    assert image.size == sum(file.stat().st_size for file in (path / "blobs/sha256").iterdir())


def test_documents_follow_the_schemas(tmp_path: Path) -> None:
    path = layout(tmp_path, [{"a": b"1"}])
    image = Layout(path).image()
    documents = {
        "index": json.loads((path / "index.json").read_text()),
        "manifest": image.manifest,
        "config": image.config,
    }
    for name, document in documents.items():
        schema = json.loads((SCHEMAS / f"{name}.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(document, schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**document, "rootfs": 1, "schemaVersion": 1}, schema)


def test_blobs_may_be_links(tmp_path: Path) -> None:
    store = layout(tmp_path / "store", [{"a": b"1"}])
    linked = tmp_path / "linked"
    for file in (store / "blobs/sha256").iterdir():
        link = linked / "blobs/sha256" / file.name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(Path("../../../store/blobs/sha256") / file.name)
    write_index(linked, [only_manifest(store)])
    assert Layout(linked).image() == Layout(store).image()


def test_chooses_by_architecture(tmp_path: Path) -> None:
    arms = []
    for architecture in ("amd64", "arm64"):
        layout(tmp_path, [{"a": b"1"}], document={"architecture": architecture})
        arms.append(only_manifest(tmp_path) | {"platform": {"architecture": architecture, "os": "linux"}})
    write_index(tmp_path, arms)
    assert Layout(tmp_path).image("arm64").config["architecture"] == "arm64"
    nested = blob(tmp_path, json.dumps({"schemaVersion": 2, "manifests": arms}).encode(), INDEX)
    write_index(tmp_path, [nested])
    assert Layout(tmp_path).image("amd64").config["architecture"] == "amd64"
    with pytest.raises(NeveError, match="broken") as caught:
        Layout(tmp_path).image("riscv64")
    assert "0 images are for riscv64" in str(caught.value)


def test_another_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NeveError, match="not an OCI image layout"):
        Layout(tmp_path).image()


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("oci-layout", "{}", "imageLayoutVersion"),
        ("oci-layout", "[", "not JSON"),
        ("index.json", "[]", "not a JSON object"),
        ("index.json", "[" * 100_000, "not JSON"),
        ("index.json", " " * (5 << 20), "too large"),
        ("index.json", '{"schemaVersion": 1}', "mediaType"),
        ("index.json", '{"schemaVersion": 2, "manifests": {}}', "manifests is not a list"),
        ("index.json", '{"schemaVersion": 2, "manifests": []}', "0 images"),
        ("index.json", '{"schemaVersion": 2, "manifests": [3]}', "manifests[0] is not a descriptor"),
    ],
)
def test_broken_documents(tmp_path: Path, file: str, content: str, expected: str) -> None:
    path = layout(tmp_path, [{"a": b"1"}])
    (path / file).write_text(content)
    with pytest.raises(NeveError) as caught:
        Layout(path).image()
    assert expected in str(caught.value)
    assert file in str(caught.value.where)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"digest": "sha256:../../../etc/passwd"}, "manifests[0].digest"),
        ({"digest": None}, "manifests[0].digest"),
        ({"size": "3"}, "manifests[0].size"),
        ({"size": True}, "manifests[0].size"),
        ({"mediaType": 1}, "manifests[0].mediaType"),
        ({"mediaType": "application/vnd.docker.distribution.manifest.v2+json"}, "manifests[0].mediaType"),
        ({"annotations": {"a": 1}}, "manifests[0].annotations"),
        ({"platform": "amd64"}, "manifests[0].platform"),
        ({"size": 3}, "does not match its digest"),
        ({"digest": f"sha256:{'0' * 64}"}, "is missing"),
    ],
)
def test_broken_descriptors(tmp_path: Path, change: dict[str, Any], expected: str) -> None:
    path = layout(tmp_path, [{"a": b"1"}])
    write_index(path, [only_manifest(path) | change])
    with pytest.raises(NeveError) as caught:
        Layout(path).image()
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"schemaVersion": 1}, "mediaType"),
        ({"config": None}, "config is not a descriptor"),
        ({"layers": None}, "layers is not a list"),
        ({"layers": []}, "has 1 entries for 0 layers"),
        ({"layers": [{"mediaType": "x", "size": 1, "digest": f"sha256:{'0' * 64}"}]}, "layers[0].mediaType"),
    ],
)
def test_broken_manifests(tmp_path: Path, changes: dict[str, Any], expected: str) -> None:
    path = replaced_manifest(layout(tmp_path, [{"a": b"1"}]), **changes)
    with pytest.raises(NeveError) as caught:
        Layout(path).image()
    assert expected in str(caught.value)


def test_a_changed_config_is_found(tmp_path: Path) -> None:
    path = layout(tmp_path, [{"a": b"1"}])
    config = Layout(path).blob(Layout(path).image().config_descriptor.digest)
    config.write_bytes(config.read_bytes().replace(b"amd64", b"arm64"))
    with pytest.raises(NeveError, match="does not match its digest"):
        Layout(path).image()
