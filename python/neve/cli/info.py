"""Show the plan: what was read, which components and packages the image is made of, its layers with their sizes
(of the last build, where it is fresh; else those of the wheels). Where there is no lock, it locks first."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from neve.cli.context import Context, script_argument

if TYPE_CHECKING:
    from neve.stages.description import CudaInfo, Description, PythonInfo

ARGUMENTS = "[SCRIPT]"
EXAMPLES = """\
  neve info
  neve info --json | jq .platforms    the same for programs
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    script_argument(parser)


def run(context: Context) -> int:
    """Print the tables, or with --json one object."""
    from neve.stages.info import describe

    description = describe(context.session)
    if context.words.json:
        context.result("", description.model_dump(mode="json"))
    else:
        _print(description)
    return 0


def _print(description: Description) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else 120)
    for title, columns, rows in description_tables(description):
        table = Table(
            title=title,
            title_justify="left",
            title_style="bold",
            box=None,
            pad_edge=False,
            header_style="dim",
        )
        for column in columns:
            table.add_column(column, justify="right" if column in ("size", "packages") else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(str(cell)) for cell in row))
        console.print(table)
        console.print()


def description_tables(description: Description) -> list[tuple[str, list[str], list[list[str]]]]:
    """The description as tables: title, columns, rows."""
    project, image, python = description.project, description.image, description.python
    passed = ", ".join(f"{other.file} ({other.kind})" for other in description.passed_over)
    facts = [
        ["project", f"{project.name} {project.version or ''}".rstrip()],
        ["kind", f"{description.kind}: {description.reason}" if description.reason else description.kind],
        ["read", " ".join(description.files)],
        *([["passed over", passed]] if passed else []),
        ["base", f"{description.base} {description.release}"],
        ["python", _python(python)],
        ["platforms", " ".join(description.platforms)],
        ["name", image.reference],
        ["starts", " ".join([*image.entrypoint, *image.cmd])],
        ["user", image.user or "root"],
        ["digest", description.digest or "not built since the last change"],
    ]
    layers = [[layer.name, str(layer.packages), _size(layer.size)] for layer in description.layers]
    known = [layer.size for layer in description.layers if layer.size is not None]
    layers.append([f"{len(layers)} layers", "", _size(sum(known) if known else None)])
    several = len(description.platforms) > 1
    return [
        ("plan", ["", ""], facts),
        ("components", ["name", "adds"], [[each.name, each.adds] for each in description.components]),
        (
            "system packages",
            ["group", "packages", "names"],
            [[group, str(len(names)), " ".join(names)] for group, names in description.packages.items() if names],
        ),
        *(
            (
                f"Python packages of {platform}" if several else "Python packages",
                ["name", "version", "kind", "file", "size"],
                [[p.name, p.version or "", p.kind, p.file, _size(p.size)] for p in each.environment],
            )
            for platform, each in description.platforms.items()
        ),
        *_cuda(description),
        *_libraries(description),
        ("layers, bottom to top", ["layer", "packages", "size"], layers),
    ]


def _cuda(description: Description) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """The CUDA of each platform; once, where it is the same on all."""
    told = {
        platform: cuda_rows(each.cuda, unread=description.unread_wheels > 0)
        for platform, each in description.platforms.items()
        if each.cuda is not None
    }
    first = next(iter(told.values()), None)
    if first is not None and all(told.get(platform) == first for platform in description.platforms):
        yield "CUDA", ["", ""], first
    else:
        for platform, rows in told.items():
            yield f"CUDA of {platform}", ["", ""], rows


def cuda_rows(cuda: CudaInfo, *, unread: bool = True) -> list[list[str]]:
    """What is told of the image's CUDA, in two columns; ``unread``: there are wheels that nobody has fetched."""
    driver = f"{cuda.driver} or newer" if cuda.driver else "not known"
    native = f"; {cuda.native_driver} came with it" if cuda.native_driver else ""
    said = f"{cuda.version} ({cuda.said_by} says so)" if cuda.version else "not known: no package tells it"
    rows = [["version", said], ["driver", f"{driver}{native}"]]
    if cuda.components:
        names = ", ".join(f"{each.name} {each.version}" for each in cuda.components)
        rows.append(["wheels", f"{_size(cuda.size)}: {names}" if cuda.size else names])
    rows.append(["GPUs", _gpus(cuda, unread)])
    if (toolkit := cuda.toolkit) is not None:
        compiler = f", with {toolkit.compiler}" if toolkit.compiler else ""
        rows.append(["toolkit", f"{toolkit.version}: {', '.join(toolkit.components)}{compiler}"])
        if toolkit.architectures:
            rows.append(["compiles for", ", ".join(toolkit.architectures)])
        if toolkit.runtime:
            rows.append(["of it in the image", ", ".join(toolkit.runtime)])
    return rows


def _gpus(cuda: CudaInfo, unread: bool) -> str:
    from neve.cuda.components import compiles, named_components

    toolkit, known = cuda.toolkit, cuda.gpus
    unsaid = ""
    if toolkit is not None and not toolkit.architectures:
        nvcc = compiles(named_components(toolkit.components))
        unsaid = "tool.neve.cuda.architectures does not say what is compiled" if nvcc else ""
    if known is None:
        read = "no wheel with code for them is in neve's cache" if unread else "no wheel has code for them"
        return f"not known: {unsaid or read}"
    told = f"compute capability {', '.join(known)}" if known else "none runs all of it"
    return f"{told}, as far as the wheels tell: {unsaid}" if unsaid else told


def _libraries(description: Description) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """What wheels lack, where it is known that they lack something."""
    rows = [
        [each.soname, each.package or "no package is known", "" if each.certain else "perhaps", each.wheel]
        for each in sorted(description.missing_libraries, key=lambda each: not each.certain)
    ]
    if description.unread_wheels:
        rows.append([f"{description.unread_wheels} wheels are not read: `neve lock` does", "", "", ""])
    if rows:
        yield "libraries that nothing in the image has", ["library", "package", "needed", "by"], rows


def _python(python: PythonInfo) -> str:
    if python.version is None:
        return "none: nothing asks for it"
    threads = " free-threaded" if python.freethreaded else ""
    return f"{python.version}{threads}, {'one of uv' if python.interpreter == 'uv' else 'the base'}'s ({python.origin})"


def _size(size: int | None) -> str:
    if size is None:
        return ""
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.1f} kB"
