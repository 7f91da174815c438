from __future__ import annotations

from pathlib import Path

import pytest
from pytest_subprocess import FakeProcess

from neve.errors import NeveError
from neve.nix.sandbox import check_sandbox, remedies


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("kernel/unprivileged_userns_clone", "0\n", "kernel.unprivileged_userns_clone=1"),
        ("kernel/apparmor_restrict_unprivileged_userns", "1\n", "apparmor_restrict_unprivileged_userns=0"),
        ("user/max_user_namespaces", "0\n", "user.max_user_namespaces=15000"),
    ],
)
def test_the_switch_that_is_off_comes_first(tmp_path: Path, name: str, value: str, remedy: str) -> None:
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_text(value)
    assert remedy in remedies(tmp_path)[0]


def test_nix_portable_is_always_a_way(tmp_path: Path) -> None:
    assert "NP_RUNTIME=proot" in remedies(tmp_path)[-1]


def test_a_refused_namespace_is_an_error_that_says_so(fp: FakeProcess) -> None:
    fp.register([fp.any()], returncode=1, stderr="new namespaces: Operation not permitted\n")
    with pytest.raises(NeveError) as caught:
        check_sandbox()
    assert caught.value.why == "new namespaces: Operation not permitted"
    assert caught.value.fixes
