"""Write anew what is generated and checked in: the golden trees of tests/render, the JSON Schemas of docs/reference.

``make golden`` runs this; the tests compare.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from neve.doctor.report import Report
from neve.lock.model import Lock
from neve.project.config import Config
from neve.stages.description import Description
from tests.cases import CASES

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "render" / "golden"
SCHEMAS: Mapping[str, tuple[type[BaseModel], str]] = {
    "docs/reference/neve.schema.json": (Config, "[tool.neve] of pyproject.toml"),
    "docs/reference/neve-lock.schema.json": (Lock, "neve.lock"),
    "docs/reference/neve-info.schema.json": (Description, "neve info --json"),
    "docs/reference/neve-doctor.schema.json": (Report, "neve doctor --json"),
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
