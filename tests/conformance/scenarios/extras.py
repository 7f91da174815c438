"""Extras and dependency groups (PEP 621, PEP 735), and what excludes what (tool.uv.conflicts)."""

from __future__ import annotations

from tests.conformance.index import Release
from tests.conformance.scenario import PLAIN, Scenario, plain, project

_EXTRAS = """
[project.optional-dependencies]
web = ["lemon"]
data = ["melon", "lemon>=1"]
full = ["app[web]", "pear"]
all = ["app[full,data]"]
"""
_GROUPS = """
[dependency-groups]
dev = ["lemon"]
test = ["melon", { include-group = "lint" }]
lint = ["pear"]
"""
_FRUIT = plain("plum", "lemon", "melon", "pear")
# Versions that cannot be installed together, chosen by extras and by groups.
_CONFLICTS = """
[project.optional-dependencies]
cpu = ["fig==1.0"]
gpu = ["fig==2.0", "lemon"]
[dependency-groups]
old = ["fig==1.0"]
new = ["fig==2.0"]
other = ["pear"]
[tool.uv]
conflicts = [
  [{ extra = "cpu" }, { extra = "gpu" }],
  [{ group = "old" }, { group = "new" }],
  [{ extra = "cpu" }, { group = "new" }],
  [{ extra = "gpu" }, { group = "old" }],
]
"""
_FIGS = (*_FRUIT, *plain("fig==1.0", "fig==2.0"))


def _extras(name: str, asked: str, words: tuple[str, ...], installs: str) -> Scenario:
    more = f"{_EXTRAS}[tool.neve]\nextras = {asked}\n"
    return Scenario(name=name, files=project("plum", more=more), releases=_FRUIT, words=words, installs=installs)


def _groups(name: str, tables: str, words: tuple[str, ...], installs: str) -> Scenario:
    more = f"{_GROUPS}{tables}"
    return Scenario(name=name, files=project("plum", more=more), releases=_FRUIT, words=words, installs=installs)


def _conflict(name: str, asked: str, words: tuple[str, ...] = (), installs: str = "", refused: str = "") -> Scenario:
    more = f"{_CONFLICTS}[tool.neve]\n{asked}\n"
    return Scenario(
        name=name,
        files=project("plum", more=more),
        releases=_FIGS,
        words=(*PLAIN, *words),
        installs=installs,
        refused=refused or None,
    )


