"""Image references: ``registry/repository[:tag]`` to push to, also ``@digest`` to look at (distribution's grammar)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from neve.errors import NeveError

_HOST = re.compile(r"(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9])|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?")
_REPOSITORY = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_NOT_PUSHED = "this is not an image reference that can be pushed to"
_NOT_PULLED = "this names no image in a registry"
_EXAMPLE = "write it as registry/name:tag, for example registry.example/team/app:1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A place for an image in a registry."""

    registry: str
    repository: str
    tag: str = "latest"

    @property
    def name(self) -> str:
        """Registry and repository, to which a tag or a digest is added."""
        return f"{self.registry}/{self.repository}"

    @property
    def loopback(self) -> bool:
        """Whether the registry is on this machine, where plain HTTP is common and safe."""
        host = re.sub(r":[0-9]+$", "", self.registry).strip("[]").lower()
        if host == "localhost" or host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"{self.name}:{self.tag}"

    @classmethod
    def parse(cls, text: str) -> Reference:
        """The reference in ``text``; ``docker://`` before it is allowed, the tag defaults to ``latest``.

        A registry must be named: an image never goes to a public one by accident. Raises NeveError.
        """
        return cls._parse(text, _NOT_PUSHED, "a digest cannot be pushed to: it follows from the image")

    @classmethod
    def _parse(cls, text: str, what: str, digest: str) -> Reference:
        """``what`` an error says, and why where something like a ``digest`` is in the way."""

        def _bad(shown: str, why: str, fixes: list[str]) -> NeveError:
            return NeveError(what, where=shown, why=why, fixes=fixes)

        rest = text.strip().removeprefix("docker://")
        shown = re.sub(r"^[^/]*@", "…@", rest)  # what stands there may be a password
        if shown != rest:
            raise _bad(
                shown,
                "credentials do not belong into a reference",
                ["log in instead: skopeo login REGISTRY"] if "/" in rest else [_EXAMPLE],
            )
        if "@" in rest:
            raise _bad(shown, digest, [_EXAMPLE])
        if "://" in rest:
            raise _bad(shown, "it is a URL", [f"leave out the scheme: {rest.partition('://')[2]}"])
        registry, slash, path = rest.partition("/")
        if not slash or not (registry == "localhost" or re.search(r"[.:]", registry)):
            # One word is an image of Docker's own there, which nobody else can push to.
            hub = rest if slash else f"{'library' if what == _NOT_PULLED else 'NAME'}/{rest}"
            fixes = [f"name the registry: registry.example/{rest}", f"for Docker Hub: docker.io/{hub}"]
            raise _bad(shown, "it names no registry", fixes if rest else [_EXAMPLE])
        repository, colon, tag = path.partition(":")
        if not _HOST.fullmatch(registry):
            raise _bad(shown, f"{registry!r} is not a host name with an optional port", [_EXAMPLE])
        if len(repository) > 255 or not _REPOSITORY.fullmatch(repository):
            why = f"{repository!r} is not a repository: lower-case letters, digits and . _ - between them"
            raise _bad(shown, why, [_EXAMPLE])
        if colon and not _TAG.fullmatch(tag):
            raise _bad(shown, f"{tag!r} is not a tag: up to 128 letters, digits and . _ -", [_EXAMPLE])
        return cls(registry=registry, repository=repository, tag=tag or "latest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """An image that is in a registry: by its ``digest``, where one is named, else by the tag of its ``place``."""

    place: Reference
    digest: str | None = None

    def __str__(self) -> str:
        return f"{self.place.name}@{self.digest}" if self.digest else str(self.place)

    @classmethod
    def parse(cls, text: str) -> Pulled:
        """The image that ``text`` names: as :meth:`Reference.parse` has it, or with a digest, which decides where there
        is a tag too. Raises NeveError.
        """
        name, _, digest = text.strip().rpartition("@")
        if not re.match(r"sha\d+:[^/]*\Z", digest):  # what stands behind @ is a registry, and before it a password
            return cls(place=Reference._parse(text, _NOT_PULLED, f"{digest!r} is not a digest"))
        if not _DIGEST.fullmatch(digest):
            why = f"{digest!r} is not a digest: sha256: and 64 hexadecimal digits"
            raise NeveError(_NOT_PULLED, where=text.strip(), why=why, fixes=["take it as `neve push` prints it"])
        return cls(place=Reference._parse(name, _NOT_PULLED, f"{name!r} has a digest already"), digest=digest)


__all__ = ["Pulled", "Reference"]
