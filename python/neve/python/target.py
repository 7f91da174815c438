"""The target that wheels are chosen for: markers and tags, without running its interpreter (PEP 508, 425, 600)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.markers import Environment
    from packaging.tags import Tag

# The oldest glibc that a manylinux tag can name, by architecture (PEP 600), and the names before PEP 600.
_OLDEST = {"x86_64": 5, "aarch64": 17}
_LEGACY = {
    "x86_64": {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"},
    "aarch64": {17: "manylinux2014"},
}


@dataclass(frozen=True, kw_only=True)
class Target:
    """An interpreter on a C library on a processor: CPython ``python_full_version``, glibc, ``architecture``.

    A ``freethreaded`` CPython (PEP 703) has an ABI of its own, and no stable one.
    """

    python_full_version: str
    glibc: tuple[int, int]
    architecture: str
    freethreaded: bool = False

    @property
    def python(self) -> tuple[int, int]:
        """Major and minor version."""
        major, minor = self.python_full_version.split(".")[:2]
        return int(major), int(minor)

    @property
    def abi(self) -> str:
        """The ABI tag (PEP 425): ``cp313``, or ``cp313t`` where it is free-threaded."""
        major, minor = self.python
        return f"cp{major}{minor}{'t' if self.freethreaded else ''}"

    def environment(self) -> Environment:
        """The values of the environment markers (PEP 508)."""
        major, minor = self.python
        return {
            "implementation_name": "cpython",
            "implementation_version": self.python_full_version,
            "os_name": "posix",
            "platform_machine": self.architecture,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": self.python_full_version,
            "python_version": f"{major}.{minor}",
            "sys_platform": "linux",
        }

    def tags(self) -> list[Tag]:
        """The tags of wheels that run there, the best first, as ``packaging.tags`` ranks them."""
        from packaging.tags import compatible_tags, cpython_tags

        version = self.python
        interpreter = f"cp{version[0]}{version[1]}"
        platforms = list(self._platforms())
        return [*cpython_tags(version, [self.abi], platforms), *compatible_tags(version, interpreter, platforms)]

    def _platforms(self) -> Iterator[str]:
        major, newest = self.glibc
        legacy = _LEGACY[self.architecture]
        yield f"linux_{self.architecture}"  # first, as packaging has it: a wheel built for this very system
        for minor in range(newest, _OLDEST[self.architecture] - 1, -1):
            yield f"manylinux_{major}_{minor}_{self.architecture}"
            if minor in legacy:
                yield f"{legacy[minor]}_{self.architecture}"


__all__ = ["Target"]
