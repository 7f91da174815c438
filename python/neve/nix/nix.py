"""Which Nix is used, and with which store and settings."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from neve.certificates import host_bundle
from neve.files import cache_home

OWN = "neve's own copy"
OLDEST = (2, 18)

# What would send a Nix of our own to other stores, other settings or other plugins.
_FOREIGN = (
    "NIX_CONFIG",
    "NIX_PATH",
    "NIX_REMOTE",
    "NIX_STORE_DIR",
    "NIX_STATE_DIR",
    "NIX_LOG_DIR",
    "NIX_STORE",
)
# What keeps the own copy from them.
APART = ("NIX_CONF_DIR", "NIX_USER_CONF_FILES", "NIX_CACHE_HOME")
_NEUTRAL = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "NO_COLOR": "1"}
_SETTINGS = {
    "extra-experimental-features": "nix-command flakes",
    "sandbox": "true",
    "sandbox-fallback": "false",
    "sandbox-paths": "",  # no /bin/sh of the host
    "builders": "",
    "flake-registry": "",
    "warn-dirty": "false",
    "accept-flake-config": "false",
    "use-registries": "false",
    "connect-timeout": "15",
}


# Binary caches: the own copy reads no configuration that could name others than nixpkgs' own.
_CACHES = {"substituters": "NEVE_SUBSTITUTERS", "extra-trusted-public-keys": "NEVE_TRUSTED_PUBLIC_KEYS"}


@dataclass(frozen=True, kw_only=True)
class Nix:
    """A Nix that works: how to call it, and where its store lies.

    ``command`` is a program or a program with the word ``nix`` after it (nix-portable); ``store`` is the root
    of a chroot store, None for the store that this Nix uses by itself; ``origin`` says where it was found; ``remote``
    leaves it the other machines that its configuration names.
    """

    command: tuple[str, ...]
    version: tuple[int, ...]
    store: Path | None
    origin: str
    remote: bool = False
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), compare=False, repr=False)

    @property
    def portable(self) -> bool:
        """Whether it is nix-portable."""
        return len(self.command) > 1

    @property
    def own(self) -> bool:
        """Whether it is the copy in neve's cache, which no configuration of the user's touches."""
        return self.origin == OWN

    def invocation(self, *words: str) -> list[str]:
        """``nix build …`` and the like, with the store; ``words`` begin with the subcommand."""
        return [*self.command, *words[:1], *self._store(), *words[1:]]

    def legacy(self, name: str, words: Sequence[str]) -> tuple[list[str], str | None]:
        """``nix-store …`` and the like: the arguments, and the program's file where it is not the first one.

        One file is all of Nix: it goes by the name that it is called with.
        """
        if self.portable:
            return [self.command[0], name, *self._store(), *words], None
        return [name, *self._store(), *words], self.command[0]

    def environment(self, *, substitute: bool = False) -> dict[str, str]:
        """Its environment: neve's settings, a neutral locale, nothing of the user's for the own copy."""
        environment = {key: value for key, value in self.environ.items() if key != "LANGUAGE"} | _NEUTRAL
        lines = [f"{key} = {value}" for key, value in self._settings(substitute).items()]
        if self.own:
            for key in _FOREIGN:
                environment.pop(key, None)
            # Nothing lies there, and nothing is to be read.
            environment["NIX_CONF_DIR"] = "/nonexistent"
            environment["NIX_USER_CONF_FILES"] = ""
            environment["NIX_CACHE_HOME"] = str(cache_home() / "nix")
        elif environment.get("NIX_CONFIG"):
            lines.insert(0, environment["NIX_CONFIG"])
        environment["NIX_CONFIG"] = "\n".join(lines) + "\n"
        certificates = self._certificates()
        if certificates:
            environment["NIX_SSL_CERT_FILE"] = certificates
        return environment

    def options(self, *, substitute: bool = False) -> list[str]:
        """Neve's settings as options of the command line, for where the environment must stay the user's."""
        return [word for pair in self._settings(substitute).items() for word in ("--option", *pair)]

    def inherited(self) -> dict[str, str]:
        """The user's environment; of it the own copy alone needs something changed."""
        environment = dict(self.environ)
        if self.own:
            changed = self.environment()
            environment = {key: value for key, value in environment.items() if key not in _FOREIGN}
            environment |= {key: changed[key] for key in APART}
        return environment

    def _store(self) -> list[str]:
        return [] if self.store is None else ["--store", str(self.store)]

    def _settings(self, substitute: bool) -> dict[str, str]:
        settings = dict(_SETTINGS)
        if self.remote:
            del settings["builders"]
        if not substitute:
            settings["substituters"] = ""
        else:
            for key, variable in _CACHES.items():
                if self.environ.get(variable):
                    settings[key] = self.environ[variable]
        if self.portable and self.environ.get("NP_RUNTIME") == "proot":
            # Without namespaces there is no sandbox at all; whoever asks for proot has been told so.
            del settings["sandbox"], settings["sandbox-fallback"]
        if self.store is not None:
            settings["build-users-group"] = ""
            settings["compress-build-log"] = "false"
            if self.version >= (2, 22):
                # Beside the store: /tmp may be small, or mounted noexec.
                settings["build-dir"] = str(builds(self.store))
        elif os.geteuid() == 0 and not _group_exists("nixbld"):
            settings["build-users-group"] = ""
        netrc = Path(self.environ.get("NETRC") or Path(self.environ.get("HOME") or "/") / ".netrc")
        if netrc.is_file():
            settings["netrc-file"] = str(netrc)
        return settings

    def _certificates(self) -> str | None:
        for key in ("NIX_SSL_CERT_FILE", "SSL_CERT_FILE"):
            if self.environ.get(key):
                return self.environ[key]
        return host_bundle()


def builds(store: Path) -> Path:
    """Where builds run, outside their sandbox, for the chroot store ``store``."""
    return store / "nix/var/nix/builds"


def _group_exists(name: str) -> bool:
    import grp

    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True


__all__ = ["APART", "OLDEST", "OWN", "Nix", "builds"]
