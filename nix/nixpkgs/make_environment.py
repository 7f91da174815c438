"""Make a directory with the project's files a virtual environment on an interpreter and a directory of dependencies.

Usage: make_environment.py ENVIRONMENT INTERPRETER SITE_PACKAGES DEPENDENCIES
"""

import configparser
import glob
import os
import re
import sys

ENTRY = re.compile(r"(?P<module>[\w.]+)\s*:\s*(?P<attribute>[\w.]+)\s*(\[.*\])?")
SCRIPT = """\
#!{python}
import sys

from {module} import {first}

if __name__ == "__main__":
    sys.exit({attribute}())
"""


def write(path, content, mode=0o644):
    """Write the bytes of a file, in place of a link where there is one."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.lexists(path):
        os.unlink(path)
    with open(path, "wb") as file:
        file.write(content)
    os.chmod(path, mode)


def console_scripts(site_packages):
    """``(name, module, attribute)`` of the scripts that the distributions in a directory ask for, sorted."""
    found = []
    for path in glob.glob(f"{glob.escape(site_packages)}/*.dist-info/entry_points.txt"):
        table = configparser.RawConfigParser(delimiters=("=",), strict=False)
        table.optionxform = str
        table.read(path, encoding="utf-8")
        for section in ("console_scripts", "gui_scripts"):
            for name, value in table.items(section) if table.has_section(section) else ():
                entry = ENTRY.fullmatch(value.strip())
                if entry is None or "/" in name:
                    sys.exit(f"make_environment.py: {path}: {name} = {value} is no entry point")
                found.append((name, entry["module"], entry["attribute"]))
    return sorted(found)


def link_absent(source, target, without=()):
    """Link what ``source`` holds into ``target``; a directory that both have is joined."""
    for name in sorted(set(os.listdir(source)) - set(without)):
        here, there = os.path.join(target, name), os.path.join(source, name)
        if not os.path.lexists(here):
            os.symlink(there, here)
        elif os.path.isdir(here) and os.path.isdir(there) and not os.path.islink(here):
            link_absent(there, here)


def name_interpreter(directory, python):
    """Scripts of wheels that begin with ``#!python`` get the environment's interpreter; its options stay."""
    for name in sorted(os.listdir(directory)):
        path = os.path.join(directory, name)
        if not os.path.isfile(path):
            continue
        with open(path, "rb") as file:
            script = file.read()
        word = re.match(rb"#![ \t]*pythonw?(?=\s)", script)
        if word:
            write(path, b"#!" + os.fsencode(python) + script[word.end() :], 0o755)


def main():
    """Add the dependencies' data and scripts, the interpreter, pyvenv.cfg and the path to the dependencies."""
    environment, interpreter, site_packages, dependencies = sys.argv[1:]
    binaries, python = f"{environment}/bin", f"{environment}/bin/python"
    os.makedirs(binaries, exist_ok=True)
    os.makedirs(f"{environment}/{site_packages}", exist_ok=True)
    link_absent(dependencies, environment, without=["lib"])
    # lib/pythonX.Y is read where it lies.
    link_absent(f"{dependencies}/lib", f"{environment}/lib", without=[site_packages.split("/")[1]])
    name_interpreter(binaries, python)
    for directory in (f"{dependencies}/{site_packages}", f"{environment}/{site_packages}"):
        for name, module, attribute in console_scripts(directory):
            first = attribute.partition(".")[0]
            text = SCRIPT.format(python=python, module=module, first=first, attribute=attribute)
            write(f"{binaries}/{name}", text.encode(), 0o755)
    major, minor, micro = sys.version_info[:3]
    exact = f"python{major}.{minor}"
    for name in sorted({"python", "python3", exact, exact + sys.abiflags}):  # abiflags: "t" where it is free-threaded
        if os.path.lexists(f"{binaries}/{name}"):
            os.unlink(f"{binaries}/{name}")
        os.symlink(interpreter, f"{binaries}/{name}")
    write(
        f"{environment}/pyvenv.cfg",
        (
            f"home = {os.path.dirname(interpreter)}\nimplementation = CPython\n"
            f"version_info = {major}.{minor}.{micro}\ninclude-system-site-packages = false\n"
        ).encode(),
    )
    line = f"import site; site.addsitedir({f'{dependencies}/{site_packages}'!r})\n"
    write(f"{environment}/{site_packages}/neve.pth", line.encode())


main()
