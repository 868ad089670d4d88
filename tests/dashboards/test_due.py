"""The page of a case says until when it has to be decided, and that its time is over."""

from __future__ import annotations

import time

import pytest

from tests.dashboards.conftest import BackOffice
from tests.dashboards.invented_passages import SCENES

DAY_MS = 24 * 3600 * 1000


def due_in(office: BackOffice, case_id: str, due_days: float, soon_days: float) -> None:
    """Give a case a deadline, as the policy of its time would have."""
    now_ms = time.time_ns() // 10**6
    columns = ", ".join(
        f"{column} = fromUnixTimestamp64Milli({now_ms + round(days * DAY_MS)}, 'UTC')"
        for column, days in (("due_at", due_days), ("due_soon_at", soon_days))
    )
    for table, key in (("violations", "violation_id"), ("cases", "case_id")):
        office.store.command(
            f"ALTER TABLE {table} UPDATE {columns} WHERE toString({key}) = '{case_id}'"
            " SETTINGS mutations_sync = 2"
        )


@pytest.mark.parametrize(
    ("due_days", "soon_days", "says"),
    [
        (9.5, 2.5, "To be decided until"),
        (2.5, -4.5, "Due soon: to be decided until"),
    ],
)
def test_how_much_time_there_is(
    empty_office: BackOffice, due_days: float, soon_days: float, says: str
) -> None:
    empty_office.receive(SCENES[0])
    case_id = empty_office.case_id(105.3)
    due_in(empty_office, case_id, due_days, soon_days)
    page = empty_office.officer().open(f"/cases/{case_id}")
    assert says in page
    assert f"(in {int(due_days)} days)" in page


def test_what_is_over_is_not_decided(office: BackOffice) -> None:
    case_id = office.case_id(105.3)
    officer = office.officer()
    form = officer.form(case_id)
    due_in(office, case_id, -0.001, -7.0)
    assert "it has lapsed and can no longer be decided" in officer.open(f"/cases/{case_id}")
    fields = {**form, "outcome": "rejected", "reason_code": "plate_wrong"}
    assert "it has lapsed and can no longer be decided" in officer.send(case_id, fields).text
    assert office.status(105.3) in ("open", "lapsed")
