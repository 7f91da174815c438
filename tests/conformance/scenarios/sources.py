"""Packages that no index gives: files at a URL or a path, and commits of git repositories."""

from __future__ import annotations

from tests.conformance.index import Release, sdist_of
from tests.conformance.scenario import BACKEND, Scenario, plain, project, pyproject
from tests.world import wheel

_MAT = Release(name="mat", requires=("rug",), sdist=True)
_ALL = (*plain("rug", "tile"), _MAT)
_REPOSITORY = {
    "pyproject.toml": pyproject("rug", name="mat", more=BACKEND),
    "parts/tile/pyproject.toml": pyproject("rug", name="tile", more=BACKEND),
}


def _url(name: str, file: str, installs: str) -> Scenario:
    return Scenario(name=name, files=project(f"mat @ @URL@/files/{file}"), releases=_ALL, installs=installs)


def _path(name: str, path: str, content: bytes, installs: str) -> Scenario:
    given = project("mat", more=f'[tool.uv.sources]\nmat = {{ path = "{path}" }}\n')
    return Scenario(name=name, files={**given, path: content}, releases=_ALL, installs=installs)


def _git(name: str, words: str, installs: str, dependency: str = "mat") -> Scenario:
    source = f'[tool.uv.sources]\n{dependency} = {{ git = "@URL@/mats.git", {words} }}\n'
    return Scenario(
        name=name,
        files=project(dependency, more=source),
        releases=_ALL,
        installs=installs,
        repository=("mats", _REPOSITORY),
    )


SCENARIOS = (
    _url("a wheel at a URL", "mat-1.0-py3-none-any.whl", "mat-1.0-py3-none-any.whl rug==1.0"),
    _url("a source distribution at a URL", "mat-1.0.tar.gz", "mat-1.0.tar.gz rug==1.0"),
    Scenario(
        name="a URL among uv's sources, for one processor",
        files=project(
            "mat",
            more='[tool.uv.sources]\nmat = { url = "@URL@/files/mat-1.0.tar.gz",'
            " marker = \"platform_machine == 'aarch64'\" }\n",
        ),
        releases=_ALL,
        installs={"trixie": "mat-1.0-py3-none-any.whl rug==1.0", "trixie-arm": "mat-1.0.tar.gz rug==1.0"},
    ),
    _path(
        "a wheel at a path",
        "wheels/mat-1.0-py3-none-any.whl",
        wheel("mat", "1.0", _MAT.metadata()),
        "mat-1.0-py3-none-any.whl rug==1.0",
    ),
    _path("a source distribution at a path", "mat-1.0.tar.gz", sdist_of(_MAT), "mat-1.0.tar.gz rug==1.0"),
    _git("a commit", 'rev = "@REV@"', "mat@@REV@ rug==1.0"),
    _git("the commit that a branch was at when it was locked", 'branch = "main"', "mat@@REV@ rug==1.0"),
    _git("a directory of a repository", 'subdirectory = "parts/tile"', "tile@@REV@ rug==1.0", "tile"),
    Scenario(
        name="a wheel at a URL that is marked no-binary",
        files=project("mat @ @URL@/files/mat-1.0-py3-none-any.whl", more='[tool.uv]\nno-binary-package = ["mat"]\n'),
        releases=_ALL,
        refused=r"mat is marked no-binary(.|\n)*fix:",
        uv_refuses=False,  # it does, after it has asked the server several times
    ),
    Scenario(
        name="a directory that is marked no-build",
        files={
            **project("nook", more='[tool.uv]\nno-build = true\n[tool.uv.sources]\nnook = { path = "nook" }\n'),
            "nook/pyproject.toml": pyproject(name="nook", more=BACKEND),
        },
        refused=r"nook is marked no-build(.|\n)*fix:",
    ),
)
