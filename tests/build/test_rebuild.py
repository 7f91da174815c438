"""Every derivation of the image is built to the same bytes again."""

from __future__ import annotations

import pytest

from neve.nix.nix import Nix
from tests.build.conftest import Hello
from tests.build.rebuild import rebuilt

pytestmark = [pytest.mark.build, pytest.mark.network]


def test_every_derivation_is_built_to_the_same_bytes(hello: Hello, nix: Nix) -> None:
    assert len(rebuilt(hello.project, nix)) > 15
