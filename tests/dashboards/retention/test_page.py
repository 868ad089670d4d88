"""The page of retention: a supervisor holds a case or finishes it, and sees what was erased."""

from __future__ import annotations

import re
import time

import pytest

from dashboards.sign_in.rights import Role
from enforcement.erasing.erasing import Erasing
from enforcement.evidence_index import EvidenceIndex
from tests.dashboards.conftest import ORIGIN, BackOffice, Officer
from tests.dashboards.on_the_record import entries

DAY = 24 * 3600 * 10**9


def mark(officer: Officer, case_id: str, what: str, reason: str = "The court asks.") -> tuple[int, str]:
    token = re.search(r'name="csrf_token" value="([^"]*)"', officer.client.get("/retention").text)
    assert token is not None
    fields = {"case_id": case_id, "mark": what, "reason": reason, "csrf_token": token[1]}
    answer = officer.client.post("/retention/mark", data=fields, headers=ORIGIN, follow_redirects=False)
    return answer.status_code, answer.text


def erase(office: BackOffice, days: int) -> int:
    index = EvidenceIndex(office.store, office.evidence)
    return Erasing(office.store, index, clock=lambda: time.time_ns() + days * DAY).run().cases


def test_a_case_is_held_until_it_is_released_and_then_erased(office: BackOffice) -> None:
    officer, case_id = office.officer(), office.case_id(105.3)
    officer.decide(case_id, "rejected", reason_code="plate_wrong")
    assert mark(officer, case_id, "held")[0] == 303
    assert "The court asks." in officer.open("/retention")
    assert erase(office, 31) == 0
    assert mark(officer, case_id, "released")[0] == 303
    assert "No case is held." in officer.open("/retention")
    assert erase(office, 31) == 1
    assert f"{case_id[:8]} " in officer.open("/retention")
    gone = officer.client.get(f"/cases/{case_id}")
    assert gone.status_code == 410
    assert "as the period for rejected cases wants it" in gone.text


def test_what_means_nothing_is_refused_with_a_sentence(office: BackOffice) -> None:
    officer, case_id = office.officer(), office.case_id(105.3)
    assert mark(officer, case_id, "paid")[0] == 422
    assert "There is no case" in mark(officer, "nonsense", "held")[1]
    assert mark(officer, case_id, "burnt")[0] == 422
    looked = [entry.subject for entry in entries(office, action="looked")]
    assert looked.count("retention") == 6, "a refused form shows all of it too"


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR])
def test_nobody_else_may(empty_office: BackOffice, role: Role) -> None:
    assert empty_office.officer("B. Lund", roles=[role]).client.get("/retention").status_code == 403
