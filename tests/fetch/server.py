"""A web server on loopback that can misbehave on request."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Step:
    """How one request is answered: by a status, with a body cut short, with other content, or never."""

    status: int = 200
    cut: int | None = None
    body: bytes | None = None
    location: str | None = None
    stall: bool = False


@dataclass(frozen=True)
class Seen:
    path: str
    headers: dict[str, str]


@dataclass
class Server:
    """``files`` by path; ``script`` holds, by path, what is done at the first, second, … request."""

    url: str
    files: dict[str, bytes] = field(default_factory=dict)
    script: dict[str, list[Step]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    ranges: bool = True
    released: threading.Event = field(default_factory=threading.Event)

    def paths(self) -> list[str]:
        return [request.path for request in self.seen]


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.seen.append(Seen(self.path, {k.lower(): v for k, v in self.headers.items()}))
            steps = server.script.get(self.path)
            step = steps.pop(0) if steps else Step()
            if step.stall:
                server.released.wait(30)
                return
            content = step.body if step.body is not None else server.files.get(self.path)
            if step.status != 200 or content is None:
                self._refuse(404 if content is None and step.status == 200 else step.status, step.location)
                return
            asked = self.headers.get("Range", "")
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and server.ranges else 0
            if start and start >= len(content):
                self._refuse(416, None)
                return
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            if self.path.endswith("/"):  # a page of a package index
                self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            self.wfile.write(content[start : step.cut])
            if step.cut is not None:
                self.close_connection = True

        def do_HEAD(self) -> None:  # uv asks so for a file by its URL; it is not counted among what was seen
            content = server.files.get(self.path)
            if content is None:
                self._refuse(404, None)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()

        def _refuse(self, status: int, location: str | None) -> None:
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Retry-After", "0")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server that runs while the block does; with TLS where there is a ``context``."""
    server = Server("")
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(server)) as http:
        http.daemon_threads = True
        http.block_on_close = False
        if context is not None:
            http.socket = context.wrap_socket(http.socket, server_side=True)
        server.url = f"{'http' if context is None else 'https'}://127.0.0.1:{http.server_address[1]}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            http.shutdown()
            thread.join()
