"""Which versions: markers, forks of the resolution, overrides, constraints, releases of every kind (PEP 440, 508)."""

from __future__ import annotations

from tests.conformance.index import Release
from tests.conformance.scenario import BACKEND, Scenario, plain, project, pyproject
from tests.conformance.targets import EVERY

_FIGS = plain("fig==1.0", "fig==2.0")
# A backend in the project's own tree: dynamic metadata without a build requirement.
_BACKEND = '''
import os

METADATA = """Metadata-Version: 2.2
Name: app
Version: 3.5
Requires-Python: >=3.11
Requires-Dist: fig<2
"""

def prepare_metadata_for_build_wheel(directory, config_settings=None):
    os.mkdir(os.path.join(directory, "app-3.5.dist-info"))
    for name, text in {"METADATA": METADATA, "WHEEL": "Wheel-Version: 1.0\\nTag: py3-none-any\\n"}.items():
        with open(os.path.join(directory, "app-3.5.dist-info", name), "w") as file:
            file.write(text)
    return "app-3.5.dist-info"

prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel

def build_wheel(directory, config_settings=None, metadata_directory=None):
    raise NotImplementedError

build_editable = build_wheel
'''


def _marked(name: str, *dependencies: str, **installs: str) -> Scenario:
    return Scenario(
        name=name,
        files=project(*dependencies),
        releases=(*_FIGS, *plain("kiwi", "lime")),
        targets=EVERY,
        installs={target.replace("_", "-"): given for target, given in installs.items()},
    )


def _settings(name: str, settings: str, installs: str, *dependencies: str, releases: tuple[Release, ...]) -> Scenario:
    more = f"[tool.uv]\n{settings}\n"
    return Scenario(name=name, files=project(*dependencies, more=more), releases=releases, installs=installs)


