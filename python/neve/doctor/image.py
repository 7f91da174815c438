"""The configuration of an image: of a layout, of an archive, or of what lies in a registry."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neve.doctor.archive import archived_config
from neve.errors import NeveError, TransientError, UsageError
from neve.image.push import complaint

if TYPE_CHECKING:
    from neve.host import Host
    from neve.image.reference import Pulled
    from neve.session import Session

_SECONDS = 30.0
_TRANSPORT = re.compile(r"(?:oci|oci-archive|docker-archive|dir):")
_STORED = re.compile(r"(?:docker-daemon|containers-storage):(.*)")
_ARCHIVES = (".tar", ".tar.gz", ".tar.xz", ".tgz")
_NO_REGISTRY = "there is no such file or directory, and no registry is named"


def image_config(session: Session, host: Host, image: str) -> Mapping[str, Any]:
    """The configuration of ``image``, whose ``config``, ``Labels`` and ``Env`` are of the kinds that they should be:
    the directory of a layout, also one in neve's store, an archive of an image, or a name in a registry.

    Raises NeveError, TransientError where a registry does not answer.
    """
    if not image:
        raise UsageError("no image is named", fixes=["`neve doctor`, without a word, looks at what is here"])
    path = _path(session, image)
    if path is None:
        return _checked(_pulled(session, host, _reference(image)), image)
    if path.is_dir():
        return _checked(_layout(path), image)
    if not path.is_file():  # a pipe may never say anything
        what = "this is neither a directory nor a file"
        raise NeveError(what, where=image, fixes=["write the archive to a file, and name that"])
    return _checked(archived_config(path), image)


def _checked(config: object, image: str) -> Mapping[str, Any]:
    """``config`` where what is read of it is what OCI's image-spec says (config.md)."""
    inner = config.get("config") or {} if isinstance(config, dict) else None
    problem = None
    if not isinstance(config, dict):
        problem = "its configuration is not a JSON object"
    elif not isinstance(inner, dict):
        problem = "config of its configuration is not an object"
    elif not isinstance(inner.get("Labels") or {}, dict):
        problem = "config.Labels of its configuration is not an object"
    elif not isinstance(inner.get("Env") or [], list):
        problem = "config.Env of its configuration is not a list"
    if problem is not None:
        raise NeveError("this image is broken", where=image, why=problem, fixes=["build it anew, or name another"])
    return config  # type: ignore[return-value]


def _path(session: Session, image: str) -> Path | None:
    """The file or directory that is meant, from here or from the directory of -C; None for what is no path."""
    path = next(filter(os.path.lexists, (Path(image), session.directory / image)), Path(image))
    if path.exists():
        return path
    # A link to a store path leads nowhere where neve's store has no /nix/store of this machine's.
    target = path.resolve()
    if target.parts[:3] == ("/", "nix", "store") and len(target.parts) > 3:
        return _in_store(session, path, target)
    if os.path.lexists(path):
        raise NeveError(
            "the image is not there", where=image, why=f"the link leads to {target}", fixes=["`neve build`"]
        )
    return None


def _in_store(session: Session, path: Path, target: Path) -> Path:
    from neve.files import data_home
    from neve.nix.call import physical
    from neve.nix.find import find_nix
    from neve.progress import Silent
    from neve.tools import Toolbox

    store_path = "/".join(target.parts[:4])[1:]
    try:
        toolbox = Toolbox(cache=session.toolbox.cache, progress=Silent(), offline=True)
        nix = find_nix(toolbox, option=session.options.nix, environ=session.environ, prepare=False)
        lies = physical(nix, store_path)
    except NeveError:  # no Nix is needed to read
        lies = Path(f"{session.environ.get('NEVE_STORE') or data_home()}{store_path}")
    found = lies.joinpath(*target.parts[4:])
    if not found.exists():
        why = f"{store_path} is not in the store any more, or in another one"
        raise NeveError("the image is not there", where=str(path), why=why, fixes=["`neve build` makes it anew"])
    return found


