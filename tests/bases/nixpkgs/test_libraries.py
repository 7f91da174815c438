from __future__ import annotations

import re
from collections import Counter

from neve.bases.nixpkgs import libraries
from neve.bases.nixpkgs.attributes import ATTRIBUTE, attribute_problems
from neve.bases.nixpkgs.libraries import attribute_in, find_libraries
from neve.libraries.provider import Provider
from neve.libraries.sonames import is_drivers, is_loaders


def test_the_table() -> None:
    table = libraries._table()
    sonames = [soname for names in table["sonames"].values() for soname in names]
    assert [soname for soname, count in Counter(sonames).items() if count > 1] == []
    assert all(re.fullmatch(r"[A-Za-z0-9_+.-]+\.so(\.[0-9.]+)?", soname) for soname in sonames)
    assert not any(is_drivers(soname) or is_loaders(soname) for soname in sonames)
    attributes = [*table["sonames"], *(name for names in table["before"].values() for name in names.values())]
    assert all(ATTRIBUTE.match(attribute) for attribute in attributes)
    assert attribute_problems(attributes, where="libraries.toml") == []
    assert set(table["present"]) <= set(table["sonames"])
    assert all(set(names) <= set(table["sonames"]) for names in table["before"].values())


def test_names_of_a_release() -> None:
    assert attribute_in("libxcb", "25.11") == "xorg.libxcb"
    assert [attribute_in("libxcb", release) for release in ("26.05", "nixos-unstable")] == ["libxcb", "libxcb"]
    assert attribute_in("alsa-lib", "25.05") == "alsa-lib"


def test_what_every_wheel_finds_what_is_named_and_what_could_be() -> None:
    asked = ["libGL.so.1", "libz.so.1", "libxcb.so.1", "libasound.so.2", "libnone.so.7"]
    assert find_libraries(asked, system=["alsa-lib", "jq"], release="25.11") == {
        "libGL.so.1": Provider(present=True),
        "libz.so.1": Provider(present=True),
        "libxcb.so.1": Provider(packages=("xorg.libxcb",)),
        "libasound.so.2": Provider(present=True, packages=("alsa-lib",)),
        "libnone.so.7": Provider(),
    }
    renamed = find_libraries(["libxcb.so.1"], system=["xorg.libxcb"], release="25.11")
    assert renamed["libxcb.so.1"].present
