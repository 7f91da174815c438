"""nix/nixpkgs, built on the stand-in and on a real tree: wheels with machine code that need one another; layers."""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from neve.image.check import check
from neve.nix.call import add_fixed, build, physical
from neve.render.quote import nix
from neve.resources import nix_library
from neve.tools.install import find_patchelf
from tests.build.layers import entries
from tests.nixpkgs.tree import building_nixpkgs, shared_nix

__all__ = ["building_nixpkgs"]

pytestmark = [pytest.mark.build, pytest.mark.network]

# As a wheel's maker links: the loader at its usual place, $ORIGIN to a neighbour, RPATH or RUNPATH.
_COMPILE = """self.pkgs.runCommandCC "parts" { } ''
  mkdir $out
  echo 'int base(void) { return 41; }' > base.c
  echo 'int base(void); const char *zlibVersion(void);' > ext.c
  echo 'int ext(void) { return base() + (*zlibVersion() == 49); }' >> ext.c
  echo '#include <iostream>' > tool.cc
  echo 'int main() { std::cout << "tool runs" << std::endl; }' >> tool.cc
  $CC -shared -fPIC base.c -o $out/libbase.so -Wl,-soname,libbase.so
  $CC -shared -fPIC ext.c -o $out/ext.so $out/libbase.so -L${self.pkgs.zlib}/lib -l:libz.so.1 \\
    -Wl,--disable-new-dtags,-rpath,'$ORIGIN/../vendor/base/lib'
  $CXX tool.cc -o $out/tool -Wl,--dynamic-linker,/lib64/ld-linux-x86-64.so.2
''"""
_RUN = """
import ctypes, ext, space.one, space.two
print("ext", ctypes.CDLL(ext.__path__[0] + "/ext.so").ext())
print("neighbours", space.one.name, space.two.name)
"""


@dataclass(frozen=True)
class Bench:
    """The library on the stand-in, for expressions that are built."""

    tree: Path
    directory: Path

    def built(self, expression: str, *, rebuild: bool = False) -> Path:
        """The output of ``expression``, in which ``self`` is the library."""
        file = self.directory / f"{hashlib.sha256(expression.encode()).hexdigest()}.nix"
        library = f'import {nix_library()}/nixpkgs {{ nixpkgs = {self.tree}; system = "x86_64-linux"; }}'
        file.write_text(f'let self = {library}; python = self.package "tool.neve.python" "python313"; in {expression}')
        (path,) = build(shared_nix(), [], extra=["--impure", "--file", str(file)], rebuild=rebuild)
        return physical(shared_nix(), path)

    def wheel(self, name: str, files: Mapping[str, bytes], *, tag: str) -> str:
        """A wheel of ``files``, in the store, as the library takes it."""
        file = self.directory / f"{name}-1.0-{tag}.whl"
        info = f"{name}-1.0.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode()
        with zipfile.ZipFile(file, "w") as archive:
            for path, content in {**files, f"{info}/METADATA": metadata, f"{info}/RECORD": b""}.items():
                archive.writestr(zipfile.ZipInfo(path), content)
        add_fixed(shared_nix(), [file])
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        pin = {"name": file.name, "url": f"https://files.example/{file.name}", "sha256": sha256}
        return f"(self.wheel python {nix({'name': name, 'version': '1.0', 'file': file.name, 'pin': pin})})"


@dataclass(frozen=True)
class Made:
    """Wheels and what is made of them, as expressions."""

    bench: Bench
    wheels: Mapping[str, str]

    @property
    def names(self) -> str:
        """The names for expressions about an image of the wheels, with a user and a system package."""
        groups = " ".join(f"{{ name = {nix(name)}; paths = [ {wheel} ]; }}" for name, wheel in self.wheels.items())
        return f"""
          groups = [ {groups} ];
          user = {{ name = "app"; uid = 1234; gid = 5678; home = "/home/app"; }};
          packages = [ self.pkgs.tree self.pkgs.hello ];
          base = [ self.pkgs.cacert self.pkgs.iana-etc ];
          dependencies = self.dependencies {{
            inherit python;
            wheels = builtins.concatMap (group: group.paths) groups;
          }};
          environment = self.environment {{ inherit python dependencies; }};
          root = self.root {{
            inherit environment base packages user;
            directory = "/srv/app";
            shell = true;
          }};
          layers = self.layers {{
            inherit python base packages dependencies root user;
            wheels = groups;
            sources = [ ];
            compression = "gzip";
            shell = true;
          }};
          config = {{
            created = "1970-01-01T00:00:01Z"; architecture = "amd64"; os = "linux"; config.Cmd = [ "tool" ];
          }};
          oci = self.oci {{ inherit layers config; annotations = {{ }}; }};
        """

    def built(self, expression: str, *, rebuild: bool = False) -> Path:
        return self.bench.built(f"let {self.names} in {expression}", rebuild=rebuild)


