from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_subprocess import FakeProcess

from neve.errors import NeveError, TransientError
from neve.nix.call import add_directory, add_fixed, build, develop, evaluate, missing, physical, print_dev_env
from neve.nix.find import Nix
from neve.nix.nix import OWN
from tests.recorder import Recorder

_DRV = "/nix/store/33kkj46qrv84753ipx6h4skj1j1gpwim-a.drv"
_OUT = "/nix/store/gn6lcfwymbcnq4s1yjlwrghb8f2rvd3c-a"


@pytest.fixture
def nix(tmp_path: Path) -> Nix:
    return Nix(
        command=("/opt/nix",),
        version=(2, 28, 3),
        store=tmp_path / "root",
        origin="asked for",
        environ={"HOME": "/h"},
    )


def _message(level: int, text: str) -> str:
    return "@nix " + json.dumps({"action": "msg", "level": level, "msg": text})


def _failing(*lines: str, error: str) -> list[str]:
    start = {"action": "start", "id": 1, "type": 105, "fields": [_DRV, "", 1, 1]}
    told = [{"action": "result", "id": 1, "type": 101, "fields": [line]} for line in lines]
    return [*("@nix " + json.dumps(event) for event in (start, *told)), _message(0, f"error: {error}")]


def _broken(fp: FakeProcess, nix: Nix, stderr: list[str]) -> NeveError:
    fp.register([fp.any()], returncode=1, stderr=stderr)
    with pytest.raises(NeveError) as caught:
        build(nix, [".#image"])
    return caught.value


def test_build_gives_paths_in_order_and_notes_warnings(fp: FakeProcess, nix: Nix) -> None:
    fp.register([fp.any()], stdout=f"{_OUT}\n{_OUT}-b\n", stderr=[_message(1, "warning: careful")])
    recorder = Recorder()
    assert build(nix, ["x#a", "x#b"], progress=recorder) == [_OUT, f"{_OUT}-b"]
    assert recorder.notes == ["Nix: careful"]
    command = list(fp.calls[0])
    assert command[:4] == ["/opt/nix", "build", "--store", str(nix.store)]
    assert "--no-link" in command
    assert "--offline" not in command


def test_build_passes_what_it_is_asked(fp: FakeProcess, nix: Nix, tmp_path: Path) -> None:
    fp.register([fp.any()], stdout=_OUT)
    link = tmp_path / "new/result"
    build(nix, ["x"], jobs=3, cores=2, offline=True, rebuild=True, out_link=link, extra=["--impure"])
    words = " ".join(str(word) for word in fp.calls[0])
    assert "--max-jobs 3 --cores 2" in words
    assert f"--out-link {link} --offline --rebuild --impure x" in words
    assert link.parent.is_dir()


@pytest.mark.parametrize(
    "error",
    [
        f"builder for '{_DRV}' failed with exit code 3",
        f"Cannot build '{_DRV}'.\n  Reason: builder failed with exit code 3.\n  Output paths:\n    {_OUT}",
    ],
)
def test_a_failed_build_names_the_derivation_and_the_end_of_its_log(fp: FakeProcess, nix: Nix, error: str) -> None:
    dependent = f"Cannot build '{_DRV[:-5]}top.drv'.\nReason: 1 dependency failed."
    failed = _broken(fp, nix, [*_failing("one", "two", error=error), _message(0, dependent)])
    assert failed.what == "building a failed"
    assert failed.where == _DRV
    assert failed.why is not None
    assert "failed with exit code 3\none\ntwo" in failed.why
    assert "nix log" in failed.fixes[0]


def test_the_whole_log_is_named_where_it_lies(fp: FakeProcess, nix: Nix) -> None:
    assert nix.store is not None
    log = nix.store / f"nix/var/log/nix/drvs/33/{_DRV.rpartition('/')[2][2:]}"
    log.parent.mkdir(parents=True)
    log.touch()
    failed = _broken(fp, nix, _failing("x", error=f"builder for '{_DRV}' failed with exit code 3"))
    assert failed.fixes == (f"read the whole log: {log}",)


def test_a_wrong_hash_says_both(fp: FakeProcess, nix: Nix) -> None:
    error = f"hash mismatch in fixed-output derivation '{_DRV}':\n  specified: sha256-AA=\n  got: sha256-BB="
    failed = _broken(fp, nix, _failing(error=error))
    assert failed.why == "expected sha256-AA=, got sha256-BB="


def test_a_build_that_comes_out_otherwise(fp: FakeProcess, nix: Nix) -> None:
    error = f"derivation '{_DRV}' may not be deterministic: output '{_OUT}' differs"
    assert "different" in _broken(fp, nix, _failing(error=error)).what


def test_a_network_that_fails_is_transient(fp: FakeProcess, nix: Nix) -> None:
    told = "error: unable to download 'https://me:word@files.example/x': Could not connect to server (7)"
    failed = _broken(fp, nix, _failing(told, error=f"builder for '{_DRV}' failed with exit code 1"))
    assert isinstance(failed, TransientError)
    assert "word" not in str(failed)


