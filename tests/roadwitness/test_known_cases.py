"""``roadwitness known-cases add``: what it refuses before it opens any store."""

from __future__ import annotations

from pathlib import Path

from tests.roadwitness.in_process import CommandLine


def test_a_folder_that_holds_none_is_refused(command_line: CommandLine, tmp_path: Path) -> None:
    assert "holds no known case" in command_line.fail(
        "known-cases", "add", tmp_path, "--data", tmp_path / "data"
    )
    assert not (tmp_path / "data").exists()