@pytest.fixture(scope="module")
def made(building_nixpkgs: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    bench = Bench(building_nixpkgs, tmp_path_factory.mktemp("library"))
    parts = bench.built(_COMPILE)
    tag = "cp313-cp313-manylinux_2_28_x86_64"

    def part(name: str) -> bytes:
        return (parts / name).read_bytes()

    wheels = {
        "base": bench.wheel("base", {"vendor/base/lib/libbase.so": part("libbase.so")}, tag=tag),
        "ext": bench.wheel("ext", {"ext/__init__.py": b"", "ext/ext.so": part("ext.so")}, tag=tag),
        "one": bench.wheel("one", {"space/one.py": b"name = 1", "space/shared.py": b""}, tag="py3-none-any"),
        "two": bench.wheel("two", {"space/two.py": b"name = 2", "space/shared.py": b""}, tag="py3-none-any"),
        "tool": bench.wheel("tool", {"tool-1.0.data/scripts/tool": part("tool")}, tag=tag),
    }
    return Made(bench, wheels)


def _closure(store_path: str) -> set[str]:
    nix_ = shared_nix()
    command = nix_.invocation("path-info", "--recursive", store_path)
    done = subprocess.run(command, env=nix_.environment(), capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_wheels_find_one_another_and_the_libraries_of_nixpkgs(made: Made) -> None:
    script = nix(f"export PATH=$environment/bin; python -c '{_RUN}' > $out; tool >> $out")
    said = made.built(f'self.pkgs.runCommand "try" {{ inherit environment; }} {script}').read_text()
    assert said == "ext 42\nneighbours 1 2\ntool runs\n"


def test_the_run_paths_are_relative_where_they_were(made: Made) -> None:
    wheel = made.bench.built(made.wheels["ext"])
    file = wheel / "lib/python3.13/site-packages/ext/ext.so"
    run_path = subprocess.run([find_patchelf(), "--print-rpath", file], capture_output=True, text=True, check=True)
    first, *others = run_path.stdout.strip().split(":")
    assert first == "$ORIGIN/../vendor/base/lib"
    assert others
    assert all(other.startswith("/nix/store/") for other in others)


def test_each_store_path_of_the_image_is_in_one_layer(made: Made) -> None:
    layout = made.built("oci")
    check(layout)
    found = [
        (entry.layer, f"/{entry.info.name}")
        for entry in entries(layout)
        if entry.info.name.count("/") == 2
        if entry.info.name.startswith("nix/store/")
    ]
    paths = [path for _, path in found]
    assert len(paths) == len(set(paths))
    root = f"/nix/store/{made.built('root').name}"
    assert set(paths) == _closure(root) - {root}
    layer = {path.partition("-")[2]: number for number, path in found}
    order = ["python3.13-base-1.0", "python3.13-two-1.0", "python3.13-dependencies", "python3.13-environment"]
    assert sorted(order, key=layer.__getitem__) == order
    assert len({layer[name] for name in order}) == 4


def test_the_root_has_its_modes_owners_and_files(made: Made) -> None:
    found = {entry.info.name: entry for entry in entries(made.built("oci"))}

    def facts(name: str) -> tuple[int, int, int]:
        info = found[name].info
        return info.mode, info.uid, info.gid

    assert facts("tmp") == facts("var/tmp") == (0o1777, 0, 0)
    assert facts("home/app") == (0o755, 1234, 5678)
    assert facts("srv/app") == (0o755, 0, 0)
    assert {entry.info.mtime for entry in found.values()} == {1}
    assert b"app:x:1234:5678:app:/home/app:/bin/sh\n" in found["etc/passwd"].content
    assert b"app:x:5678:\n" in found["etc/group"].content
    links = {name: entry.info.linkname for name, entry in found.items() if entry.info.issym()}
    assert links["bin/tree"].endswith("/bin/tree")
    assert links["bin/hello"].endswith("/bin/hello")
    assert links["bin/sh"].endswith("/bin/bash")
    assert links["usr/bin/env"].endswith("/bin/env")
    assert links["opt/venv"].endswith("-python3.13-environment")
    assert links["etc/ssl/certs/ca-certificates.crt"] == "ca-bundle.crt"


@pytest.mark.parametrize(
    "what", ["(builtins.elemAt layers 2).layer", "(builtins.elemAt layers 9).layer", "dependencies"]
)
def test_what_is_built_twice_is_the_same(made: Made, what: str) -> None:
    made.built(what)
    made.built(what, rebuild=True)


def test_no_layer_holds_the_time_of_day(made: Made) -> None:
    """RFC 1952: bytes 4 to 7 of a gzip file are its time."""
    for number in (0, 9):
        assert (made.built(f"(builtins.elemAt layers {number}).layer") / "blob").read_bytes()[4:8] == bytes(4)


_BACKEND = """
import os, subprocess, zipfile
def build_wheel(directory, settings=None, metadata=None):
    subprocess.run([os.environ["CC"], "-shared", "-fPIC", "code.c", "-o", "code.so", "-l:libjq.so.1"], check=True)
    order = subprocess.run(["python", "-c", "print(*set('abcdefgh'))"], capture_output=True, text=True).stdout
    name = "native-2-cp313-cp313-linux_x86_64.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as wheel:
        wheel.write("code.so", "native/code.so")
        wheel.writestr("native/__init__.py", "order = " + repr([*set("abcdefgh"), order]))
        wheel.writestr("native-2.dist-info/METADATA", "Metadata-Version: 2.1\\nName: native\\nVersion: 2\\n")
        wheel.writestr("native-2.dist-info/RECORD", "")
    return name
"""
_NATIVE = """
import ctypes, native
print(ctypes.CDLL(native.__path__[0] + "/code.so").made())
"""


def test_a_wheels_files_stay_where_its_record_says(made: Made) -> None:
    """nixpkgs' own hooks would move doc and sbin, and pack the man page."""
    data = "odd-1.0.data"
    files = {
        f"{data}/data/doc/guide.txt": b"read",
        f"{data}/data/sbin/daemon": b"#!/bin/sh\n",
        f"{data}/data/lib64/code.txt": b"",
        f"{data}/data/man/man1/odd.1": b".TH odd",
        f"{data}/data/share/man/man1/odd.1": b".TH odd",
        f"{data}/data/share/doc/odd/a.html": b"",
    }
    for tag in ("py3-none-any", "cp313-cp313-manylinux_2_28_x86_64"):
        out = made.bench.built(made.bench.wheel("odd", files, tag=tag))
        found = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file() and "lib/" not in str(path)}
        assert found == {name.partition("/data/")[2] for name in files}
        assert not any(path.is_symlink() for path in out.rglob("*"))


_STATIC = """
import pathlib, site, upper, web
for module in (web, upper):
    static = pathlib.Path(module.__file__).parent / "static"
    print((static / "style.css").resolve().is_relative_to(static.resolve()), module.__cached__ is not None)
"""


def test_an_environment_has_scripts_and_files_as_an_installer_writes_them(made: Made) -> None:
    tag = "py3-none-any"
    scripts = {"web-1.0.data/scripts/jp.py": b"#!python -E\nimport web; print('jp')\n"}
    lower = made.bench.wheel("web", {"web/__init__.py": b"", "web/static/style.css": b"", **scripts}, tag=tag)
    files = {"upper/__init__.py": b"def where(): pass", "upper/static/style.css": b""}
    upper = made.bench.wheel("upper", {**files, "upper-1.0.data/data/bin/helpers/one": b""}, tag=tag)
    names = f"""
      upper = {upper};
      dependencies = self.dependencies {{ inherit python; wheels = [ {lower} ]; }};
      environment = self.environment {{ inherit python dependencies; project = upper; }};
    """
    script = nix(f"$environment/bin/jp.py > $out; $environment/bin/python -c '{_STATIC}' >> $out")
    said = made.bench.built(f'let {names} in self.pkgs.runCommand "try" {{ inherit environment; }} {script}')
    assert said.read_text() == "jp\nTrue True\nTrue True\n"
    environment = made.bench.built(f"let {names} in environment")
    assert {path.name for path in (environment / "bin").iterdir()} >= {"jp.py", "helpers", "python"}
    assert not (environment / "bin/__pycache__").exists()
    # The wheel of the project is not in the image a second time.
    assert str(made.bench.built(upper)).rpartition("/")[2] not in " ".join(_closure(f"/nix/store/{environment.name}"))


def test_a_package_is_compiled_with_system_packages_and_finds_them(made: Made) -> None:
    source = made.bench.directory / "native"
    (source / "tools").mkdir(parents=True)
    (source / "tools" / "own.py").write_text(_BACKEND)
    (source / "code.c").write_text("void *jq_init(void); int made(void) { return jq_init() != 0; }\n")
    built = f"""(self.build {{
      name = "native";
      inherit python;
      source = {source};
      backend = {{ build-backend = "own"; backend-path = [ "tools" ]; }};
      requirements = [ ];
      packages = [ self.pkgs.jq ];
    }})"""
    environment = f"self.environment {{ inherit python dependencies; project = {built}; }}"
    script = nix(f"${{environment}}/bin/python -c '{_NATIVE}' > $out").replace("\\${environment}", "${environment}")
    said = made.built(f'let environment = {environment}; in self.pkgs.runCommand "try" {{ }} {script}')
    assert said.read_text() == "1\n"
    made.built(built, rebuild=True)
