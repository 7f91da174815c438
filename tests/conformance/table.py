"""The comparison over a directory of projects, as rows of a table."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.specifiers import SpecifierSet

from neve.errors import NeveError
from neve.project.project import Project
from neve.project.read import read_project
from neve.project.uv_settings import tool_uv
from neve.project.workspace import workspace_root
from tests.conformance import foreign
from tests.conformance.compare import Comparison, choices, compared
from tests.conformance.targets import TARGETS

_UV = ("uv", "hatch", "pyproject")
_TOOLS = shutil.ignore_patterns(".git", ".venv", ".neve", "node_modules", "__pycache__")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One project: ``differs`` where neve's choice is not the oracles'; ``result`` says so, or why there is none."""

    project: str
    kind: str = "-"
    targets: int = 0
    packages: str = "-"
    result: str
    details: tuple[str, ...] = ()
    differs: bool = False


def rows(directory: Path, targets: Sequence[str]) -> Iterator[Row]:
    """A row for each project below ``directory``, from copies: nothing is written there."""
    for each in sorted(path for path in directory.iterdir() if path.is_dir() and not path.name.startswith(".")):
        with TemporaryDirectory(prefix="neve-conformance-") as temporary:
            copy = Path(temporary) / each.name
            shutil.copytree(each, copy, symlinks=True, ignore=_TOOLS)
            yield _row(copy, targets)


def _row(directory: Path, targets: Sequence[str]) -> Row:
    name = directory.name
    try:
        project = read_project(directory)
        admitted = [target for target in targets if _admits(project, target)]
        if project.kind in _UV:
            root = workspace_root(directory) or directory
            found = compared(
                directory,
                admitted,
                words=_words(project, directory),
                root=root,
                rules=_rules(directory),
                frozen=(root / "uv.lock").exists(),
            )
            how = "equal"
        else:
            found, how = _foreign(directory, project, admitted)
    except NeveError as error:
        return Row(project=name, result="not locked", details=tuple(str(error).splitlines()))
    except RuntimeError as error:
        return Row(project=name, result="uv exports nothing", details=tuple(str(error).splitlines()))
    counts = sorted({len(comparison.chosen) for comparison in found.values()})
    details = tuple(f"{target}: {line}" for target, one in found.items() for line in one.differences)
    refused = [target for target, comparison in found.items() if comparison.error is not None]
    result = f"{how}, both refuse {', '.join(refused)}" if refused else how
    return Row(
        project=name,
        kind=project.kind,
        targets=len(found),
        packages="-".join(str(count) for count in dict.fromkeys((*counts[:1], *counts[-1:]))),
        result=f"{len(details)} differences" if details else result,
        details=details,
        differs=bool(details),
    )


def _foreign(directory: Path, project: Project, targets: Sequence[str]) -> tuple[dict[str, Comparison], str]:
    """poetry.lock and pdm.lock are compared: what is installed, and its files; of other kinds nothing is."""
    has_oracle = project.kind in foreign.LOCKS and (directory / foreign.LOCKS[project.kind]).exists()
    found = {}
    for target, choice in choices(directory, targets).items():
        if isinstance(choice, NeveError):
            found[target] = Comparison(error=choice, differences=(f"neve refuses: {choice}",))
            continue
        lines = (
            foreign.differences(
                directory,
                project.kind,
                choice,
                TARGETS[target],
                extras=project.config.extras,
                groups=project.config.groups or (),
            )
            if has_oracle
            else []
        )
        found[target] = Comparison(chosen=choice, differences=tuple(lines))
    return found, "equal to the lock" if has_oracle else "no oracle"


def _admits(project: Project, target: str) -> bool:
    return SpecifierSet(project.requires_python or "").contains(TARGETS[target].python_full_version)


def _words(project: Project, directory: Path) -> list[str]:
    """What uv is asked for the same as ``[tool.neve]`` asks neve."""
    config = project.config
    defaults = config.groups is None and "default-groups" in tool_uv(directory)
    words = [] if defaults else ["--no-default-groups"]
    words += ["--all-extras"] if config.extras == "all" else [f"--extra={extra}" for extra in config.extras]
    groups = config.groups or ()
    return words + (["--all-groups"] if groups == "all" else [f"--group={group}" for group in groups])


def _rules(directory: Path) -> Mapping[str, str]:
    table = tool_uv(workspace_root(directory) or directory)
    rules: dict[str, str] = {}
    for word in ("no-build", "no-binary"):
        rules |= {"*": word} if table.get(word) is True else {}
    for word in ("no-build", "no-binary"):
        rules |= dict.fromkeys(table.get(f"{word}-package", ()), word)
    return rules
