from __future__ import annotations

from typing import Any

import pytest

from neve.components.component import GROUPS, Component, Contribution
from neve.components.plan import Plan, User, _contributions, make_plan
from neve.components.registry import COMPONENTS
from neve.errors import DefectError, NeveError
from neve.project.project import Project
from tests.projects import HATCHLING, a_project

ANNOTATION = "org.opencontainers.image."


def test_a_project_without_a_word_about_neve() -> None:
    plan = make_plan(a_project())
    assert (plan.base, plan.release, plan.python, plan.architecture) == ("debian", "trixie", "3.13", "x86_64")
    assert list(plan.packages) == list(GROUPS)
    assert plan.packages["python"] == ("python3.13",)
    assert {"libc6", "ca-certificates", "libstdc++6"} <= set(plan.packages["base"])
    assert plan.packages["system"] == ()
    assert plan.env["PATH"].startswith("/opt/venv/bin:")
    assert (plan.entrypoint, plan.cmd, plan.user, plan.workdir) == ((), ("python",), None, "/app")
    assert (plan.reference, plan.compression) == ("app:latest", "zstd")
    assert plan.build_requires == ()


def test_the_configuration_ends_up_in_the_plan() -> None:
    neve = {
        "system": ["ffmpeg", "libgl1", "ffmpeg"],
        "image": {
            "name": "registry.example/team/app",
            "tag": "v1",
            "cmd": ["--help"],
            "env": {"MODE": "prod", "LANG": "de_DE.UTF-8"},
            "user": "app:2000",
            "workdir": "/srv",
            "ports": [8000, 8001],
            "labels": {"team": "x"},
            "annotations": {f"{ANNOTATION}title": "Ours"},
            "compression": "gzip",
            "max-layers": 20,
        },
        "caches": {"hf": {"path": "/cache/hf", "size": "8Gi"}, "torch": {"path": "/cache/torch"}},
    }
    plan = make_plan(a_project(neve=neve, scripts={"serve": "app:main"}, build=HATCHLING), architecture="aarch64")
    assert plan.packages["system"] == ("ffmpeg", "libgl1")
    assert plan.env["LANG"] == "de_DE.UTF-8"
    assert plan.labels == {"team": "x", "dev.neve.cache.hf": "/cache/hf 8Gi", "dev.neve.cache.torch": "/cache/torch"}
    assert plan.volumes == ("/cache/hf", "/cache/torch")
    assert plan.ports == (8000, 8001)
    assert (plan.entrypoint, plan.cmd) == (("serve",), ("--help",))
    assert plan.user == User(name="app", uid=1000, gid=2000, home="/home/app")
    assert plan.reference == "registry.example/team/app:v1"
    assert plan.annotations[f"{ANNOTATION}title"] == "Ours"
    assert (plan.compression, plan.max_layers, plan.architecture) == ("gzip", 20, "aarch64")
    assert plan.build_requires == ("hatchling",)


def test_the_order_of_keys_changes_nothing() -> None:
    def plan(flip: bool) -> Plan:
        order = -1 if flip else 1

        def keys(*pairs: tuple[str, object]) -> dict[str, object]:
            return dict(pairs[::order])

        image = keys(
            ("env", keys(("B", "2"), ("A", "1"))),
            ("labels", keys(("b", "2"), ("a", "1"))),
            ("annotations", keys(("y", "2"), ("x", "1"))),
        )
        caches = keys(("z", {"path": "/z"}), ("y", {"path": "/y"}))
        urls = keys(("Source", "https://code.example"), ("Homepage", "https://app.example"))
        return make_plan(a_project(neve=keys(("image", image), ("caches", caches)), urls=urls))

    one, other = plan(flip=False), plan(flip=True)
    for field in ("env", "labels", "annotations", "packages"):
        assert list(getattr(one, field).items()) == list(getattr(other, field).items())
    assert (one.volumes, one.components) == (other.volumes, other.components)


