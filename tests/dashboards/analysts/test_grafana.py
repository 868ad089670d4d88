"""Every panel of the Grafana dashboards, asked on four invented weeks."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dashboards.grafana.macros import Picked, expand
from dashboards.grafana.panels import NAMES, Board, Panel, board
from enforcement.queries import reading
from enforcement.store import Store
from streams.metrics import REGISTRY
from tests.dashboards.analysts.traffic import IN, NORTH, OUT, SOUTH, Traffic

BOARDS = {name: board(name) for name in NAMES}
SQL = [
    pytest.param(each, panel, id=f"{name}: {panel.title}")
    for name, each in BOARDS.items()
    for panel in each.panels
    if panel.sql
]
PROM = [
    pytest.param(panel, id=f"{name}: {panel.title}")
    for name, each in BOARDS.items()
    for panel in each.panels
    if panel.promql
]
#: Panels that are about all cameras or offences, whatever is picked.
ABOUT_ALL = {
    "Reviewers",
    "Cases without all their evidence",
    "Evidence that is missing",
    "Tables",
}
NOT_BY = {"camera": ABOUT_ALL, "offence": ABOUT_ALL | {"Reader's confidence", "Cameras that read worst"}}
PROMQL_WORDS = {
    "sum", "max", "by", "rate", "increase", "histogram_quantile", "le", "topic", "stage", "table", "reason",
    "instance", "route", "h",
}  # fmt: skip


def picked(traffic: Traffic, each: Board, **chosen: tuple[str, ...]) -> Picked:
    """The whole four weeks, with points of a quarter of a day."""
    variables = {variable.name: chosen.get(variable.name) for variable in each.variables}
    start, end = traffic.start - timedelta(hours=1), traffic.now
    return Picked(int(start.timestamp()), int(end.timestamp()), 6 * 3600, variables)


def asked(data: Path, sql: str) -> pa.Table:
    with reading(data) as reader:
        return pa.ipc.open_stream(io.BytesIO(reader.ask(sql, "arrow"))).read_all()


def types_of(data: Path, sql: str) -> dict[str, str]:
    """ClickHouse's own types of the columns, without what makes no difference to Grafana."""
    with reading(data) as reader:
        rows = json.loads(reader.ask(f"DESCRIBE ({sql})", "json"))["data"]
    return {row["name"]: re.sub(r"Nullable\((.*)\)", r"\1", row["type"]) for row in rows}


def is_number(kind: str) -> bool:
    return bool(re.fullmatch(r"U?Int\d+|Float\d+", kind))


@pytest.mark.parametrize(("each", "panel"), SQL)
def test_a_panel_answers_in_the_shape_that_its_kind_needs(
    data: Path, store: Store, traffic: Traffic, each: Board, panel: Panel
) -> None:
    sql = expand(panel.sql, picked(traffic, each))
    rows = asked(data, sql).to_pylist()
    kinds = types_of(data, sql)
    numbers = [name for name, kind in kinds.items() if is_number(kind)]
    texts = [name for name, kind in kinds.items() if kind == "String"]
    assert rows, "no rows on four weeks of traffic"
    match panel.kind:
        case "timeseries":
            first = next(iter(kinds))
            assert first == "time"
            assert kinds[first].startswith("Date")
            assert len(texts) <= 1
            assert numbers
            assert len(numbers) + len(texts) + 1 == len(kinds)
            places = [(row["time"], *(row[name] for name in texts)) for row in rows]
            assert places == sorted(set(places)), "a time and label once each, in order"
        case "stat":
            assert len(rows) == 1
            assert numbers == list(kinds)
        case "bargauge" | "piechart" | "barchart":
            assert (len(texts), len(numbers)) == (1, len(kinds) - 1)
            labels = [row[texts[0]] for row in rows]
            assert len(set(labels)) == len(labels)
            assert all(labels)
        case "table":
            assert not [name for name, kind in kinds.items() if kind.startswith(("Array", "Map", "Tuple"))]
        case _:
            pytest.fail(f"nobody said what a {panel.kind} needs")
    assert set(panel.units) <= set(kinds)


@pytest.mark.parametrize("variable", ["camera", "offence"])
@pytest.mark.parametrize(("each", "panel"), SQL)
def test_of_what_is_not_there_a_panel_shows_nothing(
    data: Path, store: Store, traffic: Traffic, each: Board, panel: Panel, variable: str
) -> None:
    if variable not in {found.name for found in each.variables} or panel.title in NOT_BY[variable]:
        assert f"${variable}" not in panel.sql
        return
    sql = expand(panel.sql, picked(traffic, each, **{variable: ("no-such",)}))
    values = [value for row in asked(data, sql).to_pylist() for value in row.values()]
    assert not [value for value in values if isinstance(value, int | float) and value == value and value != 0]


@pytest.mark.parametrize(("each", "panel"), SQL)
def test_a_panel_shows_the_picked_cameras_alone(
    data: Path, store: Store, traffic: Traffic, each: Board, panel: Panel
) -> None:
    rows = asked(data, expand(panel.sql, picked(traffic, each, camera=(IN, NORTH)))).to_pylist()
    assert {row["camera_id"] for row in rows if "camera_id" in row} <= {IN, NORTH}


