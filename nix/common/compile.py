"""Compile the Python files below the given paths to byte code, the same bytes each time.

Usage: PYTHONHASHSEED=0 python -s -S compile.py PATH..., or - for names on standard input.

Whether marshal shares a constant depends on what the interpreter compiled before, so each file belongs to one of a
fixed number of processes and has a fixed place in its queue; the number of cores changes nothing.
"""

import os
import py_compile
import sys
import warnings

SHARDS = 8


def sources(paths):
    """The files to compile, sorted; ``lib2to3``'s and ``test``'s bad examples fail quietly below."""
    found = []
    for path in paths:
        if os.path.isfile(path):
            found.append(path)
        for directory, directories, files in os.walk(path):
            directories[:] = [name for name in directories if name != "__pycache__"]
            found += [os.path.join(directory, name) for name in files]
    return sorted(name for name in found if name.endswith(".py") and os.path.isfile(name))


def compile_shard(files):
    """Compile ``files`` in order; a file that is no valid Python for this interpreter has no byte code."""
    warnings.simplefilter("ignore")
    for name in files:
        try:
            py_compile.compile(
                name, doraise=True, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
            )
        except (py_compile.PyCompileError, SyntaxError, UnicodeDecodeError, ValueError, RecursionError):
            continue


def main():
    """Fork the shards, at most as many at once as there are cores, and wait for all."""
    if sys.flags.hash_randomization:
        # Up to Python 3.10 a constant set is written in the order of its hashes; -I would ignore the seed.
        sys.exit("compile.py: hashes are random; call it with PYTHONHASHSEED=0 and without -E or -I")
    if sys.argv[1] == "-":
        names = (line.rstrip("\n") for line in sys.stdin)
        files = sorted(name for name in names if name.endswith(".py") and os.path.isfile(name))
    else:
        files = sources(sys.argv[1:])
    cores = max(1, int(os.environ.get("NIX_BUILD_CORES", "1")) or os.cpu_count() or 1)
    running, failed = 0, False
    for shard in range(SHARDS):
        if running == cores:
            failed |= os.wait()[1] != 0
            running -= 1
        if os.fork() == 0:
            compile_shard(files[shard::SHARDS])
            os._exit(0)
        running += 1
    for _ in range(running):
        failed |= os.wait()[1] != 0
    sys.exit(failed)


main()
