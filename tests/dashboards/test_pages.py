"""What an officer reads on the review pages, and what deciding does; without a browser."""

from __future__ import annotations

import re
import threading
import time

import pytest

from streams.encoding import decode
from streams.messages import Decision
from streams.topics import Topic
from tests.dashboards.conftest import BackOffice, LooksOnly, Officer, text_of
from tests.dashboards.invented_passages import SCENES

RED, BLUE, UNREADABLE, WHITE, UNKNOWN, INCOMPLETE, SLOWEST = (scene.speed_kmh for scene in SCENES[:7])


def decisions_on(bus_office: BackOffice) -> list[Decision]:
    """Every decision that lies on the bus."""
    subscription = bus_office.bus.subscribe([Topic.DECISIONS], f"test-{time.monotonic_ns()}")
    records = subscription.poll(0.05)
    subscription.close()
    return [decode(record.value, Decision) for record in records]


class TestQueue(LooksOnly):
    def test_lists_open_cases_oldest_first(self, officer: Officer) -> None:
        page = officer.open("/")
        plates = ["KFV482", "TRD907", "unreadable", "BMX135", "QLT660", "HGA771"]
        places = [page.index(plate) for plate in plates]
        assert places == sorted(places)

    def test_a_line_says_what_when_where_and_how_much_over(self, officer: Officer) -> None:
        page = officer.open("/")
        line = page[page.index("KFV482") : page.index("TRD907")]
        for fact in (
            "Speeding",
            "+21.3 km/h",
            "limit 80 km/h",
            "105.3 ± 1.4",
            "101.3 enforced",
            "2026-05-04 08:00:12 UTC",
            "demo-a1-north",
            "K-1001",
        ):
            assert fact in line

    def test_a_passage_below_the_threshold_is_no_case(self, officer: Officer) -> None:
        assert "ZZT111" not in officer.open("/")

    @pytest.mark.parametrize(
        ("query", "listed", "left_out"),
        [
            ("camera=demo-b7-west", "QLT660", "KFV482"),
            ("camera=demo-a1-north", "KFV482", "QLT660"),
            ("offence=speeding", "KFV482", "ZZT111"),
            ("camera=demo-b7-west&offence=speeding", "HGA771", "BMX135"),
        ],
    )
    def test_filters(self, officer: Officer, query: str, listed: str, left_out: str) -> None:
        page = officer.open(f"/?{query}")
        assert listed in page
        assert left_out not in page

    def test_pages_follow_each_other(self, office: BackOffice) -> None:
        officer = office.officer(page_size=3)
        assert "Cases 1 to 3" in officer.open("/")
        assert "BMX135" not in officer.open("/")
        second = officer.open("/?page=2")
        assert "Cases 4 to 6" in second
        assert "BMX135" in second
        assert "Later" not in officer.open("/?page=3")

    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ("", "No violations yet."),
            ("?status=confirmed", "No case was confirmed yet."),
            ("?camera=nowhere", "No open case fits these filters."),
            ("?page=4", "There are no cases on this page."),
        ],
    )
    def test_an_empty_list_says_why(self, empty_office: BackOffice, query: str, sentence: str) -> None:
        assert sentence in empty_office.officer().open(f"/{query}")

    def test_when_all_is_decided_it_says_so(self, empty_office: BackOffice) -> None:
        empty_office.receive(SCENES[0])
        empty_office.work()
        officer = empty_office.officer()
        response = officer.decide(empty_office.case_id(RED), "confirmed")
        assert response.headers["location"] == "/"
        assert "Every case is decided." in officer.open("/")

    def test_a_case_without_its_picture_says_so(self, officer: Officer) -> None:
        page = officer.open("/")
        assert page.count("no picture") == 1


