"""The page of exemptions: a supervisor adds and ends them, and sees what they set aside."""

from __future__ import annotations

import datetime
import re

import pytest

from dashboards.sign_in.rights import Role
from enforcement.exemptions.book import ExemptionBook
from tests.dashboards.conftest import ORIGIN, BackOffice, Officer
from tests.dashboards.on_the_record import entries

WANTED = {
    "kind": "emergency",
    "plates": "fi 112, fi-113",
    "valid_from": "2026-01-01T00:00",
    "valid_until": "",
    "reason": "On duty.",
}


def send(officer: Officer, where: str, **fields: object) -> tuple[int, str]:
    page = officer.client.get("/exemptions").text
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)
    assert token is not None
    answer = officer.client.post(
        f"/exemptions/{where}",
        data={**fields, "csrf_token": token[1]},
        headers=ORIGIN,
        follow_redirects=False,
    )
    return answer.status_code, answer.text


def test_who_adds_one_is_its_author_and_stands_in_the_audit(empty_office: BackOffice) -> None:
    officer = empty_office.officer()
    assert send(officer, "add", **WANTED)[0] == 303
    page = officer.open("/exemptions")
    assert "FI112, FI113 Emergency 2026-01-01 00:00 to no end UTC valid" in page
    [kept] = ExemptionBook(empty_office.store).all()
    assert (kept.author, kept.plates) == ("A. Moreau", ("FI112", "FI113"))
    with empty_office.desk.file.reading() as database:
        subjects = database.execute(
            "SELECT who, subject FROM audit_entries WHERE action = 'added'"
        ).fetchall()
    assert subjects == [("A. Moreau", f"exemption/{kept.exemption_id}")]


def test_what_is_wrong_is_said_and_what_was_filled_in_stays(empty_office: BackOffice) -> None:
    status, page = send(empty_office.officer(), "add", **(WANTED | {"plates": "- ,", "reason": "A film"}))
    assert status == 422
    assert "An exemption needs a plate with letters or digits" in page
    assert 'value="A film"' in page
    assert len(entries(empty_office, action="looked")) == 2, "the refused form shows the list a second time"
    assert ExemptionBook(empty_office.store).all() == []


def test_one_is_ended_with_a_reason_and_kept(empty_office: BackOffice) -> None:
    officer, book = empty_office.officer(), ExemptionBook(empty_office.store)
    send(officer, "add", **WANTED)
    [kept] = book.all()
    assert send(officer, "end", exemption_id=kept.exemption_id, reason="")[0] == 422
    assert send(officer, "end", exemption_id=kept.exemption_id, reason="Sold.")[0] == 303
    [ended] = book.all()
    assert (ended.ended_by, ended.ended_because, ended.author) == ("A. Moreau", "Sold.", "A. Moreau")
    assert "FI112" not in officer.open("/exemptions")
    assert "by A. Moreau: Sold." in officer.open("/exemptions?everything=1")
    assert "is over already" in send(officer, "end", exemption_id=kept.exemption_id, reason="Sold.")[1]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR])
def test_nobody_else_sees_them(empty_office: BackOffice, role: Role) -> None:
    assert empty_office.officer("B. Lund", roles=[role]).client.get("/exemptions").status_code == 403


def test_what_was_set_aside_is_counted_on_the_numbers(office: BackOffice) -> None:
    store = office.store
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    store.insert(
        "findings",
        ["finding_id", "camera_id", "occurred_at", "offence", "vehicle", "became", "exemption", "reason"],
        [(str(number), "cam-1", now, "speeding", "car", "set_aside", "permit", "x") for number in range(3)],
    )
    officer = office.officer()
    assert "Set aside 3" in officer.open("/numbers?days=0")
    assert "Permit Speeding 3" in officer.open("/exemptions")
