"""Unpack a wheel as the binary distribution format asks (packaging.python.org, "binary distribution format").

Usage: install_wheel.py WHEEL PREFIX SITE_PACKAGES; scripts keep their ``#!python``, since the environment that they
will belong to is not known here.
"""

import csv
import io
import os
import re
import shutil
import sys
import zipfile


def place_of(name, site_packages, data):
    """Where the member ``name`` of the archive goes below the prefix."""
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or "\\" in name:
        sys.exit(f"install_wheel.py: the wheel holds a file outside of itself: {name!r}")
    if parts[0] != data:
        return f"{site_packages}/{name}"
    kinds = {
        "purelib": site_packages,
        "platlib": site_packages,
        "scripts": "bin",
        "headers": f"include/{data.partition('-')[0]}",
        "data": ".",
    }
    if len(parts) < 3 or parts[1] not in kinds:
        sys.exit(f"install_wheel.py: the wheel holds data of an unknown kind: {name!r}")
    return os.path.normpath("/".join([kinds[parts[1]], *parts[2:]]))


def record(text, places, site_packages, information):
    """RECORD with the files at the places where they are now, relative to site-packages, and INSTALLER."""
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    for name, *rest in rows:
        writer.writerow([os.path.relpath(places.get(name, f"{site_packages}/{name}"), site_packages), *rest])
    writer.writerow([f"{information}/INSTALLER", "", ""])
    return written.getvalue()


def main():
    """Write the files with mode 644, or 755 where the archive or their kind says so."""
    wheel, prefix, site_packages = sys.argv[1:]
    with zipfile.ZipFile(wheel) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        found = [name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
        if len(found) != 1:
            sys.exit(f"install_wheel.py: {wheel} has {len(found)} directories .dist-info, not one")
        information = os.path.dirname(found[0])
        data = information.removesuffix(".dist-info") + ".data"
        places = {member.filename: place_of(member.filename, site_packages, data) for member in members}
        for member in members:
            path = os.path.join(prefix, places[member.filename])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with archive.open(member) as source, open(path, "wb") as file:
                if member.filename == f"{information}/RECORD":
                    file.write(record(source.read().decode(), places, site_packages, information).encode())
                else:
                    shutil.copyfileobj(source, file, 1 << 20)
            runs = member.external_attr >> 16 & 0o111 or member.filename.startswith(f"{data}/scripts/")
            os.chmod(path, 0o755 if runs else 0o644)
    with open(os.path.join(prefix, site_packages, information, "INSTALLER"), "w") as file:
        file.write("neve\n")


main()