class TestCase(LooksOnly):
    def test_shows_what_was_measured_beside_what_the_law_allows(
        self, office: BackOffice, officer: Officer
    ) -> None:
        page = officer.open(f"/cases/{office.case_id(RED)}")
        for fact in (
            "Measured 105.3 km/h",
            "± 1.4 km/h",
            "Tolerance subtracted − 4.0 km/h",
            "Enforced speed 101.3 km/h",
            "Limit 80.0 km/h",
            "Over the limit +21.3 km/h",
            "Base 29.25 m",
            "Points 26",
            "Calibration demo-a1-north-2026-05",
            "Policy sim-rural-2026, version 1",
            "km/h is allowed: 21.3 km/h too fast",
        ):
            assert fact in page

    def test_an_unstated_uncertainty_is_said_to_be_unstated(
        self, office: BackOffice, officer: Officer
    ) -> None:
        assert "Uncertainty (k = 2) not stated" in officer.open(f"/cases/{office.case_id(UNREADABLE)}")

    @pytest.mark.parametrize(
        ("speed_kmh", "answer"),
        [
            (RED, "Keeper Ines Farrow (K-1001) Address 4 Larch Row, Simford Class car Make Vesta Colour red"),
            (UNKNOWN, "No keeper found for this plate."),
            (UNREADABLE, "The plate is unreadable, so no keeper could be looked up."),
            (INCOMPLETE, "Class truck seen: car"),
        ],
    )
    def test_shows_the_registers_answer(
        self, office: BackOffice, officer: Officer, speed_kmh: float, answer: str
    ) -> None:
        assert answer in officer.open(f"/cases/{office.case_id(speed_kmh)}")

    def test_shows_the_alternatives_of_a_doubtful_character(
        self, office: BackOffice, officer: Officer
    ) -> None:
        assert "7 71 % 1 23 % ∅ 6 %" in officer.open(f"/cases/{office.case_id(BLUE)}")

    def test_lists_every_frames_read(self, office: BackOffice, officer: Officer) -> None:
        page = officer.open(f"/cases/{office.case_id(BLUE)}")
        assert "Reads of 5 frames, 3 agree" in page
        assert re.search(r"0\.16 s TRD901 \d\d % differs", page)

    def test_names_the_models(self, office: BackOffice, officer: Officer) -> None:
        assert "Reader rapidocr 3.4" in officer.open(f"/cases/{office.case_id(RED)}")

    def test_the_overlay_has_the_boxes_of_this_very_frame(self, office: BackOffice, officer: Officer) -> None:
        frame = office.passages[RED].evidence[0]
        assert frame.vehicle_box is not None
        markup = officer.client.get(f"/cases/{office.case_id(RED)}").text
        box = re.search(r'<rect class="vehicle-box" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', markup)
        assert box is not None
        expected = (frame.vehicle_box.x, frame.vehicle_box.y, frame.vehicle_box.w)
        assert [float(value) for value in box.groups()] == pytest.approx(expected, abs=0.06)
        assert f'<image href="/evidence/{frame.digest}"' in markup

    @pytest.mark.parametrize("view", ["frame", "vehicle", "plate", "nonsense"])
    def test_the_picture_can_be_looked_at_closely_without_scripts(
        self, office: BackOffice, officer: Officer, view: str
    ) -> None:
        markup = officer.client.get(f"/cases/{office.case_id(RED)}?view={view}").text
        shown = re.search(r'id="picture" class="picture" viewBox="[\d.]+ [\d.]+ ([\d.]+)', markup)
        assert shown is not None
        assert (float(shown[1]) == 1280) is (view not in ("vehicle", "plate"))

    def test_no_answer_is_given_beforehand(self, office: BackOffice, officer: Officer) -> None:
        markup = officer.client.get(f"/cases/{office.case_id(RED)}").text
        form = markup[markup.index("<form") : markup.index("</form>")]
        assert "checked" not in form
        assert "selected" not in form
        # Enter in a text field presses the first submit button; it must be one that does nothing.
        assert '<button type="submit" disabled hidden>' in form[: form.index('name="outcome"')]

    def test_missing_evidence_makes_a_case_incomplete(self, office: BackOffice, officer: Officer) -> None:
        case_id = office.case_id(INCOMPLETE)
        digest = office.passages[INCOMPLETE].evidence[0].digest
        page = officer.open(f"/cases/{case_id}")
        assert f"incomplete: the evidence picture ({digest[:12]}…) has not arrived" in page
        assert re.search(r'id="confirm"[^>]* disabled', officer.client.get(f"/cases/{case_id}").text)
        refused = officer.decide(case_id, "confirmed")
        assert refused.status_code == 422
        assert "cannot be confirmed because it is incomplete" in text_of(refused)
        assert decisions_on(office) == []