def _layout(path: Path) -> object:
    from neve.image.layout import Layout
    from neve.project.detect import MARKERS

    if not (path / "oci-layout").exists() and any((path / name).is_file() for name in ("neve.toml", *MARKERS)):
        raise NeveError(
            "this is a project, not an image",
            where=str(path),
            fixes=[f"for the project: `neve -C {path} doctor`", f"for its image: `neve doctor {path}/.neve/result`"],
        )
    return Layout(path).image().config


def _reference(image: str) -> Pulled:
    from neve.image.reference import Pulled

    if found := _TRANSPORT.match(image):
        rest = image[found.end() :]
        raise NeveError(_NO_REGISTRY, where=image, fixes=[f"leave `{found[0]}` away: `neve doctor {rest}`"])
    if found := _STORED.match(image):
        fix = f"`podman save --format oci-archive --output app.tar {found[1]}`, then `neve doctor app.tar`"
        raise NeveError("what an engine has stored is not looked at", where=image, fixes=[fix])
    name = image.partition("@")[0]
    if name.endswith(".py"):
        fixes = ["give its path from this directory, or from that of -C DIR"]
        raise NeveError("there is no such script", where=image, fixes=fixes)
    if name.startswith(("/", ".", "~")):
        raise NeveError("there is no such file or directory", where=image)
    if name.endswith(_ARCHIVES) and "/" not in name:
        raise NeveError("there is no such archive", where=image, fixes=["give its path, without a digest"])
    if "/" not in name and not name.startswith("docker:"):
        fixes = ["of a registry: registry.example/NAME:TAG"]
        try:
            fixes.insert(0, f"an image of Docker Hub: {Pulled.parse(f'docker.io/library/{image}')}")
        except NeveError:  # no image can have that name
            raise NeveError("there is no such file or directory", where=image, fixes=fixes) from None
        raise NeveError(_NO_REGISTRY, where=image, fixes=fixes)
    return Pulled.parse(image)


def _pulled(session: Session, host: Host, image: Pulled) -> object:
    from neve.tools import SKOPEO

    if session.options.offline:
        fixes = ["name the directory of a layout, or an archive"]
        raise NeveError(f"cannot look at {image}", why="--offline forbids it", fixes=fixes)
    tls = ["--tls-verify=false"] if image.place.loopback else []
    words = [str(session.toolbox.find(SKOPEO)), "inspect", "--config", *tls, f"docker://{image}"]
    ran = host.run(words, _SECONDS)
    if ran is None:
        raise NeveError(f"cannot look at {image}", why="skopeo cannot be started", where=words[0])
    if ran.status:
        raise _explained(complaint(ran.err) or f"skopeo ended with status {ran.status}", image)
    try:
        return json.loads(ran.out)
    except (ValueError, RecursionError):
        raise NeveError(f"cannot look at {image}", why="its configuration is not JSON") from None


def _explained(message: str, image: Pulled) -> NeveError:
    """The error for what skopeo says."""
    why = re.sub(r'^Error parsing image name "[^"]*": ', "", message)
    place, kind = image.place, NeveError
    if re.search(r"unauthorized|denied|\b40[13]\b|authentication required", why, re.I):
        fixes = [f"log in: `skopeo login {place.registry}` (or podman login, docker login)"]
    elif re.search(r"manifest unknown|name unknown|not found|\b404\b", why, re.I):
        fixes = ["see that the name is right: `neve push` prints it, with the digest"]
    elif re.search(r"x509:|certificate", why, re.I):
        fixes = [f"put the authority's certificate into /etc/containers/certs.d/{place.registry}/ca.crt"]
    elif "server gave HTTP response" in why:
        fixes = [f"`insecure = true` for {place.registry} in /etc/containers/registries.conf, where that is meant"]
    else:
        kind, fixes = TransientError, ["see that the registry's name and port are right, or try again later"]
    return kind(f"cannot look at {image}", where=place.registry, why=why, fixes=fixes)


__all__ = ["image_config"]
