"""Projects to measure with, made in a temporary directory."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"


def example(name: str, into: Path) -> Path:
    """A copy of an example, without what earlier builds left."""
    target = into / name
    shutil.copytree(EXAMPLES / name, target, ignore=shutil.ignore_patterns(".neve", ".venv", "__pycache__"))
    return target


def many_packages(count: int, into: Path) -> Path:
    """A project without a build system whose uv.lock holds ``count`` wheels of an index that does not exist."""
    project = into / f"locked-{count}"
    project.mkdir()
    names = [f"package-{number:03}" for number in range(count)]
    listed = ", ".join(f'"{name}"' for name in names)
    head = f'[project]\nname = "many"\nversion = "1.0"\nrequires-python = ">=3.13"\ndependencies = [{listed}]\n'
    (project / "pyproject.toml").write_text(head)
    (project / "main.py").write_text("print('many')\n")
    lines = ["version = 1", "revision = 3", 'requires-python = ">=3.13"', ""]
    lines += ["[[package]]", 'name = "many"', 'version = "1.0"', 'source = { virtual = "." }', "dependencies = ["]
    lines += [f'    {{ name = "{name}" }},' for name in names]
    lines += ["]", "", "[package.metadata]", "requires-dist = ["]
    lines += [f'    {{ name = "{name}" }},' for name in names]
    lines += ["]", ""]
    for number, name in enumerate(names):
        file = f"{name.replace('-', '_')}-1.0-py3-none-any.whl"
        digest = hashlib.sha256(file.encode()).hexdigest()
        lines += ["[[package]]", f'name = "{name}"', 'version = "1.0"']
        lines += ['source = { registry = "https://index.example/simple" }', "wheels = ["]
        lines += [f'    {{ url = "https://files.example/{file}", hash = "sha256:{digest}", size = {1000 + number} }},']
        lines += ["]", ""]
    (project / "uv.lock").write_text("\n".join(lines))
    return project


def large_tree(megabytes: int, into: Path) -> Path:
    """A project without a build system that holds ``megabytes`` of real files: this interpreter's library, repeated."""
    project = into / "large"
    project.mkdir()
    (project / "pyproject.toml").write_text('[project]\nname = "large"\nversion = "1.0"\nrequires-python = ">=3.13"\n')
    (project / "uv.lock").write_text(
        'version = 1\nrevision = 3\nrequires-python = ">=3.13"\n\n'
        '[[package]]\nname = "large"\nversion = "1.0"\nsource = { virtual = "." }\n'
    )
    import numpy
    import rich

    sources = [Path(numpy.__file__).parent, Path(rich.__file__).parent.parent]
    files = sorted(file for source in sources for file in source.rglob("*") if file.is_file() and file.suffix != ".pyc")
    # Otherwise the store would hold the layer since the last time.
    (project / "salt").write_text(secrets.token_hex())
    written = 0
    copies = 0
    while written < megabytes * 1_000_000:
        for file in files:
            place = project / "data" / str(copies) / str(file.relative_to(file.anchor)).replace("/", "_")
            place.parent.mkdir(parents=True, exist_ok=True)
            # A different head each time: zstd must not find the copies.
            place.write_bytes(f"{copies}\n".encode() + file.read_bytes())
            written += place.stat().st_size
            if written >= megabytes * 1_000_000:
                break
        copies += 1
    return project


__all__ = ["example", "large_tree", "many_packages"]
