"""Which wheel: interpreter, ABI, platform, build number (PEP 425, 600, 656, binary distribution format)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.conformance.index import Release
from tests.conformance.scenario import Scenario, project
from tests.conformance.targets import EVERY

_X86 = ("bookworm", "trixie-3.12", "trixie", "forky")
_ARM = tuple(f"{name}-arm" for name in _X86)
_FREE = tuple(name for name in EVERY if "t" in name.removesuffix("-arm")[-1:])


def _scenario(
    name: str,
    package: str,
    tags: tuple[str, ...],
    *,
    sdist: bool = False,
    version: str = "1.0",
    free: Mapping[str, str] | None = None,
    **by_target: str,
) -> Scenario:
    """``by_target`` gives the tags of the wheel that a target takes, "" for the source distribution; ``free`` gives
    those of free-threaded targets.
    """
    release = Release(name=package, tags=tags, sdist=sdist, version=version)
    known = dict(zip(tags, release.wheels, strict=True)) | {"": f"{release.stem}-{version}.tar.gz"}
    return Scenario(
        name=name,
        files=project(package),
        releases=(release,),
        targets=EVERY,
        installs={
            target.replace("_", "-").replace("-3-", "-3."): known[tag]
            for target, tag in (*by_target.items(), *(free or {}).items())
        },
    )


def _refused(
    name: str, package: str, tags: tuple[str, ...], says: str, *, targets: tuple[str, ...] = EVERY
) -> Scenario:
    return Scenario(
        name=name,
        files=project(package),
        releases=(Release(name=package, tags=tags),),
        targets=targets,
        refused=says,
        uv_refuses=False,  # the host is another target
    )


_LINUX = tuple(
    f"{abi}-manylinux_2_{glibc}_{machine}"
    for abi, glibc, machine in (
        (f"cp{minor}-cp{minor}{t}", glibc, machine)
        for minor in (311, 312, 313, 314)
        for t in (("", "t") if minor >= 313 else ("",))
        for glibc in (17, 28, 34, 39, 42)
        for machine in ("x86_64", "aarch64")
    )
)

SCENARIOS = (
    _scenario(
        "a wheel for every Python, glibc and processor",
        "matrix",
        (*_LINUX, "py3-none-any"),
        bookworm="cp311-cp311-manylinux_2_34_x86_64",
        trixie_3_12="cp312-cp312-manylinux_2_39_x86_64",
        trixie="cp313-cp313-manylinux_2_39_x86_64",
        forky="cp314-cp314-manylinux_2_42_x86_64",
        bookworm_arm="cp311-cp311-manylinux_2_34_aarch64",
        trixie_arm="cp313-cp313-manylinux_2_39_aarch64",
        forky_arm="cp314-cp314-manylinux_2_42_aarch64",
    ),
    _scenario(
        "free-threaded Pythons take wheels of their own",
        "threads",
        (*_LINUX, "cp311-abi3-manylinux_2_17_x86_64", "cp311-abi3-manylinux_2_17_aarch64"),
        trixie="cp313-cp313-manylinux_2_39_x86_64",
        free={
            "trixie-3.13t": "cp313-cp313t-manylinux_2_39_x86_64",
            "forky-3.14t": "cp314-cp314t-manylinux_2_42_x86_64",
            "trixie-3.13t-arm": "cp313-cp313t-manylinux_2_39_aarch64",
            "forky-3.14t-arm": "cp314-cp314t-manylinux_2_42_aarch64",
        },
    ),
    _scenario(
        "a stable ABI serves newer Pythons, not free-threaded ones",
        "stable",
        ("cp311-abi3-manylinux_2_28_x86_64", "cp312-abi3-manylinux_2_28_x86_64", "cp39-abi3-manylinux_2_17_aarch64"),
        sdist=True,
        bookworm="cp311-abi3-manylinux_2_28_x86_64",
        trixie_3_12="cp312-abi3-manylinux_2_28_x86_64",
        trixie="cp312-abi3-manylinux_2_28_x86_64",
        forky="cp312-abi3-manylinux_2_28_x86_64",
        forky_arm="cp39-abi3-manylinux_2_17_aarch64",
        free={"trixie-3.13t": "", "forky-3.14t-arm": ""},
    ),
    _scenario(
        "a Python's own ABI beats the stable one, whatever the glibc",
        "own",
        ("cp313-cp313-manylinux_2_17_x86_64", "cp313-abi3-manylinux_2_41_x86_64", "cp311-abi3-manylinux_2_36_x86_64"),
        sdist=True,
        bookworm="cp311-abi3-manylinux_2_36_x86_64",
        trixie="cp313-cp313-manylinux_2_17_x86_64",
        forky="cp313-abi3-manylinux_2_41_x86_64",
        trixie_arm="",
    ),
    _scenario(
        "a wheel for the platform beats one for any",
        "native",
        ("py3-none-any", "py3-none-manylinux_2_28_x86_64", "py3-none-win_amd64"),
        bookworm="py3-none-manylinux_2_28_x86_64",
        trixie="py3-none-manylinux_2_28_x86_64",
        trixie_arm="py3-none-any",
        free={"forky-3.14t": "py3-none-manylinux_2_28_x86_64"},
    ),
    _scenario(
        "a wheel for the interpreter and any platform",
        "pure",
        ("py3-none-any", "cp313-none-any", "py313-none-any"),
        bookworm="py3-none-any",
        trixie="cp313-none-any",
        trixie_arm="cp313-none-any",
    ),
    _scenario(
        "py2.py3 and py3 fit equally: the first is taken",
        "both",
        ("py2.py3-none-any", "py3-none-any"),
        trixie="py2.py3-none-any",
    ),
    _scenario("py2.py3", "universal", ("py2.py3-none-any",), trixie="py2.py3-none-any", forky_arm="py2.py3-none-any"),
    _scenario(
        "the glibc of each suite",
        "edges",
        tuple(f"py3-none-manylinux_2_{minor}_x86_64" for minor in (5, 35, 36, 37, 40, 41, 42, 43, 44)),
        sdist=True,
        bookworm="py3-none-manylinux_2_36_x86_64",
        trixie_3_12="py3-none-manylinux_2_41_x86_64",
        trixie="py3-none-manylinux_2_41_x86_64",
        forky="py3-none-manylinux_2_43_x86_64",
        forky_arm="",
    ),
    _scenario(
        "a wheel for a newer glibc is none",
        "future",
        ("py3-none-manylinux_2_44_x86_64", "py3-none-manylinux_2_99_aarch64"),
        sdist=True,
        bookworm="",
        trixie="",
        forky="",
        forky_arm="",
    ),
    _scenario(
        "manylinux by its old names",
        "legacy",
        (
            "py3-none-manylinux1_x86_64",
            "py3-none-manylinux2010_x86_64",
            "py3-none-manylinux2014_x86_64",
            "py3-none-manylinux2014_aarch64",
        ),
        bookworm="py3-none-manylinux2014_x86_64",
        forky="py3-none-manylinux2014_x86_64",
        trixie_arm="py3-none-manylinux2014_aarch64",
    ),
    _scenario(
        "old and new names in one wheel, and the old name alone",
        "renamed",
        (
            "py3-none-manylinux2014_x86_64",
            "py3-none-manylinux_2_12_x86_64.manylinux2010_x86_64",
            "py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64",
        ),
        trixie="py3-none-manylinux2014_x86_64",
        trixie_arm="py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64",
    ),
    _scenario(
        "a compressed set of tags goes by its best",
        "sets",
        (
            "cp311.cp312.cp313-none-manylinux_2_17_x86_64.manylinux_2_40_x86_64",
            "cp313-none-manylinux_2_39_x86_64",
            "py3-none-manylinux_2_17_aarch64.manylinux_2_17_x86_64.manylinux_2_43_x86_64",
        ),
        bookworm="cp311.cp312.cp313-none-manylinux_2_17_x86_64.manylinux_2_40_x86_64",
        trixie="cp311.cp312.cp313-none-manylinux_2_17_x86_64.manylinux_2_40_x86_64",
        forky="py3-none-manylinux_2_17_aarch64.manylinux_2_17_x86_64.manylinux_2_43_x86_64",
    ),
    _scenario(
        "musl is another C library",
        "alpine",
        ("py3-none-musllinux_1_2_x86_64", "py3-none-musllinux_1_2_aarch64", "py3-none-any"),
        trixie="py3-none-any",
        trixie_arm="py3-none-any",
    ),
    _scenario(
        "a wheel for this very system goes first",
        "local-build",
        ("py3-none-manylinux_2_28_x86_64", "py3-none-linux_x86_64", "py3-none-any"),
        trixie="py3-none-linux_x86_64",
        trixie_arm="py3-none-any",
    ),
    _scenario(
        "the highest build number",
        "rebuilt",
        ("py3-none-any", "1-py3-none-any", "10-py3-none-any", "2-py3-none-any"),
        trixie="10-py3-none-any",
    ),
    _scenario(
        "build numbers with letters",
        "lettered",
        ("1a-py3-none-any", "1-py3-none-any", "1b-py3-none-any"),
        trixie="1b-py3-none-any",
    ),
    _scenario(
        "a build number is no reason to take a wheel that fits less",
        "numbered",
        (
            "99-py3-none-any",
            "py3-none-manylinux_2_28_x86_64",
            "3-py3-none-manylinux_2_17_x86_64",
            "7-py3-none-win_amd64",
        ),
        trixie="py3-none-manylinux_2_28_x86_64",
        trixie_arm="99-py3-none-any",
    ),
    _scenario(
        "wheels for other systems and a source distribution",
        "elsewhere",
        ("cp313-cp313-win_amd64", "cp313-cp313-macosx_14_0_arm64", "cp310-cp310-manylinux_2_17_x86_64"),
        sdist=True,
        bookworm="",
        trixie="",
        trixie_arm="",
    ),
    _scenario(
        "other processors of the family are others",
        "family",
        ("py3-none-manylinux2014_i686", "py3-none-manylinux2014_armv7l", "py3-none-manylinux_2_17_ppc64le"),
        sdist=True,
        trixie="",
        trixie_arm="",
    ),
    _scenario(
        "an epoch and a local version in a file name",
        "marked",
        ("py3-none-any", "cp313-cp313-manylinux_2_28_x86_64"),
        version="1!2.0+cu128.1",
        trixie="cp313-cp313-manylinux_2_28_x86_64",
        forky="py3-none-any",
    ),
    Scenario(
        name="file names as the index spells them",
        files=project("py-odd", "ruamel-like"),
        releases=(
            Release(name="py-odd", spelled="Py.Odd", tags=("py3-none-manylinux_2_17_x86_64",), sdist=True),
            Release(name="ruamel-like", spelled="ruamel.Like"),
        ),
        installs={
            "trixie": "Py.Odd-1.0-py3-none-manylinux_2_17_x86_64.whl ruamel.Like-1.0-py3-none-any.whl",
            "trixie-arm": "Py.Odd-1.0.tar.gz ruamel.Like-1.0-py3-none-any.whl",
        },
    ),
    _refused(
        "no wheel and no source distribution",
        "nowhere",
        ("cp313-cp313-musllinux_1_2_x86_64", "cp310-cp310-manylinux_2_28_x86_64", "cp313-cp313-manylinux_2_44_aarch64"),
        r"nowhere(.|\n)*fix:",
    ),
    _refused(
        "no wheel for a free-threaded Python",
        "locked-in",
        ("cp313-cp313-manylinux_2_28_x86_64", "cp314-cp314-manylinux_2_28_aarch64", "cp311-abi3-manylinux_2_28_x86_64"),
        r"locked-in(.|\n)*fix:",
        targets=_FREE,
    ),
)
