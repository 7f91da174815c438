"""Refresh python/neve/cuda/releases.toml: what the index has of each release of CUDA, and NVIDIA's release notes.

    python scripts/refresh_cuda.py                                   the index that uv is configured with
    python scripts/refresh_cuda.py --index URL --notes FILE-OR-URL   another, and the drivers out of the release notes
    python scripts/refresh_cuda.py --check                           say what differs, and write nothing (exit 1)

From the index (simple API, HTML) come NVIDIA's compiler wheels of each release: of host_config.h the newest gcc, of
`ptxas --help` the GPU architectures, and whether nvcc and wheels for aarch64 are there. Only those members are read, by
HTTP range; ptxas runs on this machine (x86_64). What no source tells stays as it is in the file.
"""

from __future__ import annotations

import argparse
import html
import io
import json
import re
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

TABLE = Path(__file__).resolve().parents[1] / "python/neve/cuda/releases.toml"
# The packages that hold the compiler, and those that hold host_config.h, by the end of their names.
NVCC = ("nvidia-cuda-nvcc-cu11", "nvidia-cuda-nvcc-cu12", "nvidia-cuda-nvcc")
CRT = "nvidia-cuda-crt"
HEADER = """\
# What is known of each release of CUDA. Refreshed by scripts/refresh_cuda.py; neve/cuda/table.py reads it.
#
# driver         the oldest Linux driver (x86_64) that came with the release, or the branch that belongs to it
#                (CUDA Toolkit Release Notes 13.4, "CUDA Driver"; 13.3: those of 13.3; none is published for 13.5 yet)
# gcc            the newest that nvcc takes as its host compiler (crt/host_config.h of NVIDIA's wheels; before 11.7 the
#                Installation Guide, "Host Compiler Support Policy"; for 11.4 and 11.5 what nixpkgs takes, since gcc 11
#                fails with glibc there)
# architectures  the compute capabilities that it compiles for (`ptxas --help` of NVIDIA's wheels; before 11.7 the
#                documentation of nvcc, "GPU Feature List"); a: that GPU alone, f: its family
# nvcc           where the debian base has nvcc from: "wheels" (they hold the program from CUDA 13 on), "debian" (the
#                suite trixie, non-free: nvidia-cuda-toolkit), or from nowhere
# aarch64        whether NVIDIA has wheels of the compiler for it

# The oldest Linux driver that runs every release of a major version (CUDA Compatibility, Minor Version Compatibility).
"""
_WHEEL = re.compile(r"[A-Za-z0-9_]+-(?P<version>[0-9.]+)-[^-]+-[^-]+-(?P<platform>[a-z0-9_.]+)\.whl\Z")
_GCC = re.compile(r"^#if (?:defined *\(?__GNUC__\)? *&& *)?__GNUC__ > ([0-9]+)", re.M)
_SM = re.compile(r"'sm_([0-9]+)([0-9])([af]?)'")
_LINK = re.compile(r"<a\b[^>]*?\bhref=[\"']([^\"']+)[\"']([^>]*)>")
_TAG = re.compile(r"<[^>]*>")
_NATIVE = re.compile(
    r"CUDA (?P<release>1[0-9]\.[0-9]+)(?P<kind>(?:\.[0-9]+)?[A-Za-z0-9 ]*?)[\s|]*>= *(?P<driver>[0-9.]+)"
)
_BRANCH = re.compile(r"CUDA (?P<release>1[0-9]\.[0-9]+)[\s|]+R(?P<driver>[0-9]{3})\b")


class Remote(io.RawIOBase):
    """A file of a server that answers ranges, for :mod:`zipfile`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.position = 0
        with urllib.request.urlopen(self._request("bytes=0-0")) as answer:  # noqa: S310 - the index names it
            if answer.status != 206:
                sys.exit(f"{url} gives no ranges")
            self.size = int(answer.headers["Content-Range"].rpartition("/")[2])

    def _request(self, span: str) -> urllib.request.Request:
        return urllib.request.Request(self.url, headers={"Range": span})  # noqa: S310

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self.position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to ``offset`` of the start, the position or the end."""
        self.position = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.size}[whence]
        return self.position

    def readinto(self, buffer: Any) -> int:
        """Fetch as many bytes as ``buffer`` takes."""
        end = min(self.position + len(buffer), self.size)
        if end <= self.position:
            return 0
        with urllib.request.urlopen(self._request(f"bytes={self.position}-{end - 1}")) as answer:  # noqa: S310
            data = answer.read()
        buffer[: len(data)] = data
        self.position += len(data)
        return len(data)


def main() -> int:
    """Refresh, or with --check compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", help="URL of a simple index; default: uv's")
    parser.add_argument("--notes", help="NVIDIA's release notes: a file, or a URL")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where something differs")
    words = parser.parse_args()
    table = tomllib.loads(TABLE.read_text("utf-8"))
    known = table["releases"]
    found = {version: dict(fields) for version, fields in known.items()}
    for version, fields in of_index(words.index or uv_index()):
        found[version] = {**found.get(version, {}), **fields}
    if words.notes:
        for version, driver in drivers(read(words.notes)).items():
            if numbers(version) >= (11, 0):
                found[version] = {**found.get(version, {}), "driver": driver}
    for version in sorted(known | found, key=numbers):
        if known.get(version) != found[version]:
            sys.stdout.write(f"CUDA {version}: {known.get(version)} -> {found[version]}\n")
    if words.check:
        return 1 if known != found else 0
    TABLE.write_text(text(table["floors"], found), "utf-8")
    return 0


def of_index(index: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the wheels of ``index`` tell of each release, the newest wheel of each."""
    crt = newest_wheels(index, CRT)
    for package in NVCC:
        for version, wheels in newest_wheels(index, package).items():
            if "x86_64" not in wheels:
                continue
            fields = of_wheel(wheels["x86_64"])
            if "gcc" not in fields and version in crt:
                fields |= of_wheel(crt[version]["x86_64"])
            sys.stderr.write(f"{package} {version}\n")
            yield version, {**fields, "aarch64": "aarch64" in wheels}


