"""Cases of every kind in one store: with their unit, and beside those from before there was one."""

from __future__ import annotations

import json

import msgspec
import pytest

from enforcement.case_plate import CasePlate
from enforcement.casebook import CaseBook
from enforcement.migrating import apply_migrations, load_migrations
from enforcement.rows import VIOLATIONS, violation_row
from enforcement.rules.finding import Finding, decode_finding
from enforcement.store import Store
from streams.encoding import encode
from streams.identity import identify
from tests.enforcement.samples import T0, passage

OLD = identify("violation", "of an older version")
OLD_FINDING = {
    "offence": "speeding",
    "measured_kmh": 93.4,
    "uncertainty_kmh": 1.2,
    "subtracted_kmh": 3.0,
    "enforced_kmh": 90.4,
    "allowed_kmh": 80.0,
    "policy_id": "rural",
    "policy_version": "1",
    "explanation": "Too fast.",
}
OLD_ROW = {
    "violation_id": OLD,
    "passage_id": "p",
    "camera_id": "cam-1",
    "occurred_at": T0,
    "offence": "speeding",
    "speed_kmh": 93.4,
    "speed_uncertainty_kmh": 1.2,
    "enforced_speed_kmh": 90.4,
    "limit_kmh": 80.0,
    "finding": json.dumps(OLD_FINDING),
    "passage": encode(passage()).decode(),
}
FOLLOWING = Finding(
    offence="following",
    measured=0.42,
    unit="s",
    uncertainty=0.05,
    subtracted=-0.05,
    enforced=0.47,
    allowed=0.9,
    policy_id="motorway",
    policy_version="3",
    explanation="Too close.",
)


def test_a_case_from_before_is_read_as_it_was(empty_store: Store) -> None:
    apply_migrations(empty_store, [each for each in load_migrations() if each.name < "0004"])
    empty_store.insert("violations", list(OLD_ROW), [list(OLD_ROW.values())])
    empty_store.migrate()

    case = CaseBook(empty_store).case(OLD)
    assert case is not None
    assert case.finding == decode_finding(json.dumps(OLD_FINDING))
    summary = case.summary
    assert (summary.measured, summary.unit, summary.measured_uncertainty) == (93.4, "km/h", 1.2)
    assert (summary.enforced, summary.allowed) == (90.4, 80.0)
    assert (summary.speed_kmh, summary.enforced_speed_kmh, summary.limit_kmh) == (93.4, 90.4, 80.0)
    assert empty_store.query(
        "SELECT speed_kmh, limit_kmh, subtracted, unit FROM v_violations WHERE limit_kmh = 80"
    ) == [(93.4, 80.0, 3.0, "km/h")]


def test_a_finding_in_another_unit_fills_no_speed(store: Store) -> None:
    row = violation_row(passage(), FOLLOWING, CasePlate(), None)
    store.insert("violations", VIOLATIONS, [row])
    assert store.query(
        """SELECT speed_kmh, limit_kmh, enforced_speed_kmh, speed_uncertainty_kmh,
            measured, unit, measured_uncertainty, subtracted, enforced, allowed FROM v_violations"""
    ) == [(None, None, None, None, 0.42, "s", 0.05, -0.05, 0.47, 0.9)]
    case = CaseBook(store).case(str(row[0]))
    assert case is not None
    assert case.finding == FOLLOWING
    assert (case.summary.limit_kmh, case.summary.allowed, case.summary.unit) == (None, 0.9, "s")


def test_an_old_finding_is_one_in_km_h() -> None:
    finding = decode_finding(json.dumps(OLD_FINDING))
    assert (finding.measured, finding.uncertainty, finding.subtracted) == (93.4, 1.2, 3.0)
    assert (finding.enforced, finding.allowed, finding.unit) == (90.4, 80.0, "km/h")


def test_a_finding_comes_back_as_it_went() -> None:
    assert decode_finding(msgspec.json.encode(FOLLOWING)) == FOLLOWING


@pytest.mark.parametrize("content", ["{}", "[]", '{"unit": "s"}'])
def test_what_is_no_finding_is_an_error(content: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_finding(content)