class TestDeciding:
    def test_confirming_goes_on_to_the_next_open_case(self, office: BackOffice, officer: Officer) -> None:
        response = officer.decide(office.case_id(RED), "confirmed")
        assert response.status_code == 303
        assert response.headers["location"] == f"/cases/{office.case_id(BLUE)}"
        page = officer.open(response.headers["location"])
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

    def test_what_an_officer_writes_is_never_markup(self, office: BackOffice, officer: Officer) -> None:
        case_id = office.case_id(BLUE)
        note = "<script>alert(1)</script>"
        officer.decide(case_id, "rejected", "<b>Eve</b>", reason_code="other", note=note)
        markup = officer.client.get(f"/cases/{case_id}").text
        assert "&lt;script&gt;alert(1)" in markup
        assert "<script>alert" not in markup
        assert "<b>Eve" not in markup

    def test_the_officers_name_is_remembered(self, office: BackOffice, officer: Officer) -> None:
        following = officer.decide(office.case_id(RED), "confirmed", "Žofie Øst").headers["location"]
        assert 'value="Žofie Øst"' in officer.client.get(following).text

    def test_the_second_officer_is_told_who_was_first_and_changes_nothing(self, office: BackOffice) -> None:
        first, second = office.officer(), office.officer()
        case_id = office.case_id(RED)
        late = second.form(case_id)
        first.decide(case_id, "confirmed", "A. Moreau")
        response = second.send(
            case_id, {**late, "officer": "B. Lund", "outcome": "rejected", "reason_code": "plate_wrong"}
        )
        assert response.status_code == 409
        assert "Your answer changed nothing: this case was already confirmed by A. Moreau at" in text_of(
            response
        )
        assert office.status(RED) == "confirmed"

    def test_a_race_is_settled_by_the_log_and_told_the_same_way(self, office: BackOffice) -> None:
        """Both answers are on the bus before either is applied: the pages cannot know who is first."""
        office.rest()
        case_id = office.case_id(RED)
        first, second = office.officer(wait_s=0.0), office.officer(wait_s=10.0)
        late = second.form(case_id)
        pending = first.decide(case_id, "confirmed", "A. Moreau")
        starts = threading.Timer(0.3, office.work)
        starts.start()
        response = second.send(
            case_id, {**late, "officer": "B. Lund", "outcome": "rejected", "reason_code": "plate_wrong"}
        )
        starts.join()
        assert pending.status_code == 303
        assert response.status_code == 409
        assert "already confirmed by A. Moreau" in text_of(response)

    def test_sending_one_form_twice_is_one_decision(self, office: BackOffice, officer: Officer) -> None:
        case_id = office.case_id(RED)
        fields = {**officer.form(case_id), "officer": "A. Moreau", "outcome": "confirmed"}
        assert [officer.send(case_id, fields).status_code for _ in range(2)] == [303, 303]
        assert len(decisions_on(office)) == 1

    def test_a_decision_that_is_not_applied_in_time_is_said_to_be_recorded(self, office: BackOffice) -> None:
        office.rest()
        officer = office.officer(wait_s=0.1)
        response = officer.decide(office.case_id(RED), "confirmed")
        assert "Your decision on KFV482 is recorded and being applied." in officer.open(
            response.headers["location"]
        )
        office.work()
        case = office.book
        assert case.wait_for_decision(office.case_id(RED), decisions_on(office)[0].decision_id, 5.0)
        assert office.status(RED) == "confirmed"

    def test_the_message_on_the_bus_is_the_decision(self, office: BackOffice, officer: Officer) -> None:
        case_id = office.case_id(BLUE)
        officer.decide(case_id, "rejected", reason_code="plate_wrong", note="a 1")
        (decision,) = decisions_on(office)
        assert (decision.case_id, decision.officer, decision.outcome) == (case_id, "A. Moreau", "rejected")
        assert (decision.reason_code, decision.note) == ("plate_wrong", "a 1")
        assert abs(decision.decided_at_ns - time.time_ns()) < 60 * 10**9

    def test_tabs_count_the_cases(self, office: BackOffice, officer: Officer) -> None:
        officer.decide(office.case_id(RED), "confirmed")
        officer.decide(office.case_id(BLUE), "rejected", reason_code="plate_wrong")
        assert "Open 5 Confirmed 1 Rejected 1" in officer.open("/")
        assert "KFV482" in officer.open("/?status=confirmed")
        assert "TRD907" in officer.open("/?status=rejected")

    def test_an_incomplete_case_can_be_rejected(self, office: BackOffice, officer: Officer) -> None:
        officer.decide(office.case_id(INCOMPLETE), "rejected", reason_code="image_unusable")
        assert office.status(INCOMPLETE) == "rejected"

    def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
        self, office: BackOffice, officer: Officer
    ) -> None:
        cookies = [officer.client.get("/").headers["set-cookie"]]
        cookies += officer.decide(office.case_id(RED), "confirmed").headers.get_list("set-cookie")
        assert len(cookies) == 3
        assert all("HttpOnly" in cookie and "SameSite" in cookie for cookie in cookies)


