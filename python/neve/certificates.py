"""Where the host keeps the certificate authorities that it trusts."""

from __future__ import annotations

from pathlib import Path

_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Gentoo
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # Alpine
)


def host_bundle() -> str | None:
    """The host's bundle of certificate authorities (PEM); None where it has none of the usual ones."""
    return next((path for path in _BUNDLES if Path(path).is_file()), None)


__all__ = ["host_bundle"]
