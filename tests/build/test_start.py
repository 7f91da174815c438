"""The image is started, by programs that know nothing of neve."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.build.conftest import Hello
from tests.build.project import document, output

pytestmark = [pytest.mark.build, pytest.mark.network]

_IMPORTS = """
import importlib, importlib.metadata as metadata
names = {name for name in metadata.packages_distributions() if name.isidentifier()}
for name in sorted(names):
    importlib.import_module(name)
print(*sorted(names))
"""
# What `pip check` does, with the image's own metadata; packaging's rules are pip's.
_CHECK = """
import importlib.metadata as metadata, sys
sys.path.insert(0, "/packaging")
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
have = {canonicalize_name(d.name): d.version for d in metadata.distributions()}
for distribution in metadata.distributions():
    for text in distribution.requires or ():
        wanted = Requirement(text)
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            assert wanted.specifier.contains(have[canonicalize_name(wanted.name)], prereleases=True), (text, have)
print(len(have), "fit")
"""
_DEBIAN = """
ldconfig -p | head -1
awk 'BEGIN { print "awk", 6 * 7 }'
getent passwd nobody
getent group root
getent hosts localhost
stat -c '%a %u:%g' /tmp /var/tmp
date +%Z
openssl verify -no-CAfile -no-CAstore -CApath /etc/ssl/certs /etc/ssl/certs/ISRG_Root_X1.pem
python -c 'import sys, zoneinfo; print(sys.prefix, zoneinfo.ZoneInfo("Europe/Berlin"))'
"""
_CERTIFICATES = """
import ssl
context = ssl.create_default_context()
print(len(context.get_ca_certs()) > 100, context.verify_mode.name)
"""


def test_it_runs_its_console_script(container: list[str], pulled: str) -> None:
    printed = output(*container, pulled)
    assert "Hello from Python 3." in printed
    assert "on Debian GNU/Linux" in printed
    assert "numpy" in printed


def test_it_imports_every_module_of_its_wheels(container: list[str], pulled: str) -> None:
    printed = output(*container, "--entrypoint", "python", pulled, "-c", _IMPORTS)
    assert {"certifi", "hello", "idna", "numpy", "pygments", "requests", "rich", "urllib3"} <= set(printed.split())


def test_its_versions_fit_together(container: list[str], pulled: str) -> None:
    import packaging

    volume = f"--volume={Path(packaging.__file__).parent}:/packaging/packaging:ro"
    assert output(*container, volume, "--entrypoint", "python", pulled, "-c", _CHECK).endswith("fit")


def test_debian_is_configured(container: list[str], pulled: str) -> None:
    printed = output(*container, "--entrypoint", "sh", pulled, "-euc", _DEBIAN).splitlines()
    assert "libs found in cache `/etc/ld.so.cache'" in printed[0]
    assert printed[1] == "awk 42"
    assert printed[2].startswith("nobody:*:65534:65534:")
    assert printed[3] == "root:*:0:"
    assert printed[4].endswith("localhost")
    assert printed[5:7] == ["1777 0:0", "1777 0:0"]
    # The certificate is found by its hashed name alone.
    assert printed[7:9] == ["UTC", "/etc/ssl/certs/ISRG_Root_X1.pem: OK"]
    assert printed[9] == "/opt/venv Europe/Berlin"


def test_certificates_load(container: list[str], pulled: str) -> None:
    printed = output(*container, "--entrypoint", "python", pulled, "-c", _CERTIFICATES)
    assert printed == "True CERT_REQUIRED"


def test_skopeo_inspects_it(hello: Hello, pulled: str) -> None:
    seen = document("skopeo", "inspect", "--tls-verify=false", f"docker://{pulled}")
    assert seen["Digest"] == hello.built.digest
    assert seen["Architecture"] in ("amd64", "arm64")
    raw = document("skopeo", "inspect", "--raw", f"oci:{hello.layout}")
    assert seen["Layers"] == [layer["digest"] for layer in raw["layers"]]


def test_podman_loads_the_archive(hello: Hello, podman: list[str], container: list[str], tmp_path: Path) -> None:
    archive = tmp_path / "image.tar"
    hello.project.neve("build", "--archive", str(archive))
    loaded = output(*podman, "load", "--quiet", "--input", archive)
    assert loaded == "Loaded image: localhost/hello:latest"
    assert "Hello from Python" in output(*container, "localhost/hello:latest")
    # What docker reads of the same file.
    listed = json.loads(output("tar", "-xOf", archive, "manifest.json"))
    assert listed[0]["RepoTags"] == ["hello:latest"]
    names = output("tar", "-tf", archive).splitlines()
    assert {listed[0]["Config"], *listed[0]["Layers"]} <= set(names)


def test_pushed_again_it_is_the_same(hello: Hello, pulled: str, served: str) -> None:
    """A second push sends nothing new, and shows the same digest."""
    assert hello.project.neve("push", f"{served}/team/hello") == pulled
