"""Several officers at one case: one holds it, two review it without knowing of each other, one settles it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from httpx import Response

from dashboards.sign_in.rights import Role
from enforcement.desk.leases import Leases
from enforcement.reviewing.terms import REVIEW_TERMS
from tests.dashboards.conftest import ORIGIN, BackOffice, Officer, as_read, opened, text_of
from tests.dashboards.invented_passages import BLUE, RED, SCENES, SLOWEST, UNKNOWN, UNREADABLE, WHITE

REVIEWER = frozenset({Role.REVIEWER})
NOTE = "A very particular note."


@pytest.fixture(scope="module")
def office(root: Path) -> Iterator[BackOffice]:
    """One for all tests here, each of which uses cases of its own."""
    with opened(root, "together") as office:
        office.receive(*SCENES)
        office.work()
        yield office


@pytest.fixture(autouse=True)
def free(office: BackOffice) -> Callable[[], None]:
    """Lets go of every case, as at the beginning of each test: officers were sent on to the next ones."""

    def let_go() -> None:
        with office.desk.file.transaction() as database:
            database.execute("DELETE FROM leases")

    let_go()
    return let_go


@pytest.fixture
def lund(office: BackOffice) -> Officer:
    return office.officer("A. Lund", REVIEWER)


@pytest.fixture
def berg(office: BackOffice) -> Officer:
    return office.officer("B. Berg", REVIEWER)


@pytest.fixture
def chief(office: BackOffice) -> Officer:
    return office.officer("C. Chief")


def needs_two(office: BackOffice, speed_kmh: float) -> str:
    case_id = office.case_id(speed_kmh)
    office.store.insert("review_terms", REVIEW_TERMS, [(case_id, ["share"], 600.0, 600.0)])
    return case_id


def post(officer: Officer, address: str, **fields: str) -> Response:
    page = officer.client.get("/").text
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)[1]  # type: ignore[index]
    return officer.client.post(
        address, data={"csrf_token": token, **fields}, headers=ORIGIN, follow_redirects=False
    )


def actions(office: BackOffice, subject: str) -> list[tuple[str, str, str]]:
    with office.desk.file.reading() as database:
        rows = database.execute(
            "SELECT who, action, reason FROM audit_entries WHERE subject = ? AND action <> 'looked'",
            (subject,),
        )
        return list(rows)


def test_a_case_is_held_by_one_officer(
    office: BackOffice, lund: Officer, berg: Officer, chief: Officer
) -> None:
    case_id = office.case_id(RED)
    form = lund.form(case_id)
    held = berg.client.get(f"/cases/{case_id}")
    assert re.search(r"A. Lund holds this case until \d{4}-", text_of(held))
    assert "decision-form" not in held.text
    assert "take-over" not in held.text
    refused = berg.send(case_id, {**form, "outcome": "rejected", "reason_code": "plate_wrong"})
    assert refused.status_code == 403, "a form of another session"
    assert post(berg, f"/cases/{case_id}/lease").status_code == 409
    assert post(berg, f"/cases/{case_id}/lease/taken-over").status_code == 403

    renewed = post(lund, f"/cases/{case_id}/lease").json()
    assert renewed["held"]
    post(berg, f"/cases/{case_id}/lease/released", until_ns=renewed["until_ns"])
    assert "holds this case" in berg.open(f"/cases/{case_id}"), "only the holder lets go"

    assert post(chief, f"/cases/{case_id}/lease/taken-over").status_code == 303
    assert ("C. Chief", "took over", "held by A. Lund") in actions(office, case_id)
    assert post(lund, f"/cases/{case_id}/lease").status_code == 409
    late = lund.send(case_id, {**form, "outcome": "rejected", "reason_code": "plate_wrong"})
    assert late.status_code == 409
    assert "another officer holds this case now" in text_of(late)

    until_ns = Leases(office.desk.file).holders([case_id])[case_id].until_ns
    assert post(chief, f"/cases/{case_id}/lease/released", until_ns=str(until_ns)).status_code == 204
    assert "Confirm violation" in berg.open(f"/cases/{case_id}")


def test_officers_who_go_on_at_once_are_never_sent_to_one_case(lund: Officer, berg: Officer) -> None:
    went = [
        each.client.get("/next", follow_redirects=False).headers["location"] for each in (lund, berg, lund)
    ]
    assert len(set(went[:2])) == 2
    assert all(address.startswith("/cases/") for address in went)


def test_a_second_officer_answers_without_knowing_of_the_first(
    office: BackOffice, lund: Officer, berg: Officer, chief: Officer, free: Callable[[], None]
) -> None:
    case_id = needs_two(office, BLUE)
    secret = {"reason_code": "vehicle_mismatch", "note": NOTE}
    going_on = lund.decide(case_id, "rejected", **secret)
    assert "another officer looks at the case next" in lund.open(going_on.headers["location"])
    own = lund.open(f"/cases/{case_id}")
    assert NOTE in own
    assert "Another officer looks at the case next, without seeing your answer." in own
    assert "Confirm violation" not in own
    assert post(lund, f"/cases/{case_id}/decision", review="second").status_code == 409

    for other in (chief, berg):
        free()
        queues = ("/", "/?status=second+review", "/?status=rejected", "/numbers")
        pages = [other.client.get(address).text for address in (f"/cases/{case_id}", *queues)]
        for page in pages:
            # Who may assign cases has everybody's name on the queue, whatever they did.
            told = re.sub(r'<option value="A. Lund">.*?</option>', "", page)
            assert NOTE not in told
            assert "A. Lund" not in told
            assert 'class="rejected"' not in told
        assert "Second review" in as_read(pages[0])
    package = post(chief, f"/cases/{case_id}/package")
    assert package.status_code == 409, "its custody list would tell"
    assert "A. Lund" not in package.text
    assert berg.decide(case_id, "rejected", reason_code="plate_wrong").status_code == 303
    assert office.status(BLUE) == "rejected"
    told = chief.open(f"/cases/{case_id}")
    assert NOTE in told
    assert "A. Lund" in told


def test_who_raced_the_first_answer_is_not_told_what_it_was(
    office: BackOffice, lund: Officer, berg: Officer, free: Callable[[], None]
) -> None:
    case_id = needs_two(office, UNREADABLE)
    late = berg.form(case_id)
    free()
    lund.decide(case_id, "rejected", reason_code="plate_unreadable", note=NOTE)
    response = berg.send(case_id, {**late, "outcome": "rejected", "reason_code": "plate_wrong"})
    assert response.status_code == 409
    assert "another officer answered while you looked at the case" in text_of(response)
    assert NOTE not in response.text
    assert "A. Lund" not in response.text
    # The same page asks the second question, and is answered.
    assert berg.decide(case_id, "rejected", reason_code="plate_unreadable").status_code == 303
    assert office.status(UNREADABLE) == "rejected"


def test_a_disagreement_is_settled_by_a_supervisor_who_is_neither(
    office: BackOffice, lund: Officer, chief: Officer
) -> None:
    case_id = needs_two(office, WHITE)
    lund.decide(case_id, "confirmed")
    going_on = chief.decide(case_id, "rejected", reason_code="measurement_doubtful", note=NOTE)
    assert "it differs from the first one, so a supervisor decides" in chief.open(
        going_on.headers["location"]
    )
    assert office.status(WHITE) == "disputed"
    for involved in (chief, lund):
        page = involved.open(f"/cases/{case_id}")
        assert "A supervisor who is neither of them decides." in page
        assert "Confirm violation" not in page
    other = office.officer("D. Superior")
    page = other.open(f"/cases/{case_id}")
    assert "First: confirmed by A. Lund" in page
    assert "Second: rejected by C. Chief" in page
    assert NOTE in page
    assert other.decide(case_id, "confirmed").status_code == 303
    assert office.status(WHITE) == "confirmed"
    assert "Confirmed by D. Superior" in lund.open(f"/cases/{case_id}")


def test_an_answer_is_taken_back_before_anybody_goes_on_from_it(
    office: BackOffice, lund: Officer, berg: Officer, free: Callable[[], None]
) -> None:
    case_id = needs_two(office, UNKNOWN)
    lund.decide(case_id, "rejected", reason_code="plate_wrong")
    answer = undo_on(lund, case_id)
    assert undo_on(berg, case_id) == "", "only one's own"
    assert post(lund, f"/cases/{case_id}/undo", withdraws=answer).status_code == 409, "the second has begun"
    free()
    assert post(berg, f"/cases/{case_id}/undo", withdraws=answer).status_code == 409
    free()

    back = post(lund, f"/cases/{case_id}/undo", withdraws=answer)
    assert back.status_code == 303
    page = lund.open(back.headers["location"])
    assert "your answer is taken back, and the case is open again" in page
    assert "Taken back" in page, "the history shows it"
    assert office.status(UNKNOWN) == "open"
    assert ("A. Lund", "undid", "") in actions(office, case_id)
    lund.decide(case_id, "confirmed")
    berg.decide(case_id, "confirmed")
    assert office.status(UNKNOWN) == "confirmed"
    assert undo_on(berg, case_id) == undo_on(lund, case_id) == "", "two have agreed"


def test_without_a_policy_an_answer_stands(office: BackOffice, lund: Officer) -> None:
    case_id = office.case_id(SLOWEST)
    lund.decide(case_id, "confirmed")
    assert undo_on(lund, case_id) == ""


def undo_on(officer: Officer, case_id: str) -> str:
    found = re.search(r'name="withdraws" value="([^"]*)"', officer.client.get(f"/cases/{case_id}").text)
    return found[1] if found else ""
