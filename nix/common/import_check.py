"""Import every top-level module of the environment, find what the image starts, and let uv check that versions fit.

uv looks at the interpreter that ``$checked`` names, this one where that is not set. ``$root`` is where the image's file
system lies, but for the store, and ``$path`` is its PATH; without them the check runs in the image itself.
"""

import importlib
import importlib.metadata
import os
import subprocess
import sys
import traceback

MOST_LINKS = 40  # as many as Linux follows


def top_level_modules():
    """The importable top-level names of the installed distributions, sorted; private ones are left out."""
    return sorted(
        name for name in importlib.metadata.packages_distributions() if name.isidentifier() and not name.startswith("_")
    )


def really(path):
    """Where the absolute ``path`` of the image lies on this machine, links followed as the image has them."""
    root = os.environ.get("root", "")
    if not root:
        return path
    found, rest, links = "/", path, 0
    while rest:
        part, _, rest = rest.partition("/")
        found = os.path.normpath(os.path.join(found, part))
        place = found if found.startswith("/nix/store/") else root + found
        if os.path.islink(place) and links < MOST_LINKS:
            links += 1
            rest = os.path.join(os.path.dirname(found), os.readlink(place), rest)
            found = "/"
    return found if found.startswith("/nix/store/") else root + found


def has_program(command):
    """Whether ``command``, as the image is told to start it, is a program of the image."""
    directories = [""] if "/" in command else os.environ.get("path", os.environ["PATH"]).split(":")
    for directory in directories:
        place = really(os.path.join(os.environ["directory"], directory, command))
        if os.path.isfile(place) and os.access(place, os.X_OK):
            return True
    return False


def main():
    """Print each module that imports; exit 1 where one fails."""
    failed = []
    for name in os.environ.get("modules", "").split() or top_level_modules():
        try:
            importlib.import_module(name)
        except BaseException:
            traceback.print_exc()
            failed.append(f"{name} does not import")
        else:
            print("imports", name)
    command = os.environ["command"]
    if not has_program(command):
        failed.append(f"the image starts {command!r}, which is not in it (tool.neve.image.entrypoint)")
    sys.stdout.flush()
    checked = os.environ.get("checked", sys.executable)
    fit = subprocess.run(
        [sys.argv[1], "--no-cache", "--offline", "--no-config", "pip", "check", "--python", checked],
        check=False,
    )
    for problem in failed:
        print(problem, file=sys.stderr)
    sys.exit(bool(failed) or fit.returncode)


main()
