"""A registry on loopback for the tests: docker-registry, and a proxy that counts what is sent to it."""

from __future__ import annotations

import os
import shutil
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import cast

import pytest

USER, PASSWORD = "tester", "secret"
# bcrypt of PASSWORD, which is all that docker-registry takes.
_HTPASSWD = "$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a"


@contextmanager
def registry(directory: Path, *, password: bool = False) -> Iterator[str]:
    """Serve a registry that stores under ``directory``; yields ``127.0.0.1:PORT``.

    With ``password`` it wants USER and PASSWORD.
    """
    program = shutil.which("docker-registry")
    if program is None:
        pytest.skip("docker-registry is not installed (Debian package docker-registry)")
    directory.mkdir(parents=True, exist_ok=True)
    address = f"127.0.0.1:{_free_port()}"
    settings = [
        "version: 0.1",
        "log: {level: error, accesslog: {disabled: true}}",
        f"storage: {{filesystem: {{rootdirectory: {directory / 'storage'}}}}}",
        f"http: {{addr: '{address}'}}",
    ]
    if password:
        users = directory / "htpasswd"
        users.write_text(f"{USER}:{_HTPASSWD}\n")
        settings.append(f"auth: {{htpasswd: {{realm: tests, path: {users}}}}}")
    configuration = directory / "registry.yml"
    configuration.write_text("\n".join(settings) + "\n")
    with (directory / "log").open("w") as log, ExitStack() as stack:
        # docker-registry takes every REGISTRY_… variable for a setting, REGISTRY_AUTH_FILE among them.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("REGISTRY_")}
        process = subprocess.Popen([program, "serve", str(configuration)], stdout=log, stderr=log, env=environment)
        stack.callback(process.wait)
        stack.callback(process.terminate)
        _wait_for(address)
        yield address


class CountingProxy(socketserver.ThreadingTCPServer):
    """Passes connections on to ``upstream`` and counts the bytes that clients send."""

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Pass)
        self.upstream = _split(upstream)
        self.sent = 0
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        """Where it listens, as ``127.0.0.1:PORT``."""
        return f"127.0.0.1:{self.server_address[1]}"


class _Pass(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        proxy = cast("CountingProxy", self.server)
        client = cast("socket.socket", self.request)
        with socket.create_connection(proxy.upstream) as server:
            back = threading.Thread(target=_copy, args=(server, client), daemon=True)
            back.start()
            for size in _copied(client, server):
                with proxy.lock:
                    proxy.sent += size
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    for _ in _copied(source, target):
        pass


def _copied(source: socket.socket, target: socket.socket) -> Iterator[int]:
    try:
        while data := source.recv(1 << 16):
            target.sendall(data)
            yield len(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # the other side has gone


@contextmanager
def counting(upstream: str) -> Iterator[CountingProxy]:
    """A CountingProxy before ``upstream`` (``host:port``), for the time of a ``with`` block."""
    with CountingProxy(upstream) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        try:
            yield proxy
        finally:
            proxy.shutdown()


def _split(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str) -> None:
    for _ in range(200):
        try:
            socket.create_connection(_split(address)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nothing listens on {address}")
