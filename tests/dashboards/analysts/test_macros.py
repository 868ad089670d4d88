"""What Grafana and its ClickHouse plugin make of a panel's query, and what they would not understand."""

from __future__ import annotations

import pytest

from dashboards.grafana.macros import MacroError, Picked, expand

PICKED = Picked(1_000, 2_000, 60, {"camera": ("a-1", "o'b"), "offence": None})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("SELECT 1", "SELECT 1"),
        ("$__timeFilter(hour)", "hour >= toDateTime(1000) AND hour <= toDateTime(2000)"),
        ("$__timeFilter(event.at)", "event.at >= toDateTime(1000) AND event.at <= toDateTime(2000)"),
        ("$__fromTime", "toDateTime(1000)"),
        ("x < $__toTime)", "x < toDateTime(2000))"),
        ("$__interval_s", "60"),
        ("$__timeInterval(hour) AS t", "toStartOfInterval(toDateTime(hour), INTERVAL 60 second) AS t"),
        ("c IN (${camera:singlequote})", r"c IN ('a-1','o\'b')"),
        ("$__conditionalAll(c IN (${camera:singlequote}), $camera)", r"c IN ('a-1','o\'b')"),
        ("$__conditionalAll(o IN (${offence:singlequote}), $offence) AND y", "1=1 AND y"),
        (
            "$__conditionalAll(a IN (1, 2), $camera) OR $__conditionalAll(b IN (3, f(4)), $offence)",
            "a IN (1, 2) OR 1=1",
        ),
    ],
)
def test_expanded(written: str, meant: str) -> None:
    assert expand(written, PICKED) == meant


def test_no_interval_is_shorter_than_a_second() -> None:
    assert expand("$__interval_s", Picked(0, 1, 0)) == "1"


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("$__timefilter(hour)", id="another case"),
        pytest.param("$__timeFilter", id="no column"),
        pytest.param("$__timeFilter(toDateTime(hour))", id="nested, which the plugin would cut short"),
        pytest.param("$__fromTime(hour)", id="a column that is not taken"),
        pytest.param("$camera", id="a variable without a format"),
        pytest.param("${camera:csv}", id="a format without quotes"),
        pytest.param("${site:singlequote}", id="an unknown variable"),
        pytest.param("o IN (${offence:singlequote})", id="all of a variable, listed"),
        pytest.param("$__conditionalAll(c = 1, camera)", id="a condition on nothing"),
        pytest.param("$__conditionalAll(c = 1, $site)", id="a condition on an unknown variable"),
        pytest.param("$__conditionalAll(c IN (1, $camera)", id="not closed"),
    ],
)
def test_refused(written: str) -> None:
    with pytest.raises(MacroError):
        expand(written, PICKED)
