"""``--help``: every list of commands says of each, in a whole sentence, what it is for."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from roadwitness.cli import app


@pytest.mark.parametrize("words", [[], *([group.name] for group in app.registered_groups)], ids=" ".join)
def test_no_summary_is_cut_off(words: list[str]) -> None:
    told = CliRunner().invoke(app, [*words, "--help"], terminal_width=80)
    assert told.exit_code == 0
    listed = told.output.partition("Commands:")[2]
    assert listed
    assert "..." not in listed
    assert max(map(len, listed.splitlines())) <= 80
