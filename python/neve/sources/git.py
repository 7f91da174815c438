"""Trees of commits, as the host's git fetches them into neve's cache; nothing of a repository is executed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin, urlsplit

from neve.errors import NeveError, TransientError
from neve.fetch.address import redacted
from neve.files import explained, locked
from neve.nix.process import Finished, capture
from neve.progress import Progress
from neve.python.chosen import git_url
from neve.sources.tree import TAKE_ANOTHER, Entry, check_entries, check_tree, fresh_directory

_DEEPEST = 10  # submodules in submodules
_SCHEMES = ("https", "http", "ssh", "git")
_REF = "refs/neve/"
# Variables that lead git to another repository, that a caller's `git -c` sets, or that make it tell its headers.
_FOREIGN = re.compile(
    r"GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE"
    r"|SHALLOW_FILE|CONFIG_PARAMETERS|TRACE.*|CURL_VERBOSE)\Z"
)
# What is not of the server: neither the user's settings nor the machine's may change what a commit's files are.
_NO_SETTINGS = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
}
_AS_COMMITTED = (
    "core.symlinks=true",
    "core.autocrlf=false",
    "core.eol=lf",
    f"core.attributesFile={os.devnull}",
)
# Objects are checked as they come, but for what old programs wrote and harms nobody (git help fsck).
_CHECKED = (
    "transfer.fsckObjects=true",
    "fetch.fsckObjects=true",
    *(
        f"fetch.fsck.{problem}=ignore"
        for problem in (
            "badDate",
            "badDateOverflow",
            "badEmail",
            "badFilemode",
            "badName",
            "badTimezone",
            "missingEmail",
            "missingNameBeforeEmail",
            "missingSpaceBeforeDate",
            "missingSpaceBeforeEmail",
            "multipleAuthors",
            "nulInCommit",
            "zeroPaddedDate",
            "zeroPaddedFilemode",
        )
    ),
)
_BROKEN = re.compile(r"\bfsck error\b|did not fsck|index-pack failed|unpack-objects failed", re.I)
_DENIED = re.compile(
    r"could not read (Username|Password)|Authentication failed|HTTP Basic: Access denied|terminal prompts disabled"
    r"|Permission denied \(|returned error: 40[13]|Host key verification failed",
    re.I,
)
_DOWN = re.compile(
    r"Could not resolve host|Failed to connect|Connection (refused|timed out|reset)|Operation (timed out|too slow)"
    r"|returned error: (429|5\d\d)|early EOF|the remote end hung up|Name or service not known|Network is unreachable",
    re.I,
)
_PLAIN_NAME = re.compile(r"[^\x00-\x1f\x7f]+\Z")


@dataclass(frozen=True)
class _At:
    """A commit of a repository, the package it is fetched for, and how deep it lies among submodules."""

    url: str
    commit: str
    name: str
    depth: int = 0


class Repositories:
    """Bare copies of git repositories in neve's cache, by URL.

    The host's git fetches with the host's own settings and credentials, and never asks. ``credentials`` gives the
    Authorization header for a URL, where neve knows one: git gets it in the environment, for that server alone.
    """

    def __init__(
        self,
        cache: Path,
        progress: Progress,
        *,
        offline: bool = False,
        environ: Mapping[str, str] | None = None,
        credentials: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        self._cache = cache / "git"
        self._progress = progress
        self._offline = offline
        self._environ = os.environ if environ is None else environ
        self._credentials = credentials

    @contextmanager
    def tree(self, url: str, commit: str, *, name: str) -> Iterator[Path]:
        """The files of ``commit`` with its submodules, without anything named .git, in a directory that is gone
        afterwards; ``name`` is the package's, for errors.

        Files are as a checkout without settings has them: LFS pointers stay pointers, no filter runs. Raises NeveError
        for a commit that is not there, a link that leads out of the tree, a submodule that cannot be had;
        TransientError where a server does not answer.
        """
        with (
            explained("unpack a git repository", self._cache),
            TemporaryDirectory(prefix="neve-git-", ignore_cleanup_errors=True) as temporary,
        ):
            top = Path(temporary) / "source"
            top.mkdir()
            self._check_out(_At(url, commit, name), top)
            check_tree(top, where=f"{name}, {redacted(url)}")
            yield top

    def _check_out(self, at: _At, into: Path) -> None:
        """The files of the commit in the empty directory ``into``, with those of its submodules."""
        repository = self._fetched(at)
        with TemporaryDirectory(prefix="neve-index-") as temporary:
            own = {"GIT_INDEX_FILE": f"{temporary}/index"}
            words = ["--git-dir", str(repository), "--work-tree", str(into)]
            words += [word for setting in _AS_COMMITTED for word in ("-c", setting)]
            entries = self._entries(words, at)
            done = self._git([*words, "read-tree", "-m", "-u", at.commit], more=own)
            if done.status:
                raise self._failed(f"cannot unpack {at.name} at {at.commit[:11]}", at.url, done)
            links = {entry.path: entry.object for entry in entries if entry.type == "commit"}
            file = into / ".gitmodules"
            if links and file.is_file() and not file.is_symlink():
                told = self._git(["config", "--no-includes", "-z", "--list", "--file", str(file)]).out
            else:
                told = b""
        modules = _modules(told)
        for path, commit in links.items():
            self._submodule(at, commit, modules.get(path, {}), into, path)

    def _entries(self, words: Sequence[str], at: _At) -> list[Entry]:
        """All that the commit's tree has, checked: what git unpacks later cannot leave its directory."""
        done = self._git([*words, "ls-tree", "-r", "-t", "-z", "--full-tree", at.commit])
        if done.status:
            raise self._failed(f"cannot unpack {at.name} at {at.commit[:11]}", at.url, done)
        entries = list(_listed(done.out))
        check_entries(entries, where=f"{at.name}, {redacted(at.url)}")
        return entries

    def _submodule(self, parent: _At, commit: str, entry: Mapping[str, str], top: Path, path: str) -> None:
        """Check out ``commit`` of the submodule at ``path`` below ``top``, that .gitmodules has ``entry`` for."""
        if entry.get("update") == "none":
            return
        told = entry.get("url", "")
        url = _submodule_url(parent.url, told)
        if url is None or parent.depth >= _DEEPEST:
            why = (
                f"its URL {redacted(told)!r} is none that neve fetches" if told else ".gitmodules does not name its URL"
            )
            raise NeveError(
                f"a submodule of {parent.name} cannot be had",
                where=f"{redacted(parent.url)}, {path}",
                why="submodules are nested too deeply" if url else why,
                fixes=[TAKE_ANOTHER],
            )
        into = fresh_directory(top, path, where=f"{parent.name}, {redacted(parent.url)}")
        self._check_out(replace(parent, url=url, commit=commit, depth=parent.depth + 1), into)

    def _fetched(self, at: _At) -> Path:
        """The bare repository that has the commit."""
        url, commit, name = at.url, at.commit, at.name
        repository = self._cache / hashlib.sha256(url.encode()).hexdigest()[:32]
        repository.parent.mkdir(parents=True, exist_ok=True)
        with locked(repository.with_suffix(".lock")):
            words = ["--git-dir", str(repository)]
            kind = "sha256" if len(commit) == hashlib.sha256().digest_size * 2 else "sha1"
            told = self._git([*words, "rev-parse", "--show-object-format"])
            if told.status or told.out.decode(errors="replace").strip() != kind:
                if not told.status:  # of another format, as a variable or a setting of the machine once had it
                    shutil.rmtree(repository)
                made = self._git(
                    ["init", "--quiet", "--bare", "--template=", f"--object-format={kind}", "--", str(repository)]
                )
                if made.status:
                    raise self._failed("git cannot make a repository in neve's cache", str(repository), made)
            if self._holds(words, commit):
                return repository
            if self._offline:
                raise NeveError(
                    f"{name} at {commit[:11]} is not in the cache",
                    where=redacted(url),
                    why="--offline forbids fetching it",
                    fixes=["run the same command once without --offline"],
                )
            self._progress.stage(f"fetching {name} from {redacted(url)}")
            self._fetch(words, at)
        return repository

    def _fetch(self, words: Sequence[str], at: _At) -> None:
        """That commit alone, where the server gives it; else all branches and tags."""
        url, commit, name = at.url, at.commit, at.name
        fetch = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--force"]
        settings = ("gc.auto=0", "maintenance.auto=false", *_CHECKED)
        begin = [*words, *(word for setting in settings for word in ("-c", setting)), *fetch]
        self._git([*begin, "--depth=1", "--", url, f"{commit}:{_REF}{commit}"], url=url)
        if self._holds(words, commit):
            return
        every = ["+HEAD:refs/neve/HEAD", "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]
        done = self._git([*begin, "--", url, *every], url=url)
        if self._holds(words, commit):
            self._git([*words, "update-ref", f"{_REF}{commit}", commit])
            return
        if done.status:
            raise self._failed(f"cannot fetch {name} at {commit[:11]}", url, done)
        raise NeveError(
            f"there is no commit {commit} of {name}",
            where=redacted(url),
            why="no branch and no tag of the repository has it (it may have been rewritten)",
            fixes=[f"`uv lock --upgrade-package {name}` takes the one that is there now"],
        )

    def _holds(self, words: Sequence[str], commit: str) -> bool:
        return not self._git([*words, "cat-file", "-e", f"{commit}^{{commit}}"]).status

    def _git(self, words: Sequence[str], *, url: str = "", more: Mapping[str, str] | None = None) -> Finished:
        """What ``git`` answers; settings and variables of the user's count where it asks the server ``url``."""
        environment = {
            key: value
            for key, value in self._environ.items()
            if not (_FOREIGN.match(key) if url else key.startswith("GIT_") and key != "GIT_EXEC_PATH")
        }
        environment |= {
            **({} if url else _NO_SETTINGS),
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ALLOW_PROTOCOL": ":".join((*_SCHEMES, "file") if urlsplit(url).scheme == "file" else _SCHEMES),
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_HTTP_LOW_SPEED_LIMIT": environment.get("GIT_HTTP_LOW_SPEED_LIMIT", "1000"),
            "GIT_HTTP_LOW_SPEED_TIME": environment.get("GIT_HTTP_LOW_SPEED_TIME", "60"),
            "GIT_SSH_COMMAND": environment.get("GIT_SSH_COMMAND", "ssh -o BatchMode=yes"),
            "LC_ALL": "C",
            **(more or {}),
        }
        if url.startswith("http") and (header := self._credentials(url)):
            environment |= _header(environment, url, header)
        # /dev/null rather than a core.hooksPath of the user's: nothing runs here.
        try:
            return capture(["git", "-c", f"core.hooksPath={os.devnull}", *words], environment=environment)
        except NeveError as error:
            raise NeveError(
                "git does not start",
                why=error.why,
                fixes=["install git: the project depends on git repositories"],
            ) from None

    def _failed(self, what: str, url: str, done: Finished) -> NeveError:
        lines = [line.strip() for line in done.err.decode(errors="replace").splitlines() if line.strip()]
        why = "\n".join("".join(c for c in line if c.isprintable())[:300] for line in lines[-4:])
        if _DENIED.search(why):
            return NeveError(
                what,
                where=redacted(url),
                why=why,
                fixes=[
                    "give git credentials for this host: a credential helper, ~/.netrc, or a key for ssh",
                    "`git ls-remote URL` shows what git may read",
                ],
            )
        if _DOWN.search(why):
            return TransientError(what, where=redacted(url), why=why, fixes=["try again when the server answers"])
        if _BROKEN.search(why):
            return NeveError(what, where=redacted(url), why=why, fixes=[TAKE_ANOTHER])
        return NeveError(what, where=redacted(url), why=why, fixes=["`git ls-remote URL` shows what git may read"])


def _header(environment: Mapping[str, str], url: str, header: str) -> dict[str, str]:
    """Settings for one call, in the environment: a command line can be read by others."""
    parts = urlsplit(url)
    count = environment.get("GIT_CONFIG_COUNT", "0")
    number = int(count) if count.isdecimal() else 0
    return {
        "GIT_CONFIG_COUNT": str(number + 1),
        f"GIT_CONFIG_KEY_{number}": f"http.{parts.scheme}://{parts.netloc}/.extraHeader",
        f"GIT_CONFIG_VALUE_{number}": f"Authorization: {header}",
    }


def _listed(listed: bytes) -> Iterator[Entry]:
    """The entries in what ``git ls-tree -z`` prints."""
    for line in listed.split(b"\0"):
        head, tab, path = line.partition(b"\t")
        words = head.decode(errors="replace").split()
        if tab and len(words) == 3:  # mode, type, object
            yield Entry(path=os.fsdecode(path), type=words[1], object=words[2])


def _modules(text: bytes) -> dict[str, dict[str, str]]:
    """What .gitmodules says of each path, out of ``git config -z --list``."""
    found: dict[str, dict[str, str]] = {}
    for item in text.split(b"\0"):
        key, _, value = os.fsdecode(item).partition("\n")
        section, _, rest = key.partition(".")
        name, _, setting = rest.rpartition(".")
        if section == "submodule" and name:
            found.setdefault(name, {})[setting] = value
    return {entry["path"]: entry for entry in found.values() if "path" in entry}


def _submodule_url(parent: str, url: str) -> str | None:
    """Where a submodule lies; None where neve fetches nothing from there. A relative URL counts from its parent's, and
    only a repository on this machine's disk has submodules there.
    """
    if url.startswith(("./", "../")):
        parts = urlsplit(parent)
        # As git does it: ../x beside https://host/a/b is https://host/a/x.
        path = urljoin(f"http://_{parts.path.rstrip('/')}/", url)
        url = f"{parts.scheme}://{parts.netloc}{urlsplit(path).path.rstrip('/')}"
    found = git_url(url) if _PLAIN_NAME.match(url) else None
    if found is not None and urlsplit(found).scheme == "file" and urlsplit(parent).scheme != "file":
        return None
    return found


__all__ = ["Repositories"]
