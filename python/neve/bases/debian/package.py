"""A package as the index of an archive describes it (a stanza of Packages)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from neve.bases.debian.mirror import Mirrors
from neve.bases.debian.relation import Group, parse_relations
from neve.bases.debian.suites import ArchiveName
from neve.bases.debian.version import is_version
from neve.errors import NeveError
from neve.fetch import Artefact

_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]*")
# Pool paths end up in URLs, in file names and in Nix expressions: nothing in them may need quoting.
_FILENAME = re.compile(r"(?:[A-Za-z0-9+_~:%-][A-Za-z0-9+._~:%-]*/)*[A-Za-z0-9+_~:%-][A-Za-z0-9+._~:%-]*\.deb")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One version of a binary package.

    ``archive`` is the one that holds it; ``filename`` the path below that archive's base URL; ``size`` the
    bytes of the .deb; ``source`` the source package's name. Relations are groups of alternatives.
    """

    name: str
    version: str
    architecture: str
    archive: ArchiveName
    filename: str
    sha256: str
    size: int
    pre_depends: tuple[Group, ...] = ()
    depends: tuple[Group, ...] = ()
    provides: tuple[Group, ...] = ()
    conflicts: tuple[Group, ...] = ()
    breaks: tuple[Group, ...] = ()
    priority: str = "optional"
    essential: bool = False
    source: str = ""

    def artefact(self, mirrors: Mirrors) -> Artefact:
        """The .deb, as it lies on ``mirrors``."""
        return Artefact(
            name=self.filename.rpartition("/")[2],
            urls=(f"{mirrors.base(self.archive)}/{self.filename}",),
            sha256=self.sha256,
            size=self.size,
        )


def is_package_name(text: str) -> bool:
    """Whether ``text`` is written like a package name (Debian Policy 5.6.1)."""
    return _NAME.fullmatch(text) is not None


def parse_package(stanza: str, *, archive: ArchiveName, architecture: str) -> Package:
    """The Package that ``stanza`` describes, its relations read for ``architecture``.

    Raises NeveError where a field is missing or is not what it should be.
    """
    fields = _fields(stanza)
    name, version, filename = fields.get("package", ""), fields.get("version", ""), fields.get("filename", "")
    sha256, size = fields.get("sha256", ""), fields.get("size", "")
    checks = (
        ("Package", name, is_package_name(name)),
        ("Version", version, is_version(version)),
        ("Filename", filename, bool(_FILENAME.fullmatch(filename))),
        ("SHA256", sha256, bool(_SHA256.fullmatch(sha256))),
        ("Size", size, size.isascii() and size.isdecimal()),
    )
    for field, value, fine in checks:
        if not fine:
            raise NeveError(
                f"the index of the archive {archive} is malformed",
                where=f"package {name!r}, field {field}",
                why=f"{value!r} cannot be" if value else "the field is missing",
            )

    def groups(field: str) -> tuple[Group, ...]:
        return parse_relations(fields.get(field, ""), architecture)

    return Package(
        name=name,
        version=version,
        architecture=fields.get("architecture", architecture),
        archive=archive,
        filename=filename,
        sha256=sha256,
        size=int(size),
        pre_depends=groups("pre-depends"),
        depends=groups("depends"),
        provides=groups("provides"),
        conflicts=groups("conflicts"),
        breaks=groups("breaks"),
        priority=fields.get("priority", "optional"),
        essential=fields.get("essential", "no") == "yes",
        source=fields.get("source", name).split(" ")[0],
    )


def _fields(stanza: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.split("\n"):
        if line[:1] in (" ", "\t"):
            fields[name] = f"{fields.get(name, '')} {line.strip()}"
        else:
            name, _, value = line.partition(":")
            name = name.lower()
            fields[name] = value.strip()
    return fields


__all__ = ["Package", "is_package_name", "parse_package"]
