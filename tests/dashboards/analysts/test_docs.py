"""The page for analysts says what there is: every view with its columns, every question."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboards.answers import ask
from dashboards.exporting import EXPORTABLE
from dashboards.named_queries import named_query, names
from enforcement.store import Store
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "analysts.md").read_text(encoding="utf-8")
ANONYMOUS, PERSONAL = PAGE.split("\nPersonal:")
COLUMNS = """
SELECT table, name FROM system.columns WHERE database = currentDatabase() AND startsWith(table, 'v_')
ORDER BY table, position
"""
ROW = re.compile(r"^\| `(v_\w+)` \| [^|]+ \| (.+) \|$", re.MULTILINE)


def described(text: str) -> dict[str, list[str]]:
    return {view: re.findall(r"`(\w+)`", columns) for view, columns in ROW.findall(text)}


def test_every_view_and_column_of_the_store(data: Path, store: Store) -> None:
    there: dict[str, list[str]] = {}
    for row in ask(data, COLUMNS).to_pylist():
        there.setdefault(row["table"], []).append(row["name"])
    assert described(PAGE) == there


def test_what_is_anonymous_is_what_can_be_exported() -> None:
    assert set(described(ANONYMOUS)) == set(EXPORTABLE)
    assert not set(described(PERSONAL)) & set(EXPORTABLE)


def test_every_question_is_listed() -> None:
    listed = re.findall(r"^\| `@([\w-]+)` \| .+ \|$", PAGE, re.MULTILINE)
    assert sorted(listed) == names()


@pytest.mark.parametrize("line", re.findall(r"^roadwitness sql @\w.*", PAGE, re.MULTILINE))
def test_parameters_in_the_examples_are_there(line: str) -> None:
    found = re.match(r"roadwitness sql @([\w-]+)", line)
    assert found
    question = named_query(found[1])
    question.bind(dict(re.findall(r"--param (\w+)=(\S+)", line)))
