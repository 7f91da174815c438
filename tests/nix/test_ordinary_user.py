"""From nothing, as a user who is not root: fetch Nix, make a store, build in the sandbox."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import site
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import neve

pytestmark = [pytest.mark.build, pytest.mark.network]

_TRIAL = "import os, sys, urllib3, pysequoia, neve; sys.exit(not os.access(sys.executable, os.X_OK))"
_SCRIPT = """
import json, os, sys
from pathlib import Path
from neve.files import cache_home
from neve.nix.bootstrap import bootstrap
from neve.nix.call import build, physical
from neve.nix.find import find_nix
from neve.progress import Silent
from neve.tools import Toolbox

toolbox = Toolbox(cache=cache_home(), progress=Silent())
nix = find_nix(toolbox, option="own")
busybox = bootstrap(nix, toolbox).path
file = Path.home() / "thing.nix"
file.write_text(
    'derivation { name = "thing"; system = builtins.currentSystem; '
    f'builder = "${{builtins.storePath {busybox}}}/bin/sh"; args = ["-c" "echo built > $out"]; }}'
)
(out,) = build(nix, [], extra=["--impure", "--file", str(file)])
print(json.dumps([os.geteuid(), str(nix.store), out, physical(nix, out).read_text()]))
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that belongs to nobody, not below /tmp."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("needs root, to become somebody else")
    path = Path(tempfile.mkdtemp(prefix="neve-test-", dir="/var/lib"))
    nobody = pwd.getpwnam("nobody")
    os.chown(path, nobody.pw_uid, nobody.pw_gid)
    yield path
    subprocess.run(["chmod", "-R", "u+w", path], check=True)
    shutil.rmtree(path)


def test_an_ordinary_user_builds_what_root_builds(home: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    prefix = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    source = Path(neve.__file__).parents[1]
    environment = {
        "PATH": os.defpath,
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join([str(source), *site.getsitepackages()]),
    }
    # The tests' own interpreter may lie in root's home, where another user cannot follow.
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        trial = subprocess.run([*prefix, python, "-c", _TRIAL], env=environment, check=False, cwd="/")
        if trial.returncode == 0:
            break
    else:
        pytest.skip("this environment cannot be read by other users")
    printed = subprocess.check_output([*prefix, python, "-c", _SCRIPT], env=environment, cwd="/")
    user, store, out, text = json.loads(printed)
    assert user == nobody.pw_uid
    assert store == f"{home}/.local/share/neve"
    assert out.endswith("-thing")
    assert text == "built\n"
