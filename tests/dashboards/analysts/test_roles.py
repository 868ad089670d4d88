"""Panels and questions need no more than the roles for analysts and their supervisors give."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from dashboards.exporting import EXPORTABLE, LEFT_OUT
from dashboards.grafana.macros import Picked, expand
from dashboards.grafana.panels import boards
from dashboards.named_queries import NamedQuery, named_query, names
from enforcement.store import Store
from tests.dashboards.analysts.test_docs import PAGE, described
from tests.enforcement.restricted_engine import DATABASE, answers_as

FILL = f"""
import sys; from pathlib import Path; from enforcement.store import Store
store = Store.embedded(Path(sys.argv[1]), {DATABASE!r}); store.migrate(); store.close()
"""
#: What names officers, and so is not for every analyst.
OFFICERS = {"enforcement: Reviewers"}


def panels() -> dict[str, str]:
    """Every panel's SQL with some camera and offence picked."""
    found = {}
    for each in boards():
        picked = Picked(0, 86_400, 3600, {variable.name: ("x",) for variable in each.variables})
        found |= {f"{each.name}: {one.title}": expand(one.sql, picked) for one in each.panels if one.sql}
        found |= {f"{each.name}: ${variable.name}": variable.sql for variable in each.variables}
    return found


def questions() -> dict[str, str]:
    """Every question with its parameters written into it."""
    return {f"@{name}": written_out(named_query(name)) for name in names()}


def written_out(question: NamedQuery) -> str:
    values = question.bind({})
    return re.sub(r"\{(\w+):([^}]+)\}", lambda at: f"CAST('{values[at[1]]}' AS {at[2]})", question.sql)


def exports() -> dict[str, str]:
    """Every exportable view with the columns that are exported."""
    columns = described(PAGE)
    return {
        view: f"SELECT {', '.join(name for name in columns[view] if name not in LEFT_OUT)} FROM {view}"
        for view in EXPORTABLE
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that no process has open."""
    place = tmp_path_factory.mktemp("roles") / "store"
    subprocess.run([sys.executable, "-c", FILL, str(place)], check=True, timeout=200)
    return place


def refused(folder: Path, roles: list[str], asked: dict[str, str]) -> dict[str, str]:
    answers = answers_as(folder, roles, list(asked.values()))
    return {name: answer for name, answer in zip(asked, answers, strict=True) if isinstance(answer, str)}


def test_an_analyst_may_ask_all_that_names_nobody(folder: Path) -> None:
    found = refused(folder, ["analyst"], panels() | questions() | exports())
    assert set(found) == OFFICERS, found
    assert all("ACCESS_DENIED" in answer for answer in found.values())


def test_a_supervisor_may_ask_the_rest(folder: Path) -> None:
    assert refused(folder, ["analyst", "supervisor"], panels() | questions()) == {}


def test_who_may_only_read_is_not_told_to(store: Store, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server refuses a setting that its user may not change, also one that changes nothing."""
    remote = Store.server(server)
    asked: list[dict[str, str]] = []
    with remote._connections.lend() as client:  # the one that all use
        ask = client.raw_query
    monkeypatch.setattr(
        client, "raw_query", lambda *args, **named: asked.append(args[2]) or ask(*args, **named)
    )
    remote.answer("SELECT 1", "CSV")
    monkeypatch.setattr(client, "command", lambda _: 2)
    remote.answer("SELECT 1", "CSV")
    assert asked == [{"readonly": "1"}, {}]
    remote.close()
