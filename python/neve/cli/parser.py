"""The parser: the commands, and the options that all of them share."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from importlib import import_module

from neve import __version__
from neve.cli.context import make_context, take_script

_DESCRIPTION = """\
From a Python project to a bit-for-bit reproducible OCI image: system packages pinned in a Nix store, the environment
that uv locked on top. Nix need not be installed, nor Docker; root is not needed.
"""
_EPILOG = """\
a first image, in a project's directory:
  neve build                           lock, render, build; prints the image's digest
  neve build script.py                 the same for a script alone (PEP 723)
  neve run -- ARG ...                  run it with podman or docker, else with bubblewrap
  neve push registry.example/team/app  prints registry.example/team/app@sha256:...

The result is the last line on stdout; all else goes to stderr. Settings are [tool.neve] in pyproject.toml, or
neve.toml; nothing is mandatory.

exit codes:
  0 done   1 you can fix it   2 wrong usage   75 try again   70 a defect of neve
  (`neve run` and `neve shell` end with the exit code of the program in the image)

environment:
  NEVE_DEBIAN_MIRROR           the Debian mirror; NEVE_DEBIAN_SECURITY_MIRROR its security archive
  NEVE_DEBIAN_KEYRING          keys to trust besides Debian's, for a private mirror
  NEVE_NIX, NEVE_STORE         the Nix to use, or `own`; where its store lies
  NEVE_ENGINE                  what `neve run` runs images with
  UV_DEFAULT_INDEX, NETRC ...  uv's variables, proxies and netrc are honoured
"""
# name -> what it does; each has a module of its name with `arguments(parser)`, `run(context)` and, for its help,
# EXAMPLES.
COMMANDS = {
    "init": "add [tool.neve] to a project, or make a project",
    "lock": "pin everything: uv.lock and neve.lock",
    "render": "write the Nix flake, to review or to build with a Nix of one's own",
    "build": "build the image; prints its digest",
    "run": "run the image; arguments, exit code and signals pass through",
    "shell": "open a shell in the image, or run a command there",
    "push": "push the image to a registry; prints name@sha256:...",
    "info": "show the plan: components, packages, layers with sizes",
    "doctor": "look at this machine: driver, GPUs, containers, disk, servers, Nix; each finding with its fix",
    "bootstrap": "make a Nix store ready for the rendered flake",
}


class _Help(argparse.HelpFormatter):
    """Fills paragraphs to the terminal's width; those with indented lines stay as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        filled = []
        for paragraph in text.strip("\n").split("\n\n"):
            table = any(line.startswith("  ") for line in paragraph.splitlines())
            filled.append(paragraph if table else super()._fill_text(paragraph, width, indent))
        return "\n\n".join(filled)


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
    take_script(parser, parsed)
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
        usage="neve [OPTIONS] COMMAND ...",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=_Help,
        parents=[_shared(defaults=True)],
        allow_abbrev=False,
    )
    parser.add_argument("-V", "--version", action="version", version=f"neve {__version__}", help="print neve's version")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, text in COMMANDS.items():
        module = import_module(f"neve.cli.{name}") if name in words else None
        command = commands.add_parser(
            name,
            help=text,
            usage=f"neve {name} [OPTIONS] {getattr(module, 'ARGUMENTS', '')}".rstrip(),
            description=module.__doc__ if module else None,
            epilog=f"examples:\n{module.EXAMPLES}" if module else None,
            parents=[_shared(defaults=False)],
            allow_abbrev=False,
            formatter_class=_Help,
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

    add("-C", dest="directory", metavar="DIR", default=".", help="the project's directory (default: this one)")
    add("--offline", action="store_true", default=False, help="use nothing but what is in the caches")
    add("--locked", action="store_true", default=False, help="change no lock: stop where one is missing or stale")
    add("--frozen", action="store_true", default=False, help="take the locks as they are, even stale ones")
    add(
        "--nix",
        metavar="PATH",
        help="the Nix to use, or `own` (default: nix or nix-portable on PATH, else neve's own copy)",
    )
    add("--json", action="store_true", default=False, help="print the result as JSON")
    add(
        "--progress",
        choices=["auto", "tty", "plain", "quiet"],
        default="auto",
        help="bars on a terminal, else a line for each thing done (default: auto)",
    )
    add("-q", "--quiet", action="store_true", default=False, help="show only warnings and errors; as --progress quiet")
    add("-v", "--verbose", action="count", default=0, help="show small things too, and where a defect of neve happened")
    return parser


__all__ = ["COMMANDS", "make_parser", "run_command"]
