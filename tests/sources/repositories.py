"""Git repositories made in the test, and the files that a web server needs to have them (git's dumb protocol)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@mail.example",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@mail.example",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    "PATH": os.environ["PATH"],
}


def git(directory: Path, *words: str) -> str:
    """What git prints, called in ``directory`` without any settings of this machine."""
    command = ["git", "-c", "protocol.file.allow=always", "-C", str(directory), *words]
    return subprocess.run(command, env=_ENVIRONMENT, check=True, capture_output=True, text=True).stdout.strip()


def commit(directory: Path, files: Mapping[str, str | bytes], *, message: str = "x") -> str:
    """Write ``files`` and commit all that lies in the repository ``directory``, made where it is not there."""
    directory.mkdir(parents=True, exist_ok=True)
    if not (directory / ".git").exists():
        git(directory, "init", "-q", "-b", "main")
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    git(directory, "add", "-A")
    git(directory, "commit", "-q", "--allow-empty", "-m", message)
    return git(directory, "rev-parse", "HEAD")


def submodule(directory: Path, url: str, path: str) -> str:
    """Add the repository at ``url`` as a submodule of ``directory``, committed."""
    git(directory, "submodule", "--quiet", "add", "--", url, path)
    return commit(directory, {}, message="submodule")


def dumb_files(directory: Path, bare: Path) -> dict[str, bytes]:
    """The files that a web server needs to have the repository ``directory``: a bare copy's, at ``bare``."""
    subprocess.run(
        ["git", "clone", "-q", "--bare", str(directory), str(bare)], env=_ENVIRONMENT, check=True, capture_output=True
    )
    git(bare, "update-server-info")
    files = {path.relative_to(bare).as_posix(): path.read_bytes() for path in bare.rglob("*") if path.is_file()}
    # What git asks first; a server that knows no git answers with the file.
    return files | {"info/refs?service=git-upload-pack": files["info/refs"]}
