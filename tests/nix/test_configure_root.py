"""configure-root.sh alone, without a sandbox: on a root of packages that bring nothing to configure."""

import os
import subprocess
from pathlib import Path

from neve.resources import nix_library


def test_packages_without_maintainer_scripts_are_configured(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "var/lib/dpkg").mkdir(parents=True)
    environment = {
        "PATH": os.environ["PATH"],
        "root": str(root),
        "alternatives": str(nix_library() / "debian" / "alternatives.awk"),
    }
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", str(nix_library() / "debian" / "configure-root.sh")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (root / "tmp").is_dir()
