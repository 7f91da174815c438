"""How a project is rid of CUDA's wheels: settings that paste into what its files already have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from neve import toml

# Who locks; "requirements": uv, what these files ask for; "settings": uv as well, what another tool's files ask for;
# "other": neither neve nor a tool that is known here.
Tool = Literal["uv", "poetry", "pdm", "requirements", "settings", "other"]
# PyTorch's own wheels for CPUs, and what of its family has to come from there as well.
CPU_WHEELS = "https://download.pytorch.org/whl/cpu"
TORCH = ("torch", "torchvision", "torchaudio")
_INDEX = "pytorch-cpu"


@dataclass(frozen=True, kw_only=True)
class Tables:
    """A TOML ``file`` and the ``text`` that it has, none where it is not there. uv's tables are below ``prefix`` in it
    ("tool.uv"); ``script``: it is the block of one.
    """

    file: str
    text: str = ""
    prefix: str = "tool.uv"
    script: bool = False

    @property
    def end(self) -> str:
        """Where what is appended goes."""
        if not self.text:
            return f"in a new file {self.file}"
        return f"at the end of the block of {self.file}" if self.script else f"at the end of {self.file}"

    def read(self, table: str) -> Mapping[str, Any]:
        """The table at the dotted name ``table``; empty where there is none."""
        found: Any = _parsed(self.text) or {}
        for name in filter(None, table.split(".")):
            found = found.get(name) if isinstance(found, Mapping) else None
        return found if isinstance(found, Mapping) else {}

    def with_end(self, lines: Sequence[str]) -> Tables | None:
        """With ``lines`` appended; None where that is no TOML."""
        text = "\n".join([self.text, *lines, ""])
        if _parsed(text) is None:
            return None
        return replace(self, text=text)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a project says what it depends on: the ``tool`` that locks it and the ``wishes``; whether that tool's own
    lock is there (``locked``), whether torch is a wish of its own (``direct``), the file that names it, and where uv
    reads its ``settings``.
    """

    tool: Tool
    wishes: Tables
    settings: Tables
    locked: bool = False
    direct: bool = False

    @property
    def by_uv(self) -> bool:
        """Whether uv resolves what is locked."""
        return self.tool in ("uv", "requirements", "settings") or (self.tool in ("poetry", "pdm") and not self.locked)


def remedies(place: Place, family: Sequence[str], dropped: Sequence[str], bringers: Sequence[str]) -> Iterator[str]:
    """In lines: PyTorch's ``family`` out of wheels for CPUs, and the project without ``dropped``, which ``bringers``
    depend on; neither where nothing is given.
    """
    if family:
        lines, place = _torch(place, family)
        yield from lines
    if dropped:
        yield from _dropped(place, dropped, bringers)


def _torch(place: Place, family: Sequence[str]) -> tuple[list[str], Place]:
    """What is told, and the place with it."""
    what = "PyTorch for CPUs instead"
    if place.tool == "uv":
        lines, wishes = _uv_source(place.wishes, family)
        if not place.direct:
            script = f"--script {place.wishes.file} " if place.wishes.script else ""
            lines.append(f"a source is for what is named itself: `uv add {script}{' '.join(family)}` besides")
        same = place.settings.file == place.wishes.file
        settings = wishes if same else place.settings
        return lines, replace(place, wishes=wishes, settings=settings)
    if place.tool == "poetry":
        return [
            f"{what}:",
            f"  poetry source add --priority explicit {_INDEX} {CPU_WHEELS}",
            f"  poetry add --source {_INDEX} {' '.join(family)}",
        ], place
    if place.tool == "pdm":
        again = "pdm lock" if place.locked else "neve lock"
        block = ["[[tool.pdm.source]]", *_index_lines(), f"include_packages = {_list(family)}"]
        return _told(f"{what}, then `{again}`", [(place.wishes.end, block)], place.wishes), place
    if place.tool == "requirements":
        line = f"--extra-index-url {CPU_WHEELS}"
        return [f"{what}, then `neve lock`: a line at the top of {place.wishes.file}", f"  {line}"], place
    if place.tool == "settings":
        settings = place.settings
        header = f"[[{settings.prefix}.index]]" if settings.prefix else "[[index]]"
        block = [header, *_index_lines()]
        lines = _told(f"{what}, then `neve lock`", [(settings.end, block)], settings)
        return lines, replace(place, settings=settings.with_end(block) or settings)
    return [f"{what}: its wheels, versions with +cpu, are on the index {CPU_WHEELS}"], place


