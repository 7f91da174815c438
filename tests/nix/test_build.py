"""What only a real Nix and a real sandbox can tell."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.nix.bootstrap import bootstrap, bootstrap_path
from neve.nix.call import add_directory, add_fixed, build, evaluate, fixed_path, missing, physical
from neve.nix.find import Nix
from neve.nix.store_path import directory_path, nar_sha256
from neve.tools import BUSYBOX, Toolbox

pytestmark = pytest.mark.build


def _expression(tmp_path: Path, busybox: str, script: str, name: str = "thing") -> list[str]:
    shell = f"${{builtins.storePath {busybox}}}/bin"
    (tmp_path / "script").write_text(script)
    file = tmp_path / "thing.nix"
    file.write_text(
        f'derivation {{ name = "{name}"; system = builtins.currentSystem; '
        f'builder = "{shell}/sh"; args = [./script]; PATH = "{shell}"; }}'
    )
    return ["--impure", "--file", str(file)]


def test_a_build_runs_in_a_sandbox_without_the_host(nix: Nix, busybox: str, tmp_path: Path) -> None:
    script = "{ ls /; ls /bin /usr; hostname; id -u; ls /sys/class/net; env; } > $out 2>&1"
    (out,) = build(nix, [], extra=_expression(tmp_path, busybox, script))
    told = physical(nix, out).read_text()
    assert "root\n" not in told
    assert "localhost" in told
    assert "/bin: No such file or directory" in told
    assert str(tmp_path) not in told


def test_unprivileged_namespaces_work_in_the_sandbox(nix: Nix, busybox: str, tmp_path: Path) -> None:
    script = "unshare -r -m sh -c 'mkdir r && mount -t tmpfs none r && mount --rbind /proc r && id -u' > $out"
    (out,) = build(nix, [], extra=_expression(tmp_path, busybox, script))
    assert physical(nix, out).read_text() == "0\n"


def test_what_is_built_is_not_built_again(nix: Nix, busybox: str, tmp_path: Path) -> None:
    extra = _expression(tmp_path, busybox, "cat /proc/sys/kernel/random/uuid > $out", "random")
    link = tmp_path / "result"
    assert build(nix, [], extra=extra, out_link=link) == build(nix, [], extra=extra, offline=True)
    assert physical(nix, str(link.readlink())).is_file()
    with pytest.raises(NeveError, match="different"):
        build(nix, [], extra=extra, rebuild=True)


def test_a_failed_build_shows_its_log(nix: Nix, busybox: str, tmp_path: Path) -> None:
    with pytest.raises(NeveError) as caught:
        build(nix, [], extra=_expression(tmp_path, busybox, "echo this is why; exit 7", "sad"))
    assert caught.value.what == "building sad failed"
    assert caught.value.why == "failed with exit code 7\nthis is why" or "builder failed" in str(caught.value.why)
    whole_log = Path(caught.value.fixes[0].partition(": ")[2])
    assert whole_log.read_text() == "this is why\n"


def test_files_have_the_paths_that_we_compute(nix: Nix, tmp_path: Path) -> None:
    names = ["pip-25.0-py3-none-any.whl", "libc6_2.41-12+deb13u4_amd64.deb", "_x=?"]
    for name in names:
        (tmp_path / name).write_text(name * 3)
    expected = [fixed_path(name, hashlib.sha256((name * 3).encode()).hexdigest()) for name in names]
    assert missing(nix, expected) == expected
    assert add_fixed(nix, [tmp_path / name for name in names]) == expected
    assert missing(nix, expected) == []
    assert physical(nix, expected[0]).read_text() == names[0] * 3


def test_fetchurl_has_the_path_that_we_compute(nix: Nix) -> None:
    digest = hashlib.sha256(b"").hexdigest()
    arguments = f'url = "http://files.example/a.whl"; name = "a.whl"; sha256 = "{digest}";'
    expression = f"(import <nix/fetchurl.nix> {{ {arguments} }}).outPath"
    assert evaluate(nix, expression, extra=["--impure", "--expr"]) == fixed_path("a.whl", digest)


def test_bootstrap_is_the_same_whatever_the_record_says(nix: Nix, toolbox: Toolbox, busybox: str) -> None:
    program = toolbox.embedded(BUSYBOX)
    assert bootstrap_path(program).path == busybox
    record = toolbox.cache / "bootstrap" / hashlib.sha256(program.read_bytes()).hexdigest()
    for damage in ("", "0" * 64):
        record.write_text(damage)
        assert bootstrap(nix, toolbox).path == busybox
    assert bootstrap(nix, toolbox).path == busybox


def test_a_tree_has_the_path_that_we_compute(nix: Nix, tmp_path: Path) -> None:
    (tmp_path / "tree/empty").mkdir(parents=True)
    (tmp_path / "tree/Z").write_text("z")
    (tmp_path / "tree/a.sh").write_text("x" * 4096)
    (tmp_path / "tree/a.sh").chmod(0o700)
    (tmp_path / "tree/ä").symlink_to("/dev/null")
    tree = tmp_path / "tree"
    assert add_directory(nix, tree, "tree") == directory_path("tree", nar_sha256(tree))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_builder_never_outlives_us(nix: Nix, busybox: str, tmp_path: Path, number: signal.Signals) -> None:
    mark = f"6{os.getpid()}{int(number)}"
    extra = _expression(tmp_path, busybox, f"exec sleep {mark}", f"sleep{int(number)}")
    script = (
        "from pathlib import Path; from neve.nix.find import Nix; from neve.nix.call import build\n"
        f"nix = Nix(command={nix.command!r}, version={nix.version!r}, store=Path({str(nix.store)!r}), "
        f"origin={nix.origin!r})\nbuild(nix, [], extra={extra!r})\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL) as neve:
        assert _within(20, lambda: _running(mark))
        neve.send_signal(number)
    assert _within(10, lambda: not _running(mark))


def _running(mark: str) -> bool:
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if file.read_bytes().split(b"\0")[:2][1:] == [mark.encode()]:
                return True
        except OSError:
            continue
    return False


def _within(seconds: float, true: object) -> bool:
    assert callable(true)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.02)
    return False
