"""Git repositories made in the test, and the files that a web server needs to have them (git's dumb protocol);
or git's own server program behind one, which asks for a password.
"""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


@contextmanager
def git_server(root: Path, *, user: str, password: str) -> Iterator[str]:
    """The URL under which the repositories below ``root`` are served by `git http-backend` (gitprotocol-http), for
    ``user`` alone; everything else below it is a file.
    """
    expected = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            if self.headers.get("Authorization") != expected:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            given = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            environment = {
                **_ENVIRONMENT,
                "GIT_PROJECT_ROOT": str(root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "REMOTE_ADDR": "127.0.0.1",
            }
            done = subprocess.run(
                ["git", "-c", "safe.directory=*", "http-backend"],
                env=environment,
                input=given,
                capture_output=True,
                check=True,
            )
            head, _, body = done.stdout.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
            self.send_response(int(headers.pop("Status", "200").split()[0]))
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_address[1]}"
        finally:
            http.shutdown()
            thread.join()


def tree_of(directory: Path, *entries: tuple[str, str, str]) -> str:
    """A tree object with exactly these entries (mode, name, object), in this order, whatever git thinks of them."""
    raw = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(object) for mode, name, object in entries)
    return _written(directory, "tree", raw)


def blob(directory: Path, content: str) -> str:
    """A blob object."""
    return _written(directory, "blob", content.encode())


def commit_of(directory: Path, tree: str) -> str:
    """A commit of the tree object, which the branch main has then."""
    made = git(directory, "commit-tree", "-m", "x", tree)
    git(directory, "update-ref", "refs/heads/main", made)
    return made


def _written(directory: Path, kind: str, raw: bytes) -> str:
    command = ["git", "-C", str(directory), "hash-object", "-t", kind, "-w", "--stdin", "--literally"]
    done = subprocess.run(command, env=_ENVIRONMENT, input=raw, check=True, capture_output=True)
    return done.stdout.decode().strip()
