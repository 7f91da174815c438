"""Hosts with a GPU, as an image sees them: where each puts the driver's libraries, and what it runs before the start.

The libraries are made up (an edge of the protocol: the kernel module that real ones talk to is not there); ldconfig is
the host's real one, run as container runtimes run it.
"""

from __future__ import annotations

import json
import stat
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.bases.debian.archive import deb_of, entry, special
from tests.stages.test_lock_compat import package

_LIBCUDA = r"""
#include <dlfcn.h>
int cuInit(unsigned flags) { return dlopen("libnvidia-ptxjitcompiler.so.1", RTLD_NOW) ? 0 : 222; }
int cuDriverGetVersion(int *version) { *version = VERSION; return 0; }
"""
# As libnvidia-container does (nvc_ldcache.c): after the mounts and before the root is made read-only.
_LEGACY = """#!/bin/sh
state=$(cat)
bundle=$(printf %s "$state" | sed -E 's/.*"bundle": *"([^"]*)".*/\\1/')
pid=$(printf %s "$state" | sed -E 's/.*"pid": *([0-9]+).*/\\1/')
root=$(sed -E 's/.*"root": *\\{ *"path": *"([^"]*)".*/\\1/' "$bundle/config.json" | tr -d '\\n')
exec nsenter --mount="/proc/$pid/ns/mnt" /sbin/ldconfig -r "$root" -f /etc/ld.so.conf -C /etc/ld.so.cache LIBRARIES
"""
# As `nvidia-cdi-hook update-ldcache` does, and enable-cuda-compat before it: directories of the mounts that the loader
# does not know yet come first, the system's own last.
_CDI = """#!/bin/sh
bundle=$(sed -E 's/.*"bundle": *"([^"]*)".*/\\1/')
root=$(sed -E 's/.*"root": *\\{ *"path": *"([^"]*)".*/\\1/' "$bundle/config.json" | tr -d '\\n')
mkdir -p "$root/etc/ld.so.conf.d"
[ -e "$root/etc/ld.so.conf" ] || echo 'include /etc/ld.so.conf.d/*.conf' > "$root/etc/ld.so.conf"
for directory in LIBRARIES; do echo "$directory"; done > "$root/etc/ld.so.conf.d/00-nvcr-1.conf"
if [ -n "COMPAT" ] && [ -e "$root/usr/local/cuda/compat" ]; then
  echo /usr/local/cuda/compat > "$root/etc/ld.so.conf.d/00-compat-1.conf"
fi
exec /sbin/ldconfig -r "$root" -f /etc/ld.so.conf -C /etc/ld.so.cache
"""


def a_driver(directory: Path, version: str = "550.54.14", cuda: int = 12040) -> Path:
    """A directory with the driver's libraries under their full names, as its files are."""
    directory.mkdir(parents=True)
    source = directory / "libcuda.c"
    source.write_text(_LIBCUDA)
    for name, more in {
        "libcuda": [f"-DVERSION={cuda}", str(source)],
        "libnvidia-ptxjitcompiler": ["-x", "c", "/dev/null"],
    }.items():
        library = directory / f"{name}.so.{version}"
        command = ["gcc", "-shared", "-fPIC", f"-Wl,-soname,{name}.so.1", "-o", str(library), *more]
        subprocess.run(command, check=True)
    source.unlink()
    return directory


def with_links(driver: Path, directory: Path) -> Path:
    """The same with the links that an installed driver has."""
    directory.mkdir(parents=True)
    for file in driver.iterdir():
        (directory / file.name).write_bytes(file.read_bytes())
        (directory / f"{file.name.partition('.so')[0]}.so.1").symlink_to(file.name)
    return directory


def a_compat_mirror(place: Path, release: str, driver: str) -> str:
    """The URL of NVIDIA's repositories in a directory below ``place``: with the forward compatibility libraries of CUDA
    ``release``, which are made up of ``driver``.
    """
    repository = place / "repos" / "debian12" / "x86_64"
    major, minor = map(int, release.split("."))
    libraries = with_links(a_driver(place / "files", driver, 1000 * major + 10 * minor), repository / "libraries")
    name, version = f"cuda-compat-{major}-{minor}", f"{driver}-1"
    compat = f"./usr/local/cuda-{release}/compat"
    data = [special(f"{compat}/{f.name}", b"2", str(f.readlink())) for f in libraries.iterdir() if f.is_symlink()]
    data += [entry(f"{compat}/{f.name}", f.read_bytes()) for f in libraries.iterdir() if not f.is_symlink()]
    data += [entry(f"./usr/share/doc/{name}/copyright", b"NVIDIA's licence\n")]
    control = f"Package: {name}\nVersion: {version}\nArchitecture: amd64\nDescription: made up\n"
    deb = deb_of(*data, control=control)
    (repository / f"{name}_{version}_amd64.deb").write_bytes(deb)
    (repository / "Packages").write_text(package(release, version, content=deb))
    return f"file://{place}/repos"


@dataclass(frozen=True)
class Host:
    """What a host adds to ``podman run``: ``arguments`` of it, and a ``hook`` (stage, script) that runs before."""

    arguments: tuple[str, ...] = ()
    hook: tuple[str, str] | None = None
    environ: dict[str, str] = field(default_factory=dict)

    def hooks(self, directory: Path) -> list[str]:
        """The global options of podman that make it run the hook; written to ``directory``."""
        directory.mkdir(parents=True)
        if self.hook is not None:
            stage, text = self.hook
            script = directory / "hook.sh"
            script.write_text(text)
            script.chmod(script.stat().st_mode | stat.S_IXUSR)
            hook = {"version": "1.0.0", "hook": {"path": str(script)}, "when": {"always": True}, "stages": [stage]}
            (directory / "hook.json").write_text(json.dumps(hook))
        return ["--hooks-dir", str(directory)]


def _mounted(driver: Path, place: str) -> tuple[str, ...]:
    return tuple(
        f"--volume={file}:{place}/{file.name}:ro" for file in sorted(driver.iterdir()) if not file.is_symlink()
    )


def legacy(driver: Path, place: str) -> Host:
    """The hook of old: the files one by one at ``place``, then the host's ldconfig."""
    return Host(_mounted(driver, place), ("prestart", _LEGACY.replace("LIBRARIES", place)))


def cdi(driver: Path, place: str, *, compat: bool = False) -> Host:
    """The Container Device Interface: the files at the host's own ``place``, then what the specification's hooks do."""
    hook = _CDI.replace("LIBRARIES", place).replace("COMPAT", "yes" if compat else "")
    return Host(_mounted(driver, place), ("createContainer", hook), {"NVIDIA_CTK_LIBCUDA_DIR": place})


def device_plugin(installed: Path) -> Host:
    """A Kubernetes device plugin as GKE's: a directory, and nothing is run."""
    return Host((f"--volume={installed}:/usr/local/nvidia/lib64:ro",))


def apptainer(installed: Path, named: str | None) -> Host:
    """``apptainer run --nv``: a directory behind what the image names itself, a read-only root, an ordinary user."""
    places = ":".join(filter(None, (named, "/.singularity.d/libs")))
    arguments = (f"--volume={installed}:/.singularity.d/libs:ro", "--read-only", "--user=1234:1234")
    return Host(arguments, None, {"LD_LIBRARY_PATH": places})
