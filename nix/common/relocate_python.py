"""Tell an interpreter of the python-build-standalone project where it lies and by what extensions are compiled.

Usage: relocate_python.py PREFIX [DIRECTORY]: what lies in DIRECTORY (default: PREFIX) is at PREFIX in the image.

It finds its own library wherever it lies, but what sysconfig, pkg-config and python-config tell is of the machine that
built it: the prefix /install, a clang in a place of its own, and options that no other compiler knows.
"""

import ast
import glob
import json
import os
import pprint
import re
import sys

BUILT_AT = re.compile(r"(^|[\s\"'=:,]|-[ILR]|\$\{DESTDIR\})/install(?=[/\s\"':,;]|$)", re.MULTILINE)
# Words of commands, without the directory, the target and the version of what built it.
PLACE = r"(?:\S*/)?(?:[\w.]+-linux-\w+-|musl-|llvm-)?"
COMPILER = re.compile(PLACE + r"(?:clang|gcc|g(?=\+\+))(\+\+)?(?:-[0-9]+)?\Z")
BINUTIL = re.compile(PLACE + r"(ar|nm|ranlib|readelf|strip)(?:-[0-9]+)?\Z")
COMMANDS = frozenset(
    ["AR", "BLDSHARED", "CC", "CPP", "CXX", "LDCXXSHARED", "LDSHARED", "LINKCC", "MAINCC", "NM", "RANLIB", "READELF"]
)
CLANGS_OWN = re.compile(r"(^|\s)-(fdebug-default-version=\S+|flto=thin|fprofile-instr-\S+|mllvm\s+\S+)(?=\s|$)")


def moved(text, prefix):
    """``text`` with the paths of an interpreter at ``prefix``."""
    return BUILT_AT.sub(lambda found: found[1] + prefix, text)


def variable(name, value, prefix):
    """The build variable ``name`` as it is at ``prefix``."""
    if not isinstance(value, str):
        return value
    value = CLANGS_OWN.sub("", moved(value, prefix))
    return re.sub(r"\S+", lambda found: tool(found[0]), value) if name in COMMANDS else value


def tool(word):
    """``word`` of a command, as the tool is called where the interpreter is."""
    if found := COMPILER.match(word):
        return "c++" if found[1] else "cc"
    found = BINUTIL.match(word)
    return found[1] if found else word


def rewrite_variables(path, prefix):
    """The variables of ``path``: a module that assigns them, or JSON (from Python 3.14 on)."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if path.endswith(".json"):
        head, variables = None, json.loads(text)
    else:
        (assigned,) = (node for node in ast.parse(text).body if isinstance(node, ast.Assign))
        head = "".join(line for line in text.splitlines(keepends=True)[: assigned.lineno - 1])
        variables = ast.literal_eval(assigned.value)
    variables = {name: variable(name, value, prefix) for name, value in variables.items()}
    if head is None:
        new = json.dumps(variables, indent=2, sort_keys=True) + "\n"
    else:
        new = f"{head}build_time_vars = {pprint.pformat(variables)}\n"
    replace(path, new)


def rewrite_text(path, prefix):
    """The paths in the text file ``path``; what is no text stays."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except UnicodeDecodeError:
        return
    replace(path, moved(text, prefix))


def replace(path, text):
    """Write ``text`` to ``path``, whose mode stays."""
    mode = os.stat(path).st_mode
    os.chmod(path, mode | 0o200)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def main():
    """Rewrite the files that tell of the build."""
    prefix = sys.argv[1]
    directory = sys.argv[2] if len(sys.argv) > 2 else prefix

    def files(*patterns):
        found = (path for pattern in patterns for path in glob.glob(os.path.join(directory, pattern)))
        return sorted(path for path in found if os.path.isfile(path) and not os.path.islink(path))

    for path in files("lib/python3.*/_sysconfigdata_*.py", "lib/python3.*/_sysconfig_vars_*.json"):
        rewrite_variables(path, prefix)
    library = "lib/python3.*"
    for path in files(
        "bin/python3*-config", "lib/pkgconfig/*.pc", f"{library}/config-*/Makefile", f"{library}/build-details.json"
    ):
        rewrite_text(path, prefix)


main()
