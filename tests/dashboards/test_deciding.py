"""What an officer's answer does, and what is asked for again; without a browser."""

from __future__ import annotations

import re
import time

import pytest

from dashboards.answering import Answer, decision_of
from enforcement.desk.sent_answers import SentAnswer, SentAnswers
from enforcement.reviewing.faults import CHECKS
from streams.encoding import encode
from streams.topics import Topic
from tests.dashboards.conftest import ORIGIN, BackOffice, LooksOnly, Officer, decisions_on, text_of
from tests.dashboards.invented_passages import BLUE, INCOMPLETE, RED


class TestDeciding:
    def test_confirming_goes_on_to_the_next_open_case(self, office: BackOffice, officer: Officer) -> None:
        response = officer.decide(office.case_id(RED), "confirmed")
        assert response.status_code == 303
        page = officer.open(response.headers["location"])
        assert "Confirm violation" in page
        assert "KFV482: confirmed by A. Moreau at" in page
        assert office.status(RED) == "confirmed"

    def test_the_message_appears_once(self, office: BackOffice, officer: Officer) -> None:
        following = officer.decide(office.case_id(RED), "confirmed").headers["location"]
        officer.open(following)
        assert "confirmed by" not in officer.open(following)

    def test_rejecting_keeps_the_reason_and_the_note(self, office: BackOffice, officer: Officer) -> None:
        case_id = office.case_id(BLUE)
        officer.decide(case_id, "rejected", reason_code="plate_wrong", note="The last character is a 1.")
        page = officer.open(f"/cases/{case_id}")
        assert "Rejected by A. Moreau" in page
        assert "The plate on the picture is not the one that was read." in page
        assert "The last character is a 1." in page

    def test_what_an_officer_writes_is_never_markup(self, office: BackOffice) -> None:
        officer, case_id = office.officer("<b>Eve</b>"), office.case_id(BLUE)
        note = "<script>alert(1)</script>"
        officer.decide(case_id, "rejected", reason_code="other", note=note)
        markup = officer.client.get(f"/cases/{case_id}").text
        assert "&lt;script&gt;alert(1)" in markup
        assert "<script>alert" not in markup
        assert "<b>Eve" not in markup

    def test_who_answers_late_is_told_who_was_first_and_changes_nothing(self, office: BackOffice) -> None:
        first, second = office.officer(), office.officer("B. Lund")
        case_id = office.case_id(RED)
        late = second.form(case_id)
        let_go(office, case_id, "B. Lund")  # the lease ran out
        first.decide(case_id, "confirmed")
        response = second.send(case_id, {**late, "outcome": "rejected", "reason_code": "plate_wrong"})
        assert response.status_code == 409
        assert "Your answer changed nothing: this case was already confirmed by A. Moreau at" in text_of(
            response
        )
        assert office.status(RED) == "confirmed"

    def test_a_race_is_settled_by_the_log_and_the_later_officer_is_told_until_they_have_seen_it(
        self, office: BackOffice
    ) -> None:
        """Both answers are on the bus before either is applied: the pages cannot know who is first."""
        office.rest()
        case_id = office.case_id(RED)
        first, second = office.officer(wait_s=0.0), office.officer("B. Lund", wait_s=0.0)
        late = second.form(case_id)
        let_go(office, case_id, "B. Lund")
        assert first.decide(case_id, "confirmed").status_code == 303
        let_go(office, case_id, "A. Moreau")  # even where the leases are lost
        sent = second.send(case_id, {**late, "outcome": "rejected", "reason_code": "plate_wrong"})
        assert sent.status_code == 303
        assert "KFV482: rejected; your answer is sent and is being recorded." in second.open("/")
        office.enforcer.drain(idle_s=0.05)
        told = "KFV482: your answer changed nothing: this case was already confirmed by A. Moreau at"
        assert told in second.told()
        again = office.officer("B. Lund", wait_s=0.0)  # another browser
        for browser in (second, again, second):
            assert told in browser.open("/")
        assert told not in first.open("/")
        page = again.client.get(f"/cases/{case_id}").text
        token, seen = (
            re.search(pattern, page)[1]  # type: ignore[index]
            for pattern in (r'name="csrf_token" value="([^"]*)"', r'action="(/answers/[^"]*/seen)"')
        )
        again.client.post(seen, data={"csrf_token": token}, headers=ORIGIN)
        assert told not in again.open("/")
        assert office.status(RED) == "confirmed"

    def test_who_sent_what_the_worker_does_not_accept_is_told_why(self, office: BackOffice) -> None:
        office.rest()
        officer, case_id = office.officer(wait_s=0.0), office.case_id(RED)
        decision = decision_of(
            case_id, Answer("0" * 32, "A. Moreau", outcome="confirmed", checked=("plate",))
        )
        office.bus.publish(Topic.DECISIONS, case_id, encode(decision))
        minute_ago_ns = time.time_ns() - 60 * 10**9
        SentAnswers(office.desk.file).send(
            SentAnswer(decision.decision_id, case_id, "A. Moreau", "confirmed", "KFV482", minute_ago_ns)
        )
        late = officer.open("/")
        assert "is sent and lies safely in the log, but is not recorded yet" in late
        office.enforcer.drain(idle_s=0.05)
        told = officer.open("/")
        assert "KFV482: your answer was not accepted: confirming needs plate, vehicle, measurement" in told
        assert "Confirm violation" in officer.open(f"/cases/{case_id}"), "somebody can decide it"

    def test_sending_one_form_twice_is_one_decision(self, office: BackOffice, officer: Officer) -> None:
        case_id = office.case_id(RED)
        fields = {**officer.form(case_id), "outcome": "confirmed", "checked": list(CHECKS)}
        assert [officer.send(case_id, fields).status_code for _ in range(2)] == [303, 303]
        assert len(decisions_on(office)) == 1

    def test_nobody_waits_for_the_worker_and_nobody_is_asked_again_meanwhile(
        self, office: BackOffice
    ) -> None:
        office.rest()
        officer, other = office.officer(wait_s=0.0), office.officer("B. Lund", wait_s=0.0)
        case_id = office.case_id(RED)
        response = officer.decide(case_id, "confirmed")
        page = officer.open(response.headers["location"])
        assert "KFV482: confirmed; your answer is sent and is being recorded." in page
        for browser in (officer, other):
            assert f'class="row-link" href="/cases/{case_id}"' not in browser.client.get("/").text
        assert "Confirm violation" not in other.open(f"/cases/{case_id}")
        assert "An answer to this case is being applied." in other.open(f"/cases/{case_id}")
        assert office.status(RED) == "open"
        office.enforcer.drain(idle_s=0.05)
        assert "KFV482: confirmed by A. Moreau at" in officer.told()
        assert "KFV482" not in officer.open("/answers"), "told once"
        assert office.status(RED) == "confirmed"

    def test_the_message_on_the_bus_is_the_decision(self, office: BackOffice, officer: Officer) -> None:
        case_id = office.case_id(BLUE)
        officer.decide(case_id, "rejected", reason_code="plate_wrong", note="a 1")
        (decision,) = decisions_on(office)
        assert (decision.case_id, decision.officer, decision.outcome) == (case_id, "A. Moreau", "rejected")
        assert (decision.reason_code, decision.note) == ("plate_wrong", "a 1")
        assert (decision.review, decision.checked) == ("first", ())
        assert abs(decision.decided_at_ns - time.time_ns()) < 60 * 10**9

    def test_tabs_count_the_cases(self, office: BackOffice, officer: Officer) -> None:
        officer.decide(office.case_id(RED), "confirmed")
        officer.decide(office.case_id(BLUE), "rejected", reason_code="plate_wrong")
        assert office.book.count()["confirmed"] == office.book.count()["rejected"] == 1
        assert "KFV482" in officer.open("/?status=confirmed")
        assert "TRD907" in officer.open("/?status=rejected")

    def test_an_incomplete_case_can_be_rejected(self, office: BackOffice, officer: Officer) -> None:
        officer.decide(office.case_id(INCOMPLETE), "rejected", reason_code="image_unusable")
        assert office.status(INCOMPLETE) == "rejected"

    def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
        self, office: BackOffice, officer: Officer
    ) -> None:
        cookies = officer.client.get("/").headers.get_list("set-cookie")
        assert len(cookies) == 1
        assert all("HttpOnly" in cookie and "SameSite" in cookie for cookie in cookies)


