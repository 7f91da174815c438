from __future__ import annotations

from pathlib import Path

import pytest

from neve.project.wheel_settings import wheel_settings

INDEX = {"name": "own", "url": "https://index.example/simple", "explicit": True}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path.parent


@pytest.mark.parametrize(
    "text",
    [
        "no-binary = true",
        'no-binary-package = ["flit-core"]',
        '[tool.uv.pip]\nno-binary = [":all:"]',
        '[tool.uv.pip]\nonly-binary = [":none:"]',
    ],
)
def test_what_forbids_wheels_is_left_out(tmp_path: Path, text: str) -> None:
    directory = write(
        tmp_path / "app/pyproject.toml", f'[tool.uv]\npackage = true\nexclude-newer = "2026-01-01"\n{text}\n'
    )
    assert wheel_settings(directory, {"HOME": str(tmp_path)}) == {"exclude-newer": "2026-01-01"}


@pytest.mark.parametrize("text", ["", "no-build = true", "no-binary = false", "no-binary-package = []", "no-binary ="])
def test_other_settings_are_left_to_uv(tmp_path: Path, text: str) -> None:
    directory = write(tmp_path / "app/pyproject.toml", f"[tool.uv]\n{text}\n")
    assert wheel_settings(directory, {"HOME": str(tmp_path)}) is None


def test_all_else_stays_as_uv_combines_it(tmp_path: Path) -> None:
    user = 'no-binary = true\nfind-links = ["../wheels"]\nindex-strategy = "first-index"\n'
    user += 'keyring-provider = "subprocess"\n'
    write(tmp_path / ".config/uv/uv.toml", f'{user}[pip]\nextra-index-url = ["https://more.example/simple"]\n')
    own = 'find-links = ["local", "/all", "https://links.example/"]\nindex-strategy = "unsafe-best-match"\n'
    own += '[[tool.uv.index]]\nname = "own"\nurl = "https://index.example/simple"\nexplicit = true\n'
    own += '[[tool.uv.index]]\nurl = "../index"\n[tool.uv.sources]\nlemon = { index = "own" }\n'
    directory = write(tmp_path / "app/pyproject.toml", f"[tool.uv]\n{own}")
    assert wheel_settings(directory, {"HOME": str(tmp_path)}) == {
        "find-links": [f"{directory}/local", "/all", "https://links.example/", f"{tmp_path}/.config/uv/../wheels"],
        "index-strategy": "unsafe-best-match",
        "keyring-provider": "subprocess",
        "index": [INDEX, {"url": f"{directory}/../index"}],
        "pip": {"extra-index-url": ["https://more.example/simple"]},
    }
    assert wheel_settings(directory, {"HOME": str(tmp_path), "UV_NO_CONFIG": "1"}) is None