class TestUnfinishedAnswers(LooksOnly):
    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"outcome": "confirmed", "officer": ""}, "Enter your name"),
            ({"outcome": "confirmed", "officer": "   "}, "Enter your name"),
            ({"outcome": "confirmed", "officer": "A" * 81}, "Enter your name"),
            ({"outcome": "confirmed", "officer": "A\x00B"}, "Enter your name"),
            ({"outcome": "rejected"}, "Choose the reason for rejecting this case."),
            ({"outcome": "rejected", "reason_code": "mood"}, "Choose the reason for rejecting this case."),
            ({"outcome": "rejected", "reason_code": "other"}, "Write the reason into the note"),
            ({"outcome": "confirmed", "reason_code": "plate_wrong"}, "A reason belongs to a rejection"),
            ({"outcome": "confirmed", "note": "x" * 2001}, "Shorten the note to 2000 characters."),
            ({"outcome": ""}, "Choose whether to confirm or to reject this case."),
            ({"outcome": "open"}, "Choose whether to confirm or to reject this case."),
            ({"outcome": "confirmed", "form_id": "x"}, "This form was not complete"),
        ],
    )
    def test_an_unfinished_answer_is_asked_for_again(
        self, office: BackOffice, officer: Officer, fields: dict[str, str], sentence: str
    ) -> None:
        case_id = office.case_id(RED)
        response = officer.send(case_id, {**officer.form(case_id), "officer": "A. Moreau", **fields})
        assert response.status_code == 422
        assert sentence in text_of(response)
        assert decisions_on(office) == []

    def test_what_was_filled_in_is_still_there(self, office: BackOffice, officer: Officer) -> None:
        refused = officer.decide(office.case_id(RED), "rejected", note="too dark")
        assert ">too dark</textarea>" in refused.text
        assert 'value="A. Moreau"' in refused.text


