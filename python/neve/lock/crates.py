"""The crates of a Cargo.lock, pinned: where a mirror of crates.io has them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from neve import toml
from neve.errors import NeveError, collected
from neve.fetch.address import without_credentials
from neve.lock.sdists import CratePin
from neve.project.validate import validated

if TYPE_CHECKING:
    from neve.project.project import BuildSystem
    from neve.python.source_tree import Tree

VARIABLE = "NEVE_CRATES_MIRROR"
# As the index of crates.io gives it in its config.json (https://doc.rust-lang.org/cargo/reference/registry-index.html).
DEFAULT = "https://static.crates.io/crates"
_CRATES_IO = frozenset(
    {
        "registry+https://github.com/rust-lang/crates.io-index",
        "registry+sparse+https://index.crates.io/",
        "sparse+https://index.crates.io/",
    }
)
_MARKERS = ("{crate}", "{version}", "{prefix}", "{lowerprefix}", "{sha256-checksum}")
_OTHER = "take a version of the package that has a wheel"


def crates_of(
    tree: Tree, system: BuildSystem, *, label: str, environ: Mapping[str, str] | None = None
) -> tuple[CratePin, ...]:
    """The crates that cargo builds ``tree`` with, sorted; none where it needs none or carries them.

    Raises NeveError with all that cannot be pinned: ``label`` names the source, its Cargo.lock the crates.
    """
    if not tree.has_rust(system) or tree.carries_crates:
        return ()
    locks = tree.cargo_locks
    if not locks:
        raise NeveError(
            f"{label} has no Cargo.lock",
            where=f"{label}, Cargo.toml",
            why="it is built with Rust, and nothing pins its crates",
            fixes=[
                _OTHER,
                "of your own project: `cargo generate-lockfile`, and let Cargo.lock be a part of the source",
            ],
        )
    template = (environ if environ is not None else os.environ).get(VARIABLE) or DEFAULT
    found: dict[tuple[str, str], CratePin] = {}
    problems: list[NeveError] = []
    for name, text in locks.items():
        for crate in _packages(text, where=f"{label}, {name}"):
            try:
                pin = _pin(crate, template, where=f"{label}, {name}")
            except NeveError as error:
                problems.append(error)
            else:
                if pin is not None:
                    found[pin.name, pin.version] = pin
    if (problem := collected(problems)) is not None:
        raise problem
    return tuple(found[key] for key in sorted(found))


def _packages(text: str, *, where: str) -> list[dict[str, Any]]:
    """The tables of ``[[package]]``; those of the first format get their checksums, which it has in a table apart."""
    try:
        data = toml.loads(text)
        packages = [dict(package) for package in data.get("package", ())]
        sums = data.get("metadata", {})
        for package in packages:
            key = f"checksum {package.get('name')} {package.get('version')} ({package.get('source')})"
            package.setdefault("checksum", sums.get(key))
    except (ValueError, TypeError, AttributeError) as error:
        raise NeveError("a Cargo.lock is not valid", where=where, why=str(error)[:200], fixes=[_OTHER]) from None
    return packages


def _pin(package: Mapping[str, Any], template: str, *, where: str) -> CratePin | None:
    """The pin of a package of a Cargo.lock; None for one that lies in the tree itself."""
    name, version, source = package.get("name"), package.get("version"), package.get("source")
    if source is None:
        return None
    named = f"{name} {version}"[:120]
    if not isinstance(source, str) or source not in _CRATES_IO:
        kind = "a git repository" if str(source).startswith("git+") else "another registry"
        raise NeveError(
            f"the crate {named!r} is one of {kind}",
            where=where,
            why=f"neve fetches the crates of crates.io, by their SHA-256, and no others: {str(source)[:200]!r}",
            fixes=[_OTHER, "or vendor it: `cargo vendor`, and .cargo/config.toml in the source"],
        )
    values = {"name": name, "version": version, "sha256": package.get("checksum")}
    checked = validated(CratePin, {**values, "url": "https://example.invalid/"}, where=f"{where}, {named!r}")
    return checked.model_copy(update={"url": crate_url(checked, template)})


def crate_url(pin: CratePin, template: str) -> str:
    """Where the mirror ``template``, a `dl` of cargo's registry index, has the crate; without credentials.

    Raises NeveError for a template that is no URL.
    """
    if not any(marker in template for marker in _MARKERS):
        template = f"{template.rstrip('/')}/{{crate}}/{{version}}/download"
    prefix = _prefix(pin.name)
    values = (pin.name, pin.version, prefix, prefix.lower(), pin.sha256)
    url = template
    for marker, value in zip(_MARKERS, values, strict=True):
        url = url.replace(marker, value)
    try:
        url = without_credentials(url)
    except ValueError as error:
        raise NeveError(f"{VARIABLE} is no URL", why=str(error), fixes=[f"such as {DEFAULT}"]) from None
    return validated(CratePin, {**pin.model_dump(), "url": url}, where=VARIABLE).url


def crate_urls(pin: CratePin, environ: Mapping[str, str]) -> Sequence[str]:
    """Where it may be had: a mirror that the user names goes first, its hash is pinned."""
    mirror = environ.get(VARIABLE)
    own = [crate_url(pin, mirror)] if mirror else []
    return tuple(dict.fromkeys([*own, pin.url]))


def _prefix(name: str) -> str:
    """The directories of an index: 1, 2, 3/a, or ab/cd."""
    if len(name) < 3:
        return str(len(name))
    return f"3/{name[0]}" if len(name) == 3 else f"{name[:2]}/{name[2:4]}"


__all__ = ["DEFAULT", "VARIABLE", "crate_url", "crate_urls", "crates_of"]
