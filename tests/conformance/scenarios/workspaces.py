"""Workspaces, directories beside and below the project, and where else packages come from."""

from __future__ import annotations

from tests.conformance.index import Release
from tests.conformance.scenario import BACKEND, PLAIN, Scenario, plain, project, pyproject

_ALL = plain("oak", "elm", "ash", "yew")
_WORKSPACE = {
    "pyproject.toml": pyproject(
        "lib",
        "oak",
        more='[tool.uv.sources]\nlib = { workspace = true }\n[tool.uv.workspace]\nmembers = ["packages/*"]\n'
        'exclude = ["packages/old"]\n[dependency-groups]\nextra = ["yew"]\n',
    ),
    "packages/lib/pyproject.toml": pyproject(
        "elm",
        name="lib",
        more=f'{BACKEND}[project.optional-dependencies]\nfast = ["ash"]\n[dependency-groups]\ntest = ["yew"]\n',
    ),
    "packages/tool/pyproject.toml": pyproject(
        "lib[fast]", name="tool", more="[tool.uv.sources]\nlib = { workspace = true }\n"
    ),
    "packages/old/pyproject.toml": pyproject("nothing-has-it", name="old"),
}
_VIRTUAL = {
    **_WORKSPACE,
    "pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/old"]\n'
    '[dependency-groups]\nextra = ["yew"]\n',
}


def _workspace(name: str, at: str, installs: str, words: tuple[str, ...] = PLAIN, neve: str = "") -> Scenario:
    path = f"{at}/pyproject.toml".removeprefix("./")
    files = {**_WORKSPACE, path: f"{_WORKSPACE[path]}{neve}"}
    return Scenario(name=name, files=files, releases=_ALL, at=at, words=words, installs=installs)


def _directory(
    name: str, source: str, *, installs: str = "./libs/shelf elm==1.0 oak==1.0", package: str = ""
) -> Scenario:
    return Scenario(
        name=name,
        files={
            "pyproject.toml": pyproject("shelf", "oak", more=f"[tool.uv.sources]\nshelf = {{ {source} }}\n"),
            "libs/shelf/pyproject.toml": pyproject("elm", name="shelf", more=package or BACKEND),
        },
        releases=_ALL,
        installs=installs,
    )


WORKSPACES = (
    _workspace("the root of a workspace", ".", "./packages/lib elm==1.0 oak==1.0"),
    _workspace(
        "the root with a group",
        ".",
        "./packages/lib elm==1.0 oak==1.0 yew==1.0",
        (*PLAIN, "--group=extra"),
        '[tool.neve]\ngroups = ["extra"]\n',
    ),
    _workspace("a member of a workspace", "packages/lib", "elm==1.0"),
    _workspace(
        "a member with an extra and a group",
        "packages/lib",
        "elm==1.0 ash==1.0 yew==1.0",
        (*PLAIN, "--extra=fast", "--group=test"),
        '[tool.neve]\nextras = ["fast"]\ngroups = ["test"]\n',
    ),
    _workspace("a member that needs an extra of another", "packages/tool", "../lib elm==1.0 ash==1.0"),
    Scenario(
        name="a member below a virtual root", files=_VIRTUAL, releases=_ALL, at="packages/lib", installs="elm==1.0"
    ),
    Scenario(
        name="a virtual root",
        files=_VIRTUAL,
        releases=_ALL,
        installs="./packages/lib elm==1.0 ash==1.0",
    ),
    Scenario(
        name="a virtual root with all groups",
        files={**_VIRTUAL, "pyproject.toml": f'{_VIRTUAL["pyproject.toml"]}[tool.neve]\ngroups = "all"\n'},
        releases=_ALL,
        words=("--all-groups",),
        installs="./packages/lib elm==1.0 ash==1.0 yew==1.0",
    ),
    _directory("a directory", 'path = "libs/shelf"'),
    _directory("an editable directory", 'path = "libs/shelf", editable = true'),
    _directory("a directory that is no package", 'path = "libs/shelf", package = false', installs="elm==1.0 oak==1.0"),
)
INDEXES = (
    Scenario(
        name="a package of an explicit index",
        files=project(
            "oak",
            "elm",
            more='[tool.uv.sources]\nelm = { index = "private" }\n'
            '[[tool.uv.index]]\nname = "private"\nurl = "@URL@/private"\nexplicit = true\n',
        ),
        releases=(
            *_ALL,
            Release(name="elm", version="0.5", index="private"),
            Release(name="oak", version="9.9", index="private"),
        ),
        installs="oak==1.0 elm==0.5",
    ),
    Scenario(
        name="an index that goes before the default one",
        files=project("elm", "oak", more='[[tool.uv.index]]\nname = "first"\nurl = "@URL@/first"\n'),
        releases=(*_ALL, Release(name="elm", version="0.7", index="first")),
        installs="elm==0.7 oak==1.0",
    ),
    Scenario(
        name="the best of all indexes",
        files=project(
            "elm", more='[tool.uv]\nindex-strategy = "unsafe-best-match"\n[[tool.uv.index]]\nurl = "@URL@/first"\n'
        ),
        releases=(*_ALL, Release(name="elm", version="0.7", index="first")),
        installs="elm==1.0",
    ),
    Scenario(
        name="indexes by marker",
        files=project(
            "elm",
            more='[tool.uv.sources]\nelm = [{ index = "cpu", marker = "platform_machine == \'aarch64\'" },'
            ' { index = "gpu", marker = "platform_machine == \'x86_64\'" }]\n'
            '[[tool.uv.index]]\nname = "cpu"\nurl = "@URL@/cpu"\nexplicit = true\n'
            '[[tool.uv.index]]\nname = "gpu"\nurl = "@URL@/gpu"\nexplicit = true\n',
        ),
        releases=(
            *_ALL,
            Release(name="elm", version="1.0+cpu", index="cpu"),
            Release(name="elm", version="1.0+gpu", index="gpu"),
        ),
        installs={"trixie": "elm==1.0+gpu", "trixie-arm": "elm==1.0+cpu"},
    ),
)
SCENARIOS = (*WORKSPACES, *INDEXES)