class TestUnfinishedAnswers(LooksOnly):
    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"outcome": "rejected"}, "Choose the reason for rejecting this case."),
            ({"outcome": "rejected", "reason_code": "mood"}, "Choose the reason for rejecting this case."),
            ({"outcome": "rejected", "reason_code": "other"}, "Write the reason into the note"),
            ({"outcome": "confirmed"}, "Check and tick before confirming: plate, vehicle, measurement."),
            ({"outcome": "confirmed", "checked": ["plate", "vehicle"]}, "before confirming: measurement."),
            ({"outcome": "confirmed", "checked": ["all"]}, "confirming: plate, vehicle, measurement."),
            (
                {"outcome": "confirmed", "chosen_plate": "XYZ111", "checked": list(CHECKS)},
                "nothing to choose",
            ),
            ({"outcome": "confirmed", "reason_code": "plate_wrong"}, "A reason belongs to a rejection"),
            ({"outcome": "confirmed", "note": "x" * 2001}, "Shorten the note to 2000 characters."),
            ({"outcome": ""}, "Choose whether to confirm or to reject this case."),
            ({"outcome": "open"}, "Choose whether to confirm or to reject this case."),
            ({"outcome": "confirmed", "form_id": "x"}, "This form was not complete"),
        ],
    )
    def test_an_unfinished_answer_is_asked_for_again(
        self, office: BackOffice, officer: Officer, fields: dict[str, str | list[str]], sentence: str
    ) -> None:
        case_id = office.case_id(RED)
        response = officer.send(case_id, {**officer.form(case_id), **fields})
        assert response.status_code == 422
        assert sentence in text_of(response)
        assert decisions_on(office) == []

    def test_what_was_filled_in_is_still_there(self, office: BackOffice, officer: Officer) -> None:
        refused = officer.decide(office.case_id(RED), "rejected", note="too dark")
        assert ">too dark</textarea>" in refused.text
        ticked = officer.send(
            office.case_id(RED),
            {**officer.form(office.case_id(RED)), "outcome": "confirmed", "checked": ["vehicle"]},
        )
        assert re.search(r'id="tick-vehicle" checked', ticked.text)
        assert not re.search(r'id="tick-plate" checked', ticked.text)


def let_go(office: BackOffice, case_id: str, officer: str) -> None:
    """Take a lease away, as none ever is that an answer stands behind: even then the log settles it."""
    with office.desk.file.transaction() as database:
        database.execute("DELETE FROM leases WHERE case_id = ? AND officer = ?", (case_id, officer))
