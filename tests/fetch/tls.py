"""A server on loopback that speaks TLS, with a certificate that is made for it and trusted."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fetch.server import Server, serving

_SELF_SIGNED = "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 2 -subj /CN=loopback"


@contextmanager
def serving_tls(directory: Path, patch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server at an https URL that runs while the block does; SSL_CERT_FILE, set by ``patch``, names its certificate,
    which is kept in ``directory``.
    """
    certificate, key = directory / "loopback.pem", directory / "loopback.key"
    words = [*_SELF_SIGNED.split(), "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*words, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    patch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(context) as server:
        yield server