@pytest.mark.parametrize(
    ("scripts", "entrypoint", "expected"),
    [
        ({}, None, ((), ("python",))),
        ({"serve": "a:b"}, None, (("serve",), ())),
        ({"serve": "a:b", "admin": "a:c"}, None, ((), ("python",))),
        ({"serve": "a:b"}, ["python", "-m", "app"], (("python", "-m", "app"), ())),
        ({"serve": "a:b"}, [], ((), ())),
    ],
)
def test_what_starts(
    scripts: dict[str, str], entrypoint: list[str] | None, expected: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    neve = {"image": {"entrypoint": entrypoint}} if entrypoint is not None else {}
    plan = make_plan(a_project(neve=neve, scripts=scripts, build=HATCHLING))
    assert (plan.entrypoint, plan.cmd) == expected


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("root", None),
        ("0", None),
        ("0:0", None),
        ("root:0", None),
        ("00", None),
        ("1000", User(name="app", uid=1000, gid=1000, home="/home/app")),
        ("1000:50", User(name="app", uid=1000, gid=50, home="/home/app")),
        ("web", User(name="web", uid=1000, gid=1000, home="/home/web")),
        ("web:50", User(name="web", uid=1000, gid=50, home="/home/web")),
    ],
)
def test_users(text: str, user: User | None) -> None:
    assert make_plan(a_project(neve={"image": {"user": text}})).user == user


def test_annotations_come_from_the_metadata() -> None:
    plan = make_plan(
        a_project(
            description="An app",
            license="MIT",
            urls={"Repository": "https://code.example/app", "Homepage": "https://app.example"},
        )
    )
    assert plan.annotations == {
        f"{ANNOTATION}title": "app",
        f"{ANNOTATION}version": "1.0",
        f"{ANNOTATION}description": "An app",
        f"{ANNOTATION}licenses": "MIT",
        f"{ANNOTATION}source": "https://code.example/app",
        f"{ANNOTATION}url": "https://app.example",
        "dev.neve.base": "debian trixie",
    }


@pytest.mark.parametrize(
    ("requires", "neve", "release", "python"),
    [
        (">=3.11", {}, "trixie", "3.13"),
        ("==3.11.*", {}, "bookworm", "3.11"),
        (">=3.14", {}, "forky", "3.14"),
        ("<3.13", {}, "bookworm", "3.11"),
        (">=3.13.99", {}, "trixie", "3.13"),
        (">=3.11", {"release": "bookworm"}, "bookworm", "3.11"),
        (">=3.11", {"python": "3.11"}, "bookworm", "3.11"),
        (">=3.11", {"release": "forky", "python": "3.13"}, "forky", "3.13"),
        (None, {"release": "forky"}, "forky", "3.14"),
    ],
)
def test_the_suite_has_the_python(requires: str | None, neve: dict[str, str], release: str, python: str) -> None:
    table: dict[str, Any] = {"requires-python": requires} if requires else {}
    plan = make_plan(a_project(neve=neve, **table))
    assert (plan.release, plan.python) == (release, python)


@pytest.mark.parametrize(
    ("requires", "neve", "where"),
    [
        ("==3.12.*", {"interpreter": "base"}, "project.requires-python"),
        ("<3.8", {}, "project.requires-python"),
        (">=3.11", {"python": "3.12", "interpreter": "base"}, "tool.neve.python"),
        (">=3.13", {"python": "3.13t", "interpreter": "base"}, "tool.neve.python"),
        (">=3.13", {"release": "bookworm", "interpreter": "base"}, "project.requires-python"),
        (">=3.13", {"python": "3.11"}, "tool.neve.python"),
        (">=3.13", {"python": "3.11", "interpreter": "uv"}, "tool.neve.python"),
    ],
)
def test_a_python_that_no_suite_has(requires: str, neve: dict[str, str], where: str) -> None:
    table: dict[str, Any] = {"requires-python": requires}
    with pytest.raises(NeveError) as caught:
        make_plan(a_project(neve=neve, **table))
    assert caught.value.where == f"pyproject.toml, {where}"
    assert "trixie: 3.13" in (caught.value.why or "")
    assert caught.value.fixes