class TestProtection(LooksOnly):
    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": "http://evil.example"},
            {"origin": "null"},
            {"origin": "http://testserver:81"},
            {"origin": "http://testserver", "sec-fetch-site": "cross-site"},
            {"origin": "http://testserver", "sec-fetch-site": "same-site"},
            {"sec-fetch-site": "none"},
            {},
        ],
    )
    def test_a_form_from_elsewhere_is_refused(
        self, office: BackOffice, officer: Officer, headers: dict[str, str]
    ) -> None:
        case_id = office.case_id(RED)
        fields = {**officer.form(case_id), "officer": "A. Moreau", "outcome": "confirmed"}
        response = officer.send(case_id, fields, headers)
        assert response.status_code == 403
        assert "not sent from this site's own page" in text_of(response)
        assert decisions_on(office) == []

    @pytest.mark.parametrize("token", ["", "x", "A" * 43, "ü" * 43])
    def test_a_form_without_the_browsers_own_token_is_refused(
        self, office: BackOffice, officer: Officer, token: str
    ) -> None:
        case_id = office.case_id(RED)
        fields = {
            **officer.form(case_id),
            "officer": "A. Moreau",
            "outcome": "confirmed",
            "csrf_token": token,
        }
        response = officer.send(case_id, fields)
        assert response.status_code == 403
        assert "This form has expired" in text_of(response)
        assert decisions_on(office) == []

    def test_a_token_without_its_cookie_is_refused(self, office: BackOffice, officer: Officer) -> None:
        case_id = office.case_id(RED)
        fields = {**officer.form(case_id), "officer": "A. Moreau", "outcome": "confirmed"}
        officer.client.cookies.clear()
        assert officer.send(case_id, fields).status_code == 403

    def test_an_outsized_form_is_refused_unread(self, office: BackOffice, officer: Officer) -> None:
        response = officer.send(office.case_id(RED), {"note": "x" * 70_000})
        assert response.status_code == 413

    @pytest.mark.parametrize(
        "address", ["/", "/numbers", "/cases/{case}", "/cases/none", "/health", "/static/style.css"]
    )
    def test_every_answer_carries_the_security_headers(
        self, office: BackOffice, officer: Officer, address: str
    ) -> None:
        headers = officer.client.get(address.format(case=office.case_id(RED))).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"

    @pytest.mark.parametrize("address", ["/", "/numbers", "/cases/{case}", "/cases/none"])
    def test_no_page_has_inline_code_or_loads_from_elsewhere(
        self, office: BackOffice, officer: Officer, address: str
    ) -> None:
        markup = officer.client.get(address.format(case=office.case_id(RED))).text
        assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|<style", markup)
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", markup))
        assert all(link.startswith(("/", "#", "?")) for link in re.findall(r'(?:href|src)="([^"]*)"', markup))

    @pytest.mark.parametrize(
        ("host", "status"),
        [("127.0.0.1:8080", 200), ("localhost", 200), ("rebound.example:8080", 400), ("[::1", 400)],
    )
    def test_only_allowed_host_names_are_served(
        self, empty_office: BackOffice, host: str, status: int
    ) -> None:
        officer = empty_office.officer(allowed_hosts=["127.0.0.1", "localhost"])
        assert officer.client.get("/health", headers={"host": host}).status_code == status


class TestFailures:
    @pytest.mark.parametrize(
        ("address", "status", "sentence"),
        [
            ("/cases/none", 404, "There is no case under this address"),
            ("/nowhere", 404, "There is no such page"),
            ("/?page=minus", 422, "holds a value that this page cannot use"),
            ("/?page=0", 422, "holds a value that this page cannot use"),
            ("/evidence/short", 404, "not the digest of a piece of evidence"),
            ("/evidence/" + "0" * 64, 404, "has not arrived yet or was discarded"),
            ("/docs", 404, "There is no such page"),
        ],
    )
    def test_a_failure_is_a_page_with_one_sentence(
        self, empty_office: BackOffice, address: str, status: int, sentence: str
    ) -> None:
        response = empty_office.officer().client.get(address)
        assert response.status_code == status
        assert sentence in text_of(response)
        assert response.headers["content-type"].startswith("text/html")

    def test_a_decision_on_no_case_is_not_found(self, office: BackOffice, officer: Officer) -> None:
        fields = {**officer.form(office.case_id(RED)), "officer": "A. Moreau", "outcome": "confirmed"}
        assert officer.send("none", fields).status_code == 404

    def test_a_store_that_does_not_answer_is_said_in_a_sentence(self, empty_office: BackOffice) -> None:
        officer = empty_office.officer()
        empty_office.store.command("DROP VIEW v_cases")
        response = officer.client.get("/")
        assert response.status_code == 503
        assert "Traceback" not in response.text
        assert officer.client.get("/ready").status_code == 503
        assert officer.client.get("/health").json() == {"status": "ok"}