SCENARIOS = (
    _marked(
        "two versions by Python",
        'fig==1.0; python_version < "3.13"',
        'fig==2.0; python_version >= "3.13"',
        bookworm="fig==1.0",
        trixie="fig==2.0",
        forky="fig==2.0",
    ),
    _marked(
        "two versions by processor",
        'fig==1.0; platform_machine == "x86_64"',
        'fig==2.0; platform_machine == "aarch64"',
        trixie="fig==1.0",
        trixie_arm="fig==2.0",
        forky_arm="fig==2.0",
    ),
    _marked(
        "markers of every kind",
        'kiwi; sys_platform == "linux" and platform_python_implementation == "CPython"',
        'lime; os_name == "nt" or platform_system == "Darwin" or implementation_name == "pypy"',
        'fig==1.0; platform_machine in "aarch64 arm64" and python_full_version < "3.13.5"',
        'fig==2.0; platform_machine == "x86_64" and python_full_version >= "3.13.5"',
        bookworm="kiwi==1.0",
        bookworm_arm="kiwi==1.0 fig==1.0",
        trixie="kiwi==1.0 fig==2.0",
        trixie_arm="kiwi==1.0",
    ),
    _marked(
        "a patch level decides",
        'kiwi; python_full_version < "3.13.5"',
        'lime; python_full_version > "3.13.4" and python_full_version < "3.14"',
        bookworm="kiwi==1.0",
        trixie="lime==1.0",
        forky="",
    ),
    Scenario(
        name="a marker on the way to a package",
        files=project("tree"),
        releases=(
            *plain("kiwi"),
            Release(name="tree", requires=('branch; python_version < "3.14"',)),
            Release(name="branch", requires=('kiwi; platform_machine == "x86_64"',)),
        ),
        targets=EVERY,
        installs={
            "trixie": "tree==1.0 branch==1.0 kiwi==1.0",
            "trixie-arm": "tree==1.0 branch==1.0",
            "forky": "tree==1.0",
        },
    ),
    Scenario(
        name="newer releases leave older Pythons behind",
        files=project("date"),
        releases=(
            Release(name="date", version="1.0"),
            Release(name="date", version="2.0", requires_python=">=3.12"),
            Release(name="date", version="3.0", requires_python=">=3.14"),
        ),
        targets=EVERY,
        installs={"bookworm": "date==1.0", "trixie-3.12": "date==2.0", "trixie": "date==2.0", "forky": "date==3.0"},
    ),
    _settings(
        "one version for all Pythons",
        'fork-strategy = "fewest"',
        "date==1.0",
        "date",
        releases=(Release(name="date", version="1.0"), Release(name="date", version="2.0", requires_python=">=3.12")),
    ),
    Scenario(
        name="locked for one environment, which is the target's",
        files=project(
            "fig",
            'kiwi; platform_machine == "aarch64"',
            more="[tool.uv]\nenvironments = [\"sys_platform == 'linux' and platform_machine == 'x86_64'\"]\n",
        ),
        releases=(*_FIGS, *plain("kiwi")),
        targets=("bookworm", "trixie", "forky"),
        installs="fig==2.0",
    ),
    Scenario(
        name="locked for one environment, which is another",
        files=project(
            "fig", more="[tool.uv]\nenvironments = [\"sys_platform == 'linux' and platform_machine == 'aarch64'\"]\n"
        ),
        releases=_FIGS,
        targets=("bookworm", "trixie"),
        refused=r"the lock does not fit CPython 3\.1[13] on x86_64(.|\n)*fix: (.|\n)*tool\.uv\.environments",
        uv_refuses=True,
    ),
    Scenario(
        name="an environment that must have wheels",
        files=project(
            "grape",
            more="[tool.uv]\nrequired-environments = [\"sys_platform == 'linux' and platform_machine == 'aarch64'\"]\n",
        ),
        releases=(
            Release(name="grape", version="2.0", tags=("py3-none-manylinux_2_28_x86_64",)),
            Release(
                name="grape",
                version="1.0",
                tags=("py3-none-manylinux_2_28_x86_64", "py3-none-manylinux_2_28_aarch64"),
            ),
        ),
        installs={"trixie-arm": "grape==1.0"},
    ),
    _settings(
        "an override",
        'override-dependencies = ["fig==1.0"]',
        "user==1.0 fig==1.0",
        "user",
        releases=(*_FIGS, Release(name="user", requires=("fig>=2",))),
    ),
    _settings(
        "an override that leaves a package out",
        "override-dependencies = [\"fig; sys_platform == 'never'\"]",
        "user==1.0",
        "user",
        releases=(*_FIGS, Release(name="user", requires=("fig>=2",))),
    ),
    _settings(
        "a constraint",
        'constraint-dependencies = ["fig<2", "kiwi<0"]',
        "free==1.0 fig==1.0",
        "free",
        releases=(*_FIGS, *plain("kiwi"), Release(name="free", requires=("fig",))),
    ),
    _settings(
        "a dependency that is left out",
        'exclude-dependencies = ["fig"]',
        "user==1.0",
        "user",
        releases=(*_FIGS, Release(name="user", requires=("fig>=2",))),
    ),
    _settings("the lowest versions", 'resolution = "lowest"', "fig==1.0", "fig>=1", releases=_FIGS),
    Scenario(
        name="a pre-release that is asked for",
        files=project("early>=2.0a1"),
        releases=plain("early==1.0", "early==2.0a1", "early==2.0rc2"),
        installs="early==2.0rc2",
    ),
    Scenario(
        name="a pre-release that nobody asked for",
        files=project("early"),
        releases=plain("early==1.0", "early==2.0a1", "early==2.0rc2"),
        installs="early==1.0",
    ),
    Scenario(
        name="nothing but pre-releases",
        files=project("young"),
        releases=plain("young==1.0.dev3", "young==1.0b2"),
        installs="young==1.0b2",
    ),
    _settings(
        "pre-releases of all",
        'prerelease = "allow"',
        "early==2.0rc2",
        "early",
        releases=plain("early==1.0", "early==2.0a1", "early==2.0rc2"),
    ),
    Scenario(
        name="local versions",
        files=project("torch-like==2.1+cpu"),
        releases=plain("torch-like==2.1", "torch-like==2.1+cpu", "torch-like==2.1+cu128"),
        installs="torch-like==2.1+cpu",
    ),
    Scenario(
        name="a local version is newer than the plain one",
        files=project("torch-like==2.1"),
        releases=plain("torch-like==2.1", "torch-like==2.1+cpu", "torch-like==2.1+cu128"),
    ),
    Scenario(
        name="an epoch",
        files=project("era"),
        releases=(*plain("era==2024.1", "era==1!1.0"),),
        installs="era==1!1.0",
    ),
    Scenario(name="a post-release", files=project("late"), releases=plain("late==1.0", "late==1.0.post2")),
    Scenario(
        name="a yanked release is passed over",
        files=project("rotten"),
        releases=(*plain("rotten==1.0"), Release(name="rotten", version="2.0", yanked="bad")),
        installs="rotten==1.0",
    ),
    Scenario(
        name="a yanked release that is pinned",
        files=project("rotten==2.0"),
        releases=(*plain("rotten==1.0"), Release(name="rotten", version="2.0", yanked="bad")),
        installs="rotten==2.0",
    ),
    Scenario(
        name="names that are not normalized",
        files=project("Odd.Name__Here"),
        releases=plain("odd-name-here"),
        installs="odd-name-here==1.0",
    ),
    Scenario(
        name="a package of another version where the newest does not fit",
        files=project("left", "right"),
        releases=(
            Release(name="left", version="2.0", requires=("fig==2.0",)),
            Release(name="left", version="1.0", requires=("fig<3",)),
            Release(name="right", requires=("fig<2",)),
            *_FIGS,
        ),
        installs="left==1.0 right==1.0 fig==1.0",
    ),
    Scenario(
        name="a project that is no package",
        files=project("fig", more=f"{BACKEND}[tool.uv]\npackage = false\n"),
        releases=_FIGS,
        installs="fig==2.0",
    ),
    Scenario(
        name="a project without dependencies",
        files=project(),
        installs="",
    ),
    Scenario(
        name="dynamic version and dependencies",
        files={
            "pyproject.toml": '[project]\nname = "app"\ndynamic = ["version", "dependencies"]\n'
            'requires-python = ">=3.11"\n'
            '[build-system]\nrequires = []\nbuild-backend = "inline"\nbackend-path = ["backend"]\n',
            "backend/inline.py": _BACKEND,
        },
        releases=_FIGS,
        installs="fig==1.0",
    ),
    Scenario(
        name="a Python that the project does not admit",
        files={"pyproject.toml": pyproject("fig", python=">=3.11,<3.13")},
        releases=_FIGS,
        targets=("trixie", "forky"),
        refused=r"the lock does not fit CPython 3\.1[34](.|\n)*requires-python(.|\n)*>=3\.11",
        uv_refuses=False,  # the host's Python is one that it admits
    ),
)
