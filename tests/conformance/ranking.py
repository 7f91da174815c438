"""Which of a package's files a target takes, said anew from PEP 425, PEP 600 and ``packaging.tags``: an oracle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

from neve.python.target import Target

# PEP 571, 513 and 599 named glibc 2.12, 2.5 and 2.17; the x86_64 ABI begins with 2.5, that of aarch64 with 2.17.
_NAMES = {"x86_64": {5: "manylinux1", 12: "manylinux2010", 17: "manylinux2014"}, "aarch64": {17: "manylinux2014"}}


def platforms(target: Target) -> Iterator[str]:
    """The platform tags of a glibc system, the best first."""
    machine, (major, newest) = target.architecture, target.glibc
    assert major == 2
    yield f"linux_{machine}"
    names = _NAMES[machine]
    for minor in reversed(range(min(names), newest + 1)):
        yield f"manylinux_2_{minor}_{machine}"
        if minor in names:
            yield f"{names[minor]}_{machine}"


def tags(target: Target) -> list[Tag]:
    """The tags of the target's interpreter, the best first."""
    version = target.python
    interpreter = f"cp{version[0]}{version[1]}"
    abi = f"{interpreter}t" if target.freethreaded else interpreter
    known = [*platforms(target)]
    return [*cpython_tags(version, [abi], known), *compatible_tags(version, interpreter, known)]


def best(files: Iterable[str], target: Target, *, wheels: bool = True, sdists: bool = True) -> str | None:
    """The file name that fits best: the wheel of the best tag, of equal ones that of the highest build number, of
    equal ones the first; else the source distribution. None where nothing fits.
    """
    ranks = {tag: rank for rank, tag in reversed([*enumerate(tags(target))])}
    given = [*files]
    fitting: dict[int, list[tuple[tuple[()] | tuple[int, str], int, str]]] = {}
    for place, file in enumerate(given):
        if file.endswith(".whl"):
            _, _, build, named = parse_wheel_filename(file)
            if known := [ranks[tag] for tag in named if tag in ranks]:
                fitting.setdefault(min(known), []).append((build, -place, file))
    if fitting and wheels:
        return max(fitting[min(fitting)])[2]
    return next((file for file in given if not file.endswith(".whl")), None) if sdists else None
