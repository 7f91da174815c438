"""Which sonames are whose: the driver's, the loader's, those of another C library."""

from __future__ import annotations

import re

# What NVIDIA's driver brings, and a container runtime puts into the container; no package of a base fits the host's.
_DRIVER = re.compile(
    r"lib(cuda|cudadebugger|nvcuvid|nvoptix|nvidia-[a-z0-9-]+|(EGL|GLX|GLESv1_CM|GLESv2)_nvidia|vdpau_nvidia)\.so(\.[0-9.]+)?\Z"
)
_LOADER = re.compile(r"(ld-linux[a-z0-9_-]*|ld64|ld-musl-[a-z0-9_]+|linux-(vdso|gate)[0-9]*)\.so(\.[0-9]+)?\Z")
# Files for Alpine or Android, which some wheels carry beside those for glibc.
_FOREIGN = re.compile(r"(libc\.musl-[a-z0-9_]+\.so\.1|ld-musl-[a-z0-9_]+\.so\.1|libc\.so|liblog\.so|libandroid\.so)\Z")


def is_drivers(soname: str) -> bool:
    """Whether NVIDIA's driver brings ``soname``."""
    return _DRIVER.match(soname) is not None


def is_loaders(soname: str) -> bool:
    """Whether ``soname`` is the loader or the kernel's own, which are there where anything runs."""
    return _LOADER.match(soname) is not None


def is_foreign(soname: str) -> bool:
    """Whether what needs ``soname`` is for another C library than glibc."""
    return _FOREIGN.match(soname) is not None


__all__ = ["is_drivers", "is_foreign", "is_loaders"]
