from __future__ import annotations

import json
import tomllib

import jsonschema
import pytest

from neve.lock.text import lock_text
from tests.cases import CASES
from tests.golden import ROOT, SCHEMAS, schema

CONFIG, LOCK, *_ = SCHEMAS


@pytest.mark.parametrize("path", SCHEMAS)
def test_schemas_are_fresh(path: str) -> None:
    model, title = SCHEMAS[path]
    assert (ROOT / path).read_text("utf-8") == schema(model, title), "`make golden` writes it anew"


@pytest.mark.parametrize("path", SCHEMAS)
def test_schemas_are_schemas(path: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads((ROOT / path).read_text("utf-8")))


@pytest.mark.parametrize("case", CASES)
def test_a_lock_that_neve_writes_fits(case: str) -> None:
    jsonschema.validate(tomllib.loads(lock_text(CASES[case].lock())), json.loads((ROOT / LOCK).read_text("utf-8")))


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("", True),
        ('system = ["ffmpeg"]\n[image]\nmax-layers = 20\n', True),
        ('[caches.hf]\npath = "/c"\n', True),
        ('sytem = ["ffmpeg"]', False),
        ('release = "Trixie!"', False),
        ('system = ["NOT OK"]', False),
        ('python = "3"', False),
        ("[image]\nports = [0]\n", False),
        ("[image]\nmax_layers = 20\n", False),
    ],
)
def test_the_schema_knows_what_is_valid(text: str, fits: bool) -> None:
    validator = jsonschema.Draft202012Validator(json.loads((ROOT / CONFIG).read_text("utf-8")))
    assert validator.is_valid(tomllib.loads(text)) is fits
