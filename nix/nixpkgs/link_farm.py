"""Join directories by links: real directories, a link for each file.

Usage: link_farm.py TARGET SOURCE...; of files that several sources have, the last one's counts, as with an installer
that takes them in this order.
"""

import os
import sys


def link(target, source):
    """Link every file below the directory ``source`` at the same place below ``target``."""
    for directory, directories, files in os.walk(source):
        place = os.path.normpath(os.path.join(target, os.path.relpath(directory, source)))
        os.makedirs(place, exist_ok=True)
        links = [name for name in directories if os.path.islink(os.path.join(directory, name))]
        for name in files + links:
            path = os.path.join(place, name)
            if os.path.lexists(path):
                os.unlink(path)
            os.symlink(os.path.join(directory, name), path)


def main():
    """Make TARGET and link all sources in turn."""
    target, *sources = sys.argv[1:]
    os.makedirs(target)
    for source in sources:
        link(target, source)


main()
