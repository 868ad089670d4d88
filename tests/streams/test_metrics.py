"""All metrics are named alike, carry bounded labels only, and stand in the manual with the same words."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from streams.metrics import REGISTRY
from tests.conftest import REPOSITORY

MANUAL = (REPOSITORY / "docs" / "operations.md").read_text()
OURS: dict[str, Any] = {
    metric.name: metric for metric in REGISTRY.collect() if metric.name.startswith("roadwitness_")
}
LABELS = {
    "camera",
    "offence",
    "place",
    "process",
    "reason",
    "route",
    "stage",
    "status",
    "table",
    "topic",
    "version",
}


def labels_of(name: str) -> tuple[str, ...]:
    collector: Any = REGISTRY._names_to_collectors[name]
    return tuple(collector._labelnames)


@pytest.mark.parametrize("name", OURS)
def test_labels_are_bounded_and_name_no_person_plate_or_case(name: str) -> None:
    assert set(labels_of(name)) <= LABELS


@pytest.mark.parametrize("name", OURS)
def test_a_metric_says_what_it_is(name: str) -> None:
    assert re.fullmatch(r"roadwitness(_[a-z]+)+", name)
    assert OURS[name].documentation.endswith(".")


@pytest.mark.parametrize("name", OURS)
def test_the_manual_has_it_in_the_same_words(name: str) -> None:
    metric = OURS[name]
    shown = name + ("_total" if metric.type == "counter" else "")
    labels = ", ".join(labels_of(name)) or "–"
    assert f"| `{shown}` ({metric.type}) | {labels} | {metric.documentation} |\n" in MANUAL


def test_the_manual_has_no_other() -> None:
    shown = re.findall(r"^\| `(roadwitness_\w+?)(?:_total)?` \(", MANUAL, re.M)
    assert sorted(shown) == sorted(OURS)


def test_the_manual_says_what_to_do_for_each_alert() -> None:
    groups = yaml.safe_load((REPOSITORY / "docker" / "prometheus" / "alerts.yml").read_text())["groups"]
    alerts = [rule["alert"] for group in groups for rule in group["rules"]]
    assert re.findall(r"^### (\w+)$", MANUAL, re.M) == alerts


def test_metrics_are_defined_in_one_file() -> None:
    """Another definition elsewhere would escape the manual, the alerts and this test."""
    for package in ("streams", "detectors", "enforcement", "dashboards", "roadwitness"):
        for path in (REPOSITORY / package).rglob("*.py"):
            if path.name != "metrics.py":
                used = re.search(r"\b(?:Counter|Histogram|Gauge|Summary)\(\s*\"roadwitness", path.read_text())
                assert not used, path


@pytest.mark.parametrize(
    "name",
    ["dead_letters_total", "store_failures_total", "evidence_failures_total", "bus_failures_total"],
)
def test_a_rare_event_can_be_seen_to_rise_from_nothing(name: str) -> None:
    metric = OURS[f"roadwitness_{name.removesuffix('_total')}"]
    assert [sample for sample in metric.samples if sample.value == 0]
