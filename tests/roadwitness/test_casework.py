"""Exemptions, deadlines and retention on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.roadwitness.command import succeed
from tests.roadwitness.in_process import CommandLine

LIST = """plate,kind,valid_from,valid_until,reason
FI 112,emergency,2026-01-01,,Fire brigade
"""


def test_a_list_is_imported_and_shown(tmp_path: Path) -> None:
    file, data = tmp_path / "list.csv", tmp_path / "data"
    file.write_text(LIST)
    done = succeed("exemptions", "import", file, "--data", data, "--author", "B. Lund")
    assert "1 exemptions added" in done.stderr
    shown = succeed("exemptions", "list", "--data", data).stdout.decode()
    assert shown.rstrip("\n").split("\t")[1:] == [
        "emergency", "FI112", "2026-01-01 00:00", "no end", "everything", "Fire brigade", "B. Lund", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ("exemptions", "list"),
        ("exemptions", "end", "x", "--reason", "Sold."),
        ("retention", "run", "--dry-run"),
        ("retention", "mark", "x", "held", "--reason", "A suit."),
        ("retention", "tombstones"),
        ("package", "x", "--out", "case.zip"),
        ("notice", "x", "--language", "en", "--out", "notice.pdf"),
        ("evidence", "check"),
    ],
)
def test_a_mistyped_folder_is_not_made(
    command_line: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "There is no store in" in command_line.fail(*arguments, "--data", tmp_path / "typo")
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("exemptions", "import", "none.csv", "--timezone", "Mars"), "the timezone 'Mars' is unknown"),
        (("exemptions", "import", "none.csv"), "none.csv cannot be read"),
        (("retention", "mark", "x", "burnt", "--reason", "No."), "'burnt' is no mark; write one of held"),
    ],
)
def test_what_cannot_be_meant_is_said_before_anything_is_opened(
    command_line: CommandLine, arguments: tuple[str, ...], says: str
) -> None:
    assert says in command_line.fail(*arguments)