def _uv_source(tables: Tables, family: Sequence[str]) -> tuple[list[str], Tables]:
    """An explicit index, and ``family`` from it: lines, and the tables with them as far as they are appended."""
    uv, blocks, end = tables.read("tool.uv"), list[tuple[str, list[str]]](), list[str]()
    given = uv.get("index")
    known = [each for each in given if isinstance(each, Mapping)] if isinstance(given, list) else []
    name = next((str(each["name"]) for each in known if _is_theirs(each)), None)
    if name is None:
        name = _free({str(each.get("name")) for each in known})
        block = ["[[tool.uv.index]]", *_index_lines(name), "explicit = true"]
        if tables.with_end(block) is not None:
            end = block
        else:
            one = f'{{ name = "{name}", url = "{CPU_WHEELS}", explicit = true }},'
            blocks.append((f"one more in `index` of [tool.uv] of {tables.file}", [one]))
    sources = tables.read("tool.uv.sources")
    lines = [f'{each} = {{ index = "{name}" }}' for each in family]
    if not sources and tables.with_end([*end, "[tool.uv.sources]", *lines]) is not None:
        end += ["[tool.uv.sources]", *lines]
    else:
        old = [each for each in family if each in sources]
        place_of = f", in place of what it has of {', '.join(old)}" if old else ""
        blocks.append((f"in [tool.uv.sources] of {tables.file}{place_of}", lines))
    blocks = [(tables.end, end), *blocks] if end else blocks
    return _told("PyTorch for CPUs instead, then `neve lock`", blocks, tables), tables.with_end(end) or tables


def _dropped(place: Place, names: Sequence[str], bringers: Sequence[str]) -> Iterator[str]:
    what = f"without {', '.join(names)}, which programs load only where there is a GPU"
    if place.by_uv:
        where, lines = _key_in(place.settings, place.settings.prefix, "exclude-dependencies", names)
        yield from _told(f"{what}, then `neve lock`", [(where, lines)], place.settings)
    elif place.tool == "pdm":
        where, lines = _key_in(place.wishes, "tool.pdm.resolution", "excludes", names)
        yield from _told(f"{what}, then `pdm lock`", [(where, lines)], place.wishes)
    elif place.tool == "poetry":
        yield f"Poetry cannot leave out {', '.join(names)}: take a release of {', '.join(bringers)} that needs none"
    else:
        yield f"{what}: leave it out of what is locked"


def _key_in(tables: Tables, table: str, key: str, names: Sequence[str]) -> tuple[str, list[str]]:
    """Where ``names`` are added to the list ``key`` of ``table``, and the lines."""
    of = f"[{table}] of {tables.file}" if table else tables.file
    there = tables.read(table).get(key)
    if isinstance(there, list):
        merged = dict.fromkeys([*map(str, there), *names])
        return f"in place of `{key}` in {of}", [f"{key} = {_list(list(merged))}"]
    line = f"{key} = {_list(names)}"
    if not table:
        return f"at the top of {tables.file}" if tables.text else tables.end, [line]
    if tables.with_end([f"[{table}]", line]) is not None:
        return tables.end, [f"[{table}]", line]
    return f"in {of}", [line]


def _told(what: str, blocks: Sequence[tuple[str, Sequence[str]]], tables: Tables) -> list[str]:
    """Each block of lines below the words that say where it goes."""
    mark = "# " if tables.script else ""
    told: list[str] = []
    for where, lines in blocks:
        told += [f"{'and' if told else f'{what}:'} {where}", *(f"  {mark}{line}" for line in lines)]
    return told


def _index_lines(name: str = _INDEX) -> list[str]:
    return [f'name = "{name}"', f'url = "{CPU_WHEELS}"']


def _is_theirs(index: Mapping[str, Any]) -> bool:
    return str(index.get("url")).rstrip("/") == CPU_WHEELS and isinstance(index.get("name"), str)


def _free(taken: set[str]) -> str:
    names = (_INDEX, *(f"{_INDEX}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _parsed(text: str) -> Mapping[str, Any] | None:
    try:
        return toml.loads(text)
    except ValueError:
        return None


def _list(names: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


__all__ = ["CPU_WHEELS", "TORCH", "Place", "Tables", "Tool", "remedies"]
