"""Write ROOT/etc/ld.so.cache as the ldconfig in ROOT would with -X, for a root whose programs cannot run here.

Usage: python -s -S ldconfig.py ROOT

The format is glibc's (sysdeps/generic/dl-cache.h, "glibc-ld.so.cache" version 1.1, with the extensions of glibc 2.33):
a header, the entries with the newest names first, their strings, and a directory of extensions. Which machine it is
for, and the name of the program that has written it, are read from ROOT's own ldconfig.
"""

import fnmatch
import os
import re
import stat
import struct
import sys
from functools import cmp_to_key

PROGRAM = "/usr/sbin/ldconfig"
CACHE = "/etc/ld.so.cache"
# What an entry is for, by e_machine of ELF: the flags of the architecture with those of a library of libc6.
FLAGS = {62: 0x0303, 183: 0x0A03}
TRIPLETS = {62: "x86_64-linux-gnu", 183: "aarch64-linux-gnu"}
GENERATOR = re.compile(rb"ldconfig \([ -'*-~]+\) [a-z]+ release version [0-9.]+")
EXTENSION = 1 << 62  # of hwcap: its lower half is the number of a glibc-hwcaps directory
MAGIC = (-358342284) & 0xFFFFFFFF
LINKS = 40


class Root:
    """A directory whose absolute links are its own."""

    def __init__(self, path):
        self.path = os.path.realpath(path)

    def real(self, path):
        """Where ``path`` lies on this machine, with every link followed; None where nothing is there."""
        done, todo, links = [], path.split("/")[::-1], 0
        while todo:
            part = todo.pop()
            if part in ("", "."):
                continue
            if part == "..":
                del done[-1:]
                continue
            place = "/".join([self.path, *done, part])
            if os.path.islink(place):
                links += 1
                if links > LINKS:
                    return None
                target = os.readlink(place)
                if target.startswith("/"):
                    done = []
                todo += target.split("/")[::-1]
            elif os.path.lexists(place):
                done.append(part)
            else:
                return None
        return "/".join([self.path, *done])


def main(path):
    """Read the directories that ld.so.conf and the program itself name, and write the cache."""
    root = Root(path)
    with open(root.real(PROGRAM), "rb") as file:
        program = file.read()
    machine = struct.unpack_from("<H", program, 18)[0]
    entries = []
    for directory, hwcap in directories(root, TRIPLETS[machine]):
        entries += libraries(root, directory, hwcap, machine)
    data = cache(entries, FLAGS[machine], GENERATOR.search(program)[0])
    place = os.path.join(root.real(os.path.dirname(CACHE)), os.path.basename(CACHE))
    with open(place, "wb") as file:
        file.write(data)
    os.chmod(place, 0o644)


def directories(root, triplet):
    """The directories to search, each once, with the name below glibc-hwcaps ("" for the directory itself)."""
    builtin = [f"/lib/{triplet}", f"/usr/lib/{triplet}", "/lib", "/usr/lib"]
    seen = set()
    for line in [*configured(root, "/etc/ld.so.conf"), *builtin]:
        name = line.rstrip("/")
        real = root.real(name)
        if not name or real is None or not os.path.isdir(real) or real in seen:
            continue
        seen.add(real)
        yield name, ""
        below = os.path.join(real, "glibc-hwcaps")
        for hwcap in sorted(os.listdir(below)) if os.path.isdir(below) else ():
            inner = root.real(f"{name}/glibc-hwcaps/{hwcap}")
            if hwcap[0] == "." or ":" in hwcap or inner is None or not os.path.isdir(inner) or inner in seen:
                continue
            seen.add(inner)
            yield f"{name}/glibc-hwcaps/{hwcap}", hwcap


