"""The parser: the commands, and the options that all of them share."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from importlib import import_module

from neve import __version__
from neve.cli.context import make_context

_DESCRIPTION = """\
From a Python project to a bit-for-bit reproducible OCI image: system packages pinned in a Nix store, the
environment that uv locked on top. No Nix knowledge, no root, no Docker.
"""
_EPILOG = """\
A first image:
  neve build                 lock, render and build; prints the image's digest
  neve run                   run it (podman, docker, or bubblewrap where there is neither)
  neve push registry.example/team/app

The result is the last line on stdout; all else goes to stderr. Exit codes: 0 done, 1 you can fix it, 2 usage,
75 try again, 70 a defect of neve. Settings: [tool.neve] in pyproject.toml; nothing is mandatory.
Environment: NEVE_NIX, NEVE_STORE, NEVE_DEBIAN_MIRROR, NEVE_DEBIAN_SECURITY_MIRROR, NEVE_DEBIAN_KEYRING, NO_COLOR.
"""
# name -> what it does; each has a module of its name with `arguments(parser)` and `run(context)`.
COMMANDS = {
    "init": "begin: add [tool.neve] to a project, or make one",
    "lock": "pin everything: uv.lock and neve.lock",
    "render": "write the Nix flake, for review and for `nix build .#image`",
    "build": "build the image; prints its digest",
    "run": "run the image; arguments, exit code and signals pass through",
    "push": "push the image to a registry; prints name@sha256:…",
    "info": "show the plan: components, packages, layers with sizes",
    "bootstrap": "put the static busybox into a Nix store, once, for `nix build .#image`",
}


def run_command(words: Sequence[str]) -> int:
    """Parse ``words`` and run the command. Raises NeveError; argparse ends the process for wrong usage (2)."""
    words = list(words)
    after: list[str] = []
    if "--" in words:  # for the program in the image
        cut = words.index("--")
        words, after = words[:cut], words[cut + 1 :]
    parser = make_parser(words)
    parsed = parser.parse_args(words)
    if parsed.command is None:
        parser.print_help()
        return 0
    command = import_module(f"neve.cli.{parsed.command}")
    if after and not hasattr(parsed, "arguments"):
        parser.error(f"{parsed.command} takes no arguments after --")
    if hasattr(parsed, "arguments"):
        parsed.arguments = [*parsed.arguments, *after]
    if parsed.locked and parsed.frozen:
        parser.error("--locked and --frozen exclude each other")
    run: Callable[..., int] = command.run
    return run(make_context(parsed))


def make_parser(words: Sequence[str] = tuple(COMMANDS)) -> argparse.ArgumentParser:
    """The parser with all commands; the modules of those that are among ``words`` are imported."""
    parser = argparse.ArgumentParser(
        prog="neve",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[_shared(defaults=True)],
        allow_abbrev=False,
    )
    parser.add_argument("-V", "--version", action="version", version=f"neve {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, text in COMMANDS.items():
        module = import_module(f"neve.cli.{name}") if name in words else None
        command = commands.add_parser(
            name,
            help=text,
            description=module.__doc__ if module else None,
            parents=[_shared(defaults=False)],
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if module:
            module.arguments(command)
    return parser


def _shared(*, defaults: bool) -> argparse.ArgumentParser:
    """The shared options, which may stand before and after the command; the second place sets no defaults."""
    parser = argparse.ArgumentParser(add_help=False, argument_default=None if defaults else argparse.SUPPRESS)
    group = parser.add_argument_group("options of every command")

    def add(*names: str, default: object = None, **settings: object) -> None:
        group.add_argument(*names, **settings, **({"default": default} if defaults else {}))  # type: ignore[arg-type]

    add("-C", dest="directory", metavar="DIR", default=".", help="the project's directory")
    add("--offline", action="store_true", default=False, help="use only what is in the caches")
    add("--locked", action="store_true", default=False, help="stop where a lock is missing or stale")
    add("--frozen", action="store_true", default=False, help="take the locks as they are, unchecked")
    add("--nix", metavar="PATH", help="the Nix to use (default: PATH, nix-portable, neve's own copy)")
    add("--json", action="store_true", default=False, help="print the result as JSON")
    add("--progress", choices=["auto", "tty", "plain", "quiet"], default="auto", help="how work is shown")
    add("-q", "--quiet", action="store_true", default=False, help="show warnings and errors alone")
    add("-v", "--verbose", action="count", default=0, help="show more")
    return parser


__all__ = ["COMMANDS", "make_parser", "run_command"]
