"""The page of quality: what it says, who may see it, and what a supervisor does there; without a browser."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Response

from dashboards.sign_in.rights import Role
from enforcement.quality.suspensions import BY_POLICY, Suspensions
from enforcement.quality.watching import QualityWatch
from tests.dashboards.conftest import ORIGIN, BackOffice, Officer, opened, text_of
from tests.dashboards.on_the_record import entries
from tests.enforcement.quality.conftest import Reviewed

STRICT = "alarm_above = 0.1\nsuspend_above = 0.3\nleast_decided = 20"


@pytest.fixture(scope="module")
def judged(root: Path) -> Iterator[BackOffice]:
    """An office with one rule in order, one in alarm and one that the policy suspended."""
    with opened(root, "judged") as office:
        reviewed = Reviewed(office.store)
        reviewed.governed(STRICT, "north", "west", "east")
        reviewed.decided(96, camera="north")
        reviewed.decided(4, "rejected", "plate_wrong", camera="north")
        reviewed.decided(40, camera="west")
        reviewed.decided(15, "rejected", "measurement_doubtful", camera="west")
        reviewed.decided(30, "rejected", "image_unusable", camera="east")
        reviewed.answered(("A. Moreau", "confirmed"), ("B. Lund", "confirmed"))
        reviewed.answered(("A. Moreau", "confirmed"), ("B. Lund", "rejected"), ("S. Vargas", "rejected"))
        reviewed.answered(("B. Lund", "rejected"), seeded="rejected")
        QualityWatch(office.store).look()
        yield office


def change(officer: Officer, camera: str, wanted: str, reason: str = "The lens is dirty.") -> Response:
    page = officer.client.get("/quality").text
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)[1]  # type: ignore[index]
    fields = {
        "csrf_token": token,
        "camera": camera,
        "offence": "speeding",
        "wanted": wanted,
        "reason": reason,
    }
    return officer.client.post("/quality/suspensions", data=fields, headers=ORIGIN, follow_redirects=False)


def test_it_says_how_far_reviewers_agree_and_who_was_overturned(judged: BackOffice) -> None:
    page = judged.officer().open("/quality")
    for fact in (
        "Cases with two answers 2",
        "Answered alike (9 % to 91 % with 95 %) 50 %",
        "Test cases put, answered, answered rightly 1 · 1 · 1",
        "S. Vargas 1 1 (100 %)",
    ):
        assert fact in page


def test_what_has_to_be_seen_to_comes_first(judged: BackOffice) -> None:
    page = judged.officer().open("/quality")
    first = page[page.index("To be seen to") : page.index("Rules at cameras")]
    assert "Speeding at west alarm 15 of 55 decided cases were false findings: 17 % to 40 %" in first
    assert "Speeding at east suspended alarm 30 of 30" in first
    assert "The policy suspended it: 30 of 30 decided cases were rejected as false" in first
    assert "north" not in first
    assert "30 × The picture does not show the offence clearly." in page


def test_what_the_policy_suspended_is_in_the_audit_once(judged: BackOffice) -> None:
    for _ in range(2):
        judged.officer().open("/quality")
    with judged.desk.file.reading() as database:
        entries = database.execute(
            "SELECT action, subject FROM audit_entries WHERE who = 'policy'"
        ).fetchall()
    assert entries == [("suspended", "rule/speeding/east")]


@pytest.mark.parametrize("ahead_s", [-7200, 7200], ids=["behind", "ahead"])
def test_each_of_its_suspensions_is_entered_once_whatever_the_workers_clock_says(
    judged: BackOffice, ahead_s: int
) -> None:
    camera = f"south{ahead_s}"
    suspensions = Suspensions(judged.store, lambda: time.time_ns() + ahead_s * 10**9)
    officer = judged.officer("S. Vargas", [Role.SUPERVISOR])
    for _ in range(2):
        suspensions.set(camera, "speeding", True, BY_POLICY, "30 of 30")
        for _ in range(2):
            officer.open("/quality")
        judged.desk.audit.write("S. Vargas", "supervisor", "allowed", f"rule/speeding/{camera}")
        suspensions.set(camera, "speeding", False, "S. Vargas", "It was cleaned.")
    entered = [each.who for each in entries(judged) if each.subject == f"rule/speeding/{camera}"]
    assert entered == ["policy", "S. Vargas"] * 2


@pytest.mark.parametrize(
    ("role", "sees", "suspends"),
    [
        (Role.SUPERVISOR, True, True),
        (Role.AUDITOR, True, False),
        (Role.REVIEWER, False, False),
        (Role.ANALYST, False, False),
    ],
)
def test_who_sees_it_and_who_suspends(judged: BackOffice, role: Role, sees: bool, suspends: bool) -> None:
    officer = judged.officer(f"a {role}", [role])
    response = officer.client.get("/quality")
    assert (response.status_code == 200) == sees
    assert ("Suspend it there" in response.text) == suspends
    if sees:
        assert (change(officer, "west", "suspended", reason="").status_code == 422) == suspends


def test_a_supervisor_suspends_a_rule_and_allows_it_again_and_both_are_in_the_audit(
    judged: BackOffice,
) -> None:
    officer = judged.officer("S. Vargas", [Role.SUPERVISOR])
    assert change(officer, "north", "suspended").status_code == 303
    assert ("north", "speeding") in Suspensions(judged.store).now()
    assert "S. Vargas suspended it: The lens is dirty." in officer.open("/quality")
    again = change(officer, "north", "suspended")
    assert again.status_code == 409
    assert "This rule is suspended already at this camera; nothing was changed." in text_of(again)
    assert change(officer, "north", "allowed", "It was cleaned.").status_code == 303
    assert ("north", "speeding") not in Suspensions(judged.store).now()
    with judged.desk.file.reading() as database:
        entries = database.execute(
            "SELECT action, reason FROM audit_entries WHERE who = 'S. Vargas' AND subject LIKE 'rule/%/north'"
        ).fetchall()
    assert entries == [
        ("suspended", "The lens is dirty."),
        ("suspended", "The lens is dirty."),
        ("allowed", "It was cleaned."),
    ]


def test_a_rule_that_is_not_on_the_page_is_not_suspended(judged: BackOffice) -> None:
    assert change(judged.officer(), "nowhere", "suspended").status_code == 404
