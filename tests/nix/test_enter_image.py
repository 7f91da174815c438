"""What `nix develop` opens on the Debian base: the image, entered by a script."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from neve.resources import nix_library
from tests.image.layouts import busybox, unpacked

# A shell expands its prompt as it does words in double quotes.
_PROMPT = 'eval "echo \\"$PS1\\" \\"$NEVE_PROMPT\\""; ls; ls /root'


def test_the_name_of_a_directory_runs_nothing(tmp_path: Path) -> None:
    done = _enter(tmp_path, tmp_path / "$(touch pwned)`touch pwned`")
    assert done.stdout.splitlines() == [" ".join(["($(touch pwned)`touch pwned`) /app $ "] * 2), "flake.nix"], (
        done.stderr
    )


def test_a_link_to_the_host_is_no_home(tmp_path: Path) -> None:
    project = tmp_path / "app"
    (tmp_path / "host/precious").mkdir(parents=True)
    (project / ".neve").mkdir(parents=True)
    (project / ".neve/home").symlink_to(tmp_path / "host")
    assert "precious" not in _enter(tmp_path, project).stdout
    (project / ".neve/home").unlink()
    (tmp_path / "host").rename(project / ".neve/home")
    assert "precious" in _enter(tmp_path, project).stdout


def _enter(tmp_path: Path, project: Path) -> subprocess.CompletedProcess[str]:
    """Enter a small image from ``project``; what the shell there says."""
    program = shutil.which("busybox")
    if program is None:
        pytest.skip("busybox is not installed (Debian package busybox-static)")
    tools, rootfs, environment = tmp_path / "tools", tmp_path / "rootfs", tmp_path / "environment"
    if not tools.exists():
        (tools / "bin").mkdir(parents=True)
        subprocess.run([program, "--install", "-s", str(tools / "bin")], check=True)
        for name in ("dev", "proc", "sys", "root", "run", "var/tmp"):
            (rootfs / name).mkdir(parents=True)
        unpacked({name: file for name, file in busybox().items() if not name.startswith("app/")}, rootfs)
        environment.write_text('set -- MODE=x "$@"\n')
    project.mkdir(exist_ok=True)
    (project / "flake.nix").touch()
    script = nix_library() / "debian/enter-image.sh"
    words = [str(tools / "bin/sh"), str(script), str(tools), str(rootfs), "/app", str(environment)]
    possible = subprocess.run([*words, "--possible"], capture_output=True, text=True, check=False)
    if possible.returncode:
        pytest.skip(possible.stderr)
    return subprocess.run(
        [*words, "sh", "-c", _PROMPT], cwd=project, env=dict(os.environ), capture_output=True, text=True, check=False
    )
