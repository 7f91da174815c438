"""What neve asks of Nix: build, evaluate, add to the store, say what is missing."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from neve.files import explained, locked
from neve.nix.failure import build_failure, failure
from neve.nix.log import Log, plain
from neve.nix.nix import Nix
from neve.nix.process import capture, child
from neve.nix.store_path import STORE, check_name, fixed_path, path_name
from neve.progress import Progress, Silent

# Well under the kernel's limit on the arguments of one program (128 KiB is the smallest of them).
_BATCH_BYTES = 100_000


def physical(nix: Nix, store_path: str) -> Path:
    """Where ``/nix/store/…`` lies on this machine's disk; raises NeveError for a path outside the store."""
    path_name(store_path)
    if nix.store is not None:
        return Path(f"{nix.store}{store_path}")
    if nix.portable:
        base = nix.environ.get("NP_LOCATION") or nix.environ.get("HOME") or str(Path.home())
        return Path(f"{base}/.nix-portable{store_path}")
    return Path(store_path)


def build(
    nix: Nix,
    installables: Sequence[str],
    *,
    progress: Progress | None = None,
    jobs: int | None = None,
    cores: int = 0,
    offline: bool = False,
    rebuild: bool = False,
    out_link: Path | None = None,
    substitute: bool = False,
    extra: Sequence[str] = (),
) -> list[str]:
    """Build ``installables`` and give their outputs' store paths, in order.

    ``jobs`` derivations at once (default: one for each CPU), ``cores`` CPUs for each (0: all). ``rebuild``
    builds what is there once more and compares. ``out_link`` keeps the result from being collected; it
    points to /nix/store/…, also where the store lies elsewhere (see :func:`physical`). ``substitute`` allows
    binary caches. Raises NeveError with the derivation and the end of its log, TransientError where only the
    network failed.
    """
    progress = progress or Silent()
    words = ["build", "--print-out-paths", "--log-format", "internal-json"]
    words += ["--max-jobs", str(jobs or _cpus()), "--cores", str(cores)]
    words += ["--no-link"] if out_link is None else ["--out-link", str(out_link)]
    words += [flag for flag, wanted in (("--offline", offline), ("--rebuild", rebuild)) if wanted]
    command = nix.invocation(*words, *extra, *installables)
    environment = nix.environment(substitute=substitute)
    if out_link is not None:
        with explained("create the link to the result", out_link):
            out_link.parent.mkdir(parents=True, exist_ok=True)
    log = Log(progress)
    with tempfile.TemporaryFile() as out:
        try:
            with child(command, environment=environment, stdout=out) as running:
                for line in running.stderr or ():
                    log.feed(line)
        finally:
            log.close()
        if running.returncode:
            raise build_failure(nix, log, running.returncode)
        out.seek(0)
        paths = out.read().decode().split()
    for warning in log.warnings:
        progress.note(f"Nix: {warning}")
    return paths


def evaluate(nix: Nix, installable: str, *, offline: bool = False, extra: Sequence[str] = ()) -> Any:
    """The value of ``installable`` as JSON gives it; raises NeveError with Nix's own words."""
    words = ["eval", "--json", *(["--offline"] if offline else []), *extra, installable]
    return json.loads(_run(nix, nix.invocation(*words), f"Nix could not evaluate {installable}"))


def develop(
    nix: Nix,
    installable: str,
    command: Sequence[str] = (),
    *,
    offline: bool = False,
    substitute: bool = False,
    extra: Sequence[str] = (),
) -> tuple[list[str], dict[str, str]]:
    """``nix develop``, to be executed: its words and its environment. It runs ``command``, or opens a shell.

    What is opened inherits the environment: it is the caller's own, and neve's settings go by options.
    """
    words = ["develop", *nix.options(substitute=substitute), *(["--offline"] if offline else [])]
    after = ["--command", *command] if command else []
    return nix.invocation(*words, *extra, installable, *after), nix.inherited()


def print_dev_env(
    nix: Nix,
    installable: str,
    *,
    profile: Path,
    offline: bool = False,
    substitute: bool = False,
    extra: Sequence[str] = (),
) -> str:
    """What bash evaluates to be in the shell that :func:`develop` opens; raises NeveError with Nix's own words.

    The link ``profile`` keeps all that it names from being collected; what an earlier call kept by it is let go.
    """
    words = ["print-dev-env", "--profile", str(profile.absolute()), *(["--offline"] if offline else []), *extra]
    what = f"Nix could not make the environment of {installable}"
    with explained("create the link to the shell", profile):
        profile.parent.mkdir(parents=True, exist_ok=True)
    with locked(profile.with_name(f"{profile.name}.lock")):
        text = _run(nix, nix.invocation(*words, installable), what, substitute=substitute)
        with explained("remove links to earlier shells", profile):
            current = profile.readlink().name if profile.is_symlink() else None
            for link in profile.parent.glob(f"{profile.name}-*-link"):
                if link.name != current:
                    link.unlink()
    return text


def add_fixed(nix: Nix, files: Sequence[Path]) -> list[str]:
    """Add single files under their own names, pinned by the SHA-256 of their content; their store paths.

    They are the paths that a fixed-output fetch of the same name and hash has (:func:`fixed_path`), in the
    order of ``files``. Raises NeveError.
    """
    for file in files:
        check_name(file.name)
    paths: list[str] = []
    for batch in _batches([str(file.absolute()) for file in files]):
        paths += _store(nix, ["--add-fixed", "sha256", *batch], "Nix could not add files to its store").split()
    return paths


def add_directory(nix: Nix, directory: Path, name: str) -> str:
    """Add a tree as ``name``, pinned by the SHA-256 of its NAR; its store path. Raises NeveError."""
    command = nix.invocation("store", "add-path", "--name", check_name(name), str(directory.absolute()))
    return _run(nix, command, f"Nix could not add {directory} to its store").strip()


def missing(nix: Nix, store_paths: Sequence[str]) -> list[str]:
    """Those of ``store_paths`` that the store lacks, in order (about 20 ms for all of them)."""
    absent: set[str] = set()
    for batch in _batches(list(store_paths)):
        words = ["--check-validity", "--print-invalid", *batch]
        absent.update(_store(nix, words, "Nix could not look into its store").split())
    return [path for path in store_paths if path in absent]


def _store(nix: Nix, words: Sequence[str], what: str) -> str:
    command, program = nix.legacy("nix-store", words)
    return _run(nix, command, what, program=program)


def _run(nix: Nix, command: Sequence[str], what: str, *, program: str | None = None, substitute: bool = False) -> str:
    finished = capture(command, environment=nix.environment(substitute=substitute), program=program)
    if finished.status:
        lines = plain(finished.err.decode(errors="replace")).splitlines()
        raise failure(nix, what, lines, finished.status)
    return finished.out.decode()


def _batches(words: Sequence[str]) -> list[list[str]]:
    batches: list[list[str]] = []
    room = 0
    for word in words:
        size = len(os.fsencode(word)) + 1
        if size > room:
            batches.append([])
            room = _BATCH_BYTES
        batches[-1].append(word)
        room -= size
    return batches


def _cpus() -> int:
    return len(os.sched_getaffinity(0))


__all__ = [
    "STORE",
    "Nix",
    "add_directory",
    "add_fixed",
    "build",
    "develop",
    "evaluate",
    "fixed_path",
    "missing",
    "physical",
    "print_dev_env",
]
