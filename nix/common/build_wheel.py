"""Call the build backend of a source directory for its wheel (PEP 517), in the interpreter's own environment.

Usage: build_wheel.py SOURCE OUTPUT; ``$backend`` holds ``build-backend`` and ``backend-path`` as JSON.
"""

import importlib
import json
import os
import sys


def main():
    """Build the wheel into OUTPUT; the backend's own words go to standard error."""
    source, output = sys.argv[1:]
    table = json.loads(os.environ.pop("backend"))
    os.chdir(source)
    os.environ["PATH"] = f"{sys.prefix}/bin:{os.environ['PATH']}"
    sys.path[:0] = [os.path.join(source, path) for path in table["backend-path"]]
    module, _, attributes = table["build-backend"].partition(":")
    backend = importlib.import_module(module)
    for name in filter(None, attributes.split(".")):
        backend = getattr(backend, name)
    if module == "setuptools.build_meta" and attributes == "__legacy__":
        sys.path.insert(0, source)
        sys.argv[0] = os.path.join(source, "setup.py")
    sys.stdout.flush()
    saved = os.dup(1)
    os.dup2(2, 1)
    name = backend.build_wheel(output, {}, None)
    os.dup2(saved, 1)
    print(name)


main()
