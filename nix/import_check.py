"""Import every top-level module of the environment, then let uv check that its versions fit together."""

import importlib
import importlib.metadata
import os
import subprocess
import sys
import traceback


def top_level_modules():
    """The importable top-level names of the installed distributions, sorted; private ones are left out."""
    return sorted(
        name for name in importlib.metadata.packages_distributions() if name.isidentifier() and not name.startswith("_")
    )


def main():
    """Print each module that imports; exit 1 where one fails."""
    failed = []
    for name in os.environ.get("modules", "").split() or top_level_modules():
        try:
            importlib.import_module(name)
        except BaseException:
            traceback.print_exc()
            failed.append(name)
        else:
            print("imports", name)
    sys.stdout.flush()
    checked = subprocess.run(
        [sys.argv[1], "--no-cache", "--offline", "--no-config", "pip", "check", "--python", sys.executable],
        check=False,
    )
    if failed:
        print("do not import:", " ".join(failed), file=sys.stderr)
    sys.exit(bool(failed) or checked.returncode)


main()
