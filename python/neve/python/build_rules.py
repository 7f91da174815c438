"""Which packages are built from source and which never are: uv's no-binary and no-build."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from neve.errors import NeveError
from neve.project.uv_settings import TRUE

if TYPE_CHECKING:
    from packaging.pylock import Package

Which: TypeAlias = frozenset[str] | Literal["all"]


@dataclass(frozen=True, kw_only=True)
class BuildRules:
    """``no_binary``: packages whose wheels are passed over; ``no_build``: packages that are not built. Each holds
    normalized names, or is "all".
    """

    no_binary: Which = frozenset()
    no_build: Which = frozenset()

    def source_only(self, name: str) -> bool:
        """Whether the package ``name`` must be built; no-binary for all spares what no-build names."""
        return _covers(self.no_binary, self.no_build, name)

    def wheel_only(self, name: str) -> bool:
        """Whether the package ``name`` must not be built; no-build for all spares what no-binary names."""
        return _covers(self.no_build, self.no_binary, name)


def build_rules(tables: Iterable[Mapping[str, Any]], environ: Mapping[str, str]) -> BuildRules:
    """The rules of uv's settings ``tables``, the strongest first, and of ``UV_NO_BINARY``, ``UV_NO_BUILD`` and their
    ``_PACKAGE``, as uv combines them: the first that speaks of all packages decides, without one the names add up.
    """
    given = [*tables]
    return BuildRules(no_binary=_which("binary", given, environ), no_build=_which("build", given, environ))


def _which(key: str, tables: Iterable[Mapping[str, Any]], environ: Mapping[str, str]) -> Which:
    from packaging.utils import canonicalize_name

    said: list[bool] = []
    names = set(environ.get(f"UV_NO_{key.upper()}_PACKAGE", "").split())
    if environ.get(f"UV_NO_{key.upper()}", "").strip().lower() in TRUE:  # a "no" there says nothing
        said.append(True)
    for table in tables:
        if isinstance(value := table.get(f"no-{key}"), bool):
            said.append(value)
        packages = table.get(f"no-{key}-package")
        names |= {name for name in packages if isinstance(name, str)} if isinstance(packages, list) else set()
    if said:
        return "all" if said[0] else frozenset()
    return frozenset(canonicalize_name(name) for name in names)


def _covers(rule: Which, other: Which, name: str) -> bool:
    if rule == "all":
        return other == "all" or name not in other
    return name in rule


FREE = BuildRules()


def forbidden(package: Package, artefact: object, rules: BuildRules, *, where: str) -> NeveError | None:
    """The error where ``rules`` forbid what was chosen of a pylock's ``package``; None where they do not."""
    from packaging.pylock import PackageArchive, PackageWheel

    name = str(package.name)
    file = str(artefact.url or artefact.path or "") if isinstance(artefact, PackageArchive) else ""
    wheel = isinstance(artefact, PackageWheel) or file.endswith(".whl")
    if rules.source_only(name) and wheel:
        word, lacks, does = "no-binary", "source distribution", "passes its wheels over"
    elif rules.wheel_only(name) and not wheel:
        word, lacks, does = "no-build", "wheel for the target", "forbids building it"
    else:
        return None
    variable = f"UV_{word.upper().replace('-', '_')}"
    return NeveError(
        f"{name} is marked {word}, and has no {lacks}",
        where=f"{where}, {name}",
        why=f"{word} in uv's settings {does}",
        fixes=[
            f"take another version of {name}: `uv add '{name}'` with another bound, then `uv lock`",
            f"or take it out of {word} and {word}-package under [tool.uv], in uv.toml, {variable} or"
            f" {variable}_PACKAGE",
        ],
    )


__all__ = ["FREE", "BuildRules", "build_rules", "forbidden"]