def test_a_file_that_is_gone_is_not_transient(fp: FakeProcess, nix: Nix) -> None:
    told = "error: unable to download 'https://files.example/x': HTTP error 404"
    failed = _broken(fp, nix, _failing(told, error=f"builder for '{_DRV}' failed with exit code 1"))
    assert not isinstance(failed, TransientError)


def test_a_full_disk_has_a_remedy(fp: FakeProcess, nix: Nix) -> None:
    failed = _broken(fp, nix, [_message(0, "error: writing to file: No space left on device")])
    assert "free some space" in failed.fixes[0]


def test_a_refused_sandbox_has_remedies(fp: FakeProcess, nix: Nix) -> None:
    failed = _broken(fp, nix, [_message(0, "error: cloning builder process: Operation not permitted")])
    assert any("nix-portable" in fix for fix in failed.fixes)


def test_a_nix_that_is_killed_says_so(fp: FakeProcess, nix: Nix) -> None:
    fp.register([fp.any()], returncode=-9)
    with pytest.raises(NeveError, match="signal 9"):
        evaluate(nix, "x")


def test_evaluate_reads_json(fp: FakeProcess, nix: Nix) -> None:
    fp.register([fp.any()], stdout='{"a": [1]}')
    assert evaluate(nix, "x#y", offline=True) == {"a": [1]}
    assert list(fp.calls[0])[-3:] == ["--json", "--offline", "x#y"]


def test_missing_keeps_the_order(fp: FakeProcess, nix: Nix) -> None:
    fp.register([fp.any()], stdout=f"{_OUT}-b\n{_OUT}\n")
    assert missing(nix, [_OUT, _DRV, f"{_OUT}-b"]) == [_OUT, f"{_OUT}-b"]
    assert missing(nix, []) == []
    assert len(fp.calls) == 1


def test_many_files_go_in_batches(fp: FakeProcess, nix: Nix) -> None:
    batches: list[int] = []

    def answer(process: object) -> None:
        batches.append(len(process.args) - 5)  # type: ignore[attr-defined]

    fp.register([fp.any()], stdout="", callback=answer, occurrences=9)
    add_fixed(nix, [Path("/srv", str(number) * 40) for number in range(10_000, 12_000)])
    assert sum(batches) == 2_000
    assert len(batches) > 1


@pytest.mark.parametrize(
    "add", [lambda nix: add_fixed(nix, [Path("/a~b")]), lambda nix: add_directory(nix, Path("/"), "")]
)
def test_a_name_that_no_store_takes_is_refused_before_nix_runs(
    fp: FakeProcess, nix: Nix, add: Callable[[Nix], object]
) -> None:
    with pytest.raises(NeveError, match="name of a store path"):
        add(nix)
    assert not fp.calls


def test_a_path_lies_under_the_root(nix: Nix) -> None:
    assert physical(nix, _OUT) == Path(f"{nix.store}{_OUT}")
    with pytest.raises(NeveError):
        physical(nix, "/etc/passwd")


def test_develop_leaves_the_environment_to_the_caller(nix: Nix) -> None:
    words, environment = develop(nix, "shell", ["tool", "-x"], offline=True, extra=["--file", "nix"])
    assert environment == {"HOME": "/h"}
    assert words[:4] == ["/opt/nix", "develop", "--store", str(nix.store)]
    assert words[-7:] == ["--offline", "--file", "nix", "shell", "--command", "tool", "-x"]
    pairs = dict(zip(words[words.index("--option") + 1 :: 3], words[words.index("--option") + 2 :: 3], strict=False))
    assert pairs["extra-experimental-features"] == "nix-command flakes"
    assert pairs["substituters"] == ""
    assert "--command" not in develop(nix, "shell", substitute=True)[0]
    assert "substituters" not in develop(nix, "shell", substitute=True)[0]


def test_develop_keeps_the_own_copy_apart(nix: Nix) -> None:
    environ = {"HOME": "/h", "NIX_CONFIG": "sandbox = false", "LC_ALL": "tlh"}
    environment = develop(replace(nix, origin=OWN, environ=environ), "shell")[1]
    assert environment["NIX_CONF_DIR"] == "/nonexistent"
    assert environment["LC_ALL"] == "tlh"
    assert "NIX_CONFIG" not in environment


def test_print_dev_env(fp: FakeProcess, nix: Nix, tmp_path: Path) -> None:
    profile = tmp_path / "shell/profile"

    def link(number: int) -> None:
        """As Nix does: each generation has a link, which keeps it."""
        profile.with_name(f"profile-{number}-link").symlink_to(_OUT)
        profile.unlink(missing_ok=True)
        profile.symlink_to(f"profile-{number}-link")

    for number in (1, 2):
        fp.register([fp.any()], stdout="export A=1\n", callback=lambda _, number=number: link(number))
        assert print_dev_env(nix, "shell", profile=profile, extra=["--file", "nix"]) == "export A=1\n"
    words = list(fp.calls[0])
    assert words[words.index("--profile") + 1] == str(profile)
    assert words[-3:] == ["--file", "nix", "shell"]
    assert sorted(path.name for path in profile.parent.iterdir()) == ["profile", "profile-2-link", "profile.lock"]
    fp.register([fp.any()], returncode=1, stderr="error: no shell")
    with pytest.raises(NeveError, match="environment of shell"):
        print_dev_env(nix, "shell", profile=profile)
