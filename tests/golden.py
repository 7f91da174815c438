"""Write anew what is generated and checked in: the golden trees of tests/render, the JSON Schemas of docs/reference.

``make golden`` runs this; the tests compare.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from neve.components.plan import make_plan
from neve.lock.model import Lock
from neve.project.config import Config
from neve.project.project import Project
from neve.python.layers import LARGE
from neve.python.wheel import Wheel
from neve.render.place import Place
from neve.render.render import render
from tests.projects import HATCHLING, a_lock, a_project, a_wheel

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "render" / "golden"
SCHEMAS: Mapping[str, tuple[type[BaseModel], str]] = {
    "docs/reference/neve.schema.json": (Config, "[tool.neve] of pyproject.toml"),
    "docs/reference/neve-lock.schema.json": (Lock, "neve.lock"),
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is rendered: a project, its wheels, its system packages, and where nix/ lies."""

    project: Project
    wheels: tuple[Wheel, ...] = ()
    system: tuple[str, ...] = ()
    place: Place | None = None

    def lock(self) -> Lock:
        plan = make_plan(self.project)
        return a_lock(system=self.system, build=plan.build_requires, inputs=plan.lock_inputs())

    def tree(self) -> dict[str, str]:
        return render(make_plan(self.project), self.lock(), {"x86_64": self.wheels}, self.place)


_WHEELS = (
    a_wheel("numpy", "2.2.1", size=2 * LARGE, tag="cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64"),
    a_wheel("requests", "2.32.3"),
    a_wheel("torch", "2.7.0+cu128", size=3 * LARGE, tag="cp313-cp313-manylinux_2_28_x86_64"),
    a_wheel("urllib3", "2.3.0"),
)
_FULL = {
    "system": ["ffmpeg", "libgl1"],
    "image": {
        "name": "registry.example/team/web",
        "tag": "v1",
        "entrypoint": ["serve", "--greeting", 'say "${hello}" \\ $x\n'],
        "cmd": ["--port", "8000"],
        "env": {"MODE": "prod", "QUOTE": "it's ''${x}''"},
        "user": "1000:1000",
        "workdir": "/srv/web",
        "ports": [8000],
        "labels": {"team": "röck ❄"},
        "compression": "gzip",
    },
    "caches": {"huggingface": {"path": "/cache/huggingface", "size": "8Gi"}},
}
CASES: Mapping[str, Case] = {
    "packaged": Case(
        project=a_project(
            name="hello",
            description="A console script",
            license="MIT",
            urls={"Source": "https://code.example/hello"},
            scripts={"hello": "hello:main"},
            build=HATCHLING,
        ),
        wheels=_WHEELS,
    ),
    "sources": Case(
        project=a_project(name="scripts"),
        wheels=_WHEELS[1:2],
        place=Place(root="../../.", files=("main.py", "pyproject.toml")),
    ),
    "full": Case(
        project=a_project(name="web", scripts={"serve": "web:main", "admin": "web:admin"}, build=HATCHLING, neve=_FULL),
        wheels=_WHEELS,
        system=("ffmpeg", "libgl1"),
    ),
}


def own(tree: Mapping[str, str]) -> dict[str, str]:
    """``tree`` without the Nix library, which lies in nix/ already."""
    return {path: text for path, text in tree.items() if not path.startswith("nix/lib/")}


def schema(model: type[BaseModel], title: str) -> str:
    """The JSON Schema of a format that neve owns (draft 2020-12)."""
    data: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    data |= model.model_json_schema(by_alias=True) | {"title": title}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write them all."""
    shutil.rmtree(GOLDEN, ignore_errors=True)
    files = {GOLDEN / name / path: text for name, case in CASES.items() for path, text in own(case.tree()).items()}
    files |= {ROOT / path: schema(model, title) for path, (model, title) in SCHEMAS.items()}
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