class TestEvidence(LooksOnly):
    def test_serves_the_very_bytes(self, office: BackOffice, officer: Officer) -> None:
        piece = office.passages[RED].evidence[0]
        response = officer.client.get(f"/evidence/{piece.digest}")
        assert response.content == office.evidence.get(piece.digest)
        assert response.headers["content-type"] == "image/jpeg"
        assert "immutable" in response.headers["cache-control"]
        assert "private" in response.headers["cache-control"]

    def test_a_browser_that_has_it_is_not_sent_it_again(self, office: BackOffice, officer: Officer) -> None:
        address = f"/evidence/{office.passages[RED].evidence[0].digest}"
        tag = officer.client.get(address).headers["etag"]
        response = officer.client.get(address, headers={"if-none-match": tag})
        assert response.status_code == 304
        assert response.content == b""

    def test_a_sealed_original_is_never_served(self, office: BackOffice, officer: Officer) -> None:
        sealed = next(piece for piece in office.passages[RED].evidence if piece.sealed)
        assert office.evidence.has(sealed.digest)
        for headers in ({}, {"if-none-match": f'"{sealed.digest}"'}):
            response = officer.client.get(f"/evidence/{sealed.digest}", headers=headers)
            assert response.status_code == 403
            assert "This is a sealed original" in text_of(response)

    def test_a_thumbnail_shows_the_vehicle_small(self, office: BackOffice, officer: Officer) -> None:
        response = officer.client.get(f"/cases/{office.case_id(RED)}/thumbnail.jpg")
        assert response.headers["content-type"] == "image/jpeg"
        assert len(response.content) < 20_000

    def test_there_is_no_thumbnail_of_a_picture_that_has_not_come(
        self, office: BackOffice, officer: Officer
    ) -> None:
        response = officer.client.get(f"/cases/{office.case_id(INCOMPLETE)}/thumbnail.jpg")
        assert response.status_code == 404


class TestNumbers(LooksOnly):
    def test_counts_by_hour_camera_and_offence(self, officer: Officer) -> None:
        page = officer.open("/numbers")
        assert "7 violations in all; most, 4, at 2026-05-04 08:00." in page
        assert "7 violations in all; most, 5, at demo-a1-north." in page
        assert "7 violations in all; most, 7, at Speeding." in page
        assert "demo-b7-west 2 2 2 2 0 0" in page

    @pytest.mark.parametrize(("camera", "passages"), [("", 8), ("demo-b7-west", 2), ("demo-a1-north", 6)])
    def test_speeds_of_one_camera(self, officer: Officer, camera: str, passages: int) -> None:
        assert f"{passages} measured passages in all" in officer.open(f"/numbers?camera={camera}")

    def test_every_chart_has_a_title_a_description_and_a_table(self, officer: Officer) -> None:
        markup = officer.client.get("/numbers").text
        charts = re.findall(r'<section class="card chart".*?</section>', markup, flags=re.S)
        assert len(charts) == 4
        for chart in charts:
            assert "<title id=" in chart
            assert "<desc id=" in chart
            assert "<table" in chart

    def test_before_anything_happened_it_says_so(self, empty_office: BackOffice) -> None:
        assert "No violations yet." in empty_office.officer().open("/numbers")


def test_ready_says_how_many_cases_there_are(officer: Officer) -> None:
    assert officer.client.get("/ready").json() == {
        "status": "ready",
        "cases": {"open": 7, "confirmed": 0, "rejected": 0},
    }
