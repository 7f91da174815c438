"""A large wheel makes the same layer, to the byte, in images that have nothing else in common but the interpreter."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

import pytest

from neve.image.layout import Layout
from neve.nix.nix import Nix
from neve.python.layers import LARGE, bucket_of
from tests.build.layers import entries
from tests.build.project import Built, Project, project
from tests.build.rebuild import rebuilt
from tests.fetch.server import Server, serving

pytestmark = [pytest.mark.build, pytest.mark.network]

_SITE = "opt/venv/lib/python3.13/site-packages"
_HEAD = """
[project]
name = "{name}"
version = "{version}"
requires-python = ">=3.13,<3.14"
dependencies = [{dependencies}]
{more}
[[tool.uv.index]]
name = "loopback"
url = "{url}/simple"
explicit = true
[tool.uv.sources]
{sources}
"""
# They share a layer, and have a file of the same name.
_DISPUTING = ("share-e", "share-f", "share-l", "share-o", "share-s", "share-w", "share-x")
_BUILDERS = ("build-a", "build-b")
_OURS = ("nvidia-large", "nvidia-other", *_DISPUTING, *_BUILDERS)
_SHARED = 40
# A backend that tells whose files it sees.
_BACKEND = f"""
import importlib, os, zipfile
def build_wheel(directory, settings=None, metadata=None):
    seen = [importlib.import_module(f"seen.n{{number}}").WHO for number in range({_SHARED})]
    with zipfile.ZipFile(os.path.join(directory, "own-1-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("own.py", f"SEEN = {{sorted(set(seen))}}\\n")
        wheel.writestr("own-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: own\\nVersion: 1\\n")
        wheel.writestr("own-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("own-1.dist-info/RECORD", "")
    return "own-1-py3-none-any.whl"
"""


def _noise(seed: str, size: int) -> bytes:
    """Bytes that no compressor makes smaller, the same ones each time."""
    return random.Random(seed).randbytes(size)  # noqa: S311


def _who(name: str) -> bytes:
    return f"WHO = {name!r}\n".encode()


def _wheel(name: str, files: Mapping[str, bytes]) -> bytes:
    """A wheel of version 1.0, with a RECORD (PEP 427) as installers want it."""
    info = f"{name.replace('-', '_')}-1.0.dist-info"
    held = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = []
    for path, content in held.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
        lines.append(f"{path},sha256={digest},{len(content)}\n")
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, content in {**held, f"{info}/RECORD": "".join([*lines, f"{info}/RECORD,,\n"]).encode()}.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = (0o755 if path.endswith(".so.1") else 0o644) << 16
            archive.writestr(entry, content)
    return out.getvalue()


def _serve(server: Server, name: str, files: Mapping[str, bytes]) -> None:
    file, content = f"{name.replace('-', '_')}-1.0-py3-none-any.whl", _wheel(name, files)
    digest = hashlib.sha256(content).hexdigest()
    server.files[f"/files/{file}"] = content
    server.files[f"/simple/{name}/"] = f'<a href="/files/{file}#sha256={digest}">{file}</a>'.encode()


@pytest.fixture(scope="module")
def index() -> Iterator[Server]:
    """Two wheels of more than 8 MiB that share directories and a file, as NVIDIA's do, and small ones."""
    with serving() as server:
        shared = {"nvidia/__init__.py": b"", "nvidia/cu13/include/common.h": b"/* of both */\n"}
        large = {
            **shared,
            "nvidia/cu13/lib/liblarge.so.1": _noise("large", LARGE + 1),
            "nvidia/large/__init__.py": b"NAMES = {'a', 'b', 'c', 'd'}\n",
        }
        other = {**shared, "nvidia/cu13/lib/libother.so.1": _noise("other", LARGE + 1)}
        _serve(server, "nvidia-large", large)
        _serve(server, "nvidia-other", other)
        for name in _DISPUTING:
            _serve(server, name, {"shared/who.py": _who(name), f"of/{name}.py": b"X = 1\n"})
        for name in _BUILDERS:
            _serve(server, name, {f"seen/n{number}.py": _who(name) for number in range(_SHARED)})
        yield server


def _made(
    directory: Path, index: Server, name: str, *, version: str, dependencies: tuple[str, ...], more: str = ""
) -> Project:
    text = _HEAD.format(
        name=name,
        version=version,
        dependencies=", ".join(f'"{each}"' for each in dependencies),
        more=more,
        url=index.url,
        sources="".join(f'{each} = {{ index = "loopback" }}\n' for each in dependencies if each in _OURS),
    )
    return project(directory / name, text, {"main.py": f"# {name}\n"})


@pytest.fixture(scope="module")
def one(index: Server, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with one of the large wheels and nothing else."""
    return _made(tmp_path_factory.mktemp("one"), index, "one", version="1", dependencies=("nvidia-large",))


@pytest.fixture(scope="module")
def two(index: Server, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Another with both, and all else different; gawk takes mawk's place in the base itself."""
    more = '[tool.neve]\nsystem = ["gawk", "less"]\n[tool.neve.image]\nuser = "app:1234"\nenv = { MODE = "x" }\n'
    return _made(
        tmp_path_factory.mktemp("two"),
        index,
        "two",
        version="2",
        dependencies=("nvidia-other", "nvidia-large", "idna"),
        more=more,
    )


@pytest.fixture(scope="module")
def built_one(one: Project) -> Built:
    return one.build()


@pytest.fixture(scope="module")
def built_two(two: Project) -> Built:
    return two.build("--check")


def _layers(built: Built) -> dict[str, tuple[str, str]]:
    """Digest and DiffID of each layer by what its history calls it."""
    image = Layout(built.layout).image()
    names = [entry["created_by"] for entry in image.config["history"]]
    return {name: (layer.descriptor.digest, layer.diff_id) for name, layer in zip(names, image.layers, strict=True)}


def test_a_large_wheel_has_one_layer_in_every_image(built_one: Built, built_two: Built) -> None:
    first, second = _layers(built_one), _layers(built_two)
    (name,) = [name for name in first if "nvidia-large-1.0" in name]
    assert first[name] == second[name]
    # The images have nothing else in common that could make it so.
    base = next(iter(first))
    assert first[base] != second[base]


def test_wheels_that_share_directories_are_whole_in_their_own_layers(built_two: Built, two: Project) -> None:
    found: dict[int, set[str]] = {}
    for entry in entries(built_two.layout):
        found.setdefault(entry.layer, set()).add(entry.info.name)
    for library in ("liblarge", "libother"):
        (layer,) = [names for names in found.values() if f"{_SITE}/nvidia/cu13/lib/{library}.so.1" in names]
        # Also the directories: whoever unpacks it alone knows their modes.
        shared = ("nvidia", "nvidia/__init__.py", "nvidia/cu13", "nvidia/cu13/lib", "nvidia/cu13/include/common.h")
        assert {f"{_SITE}/{path}" for path in shared} <= layer
    code = (
        "import nvidia.large, pathlib, sys;"
        "lib = pathlib.Path(nvidia.__file__).parent / 'cu13/lib';"
        f"print(*sorted((p.name, p.stat().st_size == {LARGE + 1}) for p in lib.iterdir()))"
    )
    assert two.neve("run", "--engine", "bwrap", "--", "python", "-c", code) == (
        "('liblarge.so.1', True) ('libother.so.1', True)"
    )


def test_a_second_project_takes_the_layer_from_the_store(index: Server, built_one: Built, tmp_path: Path) -> None:
    again = _made(tmp_path, index, "again", version="3", dependencies=("nvidia-large",))
    command = [again.python, "-m", "neve", "-C", str(again.directory), "--progress", "plain", "--verbose", "build"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "layer-source" in done.stderr, "the project's own layer is built"
    assert "nvidia-large" not in done.stderr
    digest = done.stdout.strip()
    assert digest.startswith("sha256:")
    assert digest != built_one.digest


def test_of_a_file_that_wheels_of_a_layer_share_the_last_ones_stays(index: Server, tmp_path: Path) -> None:
    """uv alone leaves either, as it happens."""
    assert len({bucket_of(name) for name in _DISPUTING}) == 1
    made = _made(tmp_path, index, "disputed", version="1", dependencies=_DISPUTING)
    built = made.build()
    found = {entry.info.name: entry.content for entry in entries(built.layout)}
    assert found[f"{_SITE}/shared/who.py"] == _who(_DISPUTING[-1])
    assert {f"{_SITE}/of/{name}.py" for name in _DISPUTING} <= found.keys()
    assert not [name for name in found if name.startswith("opt/.")], "uv's cache"


def test_of_files_that_build_requirements_share_the_last_ones_stay(index: Server, nix: Nix, tmp_path: Path) -> None:
    backend = f"""[build-system]
requires = {json.dumps(_BUILDERS)}
build-backend = "backend"
backend-path = ["."]
"""
    text = _HEAD.format(name="own", version="1", dependencies="", more=backend, url=index.url, sources="")
    made = project(tmp_path / "own", text.replace("explicit = true", ""), {"backend.py": _BACKEND})
    built = made.build()
    (module,) = [entry for entry in entries(built.layout) if entry.info.name == f"{_SITE}/own.py"]
    assert module.content == b"SEEN = ['build-b']\n"
    assert len(rebuilt(made, nix, only="-build-environment.drv")) == 1
