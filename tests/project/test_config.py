from __future__ import annotations

import pytest
from pydantic import ValidationError

from neve.project.config import Config


def config(**keys: object) -> Config:
    return Config.model_validate(keys)


def test_nothing_is_mandatory() -> None:
    empty = Config()
    assert (empty.base, empty.release, empty.system) == ("debian", None, ())
    assert (empty.image.workdir, empty.image.tag, empty.image.compression) == ("/app", "latest", "zstd")


def test_keys_are_written_with_dashes() -> None:
    assert config(image={"max-layers": 20}).image.max_layers == 20


def test_a_config_is_frozen() -> None:
    with pytest.raises(ValidationError):
        Config().base = "debian"  # type: ignore[misc]


@pytest.mark.parametrize(
    "keys",
    [
        {"system": ["ffmpeg", "g++", "libgl1=1.7.0-1+b2"]},
        {"python": "3.14"},
        {"release": "forky"},
        {"image": {"name": "registry.example:5000/team/app_one"}},
        {"image": {"user": "1000:1000"}},
        {"image": {"user": "www-data"}},
        {"image": {"env": {"MODE": "a\nb\tc"}}},
        {"caches": {"hf": {"path": "/cache/hf", "size": "8Gi"}}},
    ],
)
def test_what_is_valid(keys: dict[str, object]) -> None:
    config(**keys)


@pytest.mark.parametrize(
    "keys",
    [
        {"base": "alpine"},
        {"release": "Trixie"},
        {"nixpkgs": {"rev": "main"}},
        {"nixpkgs": {"nar-hash": "sha256-x"}},
        {"cuda": {"version": "12"}},
        {"cuda": {"architectures": ["9"]}},
        {"cuda": {"compat": "yes"}},
        {"cuda": True},
        {"cuda": 0},
        {"python": "3"},
        {"python": "3.13.1"},
        {"python": 3.13},
        {"system": "ffmpeg"},
        {"system": ["a b"]},
        {"system": ["ffmpeg\n"]},
        {"system": ["$(id)"]},
        {"image": {"name": "Registry.example/Team"}},
        {"image": {"name": "app:latest"}},
        {"image": {"tag": "a b"}},
        {"image": {"env": {"1A": "x"}}},
        {"image": {"env": {"A-B": "x"}}},
        {"image": {"env": {"A": "x\0"}}},
        {"image": {"user": "a:b"}},
        {"image": {"user": "$(id)"}},
        {"image": {"user": "root:5"}},
        {"image": {"user": "0:5"}},
        {"image": {"ports": [0]}},
        {"image": {"ports": [65536]}},
        {"image": {"max-layers": 3}},
        {"image": {"compression": "xz"}},
        {"caches": {"hf": {}}},
        {"caches": {"a/b": {"path": "/c"}}},
        {"caches": {"hf": {"path": "/c", "size": "much"}}},
        {"unknown": 1},
    ],
)
def test_what_is_not_valid(keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        config(**keys)


@pytest.mark.parametrize(("given", "kept"), [("/srv/app/", "/srv/app"), ("/a//b/./c", "/a/b/c"), ("//srv", "/srv")])
def test_paths_are_normal(given: str, kept: str) -> None:
    assert config(image={"workdir": given}).image.workdir == kept


@pytest.mark.parametrize("path", ["/usr/bin", "/opt/venv", "/etc", "/opt/venv/cache"])
def test_paths_of_the_image_itself_are_refused(path: str) -> None:
    with pytest.raises(ValueError, match="belongs to the image's own files"):
        config(image={"workdir": path})
    with pytest.raises(ValueError, match="belongs to the image's own files"):
        config(caches={"models": {"path": path}})
    assert config(image={"workdir": "/opt/app"}).image.workdir == "/opt/app"


@pytest.mark.parametrize("path", ["app", "/", "//", "/.", "/./", "/a/../b", "/a b", "/$HOME", "", "/a\n"])
def test_paths_that_are_refused(path: str) -> None:
    with pytest.raises(ValidationError):
        config(image={"workdir": path})


def test_cuda_is_a_table_or_false() -> None:
    assert Config.model_validate({"cuda": False}).cuda is False
    table = Config.model_validate({"cuda": {"toolkit": ["nvcc"], "architectures": ["9.0a", "12.0+PTX"]}}).cuda
    assert table
    assert table.architectures == ("9.0a", "12.0+PTX")


def test_what_is_wrong_in_the_table_of_cuda_is_told_once() -> None:
    with pytest.raises(ValidationError) as caught:
        Config.model_validate({"cuda": {"architectures": ["9"]}})
    assert [error["loc"] for error in caught.value.errors()] == [("cuda", "architectures", 0)]
