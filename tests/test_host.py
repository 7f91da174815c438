"""Programs of this machine, as they are run to be looked at."""

from __future__ import annotations

import sys
import time

import pytest

from neve.host import FLOOD, LATE, Ran, run_program


def python(text: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", text]


def test_what_a_program_prints() -> None:
    ran = run_program(python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"), 20)
    assert ran == Ran(status=3, out="out\n", err="err\n")
    many = run_program(python("import sys; sys.stderr.write('e' * 300_000); sys.stdout.write('o' * 300_000)"), 20)
    assert many is not None
    assert (len(many.out), len(many.err)) == (300_000, 300_000)
    assert run_program(["/nonexistent"], 1) is None


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_a_program_that_prints_without_end(name: str) -> None:
    """It costs neither memory nor the time that it may take."""
    began = time.monotonic()
    ran = run_program(python(f"import sys\nwhile True: sys.{name}.write('y' * 65536)"), 60)
    assert ran == Ran(status=FLOOD, out="", err="it prints without end")
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("closes", ["", "import os; os.close(1); os.close(2); "])
def test_a_program_that_does_not_end(closes: str) -> None:
    began = time.monotonic()
    ran = run_program(python(f"{closes}import time; time.sleep(60)"), 0.5)
    assert ran == Ran(status=LATE, out="", err="no answer within 0.5 s")
    assert time.monotonic() - began < 30
