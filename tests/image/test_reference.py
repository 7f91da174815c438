from __future__ import annotations

from collections.abc import Callable

import pytest

from neve.errors import NeveError
from neve.image.reference import Pulled, Reference


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("registry.example/team/app:1.0", "registry.example/team/app:1.0"),
        ("docker://registry.example/app", "registry.example/app:latest"),
        ("localhost/app", "localhost/app:latest"),
        ("localhost:5000/a/b_c/d--e:T_1", "localhost:5000/a/b_c/d--e:T_1"),
        ("[::1]:5000/app", "[::1]:5000/app:latest"),
    ],
)
def test_parse(text: str, expected: str) -> None:
    assert str(Reference.parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "names no registry"),
        ("app", "names no registry"),
        ("team/app:1", "names no registry"),
        ("https://registry.example/app", "URL"),
        ("registry.example/App", "not a repository"),
        ("registry.example/", "not a repository"),
        ("registry.example/a//b", "not a repository"),
        ("registry.example/app:", "not a tag"),
        ("registry.example/app:-x", "not a tag"),
        ("registry.example/app:a:b", "not a tag"),
        ("-x.example/app", "not a host name"),
        ("registry.example:port/app", "not a host name"),
        (f"registry.example/app@sha256:{'0' * 64}", "follows from the image"),
        ("registry.example/" + "a" * 256, "not a repository"),
    ],
)
def test_refused(text: str, why: str) -> None:
    with pytest.raises(NeveError) as caught:
        Reference.parse(text)
    assert why in str(caught.value)
    assert caught.value.fixes


DIGEST = f"sha256:{'0a' * 32}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("registry.example/team/app:1.0", "registry.example/team/app:1.0"),
        ("localhost:5000/app", "localhost:5000/app:latest"),
        (f"registry.example/team/app@{DIGEST}", f"registry.example/team/app@{DIGEST}"),
        (f"docker://registry.example/app:1.0@{DIGEST}", f"registry.example/app@{DIGEST}"),
    ],
)
def test_what_is_pulled_may_be_named_by_its_digest(text: str, expected: str) -> None:
    assert str(Pulled.parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("registry.example/app@sha256:00", "'sha256:00' is not a digest"),
        ("app.tar@sha256:00", "'sha256:00' is not a digest"),
        ("registry.example/app@md5:00", "digest"),
        (f"app@{DIGEST}", "names no registry"),
        ("me:hunter2@registry.example/app", "credentials"),
        ("me:sha256:hunter2@registry.example/app", "credentials"),
        ("me@sha256:5000/app", "credentials"),
    ],
)
def test_what_cannot_be_pulled(text: str, why: str) -> None:
    with pytest.raises(NeveError) as caught:
        Pulled.parse(text)
    assert why in str(caught.value)
    assert "pushed" not in caught.value.what
    assert "hunter2" not in str(caught.value)
    assert caught.value.fixes


@pytest.mark.parametrize("parse", [Reference.parse, Pulled.parse])
def test_a_password_is_not_shown(parse: Callable[[str], object]) -> None:
    with pytest.raises(NeveError) as caught:
        parse("tester:hunter2@registry.example/app")
    assert "hunter2" not in str(caught.value)
    assert "log in" in str(caught.value)


@pytest.mark.parametrize(
    ("registry", "loopback"),
    [
        ("localhost:5000", True),
        ("app.localhost", True),
        ("127.8.9.1:80", True),
        ("[::1]", True),
        ("registry.example", False),
        ("10.0.0.1:5000", False),
        ("localhost.example", False),
    ],
)
def test_loopback(registry: str, loopback: bool) -> None:
    assert Reference(registry=registry, repository="app").loopback is loopback
