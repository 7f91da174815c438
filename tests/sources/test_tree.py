"""Links of a tree that comes from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.sources.tree import check_tree


def tree(top: Path, links: dict[str, str]) -> Path:
    for name, target in links.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).symlink_to(target)
    return top


@pytest.mark.parametrize(
    "links",
    [
        {"a": "/etc/passwd"},
        {"a/b": "../../c"},
        # By its words it stays inside; by way of the other link it does not.
        {"a/up": "..", "b": "a/up/../c"},
    ],
)
def test_a_link_that_leads_out(tmp_path: Path, links: dict[str, str]) -> None:
    with pytest.raises(NeveError, match="a link of the source leads out of it") as caught:
        check_tree(tree(tmp_path, links), where="the repository")
    assert f"the repository, {list(links)[-1]}" == caught.value.where


def test_links_inside(tmp_path: Path) -> None:
    check_tree(tree(tmp_path, {"a/up": "..", "b": "a/up/c", "loop": "loop"}), where="the repository")
