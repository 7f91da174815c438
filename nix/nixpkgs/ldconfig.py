"""/sbin/ldconfig of an image on nixpkgs, whose loader reads no cache: -p prints the libraries of LD_LIBRARY_PATH.

Triton asks it where libcuda.so.1 lies. Any other call, which would write a cache, does nothing.
"""

import os
import sys

KINDS = {"x86_64": "libc6,x86-64", "aarch64": "libc6,AArch64"}


def libraries(places):
    """The names and paths of the libraries in the directories of ``places``, of each name the first."""
    found = {}
    for place in places:
        try:
            names = sorted(os.listdir(place))
        except OSError:
            continue
        for name in names:
            if name.startswith("lib") and ".so" in name and os.path.exists(os.path.join(place, name)):
                found.setdefault(name, os.path.join(place, name))
    return found


def main(arguments):
    """What ldconfig(8) prints, in its format."""
    if not {"-p", "--print-cache"}.intersection(arguments):
        return
    places = filter(None, os.environ.get("LD_LIBRARY_PATH", "").split(":"))
    found = libraries(places)
    kind = KINDS.get(os.uname().machine, "libc6")
    print(f"{len(found)} libs found in cache `/etc/ld.so.cache'")
    for name, path in sorted(found.items(), reverse=True):
        print(f"\t{name} ({kind}) => {path}")


if __name__ == "__main__":
    main(sys.argv[1:])
