"""Build the image and push it; only blobs that the registry lacks are sent. Credentials come from the usual auth file
(`skopeo login`, `podman login`, `docker login`). Prints name@sha256:…, the digest that the build printed."""

from __future__ import annotations

import argparse

from neve.cli.context import Context

ARGUMENTS = "[SCRIPT] [NAME[:TAG]]"
EXAMPLES = """\
  neve push registry.example/team/app:1.0
  neve push localhost:5000/app       a registry on this machine may speak plain HTTP
  kubectl set image deployment/app app=$(neve push -q)
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME[:TAG]",
        help="where to push to (default: tool.neve.image.name); before it, a script NAME.py that is there",
    )
    parser.add_argument(
        "--plain-http", action="store_true", help="the registry has no TLS (loopback ones need no flag)"
    )
    parser.add_argument("--authfile", metavar="FILE", help="credentials, as `skopeo login` writes them")


def run(context: Context) -> int:
    """Build, push, and print the reference by digest."""
    from pathlib import Path

    from neve.errors import NeveError, UsageError
    from neve.image.push import push
    from neve.stages.build import build_image
    from neve.tools import SKOPEO

    session, words = context.session, context.words
    if len(words.names) > 1:
        raise UsageError(f"there is one name to push to, not {len(words.names)}")
    name = words.names[0] if words.names else None
    if name is None and session.project.config.image.name is None:
        raise NeveError(
            "there is no name to push to",
            where="pyproject.toml, tool.neve.image.name",
            fixes=["give one: neve push registry.example/team/app", "or set `name` under [tool.neve.image]"],
        )
    built = build_image(session)
    pushed = push(
        built.layout,
        name or built.reference,
        skopeo=session.toolbox.find(SKOPEO),
        progress=session.progress,
        tls_verify=not words.plain_http,
        authfile=Path(words.authfile) if words.authfile else None,
    )
    context.result(pushed, {"reference": pushed, "digest": built.digest})
    return 0
