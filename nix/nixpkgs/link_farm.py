"""Join directories by links: what one source alone has is one link, what several have is a directory of links.

Usage: link_farm.py TARGET SITE_PACKAGES SOURCE...; of files that several sources have, the last one's counts, as with
an installer that takes them in this order.

Directories towards machine code are real with a link for each file, since behind a link to a directory $ORIGIN in a
RPATH would lead out of the farm and miss the other sources. All else is linked as a whole where that is possible: who
serves files compares real paths, and takes a file that is itself a link for one outside of its directory.
"""

import functools
import os
import sys


def is_directory(path):
    """Whether ``path`` is a directory and no link to one."""
    return os.path.isdir(path) and not os.path.islink(path)


@functools.cache
def holds_code(path):
    """Whether ``path`` is an ELF file, or a directory with one below it; links aside."""
    if os.path.islink(path):
        return False
    if os.path.isdir(path):
        return any(holds_code(os.path.join(path, name)) for name in os.listdir(path))
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def join(target, sources, real):
    """Fill the directory ``target`` with what the ``sources`` have; the directories ``real`` are never links."""
    os.mkdir(target)
    found = {}
    for source in sources:
        for name in os.listdir(source):
            found.setdefault(name, []).append(os.path.join(source, name))
    for name, paths in sorted(found.items()):
        place = os.path.join(target, name)
        directories = [path for path in paths if is_directory(path)] if is_directory(paths[-1]) else []
        if len(directories) > 1 or place in real or any(map(holds_code, directories)):
            join(place, directories, real)
        else:
            os.symlink(paths[-1], place)


def main():
    """Join all sources in TARGET, where SITE_PACKAGES is a real directory."""
    target, site_packages, *sources = sys.argv[1:]
    parts = site_packages.split("/")
    real = {os.path.join(target, *parts[:length]) for length in range(1, len(parts) + 1)}
    join(target, sources, real)
    os.makedirs(os.path.join(target, site_packages), exist_ok=True)


main()
