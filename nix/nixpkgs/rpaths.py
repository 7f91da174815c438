"""Keep what autoPatchelf forgets of an ELF file's RPATH: the entries that begin with $ORIGIN, and DT_RPATH.

``rpaths.py remember DIRECTORY`` prints, as JSON, what the files have; ``rpaths.py restore DIRECTORY`` reads that after
autoPatchelf and writes the $ORIGIN entries first again, by which libraries of several wheels find one another in the
environment; then what autoPatchelf found in the store, without directories that an $ORIGIN entry already leads to; last
the driver's directory, where a file needs a library of the driver.
"""

import json
import mmap
import os
import re
import struct
import subprocess
import sys

DRIVER = "/run/opengl-driver/lib"
DRIVERS = re.compile(r"lib(cuda|nvidia-[a-z-]+|nvcuvid|nvoptix)\.so(\.\d+)*")
PT_LOAD, PT_DYNAMIC = 1, 2
DT_NEEDED, DT_STRTAB, DT_RPATH, DT_RUNPATH = 1, 5, 15, 29


def dynamic(path):
    """``{tag: [text]}`` of a file's dynamic section; None where it is no 64-bit little-endian ELF file with one."""
    with open(path, "rb") as file:
        if file.read(6) != b"\x7fELF\x02\x01":
            return None
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        (start,) = struct.unpack_from("<Q", data, 32)
        size, count = struct.unpack_from("<HH", data, 54)
        headers = [struct.unpack_from("<IIQQQQ", data, start + size * number) for number in range(count)]
        section = next((header for header in headers if header[0] == PT_DYNAMIC), None)
        if section is None:
            return None
        entries = list(struct.iter_unpack("<QQ", data[section[2] : section[2] + section[5] // 16 * 16]))
        address = dict(entries)[DT_STRTAB]
        table = next(
            address - virtual + offset
            for kind, _, offset, virtual, _, length in headers
            if kind == PT_LOAD and virtual <= address < virtual + length
        )
        found = {}
        for tag, value in entries:
            if tag in (DT_NEEDED, DT_RPATH, DT_RUNPATH):
                found.setdefault(tag, []).append(data[table + value : data.find(b"\0", table + value)].decode())
    except (struct.error, KeyError, StopIteration, ValueError):
        return None
    return found


def rpath(tags):
    """The entries of a file's RUNPATH, or of its RPATH where it has no other."""
    text = (tags.get(DT_RUNPATH) or tags.get(DT_RPATH) or [""])[0]
    return [entry for entry in text.split(":") if entry]


def remember(directory):
    """``{file: {"origin": entries, "forced": whether DT_RPATH}}`` of the ELF files below ``directory``."""
    found = {}
    for place, _, files in os.walk(directory):
        for name in files:
            path = os.path.join(place, name)
            tags = None if os.path.islink(path) else dynamic(path)
            if tags is not None:
                origin = [re.sub(r"\$\{ORIGIN\}", "$ORIGIN", entry) for entry in rpath(tags)]
                found[os.path.relpath(path, directory)] = {
                    "origin": [entry for entry in origin if entry.startswith("$ORIGIN")],
                    "forced": DT_RPATH in tags and DT_RUNPATH not in tags,
                }
    return found


def restore(directory, remembered):
    """Write the RPATHs of the remembered files."""
    for name, had in sorted(remembered.items()):
        path = os.path.join(directory, name)
        tags = dynamic(path)
        leads = {os.path.normpath(entry.replace("$ORIGIN", os.path.dirname(path))) for entry in had["origin"]}
        store = [entry for entry in rpath(tags) if entry.startswith(f"{os.environ['NIX_STORE']}/")]
        entries = had["origin"] + [entry for entry in store if entry not in leads]
        if any(DRIVERS.fullmatch(soname) for soname in tags.get(DT_NEEDED, ())):
            entries.append(DRIVER)
        entries = list(dict.fromkeys(entries))
        if entries != rpath(tags):
            force = ["--force-rpath"] if had["forced"] else []
            change = ["--set-rpath", ":".join(entries)] if entries else ["--remove-rpath"]
            subprocess.run(["patchelf", *force, *change, path], check=True)


def main():
    """Remember or restore."""
    command, directory = sys.argv[1:]
    if command == "remember":
        json.dump(remember(directory), sys.stdout)
    else:
        restore(directory, json.load(sys.stdin))


main()
