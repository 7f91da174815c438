"""A git repository that a plain web server gives away (git's dumb protocol)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.fetch.server import Server

_DATE = "2020-01-01T00:00:00+0000"
_WHO = {
    f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in (("NAME", "A"), ("EMAIL", "a"))
}


def serve_repository(server: Server, name: str, files: Mapping[str, str], work: Path) -> str:
    """Serve a repository with one commit of ``files`` at ``/NAME.git``, made in ``work``; the commit's hash."""
    environ = {**os.environ, **_WHO, "GIT_AUTHOR_DATE": _DATE, "GIT_COMMITTER_DATE": _DATE, "GIT_CONFIG_NOSYSTEM": "1"}

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=work, env=environ, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    work.mkdir(parents=True)
    git("init", "--quiet", "--initial-branch=main")
    for path, text in files.items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(text)
    git("add", ".")
    git("commit", "--quiet", "-m", "One")
    git("update-server-info")
    for file in (work / ".git").rglob("*"):
        if file.is_file():
            server.files[f"/{name}.git/{file.relative_to(work / '.git')}"] = file.read_bytes()
    refs = server.files[f"/{name}.git/info/refs"]
    server.files[f"/{name}.git/info/refs?service=git-upload-pack"] = refs
    return git("rev-parse", "HEAD")
