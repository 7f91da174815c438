"""Calling uv: it resolves and converts, neve reads what it writes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from neve.certificates import host_bundle
from neve.errors import NeveError

_NO_INTERPRETER = re.compile(
    r"No interpreter found|no interpreter|Python [\d.]+ is not available|not find .*interpreter"
    # A shim of a version manager that has no such version (pyenv) stops uv's search.
    r"|Failed to inspect Python interpreter|Querying Python at",
    re.I,
)

# uv says so where it goes on without any of the settings of a file, since it cannot read one of them.
_IGNORED = "during settings discovery"


class Uv:
    """The uv of neve's own dependency (or ``UV``), called in a project's directory.

    ``interpreter`` gives a Python for a project whose requires-python no interpreter of the host meets; ``script`` is
    the name of a script in the directory that is locked in place of the project (PEP 723). ``request`` says which
    Python uv looks for, in place of what .python-version has: that may be one of the image's, or of another tool's.
    """

    def __init__(
        self,
        directory: Path,
        *,
        offline: bool,
        interpreter: Callable[[], Path] | None = None,
        script: str | None = None,
        request: Callable[[], str | None] | None = None,
    ) -> None:
        self.directory = directory
        self._script = ["--script", script] if script else []
        self._lock = f"{script}.lock" if script else "uv.lock"
        self.offline = offline
        self._interpreter = interpreter
        self._request = request
        self._python: Path | None = None

    def version(self) -> str:
        """uv's version, such as ``0.9.1``."""
        return self._run(["--version"]).split()[1]

    def init(self) -> None:
        """Make a small packaged project in the directory. Raises NeveError with uv's reason."""
        self._run(
            # uv's own backend is bounded by uv's version, which an index may not have yet; a pin of the host's
            # Python would choose the image's.
            ["init", "--package", "--build-backend", "hatch", "--no-pin-python", "--vcs", "none", "--no-workspace"],
            what="uv cannot make a project here",
            fixes=["name the directory in letters and digits, or run `uv init` yourself"],
        )

    def lock(self, *, upgrade: bool = False) -> None:
        """Write uv.lock. Raises NeveError with uv's reason where nothing resolves."""
        self._project(
            ["lock", *self._script, *(["--upgrade"] if upgrade else [])],
            "uv cannot lock the script" if self._script else "uv cannot lock the project",
            ["mend what uv names above"],
        )

    def check(self) -> None:
        """Raise NeveError where uv.lock does not fit pyproject.toml any more."""
        self._project(
            ["lock", "--check", *self._script],
            f"uv cannot check {self._lock}",
            ["mend what uv names above", "or `--frozen` takes the lock as it is"],
        )

    def export(
        self,
        *,
        extras: Sequence[str] | Literal["all"] = (),
        groups: Sequence[str] | Literal["all"] = (),
        named: bool = False,
    ) -> str:
        """The project's dependencies as the text of a pylock.toml (PEP 751); the project itself is left out. ``named``
        gives requirements, of exact versions, instead: uv fetches files whose hashes its lock lacks, but for these.

        ``groups`` are all that are taken: uv's default ones are not. Raises NeveError, for extras and groups that
        the project lacks or that exclude each other too.
        """
        words = [
            "export",
            *(("--format=requirements.txt", "--no-hashes", "--no-annotate") if named else ("--format=pylock.toml",)),
            "--frozen",
            "--no-header",
            *(self._script or ["--no-emit-project", "--no-default-groups"]),
        ]
        words += ["--all-extras"] if extras == "all" else [f"--extra={extra}" for extra in extras]
        words += ["--all-groups"] if groups == "all" else [f"--group={group}" for group in groups]
        return self._project(
            words,
            f"uv cannot read {self._lock}",
            ["`neve lock --upgrade` writes it anew"] if self._script else ["`uv lock` writes it anew"],
        )

    def resolve(
        self,
        sources: Sequence[str],
        output: Path,
        *,
        python: str,
        options: Sequence[str] = (),
        given: str | None = None,
        environ: Mapping[str, str] | None = None,
        fixes: Sequence[str] = (),
    ) -> None:
        """Resolve the files ``sources`` (``-``: ``given``) for Python ``python`` ("3.13") and later ones on all
        platforms, and write a pylock to ``output``, which may hold an older one: its versions stay where they can.
        ``environ`` is added to uv's environment.

        Paths in it are relative to its directory. uv may build what has no static metadata on this machine, to learn
        its dependencies. Raises NeveError with uv's reason.
        """
        self._run(
            [
                "pip",
                "compile",
                "--format=pylock.toml",
                "--universal",
                "--no-header",
                "--no-annotate",
                f"--python={sys.executable}",
                f"--python-version={python}",
                f"--output-file={output}",
                *options,
                *sources,
            ],
            what=f"uv cannot resolve {', '.join(sources) if given is None else 'the requirements'}",
            given=given,
            fixes=fixes,
            extra=environ,
        )

    def annotated(self, pins: Sequence[str], *, python: str, indexes: Sequence[str]) -> str:
        """``pins`` ("rich==15.0"), a resolved environment, as requirements with comments that say who asks for each;
        ``indexes`` are asked besides uv's own. Out of uv's cache alone. Raises NeveError where that has not all of it.
        """
        # Universal, as it was resolved: for one platform uv wants the metadata of another wheel, which it has not read.
        words = ["--offline", "pip", "compile", "--universal", "--no-header", "--annotation-style=split"]
        return self._run(
            [
                *words,
                "--prerelease=allow",
                "--index-strategy=unsafe-best-match",
                f"--python={sys.executable}",
                f"--python-version={python}",
                "-",
            ],
            given="".join(f"{pin}\n" for pin in pins),
            extra={"UV_INDEX": " ".join(indexes)} if indexes else None,
        )

    def compile(
        self,
        requirements: Sequence[str],
        *,
        python: str,
        dependencies: bool = True,
        constraints: Sequence[str] = (),
        fixes: Sequence[str] = ("mend the requirement in pyproject.toml (build-system.requires)",),
    ) -> str:
        """``requirements`` resolved to wheels alone, under ``constraints``, for all platforms, as the text of a
        pylock.toml. What uv's settings say of no-binary is not for these.

        Raises NeveError with uv's reason; ``fixes`` are the remedies where nothing better is known.
        """
        words = [
            "pip",
            "compile",
            "--format",
            "pylock.toml",
            "--universal",
            "--only-binary",
            ":all:",
            "--no-header",
            "--no-annotate",
        ]
        words += [
            "--python",
            sys.executable,
            "--python-version",
            python,
            *([] if dependencies else ["--no-deps"]),
            "-",
        ]
        text = "".join(f"{requirement}\n" for requirement in requirements)
        what = f"uv cannot resolve {', '.join(requirements)}"
        from neve.project.wheel_settings import wheel_settings

        settings = wheel_settings(self.directory, os.environ)
        if not constraints and settings is None:
            return self._run(words, what=what, given=text, fixes=fixes)
        import tempfile

        with tempfile.TemporaryDirectory(prefix="neve-uv-") as directory:
            if settings is not None:
                import tomlkit

                file = Path(directory, "uv.toml")
                file.write_text(tomlkit.dumps(settings), encoding="utf-8")
                words += ["--config-file", str(file)]
            if constraints:
                file = Path(directory, "build-constraint-dependencies.txt")
                file.write_text("".join(f"{constraint}\n" for constraint in constraints), encoding="utf-8")
                words += ["--constraint", str(file)]
            return self._run(words, what=what, given=text, fixes=fixes)

    def indexes(self, *, public: bool = False) -> list[str]:
        """The URLs of the indexes that uv asks here, the default one first; they may hold credentials.

        With ``public`` the one that it would ask if nobody had named another.
        """
        unset = dict.fromkeys(("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL"), "")
        said = self._run(
            ["pip", "compile", "--emit-index-url", "--no-header", "--python", sys.executable, "-"],
            what="uv cannot say which index it asks",
            given="",
            extra={**unset, "UV_NO_CONFIG": "1"} if public else None,
        )
        words = (line.split() for line in said.splitlines())
        return [line[1] for line in words if len(line) == 2 and line[0] in ("--index-url", "--extra-index-url")]

    def pythons(self, architecture: str) -> str:
        """The CPythons for Linux with glibc on ``architecture`` that uv can fetch, as uv's JSON. Raises NeveError."""
        return self._run(
            [
                *("python", "list", f"cpython-linux-{architecture}-gnu", "--only-downloads", "--all-versions"),
                *("--show-urls", "--output-format", "json"),
            ],
            what="uv cannot say which Pythons it has",
            fixes=["UV_PYTHON_DOWNLOADS_JSON_URL, where it is set, must lead to uv's list of downloads"],
            extra={"UV_PYTHON_DOWNLOADS": "manual"},
        )

    def fetch_python(self, key: str, directory: Path) -> None:
        """Have uv fetch and verify the Python ``key`` below ``directory``: its archive in ``archives``, unpacked in
        ``installed``. Raises NeveError with uv's reason, TransientError where a server does not answer.
        """
        self._run(
            ["python", "install", "--install-dir", str(directory / "installed"), key],
            what=f"uv cannot fetch {key}",
            fixes=["UV_PYTHON_INSTALL_MIRROR, or python-install-mirror of uv, must lead to a mirror that has it"],
            extra={
                "UV_PYTHON_DOWNLOADS": "manual",
                "UV_PYTHON_CACHE_DIR": str(directory / "archives"),
                "UV_PYTHON_BIN_DIR": str(directory / "bin"),
            },
        )

    def _project(self, words: Sequence[str], what: str, fixes: Sequence[str]) -> str:
        """Run a command that needs a Python which the project admits; fetch one where the host has none."""
        request = self._python or (self._request() if self._request is not None else None)
        python = ["--python", str(request)] if request else []
        try:
            return self._run([*words, *python], what=what, fixes=fixes)
        except NeveError as error:
            if self._python is not None or self._interpreter is None or not _NO_INTERPRETER.search(error.why or ""):
                raise
        self._python = self._interpreter()
        return self._run([*words, "--python", str(self._python)], what=what, fixes=fixes)

    def _run(
        self,
        words: Sequence[str],
        *,
        what: str = "uv failed",
        given: str | None = None,
        fixes: Sequence[str] = (),
        extra: Mapping[str, str] | None = None,
    ) -> str:
        command = [
            find_uv(),
            "--color",
            "never",
            "--no-progress",
            *(["--offline"] if self.offline else []),
            *words,
        ]
        try:
            done = subprocess.run(
                command,
                cwd=self.directory,
                env={**_environment(os.environ), **(extra or {})},
                input=given,
                text=True,
                encoding="utf-8",
                errors="replace",
                capture_output=True,
                check=False,
                **({} if given is not None else {"stdin": subprocess.DEVNULL}),  # type: ignore[call-overload]
            )
        except OSError as error:
            raise NeveError(
                "uv does not start",
                where=command[0],
                why=error.strerror or str(error),
                fixes=["pip install uv"],
            ) from None
        if done.returncode or _IGNORED in done.stderr:
            from neve.python.complaint import complaint

            raise complaint(
                done.stderr,
                what,
                directory=str(self.directory),
                offline=self.offline,
                fixes=fixes,
                lock=self._lock,
            )
        return str(done.stdout)


def find_uv() -> str:
    """The path of uv: ``UV``, the executable of the Python package, or PATH. Raises NeveError where there is none."""
    if configured := os.environ.get("UV"):
        return configured
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        import shutil

        found = shutil.which("uv")
        if found is None:
            raise NeveError("uv is not there", fixes=["pip install uv"]) from None
        return found


# What would take groups from those that the project names: an image depends on its project, not on a shell's settings.
_SETS = ("UV_DEV", "UV_NO_DEV", "UV_NO_GROUP", "UV_NO_DEFAULT_GROUPS")


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The user's own environment, for indexes and credentials; but no other project's, and no downloads of Pythons.

    uv trusts what the host trusts, as the rest of neve does, unless the user says otherwise: it may be behind a
    company's proxy.
    """
    foreign = ("VIRTUAL_ENV", "UV_PROJECT", "UV_WORKING_DIR", "UV_WORKING_DIRECTORY", *_SETS)
    trust = {"UV_SYSTEM_CERTS": "true"} if host_bundle() else {}
    own = {key: value for key, value in environ.items() if key not in foreign}
    return {**trust, **own, "UV_PYTHON_DOWNLOADS": "never", "NO_COLOR": "1"}


__all__ = ["Uv", "find_uv"]