@pytest.mark.parametrize(("each", "panel"), SQL)
def test_no_panel_shows_a_plate_and_officers_are_said_to_be_named(
    data: Path, store: Store, traffic: Traffic, each: Board, panel: Panel
) -> None:
    columns = set(types_of(data, expand(panel.sql, picked(traffic, each))))
    assert not columns & {
        "plate",
        "plate_raw",
        "plate_normalised",
        "keeper_id",
        "keeper",
        "case_id",
        "passage_id",
    }
    if "officer" in columns:
        assert "Names officers" in panel.about


@pytest.mark.parametrize("name", NAMES)
def test_what_can_be_picked(data: Path, store: Store, name: str) -> None:
    for variable in BOARDS[name].variables:
        table = asked(data, variable.sql)
        assert table.num_columns == 1
        found = table[0].to_pylist()
        assert found == sorted(set(found))
        assert len(found) > 1


class TestFigures:
    """Panels beside what the invented traffic is known to hold."""

    @pytest.fixture
    def figure(self, data: Path, store: Store, traffic: Traffic) -> Any:
        def find(name: str, title: str, **chosen: tuple[str, ...]) -> list[dict[str, Any]]:
            panel = next(panel for panel in BOARDS[name].panels if panel.title == title)
            rows = asked(data, expand(panel.sql, picked(traffic, BOARDS[name], **chosen))).to_pylist()
            assert isinstance(rows, list)
            return rows

        return find

    def test_vehicles(self, figure: Any, traffic: Traffic) -> None:
        assert figure("traffic", "Vehicles") == [{"vehicles": len(traffic.passages)}]
        by_kind = figure("traffic", "Vehicles by kind", camera=(SOUTH,))
        trucks = sum(row["vehicles"] for row in by_kind if row["vehicle"] == "truck")
        assert trucks == sum(each.vehicle == "truck" and each.camera_id == SOUTH for each in traffic.passages)

    def test_speeds_of_a_camera(self, figure: Any) -> None:
        (row,) = figure("traffic", "Speeds by camera", camera=(OUT,))
        assert row["v50"] == pytest.approx(51, abs=1.5)
        assert row["v85"] == pytest.approx(57, abs=2)

    def test_findings_and_decisions(self, figure: Any, traffic: Traffic) -> None:
        assert sum(row["findings"] for row in figure("enforcement", "Findings")) == len(traffic.violations)
        decided = [each.decision for each in traffic.violations if each.decision]
        days = figure("enforcement", "Decisions")
        assert sum(day["confirmed"] + day["rejected"] for day in days) == len(decided)
        assert sum(row["cases"] for row in figure("enforcement", "Reviewers")) == len(decided)
        reasons = figure("enforcement", "Why cases were rejected")
        assert sum(row["cases"] for row in reasons) == sum(each.outcome == "rejected" for each in decided)

    def test_open_cases_and_their_ages(self, figure: Any, traffic: Traffic) -> None:
        waiting = [each.passage for each in traffic.violations if each.decision is None]
        assert figure("enforcement", "Open cases") == [{"open_cases": len(waiting)}]
        ages = {row["age"]: row["open_cases"] for row in figure("enforcement", "Open cases by age")}
        assert list(ages)[:2] == ["to 1 day", "1 to 3 days"]
        assert len(ages) == 6
        assert sum(ages.values()) == len(waiting)
        three_days_ago_ns = (traffic.now - timedelta(days=3)).timestamp() * 1e9
        young = sum(each.started_at_ns > three_days_ago_ns for each in waiting)
        assert ages["to 1 day"] + ages["1 to 3 days"] == pytest.approx(young, abs=1)

    def test_what_is_not_as_it_should_be(self, figure: Any, traffic: Traffic) -> None:
        rejected = figure("enforcement", "Cameras whose cases are rejected most")
        assert rejected[0]["camera_id"] == NORTH
        drifting = figure("operations", "Cameras that drift")
        assert {row["camera_id"] for row in drifting if "clock" in row["stands_out"]} == {NORTH}
        units = figure("operations", "Units")
        assert units[0]["camera_id"] == SOUTH
        assert units[0]["age_s"] > 7000
        assert figure("operations", "Waiting on units") == [{"waiting": 3000}]
        incomplete = sum(not each.complete for each in traffic.violations)
        assert figure("operations", "Cases without all their evidence") == [{"incomplete": incomplete}]


@pytest.mark.parametrize("panel", PROM)
def test_prometheus_is_asked_for_metrics_that_there_are(panel: Panel) -> None:
    there = {sample for family in REGISTRY.collect() for sample in _samples(family.name, family.type)}
    for query in panel.promql:
        names = set(re.findall(r"roadwitness_\w+", query.expr))
        assert names
        assert names <= there, names - there
        words = set(re.findall(r"(?<![\w$])[a-z_]+\b", query.expr)) - names
        assert words <= PROMQL_WORDS, words - PROMQL_WORDS
        assert query.expr.count("(") == query.expr.count(")")
        assert set(re.findall(r"{{(\w+)}}", query.legend)) <= set(re.findall(r"\w+", query.expr)) | {
            "place",
            "instance",
        }


def _samples(family: str, kind: str) -> set[str]:
    endings = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(kind, [""])
    return {family + ending for ending in endings}
