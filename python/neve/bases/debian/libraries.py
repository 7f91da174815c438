"""Which Debian packages have the libraries that wheels need, and which of them the image holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from neve.libraries.provider import PRESENT, Provider

if TYPE_CHECKING:
    from neve.bases.debian.contents import Contents
    from neve.lock.model import Lock
    from neve.session import Session

# What the packages of nearly every image have, in all the suites: for most wheels no index is fetched. A name that one
# of them has not yet or no longer would be wrong here; what is left out is looked for in the index.
_KNOWN: Mapping[str, tuple[str, ...]] = {
    "libc6": (
        "libBrokenLocale.so.1",
        "libanl.so.1",
        "libc.so.6",
        "libdl.so.2",
        "libm.so.6",
        "libnss_dns.so.2",
        "libnss_files.so.2",
        "libpthread.so.0",
        "libresolv.so.2",
        "librt.so.1",
        "libthread_db.so.1",
        "libutil.so.1",
    ),
    "libatomic1": ("libatomic.so.1",),
    "libbz2-1.0": ("libbz2.so.1", "libbz2.so.1.0"),
    "libexpat1": ("libexpat.so.1",),
    "libffi8": ("libffi.so.8",),
    "libgcc-s1": ("libgcc_s.so.1",),
    "libgomp1": ("libgomp.so.1",),
    "liblzma5": ("liblzma.so.5",),
    "libsqlite3-0": ("libsqlite3.so.0",),
    "libssl3": ("libcrypto.so.3", "libssl.so.3"),
    "libssl3t64": ("libcrypto.so.3", "libssl.so.3"),
    "libstdc++6": ("libstdc++.so.6",),
    "libuuid1": ("libuuid.so.1",),
    "zlib1g": ("libz.so.1",),
}
# On x86_64 alone glibc has had this since 2.22, on aarch64 since 2.38.
_VECTOR = "libmvec.so.1"


def find_libraries(
    session: Session, lock: Lock, sonames: Collection[str], architecture: str, *, offline: bool
) -> dict[str, Provider]:
    """See :meth:`neve.bases.base.Base.libraries`."""
    held = held_packages(lock, architecture)
    known = {soname for package in held for soname in _KNOWN.get(package, ())}
    if architecture == "x86_64" and "libc6" in held:
        known.add(_VECTOR)
    found = {soname: PRESENT for soname in sonames if soname in known}
    rest = [soname for soname in sonames if soname not in found]
    contents = contents_of(session, lock, architecture, offline=offline) if rest else None
    if contents is not None:
        for soname in rest:
            packages = contents.providers_of_library(soname)
            found[soname] = Provider(present=not held.isdisjoint(packages), packages=packages)
    return found


def held_packages(lock: Lock, architecture: str) -> frozenset[str]:
    """The names of the packages that lie in the image for ``architecture``; what only builds it does not."""
    return frozenset(pin.name for pins in lock.debian[0].of(architecture).packages.values() for pin in pins)


def contents_of(session: Session, lock: Lock, architecture: str, *, offline: bool = False) -> Contents | None:
    """Which files the packages of the locked suite have; None where that cannot be had.

    ``offline`` takes it from the cache alone. Raises NeveError where an index is not signed, TransientError where the
    mirror cannot be reached.
    """
    from neve.bases.debian.contents import load_contents
    from neve.bases.debian.lock import DEBIAN_ARCHITECTURES
    from neve.errors import NeveError
    from neve.fetch import Fetcher
    from neve.progress import Silent

    name, release = DEBIAN_ARCHITECTURES[architecture], lock.debian[0].release
    if not (offline or session.options.offline):
        return load_contents(release, name, session.mirrors, session.fetcher, session.progress)
    try:
        fetcher = Fetcher(session.fetcher.cache, Silent(), offline=True)
        return load_contents(release, name, session.mirrors, fetcher, Silent())
    except NeveError:
        return None


__all__ = ["contents_of", "find_libraries", "held_packages"]
