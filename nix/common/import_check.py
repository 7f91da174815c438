"""Import every top-level module of the environment, find what the image starts, and let uv check that versions fit.

uv looks at the interpreter that ``$checked`` names, this one where that is not set.
"""

import importlib
import importlib.metadata
import os
import shutil
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
            failed.append(f"{name} does not import")
        else:
            print("imports", name)
    os.chdir(os.environ["directory"])
    command = os.environ["command"]
    if shutil.which(command) is None:
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
