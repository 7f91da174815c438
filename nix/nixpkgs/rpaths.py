"""Keep what autoPatchelf forgets of an ELF file's RPATH: the entries that begin with $ORIGIN, and DT_RPATH.

``rpaths.py remember DIRECTORY`` prints, as JSON, what the files have; ``rpaths.py restore DIRECTORY`` reads that after
autoPatchelf and writes the $ORIGIN entries first again, by which libraries of several wheels find one another in the
environment; then, relative to $ORIGIN, where the wheel itself has what no such entry leads to; then what autoPatchelf
found in the store; last the driver's directory, where a file needs a library of the driver.

autoPatchelf walks a wheel in the order of the file system and takes the first library of a name: which of the wheel's
directories it named says nothing, only that it named one.
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
FORGOTTEN = re.compile(r"/e{32}-")  # what forget.sh leaves of a store path that only compiled
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


def machine(path):
    """What processor an ELF file is for."""
    with open(path, "rb") as file:
        return struct.unpack_from("<H", file.read(20), 18)[0]


def rpath(tags):
    """The entries of a file's RUNPATH, or of its RPATH where it has no other."""
    text = (tags.get(DT_RUNPATH) or tags.get(DT_RPATH) or [""])[0]
    return [entry for entry in text.split(":") if entry]


def remember(directory):
    """``{file: {"origin": entries, "forced": whether DT_RPATH, "machine": e_machine}}`` of the ELF files there."""
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
                    "machine": machine(path),
                }
    return found


def within(name, had, needed, named, holders):
    """The entries, relative to $ORIGIN, to what the file ``name`` needs of its own wheel and no entry of its leads to.

    ``named`` are the wheel's directories that autoPatchelf named, ``holders`` those that have ``(soname, machine)``.
    """
    here = os.path.dirname(name) or "."
    leads = {os.path.normpath(os.path.join(here, entry.replace("$ORIGIN", "."))) for entry in had["origin"]}
    found = []
    for soname in needed:
        places = holders.get((soname, had["machine"]), set())
        if places & named and not places & leads:
            place = min(places, key=lambda place: (place != here, place))
            found.append("$ORIGIN" if place == here else f"$ORIGIN/{os.path.relpath(place, here)}")
    return found


def restore(directory, remembered):
    """Write the RPATHs of the remembered files."""
    holders = {}
    for name, had in remembered.items():
        key = (os.path.basename(name), had["machine"])
        holders.setdefault(key, set()).add(os.path.dirname(name) or ".")
    for name, had in sorted(remembered.items()):
        path = os.path.join(directory, name)
        tags = dynamic(path)
        needed = tags.get(DT_NEEDED, [])
        store = [entry for entry in rpath(tags) if entry.startswith(f"{os.environ['NIX_STORE']}/")]
        store = [entry for entry in store if not FORGOTTEN.search(entry)]
        own = [entry for entry in store if f"{entry}/".startswith(f"{directory}/")]
        named = {os.path.relpath(entry, directory) for entry in own}
        entries = had["origin"] + within(name, had, needed, named, holders)
        entries += [entry for entry in store if entry not in own]
        if any(DRIVERS.fullmatch(soname) for soname in needed):
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
