from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neve.errors import NeveError
from neve.libraries.add import script_with_system, system_line, with_system

NEW = ["libgl1", "libglib2.0-0t64"]
LINE = 'system = ["libgl1", "libglib2.0-0t64"]\n'
PROJECT = '[project]\nname = "a" # c\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PROJECT, f"{PROJECT}\n[tool.neve]\n{LINE}"),
        ('[tool.neve] # ours\nbase = "debian"\n', f'[tool.neve] # ours\nbase = "debian"\n{LINE}'),
        (
            '[tool.neve]\nsystem = ["jq"] # why\n',
            '[tool.neve]\nsystem = ["jq", "libgl1", "libglib2.0-0t64"] # why\n',
        ),
        (
            '[tool.neve]\nsystem = [\n    "jq", # for json\n    # and\n    "tar",\n] # end\n',
            '[tool.neve]\nsystem = [\n    "jq", # for json\n    # and\n    "tar",\n    "libgl1",\n'
            '    "libglib2.0-0t64",\n] # end\n',
        ),
        ('[tool.neve]\nsystem = ["libgl1"]\n', '[tool.neve]\nsystem = ["libgl1", "libglib2.0-0t64"]\n'),
        ('[tool.neve]\r\nbase = "debian"\r\n', f'[tool.neve]\r\nbase = "debian"\r\n{LINE[:-1]}\r\n'),
    ],
)
def test_what_a_person_wrote_stays(text: str, expected: str) -> None:
    assert with_system(text, NEW, where="pyproject.toml") == expected


@pytest.mark.parametrize(
    "text",
    [
        '[tool.neve.image]\nname = "x"\n\n[project]\nname = "a"\n',
        'tool.neve = { base = "debian" }\n[project]\nname = "a"\n',
        'tool = { neve = { base = "debian" } }\n',
        '[tool]\nneve.base = "debian" # k\n[project]\nname = "a"\n',
        '[tool.uv]\nx = 1\n[project]\nname = "a"\n[tool.neve.image]\nname = "x"\n[tool.ruff]\ny = 1\n',
        '[[tool.uv.index]]\nname = "x"\n[tool.neve]\nbase = "debian"\n[[tool.uv.index]]\nname = "y"\n',
        "[tool]\n[tool.uv]\nx = 1\n",
        "",
    ],
)
def test_wherever_the_table_is(text: str) -> None:
    before, after = tomllib.loads(text), tomllib.loads(with_system(text, NEW, where="pyproject.toml"))
    assert after["tool"]["neve"].pop("system") == NEW
    before.setdefault("tool", {}).setdefault("neve", {})
    assert after == before


def test_a_file_of_its_own_and_nothing_twice() -> None:
    text = '# mine\nbase = "debian"\n\n[image]\nname = "x"\n'
    once = with_system(text, NEW, where="neve.toml", prefix=())
    assert once == f'# mine\nbase = "debian"\n{LINE}\n[image]\nname = "x"\n'
    assert with_system(once, NEW, where="neve.toml", prefix=()) == once


@pytest.mark.parametrize("text", ['[tool.neve]\nsystem = "jq"\n', "[tool]\nneve = 3\n", "tool = []\n"])
def test_what_cannot_be_added_to(text: str) -> None:
    with pytest.raises(NeveError):
        with_system(text, NEW, where="pyproject.toml")


def test_a_script() -> None:
    head = '#!/usr/bin/env python\n# /// script\n# dependencies = ["x"]\n'
    text = f'{head}#\n# [tool.neve] # ours\n# base = "debian"\n# ///\nimport x\n# ///\n'
    assert script_with_system(text, NEW, where="s.py") == text.replace("# ///\nimport", f"# {LINE}# ///\nimport")
    bare = script_with_system(f"{head}# ///\nimport x\n", NEW, where="s.py")
    assert bare == f"{head}#\n# [tool.neve]\n# {LINE}# ///\nimport x\n"
    with pytest.raises(NeveError, match="no metadata"):
        script_with_system("import x\n", NEW, where="s.py")


def test_the_line_to_write_by_hand() -> None:
    assert system_line(["a", "b"]) == 'system = ["a", "b"]'


@given(
    st.lists(st.sampled_from(["a", "libb", "c++", "d-1.0"]), max_size=5),
    st.lists(st.sampled_from(["a", "libb", "e2", "f"]), max_size=4),
    st.sampled_from([", ", ",\n  ", ", # why\n    ", " ,"]),
    st.sampled_from(["", " ", "\n", "\n  # all\n  "]),
    st.booleans(),
)
def test_any_list_is_added_to(held: list[str], new: list[str], between: str, around: str, trailing: bool) -> None:
    items = between.join(f'"{name}"' for name in held) + ("," if trailing and held else "")
    text = f'# head\n[tool.neve]\nsystem = [{around}{items}{around}] # end\npython = "3.13"\n'
    fresh = [name for name in dict.fromkeys(new) if name not in held]
    changed = with_system(text, new, where="pyproject.toml")
    found = tomllib.loads(changed)
    assert found["tool"]["neve"].pop("system") in ([*held, *fresh], [*fresh, *held])
    assert found == {"tool": {"neve": {"python": "3.13"}}}
    assert changed.count("# all") == text.count("# all")
    assert changed.count("# why") == text.count("# why")
    assert changed.startswith("# head\n")
    assert changed.endswith('# end\npython = "3.13"\n')
