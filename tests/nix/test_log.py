from __future__ import annotations

import json
from typing import Any

import pytest

from neve.nix.log import Log
from tests.recorder import Recorder

_A = "/nix/store/33kkj46qrv84753ipx6h4skj1j1gpwim-a.drv"
_B = "/nix/store/d95xp2h0wisi6cmij9ignxg6v4ax3ky0-b.drv"


def _fed(*events: dict[str, Any]) -> tuple[Log, Recorder]:
    recorder = Recorder()
    log = Log(recorder)
    for event in events:
        log.feed(b"@nix " + json.dumps(event).encode() + b"\n")
    return log, recorder


def _start(identity: int, kind: int, *fields: object) -> dict[str, Any]:
    return {
        "action": "start",
        "id": identity,
        "level": 3,
        "parent": 0,
        "text": "",
        "type": kind,
        "fields": fields,
    }


def _result(identity: int, kind: int, *fields: object) -> dict[str, Any]:
    return {"action": "result", "id": identity, "type": kind, "fields": fields}


def _stop(identity: int) -> dict[str, Any]:
    return {"action": "stop", "id": identity}


def test_a_build_is_a_task_by_its_name() -> None:
    log, recorder = _fed(
        _start(1, 104),
        _start(2, 105, _A, "", 1, 1),
        _result(2, 101, "\x1b[31mhello\x1b[0m"),
        _result(1, 105, 1, 1, 0, 0),
        _stop(2),
    )
    assert recorder.started == {_A: "a"}
    assert recorder.finished == {_A: True}
    assert list(log.tails[_A]) == ["hello"]


def test_of_two_builds_the_one_that_failed_is_shown_as_failed() -> None:
    _, recorder = _fed(
        _start(1, 104),
        _start(2, 105, _A, "", 1, 1),
        _start(3, 105, _B, "", 1, 1),
        _result(1, 105, 1, 2, 0, 0),
        _stop(2),
        _result(1, 105, 1, 2, 0, 1),
        _stop(3),
    )
    assert recorder.finished == {_A: True, _B: False}


def test_a_download_shows_bytes_and_no_password() -> None:
    _, recorder = _fed(
        _start(5, 101, "https://user:secret@files.example/simple/x-1.whl?token=secret"),
        _result(5, 105, 0, 100, 0, 0),
        _result(5, 105, 40, 100, 0, 0),
        _result(5, 105, 100, 100, 0, 0),
        _stop(5),
    )
    assert recorder.started == {"download 5": "x-1.whl"}
    assert recorder.totals == {"download 5": 100}
    assert recorder.bytes == {"download 5": 100}
    assert recorder.finished == {"download 5": True}


def test_a_download_that_never_began_is_not_shown() -> None:
    _, recorder = _fed(_start(5, 101, "https://files.example/x"), _stop(5))
    assert recorder == Recorder()


def test_errors_and_warnings_are_kept_plain() -> None:
    log, _ = _fed(
        {"action": "msg", "level": 0, "msg": "\x1b[31;1merror:\x1b[0m no, https://me:word@a.example/x"},
        {"action": "msg", "level": 1, "msg": "\x1b[35;1mwarning:\x1b[0m careful"},
        {"action": "msg", "level": 1, "msg": "warning: unknown setting 'build-dir'"},
        {"action": "msg", "level": 3, "msg": "this derivation will be built:"},
    )
    assert log.errors == ["no, https://***@a.example/x"]
    assert log.warnings == ["careful"]


@pytest.mark.parametrize(
    "line",
    [b"@nix {", b"@nix []", b'@nix {"action":"dance"}', b'@nix {"action":"start","id":1,"type":105}', b"\n"],
)
def test_what_is_not_understood_is_passed_over(line: bytes) -> None:
    recorder = Recorder()
    log = Log(recorder)
    log.feed(line)
    assert log.errors == []
    assert recorder == Recorder()


def test_lines_outside_the_format_are_errors() -> None:
    log = Log(Recorder())
    log.feed(b"/opt/nix: error while loading shared libraries: libx.so\n")
    assert log.errors == ["/opt/nix: error while loading shared libraries: libx.so"]


def test_what_runs_when_nix_ends_has_failed() -> None:
    log, recorder = _fed(_start(2, 105, _A, "", 1, 1))
    log.close()
    log.close()
    assert recorder.finished == {_A: False}


def test_only_the_end_of_a_long_log_is_kept() -> None:
    log, _ = _fed(_start(2, 105, _A, "", 1, 1), *(_result(2, 101, str(n)) for n in range(1000)))
    assert list(log.tails[_A])[-1] == "999"
    assert len(log.tails[_A]) == 500
