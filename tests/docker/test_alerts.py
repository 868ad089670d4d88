"""The alerts ask for metrics, labels and functions that exist; ``promtool`` is not at hand here."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from streams.metrics import REGISTRY
from tests.conftest import REPOSITORY

FILE = REPOSITORY / "docker" / "prometheus" / "alerts.yml"
GROUPS: list[dict[str, Any]] = yaml.safe_load(FILE.read_text())["groups"]
ALERTS = {rule["alert"]: rule for group in GROUPS for rule in group["rules"]}

FUNCTIONS = {
    "abs",
    "by",
    "delta",
    "deriv",
    "histogram_quantile",
    "increase",
    "max",
    "rate",
    "sum",
    "time",
}
KEYWORDS = {"and", "or", "unless", "on"}
#: What Prometheus itself adds to what it scrapes.
FOREIGN = {"up": {"job", "instance"}}
ADDED = {"job", "instance"}
TOKEN = re.compile(
    r"""\s*(?:(?P<selector>\{[^}]*\}) | (?P<range>\[\d+[smhd]\]) | (?P<number>\d+(?:\.\d+)?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*) | (?P<sign>==|>=|<=|!=|[-+*/<>(),]))""",
    re.X,
)
MATCHER = re.compile(r'^(\w+)(?:=~|!~|!=|=)"([^"]*)"$')


def series() -> dict[str, set[str]]:
    """Every name that a query can ask for, with its labels."""
    found = dict(FOREIGN)
    for metric in REGISTRY.collect():
        labels = set(getattr(by_name(metric.name), "_labelnames", ()))
        endings = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}.get(metric.type, [""])
        for ending in endings:
            found[metric.name + ending] = labels | ADDED | ({"le"} if ending == "_bucket" else set())
    return found


def by_name(name: str) -> Any:
    return REGISTRY._names_to_collectors.get(name)


SERIES = series()


def tokens(expression: str) -> list[tuple[str, str]]:
    """An expression in pieces; fails where something is none."""
    place, found = 0, []
    text = expression.strip()
    while place < len(text):
        token = TOKEN.match(text, place)
        assert token, f"what is this: {text[place:][:30]!r}"
        assert token.lastgroup
        found.append((token.lastgroup, token[token.lastgroup]))
        place = token.end()
    return found


def check(expression: str) -> set[str]:
    """Assert that an expression is sound as far as a light look tells; the labels that it may give."""
    pieces = tokens(expression)
    depth = 0
    metric: str | None = None
    labels: set[str] = set()
    for place, (kind, text) in enumerate(pieces):
        after = pieces[place + 1][1] if place + 1 < len(pieces) else ""
        if kind == "sign":
            depth += {"(": 1, ")": -1}.get(text, 0)
            assert depth >= 0, "a bracket too many"
        elif kind == "word" and text in SERIES:
            metric = text
            labels |= SERIES[text]
        elif kind == "word" and text in FUNCTIONS | KEYWORDS:
            needs_bracket = text not in {"and", "or", "unless", "max", "sum"}
            assert not needs_bracket or after == "(", f"{text} without its bracket"
        elif kind == "word":
            assert in_grouping(pieces, place), f"{text} is no metric, function or label"
            assert any(text in known for known in SERIES.values()), f"no metric has the label {text}"
        elif kind == "selector":
            assert metric, "a selector of nothing"
            for matcher in text[1:-1].split(","):
                parts = MATCHER.match(matcher.strip())
                assert parts, matcher
                assert parts[1] in SERIES[metric], f"{metric} has no label {parts[1]}"
                re.compile(parts[2])
    assert depth == 0, "a bracket too few"
    assert metric, "it asks for no metric"
    return labels


def in_grouping(pieces: list[tuple[str, str]], place: int) -> bool:
    """Whether a word stands in the brackets behind ``by`` or ``on``."""
    while pieces[place][1] not in "()" and place:
        place -= 1
    return pieces[place][1] == "(" and pieces[place - 1][1] in ("by", "on")


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_asks_for_what_there_is(name: str) -> None:
    check(ALERTS[name]["expr"])


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_how_bad_it_is_and_where_to_read_on(name: str) -> None:
    rule = ALERTS[name]
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s"))
    assert rule["annotations"]["runbook"] == f"docs/operations.md#{name.lower()}"
    for label in re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]):
        assert label in check(rule["expr"]), f"the summary names {label}, which nothing gives"


@pytest.mark.parametrize(
    "expression",
    [
        "roadwitness_no_such_thing > 1",
        "roadwitness_frames > 1",
        'roadwitness_frames_total{plate="x"} > 1',
        "sum by (plate) (roadwitness_frames_total)",
        "sum(roadwitness_frames_total",
        "rate(roadwitness_frames_total[5 minutes])",
        'roadwitness_frames_total{camera="x} > 1',
        'roadwitness_frames_total{camera=~"("} > 1',
        "floor(roadwitness_frames_total)",
        "time() > 1",
    ],
)
def test_the_look_finds_what_is_wrong(expression: str) -> None:
    with pytest.raises((AssertionError, re.error)):
        check(expression)


LOSSES = {
    "a silent unit": "roadwitness_unit_heard_timestamp_seconds",
    "a growing spool": "roadwitness_unit_spool_oldest_age_seconds",
    "statistics given up": "roadwitness_spool_given_up_total",
    "violations refused": "roadwitness_spool_refused_total",
    "growing lag": "roadwitness_consumer_lag_records",
    "no broker": "roadwitness_bus_away",
    "no broker for a unit": "roadwitness_forwarder_away",
    "no store": "roadwitness_store_away",
    "no place for evidence": "roadwitness_evidence_away",
    "dead letters": "roadwitness_dead_letters_total",
    "a halted worker": "roadwitness_worker_halted",
    "a stalled worker": "roadwitness_loop_moved_timestamp_seconds",
    "a full disk": "roadwitness_disk_free_bytes",
    "a clock that is off": "roadwitness_unit_clock_offset_seconds",
    "a camera that moved": "roadwitness_unit_events_total",
}


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_of_service_raises_an_alert(loss: str) -> None:
    assert any(LOSSES[loss] in rule["expr"] for rule in ALERTS.values())
