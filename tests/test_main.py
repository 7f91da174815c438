from pathlib import Path

import pytest

from neve.__main__ import main


def test_each_of_several_problems_is_called_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "x"\nversion = "1"\n[tool.neve]\nsystm = []\npython = "3"\n[tool.neve.image]\nports = [0]\n'
    )
    assert main(["-C", str(tmp_path), "build"]) == 1
    told = capsys.readouterr().err
    assert told.count("error: ") == 3
    assert "did you mean 'system'?" in told
    assert not told.startswith("error: 3 problems")
