import pytest

from neve.__main__ import main
from neve.cli.parser import COMMANDS


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert all(f"    {name} " in shown for name in COMMANDS)
    assert "75 try again" in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_says_what_it_does_and_shows_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: neve {name} [OPTIONS]")
    assert f"examples:\n  neve {name}" in shown


def test_paragraphs_are_as_wide_as_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    with pytest.raises(SystemExit):
        main(["build", "--help"])
    head = capsys.readouterr().out.partition("options:")[0]
    assert max(map(len, head.splitlines())) <= 60