SCENARIOS = (
    _extras("no extras", "[]", PLAIN, "plum==1.0"),
    _extras("an extra", '["web"]', (*PLAIN, "--extra", "web"), "plum==1.0 lemon==1.0"),
    _extras(
        "several extras",
        '["web", "data"]',
        (*PLAIN, "--extra", "web", "--extra", "data"),
        "plum==1.0 lemon==1.0 melon==1.0",
    ),
    _extras("an extra that extends another", '["full"]', (*PLAIN, "--extra=full"), "plum==1.0 lemon==1.0 pear==1.0"),
    _extras("an extra of extras", '["all"]', (*PLAIN, "--extra=all"), "plum==1.0 lemon==1.0 melon==1.0 pear==1.0"),
    _extras("all extras", '"all"', (*PLAIN, "--all-extras"), "plum==1.0 lemon==1.0 melon==1.0 pear==1.0"),
    Scenario(
        name="the name of an extra, written otherwise",
        files=project(
            "plum", more='[project.optional-dependencies]\nweb-app = ["lemon"]\n[tool.neve]\nextras = ["Web_App"]\n'
        ),
        releases=_FRUIT,
        words=(*PLAIN, "--extra", "web-app"),
        installs="plum==1.0 lemon==1.0",
    ),
    Scenario(
        name="an extra that the project lacks",
        files=project("plum", more=f'{_EXTRAS}[tool.neve]\nextras = ["wbe"]\n'),
        releases=_FRUIT,
        words=(*PLAIN, "--extra", "wbe"),
        refused=r"the project has no extra 'wbe'\n  where: pyproject\.toml, tool\.neve\.extras(.|\n)*fix:",
    ),
    Scenario(
        name="extras of dependencies",
        files=project("box[red,blue]"),
        releases=(
            *_FRUIT,
            Release(
                name="box",
                requires=("plum", 'lemon; extra == "red"', 'melon; extra == "blue"', 'pear; extra == "green"'),
                extras=("red", "blue", "green"),
            ),
        ),
        installs="box==1.0 plum==1.0 lemon==1.0 melon==1.0",
    ),
    Scenario(
        name="edges to one package whose extras differ",
        files=project("case[red]", "case-user", 'case[green]; sys_platform == "win32"'),
        releases=(
            *_FRUIT,
            Release(
                name="case",
                requires=('lemon; extra == "red"', 'melon; extra == "blue"', 'pear; extra == "green"'),
                extras=("red", "blue", "green"),
            ),
            Release(name="case-user", requires=("case", 'case[blue]; python_version < "3.13"')),
        ),
        installs={
            "bookworm": "case==1.0 case-user==1.0 lemon==1.0 melon==1.0",
            "trixie": "case==1.0 case-user==1.0 lemon==1.0",
            "trixie-arm": "case==1.0 case-user==1.0 lemon==1.0",
        },
    ),
    Scenario(
        name="an extra of a dependency that refers to itself",
        files=project("nest[all]"),
        releases=(
            *_FRUIT,
            Release(
                name="nest",
                requires=('lemon; extra == "one"', 'nest[one]; extra == "two"', 'nest[two]; extra == "all"'),
                extras=("one", "two", "all"),
            ),
        ),
        installs="nest==1.0 lemon==1.0",
    ),
    Scenario(
        name="packages that depend on each other",
        files=project("egg"),
        releases=(Release(name="egg", requires=("hen",)), Release(name="hen", requires=("egg", "plum")), *_FRUIT),
        installs="egg==1.0 hen==1.0 plum==1.0",
    ),
    _groups("uv's own default group is for developing", "", PLAIN, "plum==1.0"),
    _groups("a group", '[tool.neve]\ngroups = ["dev"]\n', (*PLAIN, "--group", "dev"), "plum==1.0 lemon==1.0"),
    _groups(
        "a group that includes another",
        '[tool.neve]\ngroups = ["test"]\n',
        (*PLAIN, "--group", "test"),
        "plum==1.0 melon==1.0 pear==1.0",
    ),
    _groups(
        "several groups",
        '[tool.neve]\ngroups = ["dev", "lint"]\n',
        (*PLAIN, "--group", "dev", "--group", "lint"),
        "plum==1.0 lemon==1.0 pear==1.0",
    ),
    _groups(
        "all groups",
        '[tool.neve]\ngroups = "all"\n',
        ("--all-groups",),
        "plum==1.0 lemon==1.0 melon==1.0 pear==1.0",
    ),
    _groups(
        "the project's default groups",
        '[tool.uv]\ndefault-groups = ["dev", "lint"]\n',
        (),
        "plum==1.0 lemon==1.0 pear==1.0",
    ),
    _groups(
        "all groups are default groups",
        '[tool.uv]\ndefault-groups = "all"\n',
        (),
        "plum==1.0 lemon==1.0 melon==1.0 pear==1.0",
    ),
    _groups(
        "no groups, whatever the default ones are",
        '[tool.uv]\ndefault-groups = ["dev"]\n[tool.neve]\ngroups = []\n',
        PLAIN,
        "plum==1.0",
    ),
    _groups(
        "a group in place of the default ones",
        '[tool.uv]\ndefault-groups = ["dev"]\n[tool.neve]\ngroups = ["lint"]\n',
        (*PLAIN, "--group", "lint"),
        "plum==1.0 pear==1.0",
    ),
    Scenario(
        name="a shell's settings for groups are no matter",
        files=project("plum", more=f'{_GROUPS}[tool.neve]\ngroups = ["dev", "lint"]\n'),
        releases=_FRUIT,
        words=("--group", "dev", "--group", "lint"),
        installs="plum==1.0 lemon==1.0 pear==1.0",
        environ={"UV_NO_GROUP": "lint", "UV_NO_DEV": "1"},
    ),
    Scenario(
        name="a group that the project lacks",
        files=project("plum", more=f'{_GROUPS}[tool.neve]\ngroups = ["docs"]\n'),
        releases=_FRUIT,
        words=(*PLAIN, "--group", "docs"),
        refused=r"the project has no group 'docs'\n  where: pyproject\.toml, tool\.neve\.groups(.|\n)*fix:",
    ),
    Scenario(
        name="a group that brings an extra of the project",
        files=project(
            "plum", more=f'{_EXTRAS}[dependency-groups]\nrun = ["app[web]"]\n[tool.neve]\ngroups = ["run"]\n'
        ),
        releases=_FRUIT,
        words=(*PLAIN, "--group", "run"),
        installs="plum==1.0 lemon==1.0",
    ),
    Scenario(
        name="dev-dependencies as they were",
        files=project("plum", more='[tool.uv]\ndev-dependencies = ["lemon"]\n[tool.neve]\ngroups = ["dev"]\n'),
        releases=_FRUIT,
        words=(*PLAIN, "--group", "dev"),
        installs="plum==1.0 lemon==1.0",
    ),
    _conflict("neither of two extras in conflict", "", installs="plum==1.0"),
    _conflict("one extra of a conflict", 'extras = ["cpu"]', ("--extra=cpu",), "plum==1.0 fig==1.0"),
    _conflict("the other extra of a conflict", 'extras = ["gpu"]', ("--extra=gpu",), "plum==1.0 fig==2.0 lemon==1.0"),
    _conflict("one group of a conflict", 'groups = ["old"]', ("--group=old",), "plum==1.0 fig==1.0"),
    _conflict(
        "extra and group that agree",
        'extras = ["gpu"]\ngroups = ["new", "other"]',
        ("--extra=gpu", "--group=new", "--group=other"),
        "plum==1.0 fig==2.0 lemon==1.0 pear==1.0",
    ),
    _conflict(
        "two extras in conflict",
        'extras = ["cpu", "gpu"]',
        ("--extra=cpu", "--extra=gpu"),
        refused=r"extras 'cpu' and 'gpu' exclude each other\n  where: pyproject\.toml, tool\.neve\.extras\n(.|\n)*fix:",
    ),
    _conflict(
        "two groups in conflict",
        'groups = "all"',
        ("--all-groups",),
        refused=r"groups 'new' and 'old' exclude each other\n  where: pyproject\.toml, tool\.neve\.groups\n(.|\n)*fix:",
    ),
    _conflict(
        "extra and group in conflict",
        'extras = ["cpu"]\ngroups = ["new"]',
        ("--extra=cpu", "--group=new"),
        refused=r"extra 'cpu' and group 'new' exclude each other\n"
        r"  where: pyproject\.toml, tool\.neve\.extras and tool\.neve\.groups\n(.|\n)*fix:",
    ),
)