@pytest.mark.parametrize(
    ("requires", "neve", "release", "python"),
    [
        (">=3.11", {"python": "3.12"}, "trixie", "3.12"),
        ("==3.12.*", {}, "trixie", "3.12"),
        (">=3.11", {"python": "3.12", "release": "bookworm"}, "bookworm", "3.12"),
        (">=3.13", {"release": "bookworm"}, "bookworm", "3.15"),
        ("<3.9", {}, "trixie", "3.8"),
        ("==3.12.4", {}, "trixie", "3.12"),
        (">=3.11", {"interpreter": "uv"}, "trixie", "3.15"),
        ("<3.14", {"interpreter": "uv"}, "trixie", "3.13"),
        (">=3.11", {"interpreter": "uv", "python": "3.13"}, "trixie", "3.13"),
        (">=3.11", {"python": "3.13t"}, "trixie", "3.13t"),
        (">=3.11", {"python": "3.14t", "release": "forky"}, "forky", "3.14t"),
    ],
)
def test_a_python_of_uvs(requires: str, neve: dict[str, str], release: str, python: str) -> None:
    table: dict[str, Any] = {"requires-python": requires}
    plan = make_plan(a_project(neve=neve, **table))
    assert plan.managed
    assert (plan.release, plan.python, plan.freethreaded) == (release, python.removesuffix("t"), python.endswith("t"))
    assert not [name for name in plan.packages["python"] if name.startswith("python")]
    assert plan.env["SSL_CERT_FILE"] == "/etc/ssl/certs/ca-certificates.crt"


def test_the_bases_own_python_goes_first_and_can_be_insisted_on() -> None:
    for neve in ({}, {"interpreter": "base"}, {"python": "3.13"}):
        plan = make_plan(a_project(neve=neve))
        assert (plan.managed, plan.packages["python"]) == (False, ("python3.13",))
        assert "SSL_CERT_FILE" not in plan.env
    with pytest.raises(NeveError, match=r"no Debian suite has Python 3\.12") as caught:
        make_plan(a_project(neve={"interpreter": "base", "python": "3.12"}))
    assert caught.value.fixes[-1].startswith('or take `interpreter = "base"` out')


def test_which_python_of_uvs_decides_the_lock() -> None:
    def inputs(**neve: str) -> str:
        return make_plan(a_project(neve=neve)).lock_inputs()

    assert len({inputs(python="3.13"), inputs(python="3.13", interpreter="uv"), inputs(python="3.13t")}) == 3
    assert inputs(python="3.13") == inputs(python="3.13", interpreter="base")


def test_what_decides_the_lock() -> None:
    def inputs(**neve: object) -> str:
        return make_plan(a_project(neve=neve)).lock_inputs()

    assert inputs() == inputs(image={"env": {"A": "1"}, "user": "1000"})
    assert inputs(system=["a1", "b1"]) == inputs(system=["b1", "a1"])
    assert len({inputs(), inputs(system=["a1"]), inputs(python="3.11"), inputs(release="forky", python="3.13")}) == 4
    assert make_plan(a_project(build=HATCHLING)).lock_inputs() != inputs()
    assert make_plan(a_project(), architecture="aarch64").lock_inputs() != inputs()


def test_components_come_after_what_they_require() -> None:
    names = [name for name, _ in make_plan(a_project(neve={"system": ["a1"]})).components]
    for component in COMPONENTS:
        for required in component.requires:
            if component.name in names:
                assert names.index(required) < names.index(component.name)
    assert len(set(names)) == len(names)


def test_components_in_a_circle() -> None:
    def nothing(_: Project, __: str) -> Contribution | None:
        return None

    circle = [
        Component(name="a", requires=("b",), contribute=nothing),
        Component(name="b", requires=("a",), contribute=nothing),
    ]
    with pytest.raises(DefectError, match="circle"):
        _contributions(circle, a_project(), "3.13")