def configured(root, file):
    """The lines of ld.so.conf(5) ``file``, those of the files that it includes in their place."""
    real = root.real(file)
    if real is None:
        return
    with open(real, encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            words = line.partition("#")[0].strip()
            if re.match(r"include\s", words):
                for word in words.split()[1:]:
                    pattern = word if word[0] == "/" else f"{os.path.dirname(file)}/{word}"
                    folder, _, base = pattern.rpartition("/")
                    place = root.real(folder)
                    names = sorted(os.listdir(place)) if place and os.path.isdir(place) else []
                    for name in names:
                        if fnmatch.fnmatchcase(name, base) and not name.startswith("."):
                            yield from configured(root, f"{folder}/{name}")
            elif words and not re.match(r"(?i:hwcap)\s", words):
                yield words


def libraries(root, directory, hwcap, machine):
    """The entries of ``directory``: the name that programs ask for, the path, the name below glibc-hwcaps."""
    found = {}
    real = root.real(directory)
    for name in sorted(os.listdir(real)):
        if not is_library(name):
            continue
        place = os.path.join(real, name)
        is_link = os.path.islink(place)
        target = root.real(f"{directory}/{name}")
        if target is None or not stat.S_ISREG(os.stat(target).st_mode):
            continue
        with open(target, "rb") as file:
            data = file.read()
        soname = soname_of(data, machine)
        if soname is None:
            continue
        soname = soname or name
        # A link that is neither the soname nor the name for linking with it counts as a file.
        is_link = is_link and (name == soname or (name.endswith(".so") and soname.startswith(name)))
        if is_link:
            soname = name
        before = found.get(soname)
        if before is None or (before[1] and not is_link) or (before[1] == is_link and compare(before[0], name) < 0):
            found[soname] = (name, is_link)
    return [(soname, f"{directory}/{name if hwcap else soname}", hwcap) for soname, (name, _) in sorted(found.items())]


def is_library(name):
    """Whether the name is one of a library or of the loader, and not of a file that a package manager is writing."""
    if name.endswith((".dpkg-new", ".dpkg-tmp")) or ";" in name or ".#prelink#" in name:
        return False
    return (name.startswith(("lib", "ld-")) and ".so" in name) or name.startswith(("ld.so.", "ld64.so."))


def soname_of(data, machine):
    """DT_SONAME of a shared object for ``machine``, "" where it has none; None for any other file."""
    try:
        return _soname(data, machine)
    except (struct.error, IndexError, ValueError):
        return None  # what is truncated is no library


def _soname(data, machine):
    if data[:6] != b"\x7fELF\x02\x01" or struct.unpack_from("<HH", data, 16) != (3, machine):
        return None
    (table,), (size, count) = struct.unpack_from("<Q", data, 32), struct.unpack_from("<HH", data, 54)
    segments = [struct.unpack_from("<IIQQQQ", data, table + number * size) for number in range(count)]
    dynamic = [(offset, length) for kind, _, offset, _, _, length in segments if kind == 2 and length]
    if not dynamic:
        return None
    tags = {}
    place = dynamic[-1][0]
    while True:
        tag, value = struct.unpack_from("<qQ", data, place)
        if tag == 0:
            break
        tags.setdefault(tag, value)
        place += 16
    if 5 not in tags:
        return None
    if 14 not in tags:
        return ""
    strings = tags[5]
    for kind, _, offset, address, _, length in segments:
        if kind == 1 and address <= strings < address + length:
            strings += offset - address
            break
    start = strings + tags[14]
    return data[start : data.index(b"\0", start)].decode("utf-8", "surrogateescape")


def compare(one, other):
    """The order of names in which a larger number is a later one: negative where ``one`` comes first."""
    parts, others = (re.findall(r"[0-9]+|[^0-9]", name) for name in (one, other))
    for left, right in zip(parts, others, strict=False):
        if left[0].isdigit() and right[0].isdigit():
            difference = int(left) - int(right)
        elif left[0].isdigit() or right[0].isdigit():
            difference = 1 if left[0].isdigit() else -1
        else:
            difference = ord(left) - ord(right)
        if difference:
            return difference
    return len(parts) - len(others)


def order(one, other):
    """The order of entries: later names first, for one name those of glibc-hwcaps first."""
    difference = compare(other[0], one[0])
    if difference or one[2] == other[2]:
        return difference
    if not one[2] or not other[2]:
        return -1 if one[2] else 1
    return -1 if one[2] < other[2] else 1


def cache(entries, flags, generator):
    """The bytes of the cache that holds ``entries``."""
    entries = sorted(entries, key=cmp_to_key(order))
    hwcaps = sorted({hwcap for _, _, hwcap in entries if hwcap})
    texts = {text.encode("utf-8", "surrogateescape") for name, path, _ in entries for text in (name, path)}
    strings, offsets = joined(texts | {hwcap.encode("utf-8", "surrogateescape") for hwcap in hwcaps})
    start = 48 + 24 * len(entries)

    def place(text):
        return start + offsets[text.encode("utf-8", "surrogateescape")]

    extensions = -(-(start + len(strings)) // 4) * 4
    header = struct.pack("<17s3sIIB3xI12x", b"glibc-ld.so.cache", b"1.1", len(entries), len(strings), 2, extensions)
    table = b"".join(
        struct.pack("<iIIIQ", flags, place(name), place(path), 0, EXTENSION | hwcaps.index(hwcap) if hwcap else 0)
        for name, path, hwcap in entries
    )
    after = extensions + 8 + 16 * (2 if hwcaps else 1)
    sections = [struct.pack("<IIII", 0, 0, after + 4 * len(hwcaps), len(generator))]
    if hwcaps:
        sections.append(struct.pack("<IIII", 1, 0, after, 4 * len(hwcaps)))
    body = (header + table + strings).ljust(extensions, b"\0") + struct.pack("<II", MAGIC, len(sections))
    return body + b"".join(sections) + b"".join(struct.pack("<I", place(hwcap)) for hwcap in hwcaps) + generator


def joined(texts):
    """The strings, each ended by a zero, one that another ends in within it; and where each of them lies."""
    # By their ends, the longer first: what holds another stands before it.
    ordered = sorted((text[::-1] for text in texts), reverse=True)
    data, offsets, before, place = [], {}, b"", 0
    for reverse in ordered:
        text = reverse[::-1]
        if before.endswith(text) and before:
            offsets[text] = place + len(before) - len(text)
        else:
            place += len(before) + 1 if data else 0
            data.append(text + b"\0")
            offsets[text] = place
        place = offsets[text]
        before = text
    return b"".join(data), offsets


if __name__ == "__main__":
    main(sys.argv[1])
