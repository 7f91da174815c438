"""Variables in URLs are a user and a password, and reach nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from neve.errors import NeveError
from neve.fetch.variables import filled, holds_password, misplaced_variable
from neve.foreign.indexes import project_indexes

ENVIRON = {"U": "u", "P": "p/@:%40", "HOST": "evil.example"}


@pytest.mark.parametrize(
    ("url", "bare", "expected"),
    [
        ("https://${U}:${P}@h.example/simple", False, "https://u:p%2F%40:%40@h.example/simple"),
        ("https://$U:$P@h.example/simple", True, "https://u:p%2F%40:%40@h.example/simple"),
        ("https://$U@h.example/simple", False, "https://$U@h.example/simple"),
        ("https://${NONE}@h.example/simple", False, "https://${NONE}@h.example/simple"),
        ("https://${HOST}/${U}?x=${P}", False, "https://${HOST}/${U}?x=${P}"),
        ("git+https://${U}@h.example/$U", True, "git+https://u@h.example/$U"),
    ],
)
def test_values_go_before_the_host_alone(url: str, bare: bool, expected: str) -> None:
    assert filled(url, ENVIRON, bare=bare) == expected


@pytest.mark.parametrize(
    ("text", "bare", "expected"),
    [
        ("a @ https://${U}:${P}@h.example/a", False, None),
        ("https://h.example/${U}", False, "${U}"),
        ("https://h.example/$U", False, None),
        ("https://h.example/$U", True, "$U"),
        ("https://h.example?x=@${U}", False, "${U}"),
        ("https://u@${HOST}:80/", False, "${HOST}"),
        ("a @ file:///${PROJECT_ROOT}/a", False, None),
        ("-e ./${U}", False, None),
    ],
)
def test_where_variables_may_not_stand(text: str, bare: bool, expected: str | None) -> None:
    assert misplaced_variable(text, bare=bare) == expected


@pytest.mark.parametrize(
    ("text", "bare", "expected"),
    [
        ("https://u:p@h.example", False, True),
        ("https://u:$P@h.example", False, True),
        ("https://u:$P@h.example", True, False),
        ("https://${U}:${P}@h.example", False, False),
        ("https://ghp_0123@h.example", False, True),
        ("ssh://git@h.example", False, False),
    ],
)
def test_what_is_a_password(text: str, bare: bool, expected: bool) -> None:
    assert holds_password(text, bare=bare) is expected


def _source(kind: str, url: str) -> dict[str, Any]:
    source = {"source": [{"name": "x", "url": url}]}
    return source if kind == "pipenv" else {"tool": {kind: source}}


@pytest.mark.parametrize(
    ("kind", "url", "expected"),
    [
        ("pipenv", "https://$U@h.example/simple", "https://u@h.example/simple"),
        ("pipenv", "https://${U}@h.example/simple", "https://u@h.example/simple"),
        ("pdm", "https://${U}@h.example/simple", "https://u@h.example/simple"),
        ("pdm", "https://$U@h.example/simple", "https://$U@h.example/simple"),
        ("poetry", "https://$U@h.example/$HOST", "https://$U@h.example/$HOST"),
    ],
)
def test_each_tool_has_its_own_variables(kind: str, url: str, expected: str) -> None:
    (index,) = project_indexes(kind, _source(kind, url), ENVIRON)
    assert index.url == expected


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("pipenv", "https://h.example/$U/simple"),
        ("pipenv", "https://$HOST/simple"),
        ("pdm", "https://h.example/${U}/simple"),
        ("poetry", "https://h.example/${U}/simple"),
    ],
)
def test_an_index_whose_address_a_variable_makes_is_refused(kind: str, url: str) -> None:
    with pytest.raises(NeveError, match="is not the URL of an index"):
        project_indexes(kind, _source(kind, url), ENVIRON)