def newest_wheels(index: str, package: str) -> dict[str, dict[str, str]]:
    """The URL of the newest wheel of each release, by processor."""
    request = urllib.request.Request(f"{index.rstrip('/')}/{package}/", headers={"Accept": "text/html"})  # noqa: S310
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        base, page = answer.url, answer.read().decode("utf-8")
    found: dict[str, dict[str, tuple[tuple[int, ...], str]]] = {}
    for link, others in _LINK.findall(page):
        url = urljoin(base, html.unescape(link).partition("#")[0])
        match = _WHEEL.match(unquote(url.rpartition("/")[2]))
        if match is None or "data-yanked" in others or "manylinux" not in match["platform"]:
            continue
        processor = "aarch64" if match["platform"].endswith("aarch64") else "x86_64"
        release, version = ".".join(match["version"].split(".")[:2]), numbers(match["version"])
        best = found.setdefault(release, {}).get(processor)
        if best is None or version > best[0]:
            found[release][processor] = (version, url)
    return {release: {one: url for one, (_, url) in each.items()} for release, each in found.items()}


def of_wheel(url: str) -> dict[str, Any]:
    """What a wheel of the compiler tells: gcc, architectures, nvcc, as far as it has their files."""
    found: dict[str, Any] = {}
    with zipfile.ZipFile(io.BufferedReader(Remote(url), 1 << 20)) as archive:
        for name in archive.namelist():
            if name.endswith("/crt/host_config.h"):
                found["gcc"] = newest_gcc(archive.read(name).decode("utf-8", "replace"))
            elif name.endswith("/bin/nvcc"):
                found["nvcc"] = "wheels"
            elif name.endswith("/bin/ptxas"):
                found["architectures"] = architectures(help_of(archive.read(name)))
    return found


def newest_gcc(header: str) -> int:
    """The newest gcc that a host_config.h takes."""
    return max(int(found) for found in _GCC.findall(header))


def help_of(program: bytes) -> str:
    """What ``program`` prints with --help."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "program")
        path.write_bytes(program)
        path.chmod(0o700)
        return subprocess.run([path, "--help"], env={}, capture_output=True, text=True, check=True).stdout


def architectures(words: str) -> list[str]:
    """The compute capabilities of ``ptxas --help``, sorted."""
    found = {(int(major), int(minor), kind) for major, minor, kind in _SM.findall(words)}
    return [f"{major}.{minor}{kind}" for major, minor, kind in sorted(found)]


def drivers(page: str) -> dict[str, str]:
    """The oldest driver that came with each release, out of the release notes (HTML, Markdown or text): that of its
    first release which is no candidate, else the branch that belongs to it.
    """
    plain = html.unescape(_TAG.sub(" ", page))
    found: dict[str, str] = {match["release"]: match["driver"] for match in _BRANCH.finditer(plain)}
    native: dict[str, str] = {}
    for match in _NATIVE.finditer(plain):
        if "RC" in match["kind"].split() or "Preview" in match["kind"]:
            continue
        release, driver = match["release"], match["driver"]
        if release not in native or numbers(driver) < numbers(native[release]):
            native[release] = driver
    return found | native


def numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version, to compare."""
    return tuple(int(part) for part in version.split("."))


def read(place: str) -> str:
    """The text of a file or URL."""
    if "://" not in place:
        return Path(place).read_text("utf-8")
    with urllib.request.urlopen(place) as answer:  # noqa: S310 - the caller's own choice
        return str(answer.read().decode("utf-8"))


def uv_index() -> str:
    """The index that uv asks by default here."""
    command = ["uv", "pip", "compile", "--quiet", "--emit-index-url", "-"]
    said = subprocess.run(command, input="", capture_output=True, text=True, check=True).stdout
    return next(line.split()[1] for line in said.splitlines() if line.startswith("--index-url"))


def text(floors: Mapping[str, str], releases: Mapping[str, Mapping[str, Any]]) -> str:
    """The file."""
    lines = [HEADER + "[floors]", *(f'{major} = "{driver}"' for major, driver in floors.items())]
    for version in sorted(releases, key=numbers):
        lines += ["", f'[releases."{version}"]']
        fields = releases[version]
        for key in ("driver", "gcc", "architectures", "nvcc", "aarch64"):
            if key in fields:
                lines += wrapped(key, json.dumps(fields[key]))
    return "\n".join(lines) + "\n"


def wrapped(key: str, value: str) -> list[str]:
    """``key = value``, a long list over several lines."""
    line = f"{key} = {value}"
    if len(line) <= 120:
        return [line]
    words, rows = value[1:-1].split(", "), [""]
    for word in words:
        if len(rows[-1]) + len(word) > 112:
            rows.append("")
        rows[-1] += f"{word}, "
    return [f"{key} = [", *(f"  {row.rstrip()}" for row in rows), "]"]


if __name__ == "__main__":
    sys.exit(main())
