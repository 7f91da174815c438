"""What is built and what is not: no-binary and no-build of uv's settings and environment."""

from __future__ import annotations

from collections.abc import Mapping

from tests.conformance.index import Release
from tests.conformance.scenario import PLAIN, Scenario, plain, project, pyproject

_RELEASES = (
    Release(name="ale", sdist=True),
    Release(name="bun", sdist=True),
    Release(name="cod", sdist=True, tags=("cp311-cp311-manylinux_2_28_x86_64",)),
    *plain("dal"),
)
_WHEELS = "ale-1.0-py3-none-any.whl bun-1.0-py3-none-any.whl"


def _scenario(
    name: str,
    settings: str,
    installs: str | Mapping[str, str],
    *dependencies: str,
    rules: Mapping[str, str],
    environ: Mapping[str, str] | None = None,
    files: Mapping[str, str] | None = None,
) -> Scenario:
    given = project(*(dependencies or ("ale", "bun")), more=f"[tool.uv]\n{settings}\n" if settings else "")
    return Scenario(
        name=name,
        files={**given, **(files or {})},
        releases=_RELEASES,
        installs=installs,
        rules=rules,
        environ=environ or {},
    )


def _refused(
    name: str,
    settings: str,
    says: str,
    dependency: str,
    *,
    targets: tuple[str, ...] = ("trixie", "forky"),
    environ: Mapping[str, str] | None = None,
    uv_refuses: bool = True,
) -> Scenario:
    return Scenario(
        name=name,
        files=project(dependency, more=f"[tool.uv]\n{settings}\n" if settings else ""),
        releases=_RELEASES,
        targets=targets,
        refused=says,
        uv_refuses=uv_refuses,
        environ=environ or {},
    )


SCENARIOS = (
    _scenario("wheels where nothing is said", "", _WHEELS, rules={}),
    _scenario(
        "a package without its wheels",
        'no-binary-package = ["Ale"]',
        "ale-1.0.tar.gz bun-1.0-py3-none-any.whl",
        rules={"ale": "no-binary"},
    ),
    _scenario(
        "no wheels at all",
        "no-binary = true",
        "ale-1.0.tar.gz bun-1.0.tar.gz",
        rules={"ale": "no-binary", "bun": "no-binary"},
    ),
    _scenario(
        "no wheels but of one package",
        'no-binary = true\nno-build-package = ["bun"]',
        "ale-1.0.tar.gz bun-1.0-py3-none-any.whl",
        rules={"ale": "no-binary"},
    ),
    _scenario(
        "the environment marks packages",
        "",
        "ale-1.0.tar.gz bun-1.0.tar.gz",
        rules={"ale": "no-binary", "bun": "no-binary"},
        environ={"UV_NO_BINARY_PACKAGE": "ale bun"},
    ),
    _scenario(
        "the environment and the project mark packages",
        'no-binary-package = ["bun"]',
        "ale-1.0.tar.gz bun-1.0.tar.gz",
        rules={"ale": "no-binary", "bun": "no-binary"},
        environ={"UV_NO_BINARY_PACKAGE": "ale"},
    ),
    _scenario(
        "the environment marks all",
        "",
        "ale-1.0.tar.gz bun-1.0.tar.gz",
        rules={"ale": "no-binary", "bun": "no-binary"},
        environ={"UV_NO_BINARY": "1"},
    ),
    _scenario(
        "a word for all goes before names",
        'no-binary = false\nno-binary-package = ["ale"]',
        _WHEELS,
        rules={},
    ),
    _scenario(
        "uv.toml goes before the table beside it",
        'no-binary-package = ["ale"]',
        "ale-1.0-py3-none-any.whl bun-1.0.tar.gz",
        rules={"bun": "no-binary"},
        files={"uv.toml": 'no-binary-package = ["bun"]\n'},
    ),
    _scenario(
        "without settings of files there are none",
        'no-binary-package = ["ale"]',
        _WHEELS,
        rules={},
        environ={"UV_NO_CONFIG": "1"},
    ),
    _scenario(
        "no-build where there are wheels",
        "no-build = true",
        _WHEELS,
        rules={"ale": "no-build", "bun": "no-build"},
    ),
    _scenario(
        "nothing is built but one package",
        'no-build = true\nno-binary-package = ["ale"]',
        "ale-1.0.tar.gz bun-1.0-py3-none-any.whl",
        rules={"ale": "no-binary", "bun": "no-build"},
    ),
    Scenario(
        name="the settings of a workspace are its root's",
        files={
            "pyproject.toml": pyproject(
                more='[tool.uv]\nno-binary-package = ["ale"]\n[tool.uv.workspace]\nmembers = ["part"]\n'
            ),
            "part/pyproject.toml": pyproject(
                "ale", "bun", name="part", more='[tool.uv]\nno-binary-package = ["bun"]\n'
            ),
        },
        releases=_RELEASES,
        at="part",
        words=PLAIN,
        installs="ale-1.0.tar.gz bun-1.0-py3-none-any.whl",
        rules={"ale": "no-binary"},
    ),
    _refused(
        "a package that must not be built and has no wheel here",
        'no-build-package = ["cod"]',
        r"cod is marked no-build, and has no wheel(.|\n)*where: uv\.lock, cod(.|\n)*fix:",
        "cod",
        uv_refuses=False,  # its wheel fits the host
    ),
    _refused(
        "nothing must be built",
        "",
        r"cod is marked no-build, and has no wheel(.|\n)*UV_NO_BUILD",
        "cod",
        environ={"UV_NO_BUILD": "true"},
        uv_refuses=False,
    ),
    _refused("a package that must be built and has no source", "no-binary = true", r"dal(.|\n)*--no-binary", "dal"),
)
