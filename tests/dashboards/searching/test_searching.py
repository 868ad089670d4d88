"""The plate search: for a case and a purpose, on the record before anything is shown, and not far."""

from __future__ import annotations

import re

import pytest
from httpx import Response

from dashboards.searching.limits import SearchLimits
from dashboards.sign_in.rights import Role
from tests.dashboards.conftest import BackOffice, LooksOnly, Officer, text_of
from tests.dashboards.invented_passages import RED
from tests.dashboards.on_the_record import entries, nothing_entered, send

#: The invented passages are of the spring; nothing of them is to be too old here.
FAR = SearchLimits(reach_days={}, other_days=20_000)


def search(officer: Officer, **fields: str) -> Response:
    return send(officer, "/search", "/search", **fields)


@pytest.fixture
def case_id(office: BackOffice) -> str:
    return office.case_id(RED)


@pytest.fixture
def plate(office: BackOffice) -> str:
    reading = office.passages[RED].plate
    assert reading
    assert reading.text
    return reading.text


@pytest.fixture
def supervisor(office: BackOffice) -> Officer:
    return office.officer("S. Vega", [Role.SUPERVISOR], search=FAR)


class TestSearching(LooksOnly):
    def test_every_case_of_a_plate_is_found_and_no_other(
        self, office: BackOffice, supervisor: Officer, case_id: str, plate: str
    ) -> None:
        page = search(supervisor, case_id=case_id, purpose="court", plate=plate).text
        expected = {case.case_id for case in office.book.queue(None) if case.plate == plate}
        assert set(re.findall(r'href="/cases/([^"]+)"', page)) == expected

    @pytest.mark.parametrize("written", ["{0} {1}", "{0}-{1}", " {0}{1} ", "?{0}{1}"])
    def test_a_plate_may_be_written_as_on_the_vehicle(
        self, supervisor: Officer, case_id: str, plate: str, written: str
    ) -> None:
        halves = (plate[1:3] if "?" in written else plate[:3], plate[3:])
        page = search(supervisor, case_id=case_id, purpose="court", plate=written.format(*halves).lower())
        assert f"/cases/{case_id}" in page.text

    @pytest.mark.parametrize(
        "text", ["", "?", "??", "%", "*", "A%", "KFV4??", "K?V", "_______", "A" * 13, "ABC"]
    )
    def test_nothing_sweeps(self, office: BackOffice, supervisor: Officer, case_id: str, text: str) -> None:
        before = len(entries(office, action="searched"))
        answer = search(supervisor, case_id=case_id, purpose="court", plate=text)
        assert answer.status_code == 422
        assert len(entries(office, action="searched")) == before

    @pytest.mark.parametrize(
        ("missing", "says"),
        [
            ({"purpose": ""}, "Choose what the search is for"),
            ({"purpose": "curiosity"}, "Choose what the search is for"),
            ({"case_id": ""}, "Give the number of the case"),
            ({"case_id": "7"}, "Give the number of the case"),
            ({"case_id": "0" * 8 + "-0000-0000-0000-" + "0" * 12}, "Give the number of the case"),
        ],
    )
    def test_it_needs_a_purpose_and_a_case(
        self, supervisor: Officer, case_id: str, plate: str, missing: dict[str, str], says: str
    ) -> None:
        answer = search(supervisor, **{"case_id": case_id, "purpose": "court", "plate": plate, **missing})
        assert answer.status_code == 422
        assert says in text_of(answer)
        assert f"/cases/{case_id}" not in answer.text

    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
    def test_others_may_not(self, office: BackOffice, role: Role) -> None:
        officer = office.officer(f"One {role}", [role])
        assert officer.client.get("/search").status_code == 403

    def test_a_record_that_is_too_old_is_not_found(
        self, office: BackOffice, case_id: str, plate: str
    ) -> None:
        near = office.officer("S. Vega", [Role.SUPERVISOR], search=SearchLimits({Role.SUPERVISOR: 3}))
        page = search(near, case_id=case_id, purpose="court", plate=plate)
        assert "No case of the last 3 days has this plate" in text_of(page)

    def test_of_many_only_the_newest_are_shown(self, office: BackOffice, case_id: str, plate: str) -> None:
        few = office.officer("S. Vega", [Role.SUPERVISOR], search=SearchLimits({}, 20_000, most=1))
        expected = [case for case in office.book.queue(None) if case.plate == plate]
        assert len(expected) > 1
        page = search(few, case_id=case_id, purpose="court", plate=plate).text
        assert re.findall(r'href="/cases/([^"]+)"', page) == [expected[-1].case_id]
        assert "There are more" in page

    def test_a_case_that_was_invented_to_test_reviews_is_not_found(
        self, office: BackOffice, supervisor: Officer, case_id: str
    ) -> None:
        for seeded, plate in ((True, "SEED23"), (False, "REAL23")):
            office.store.command(
                f"""INSERT INTO cases SELECT * REPLACE (
                    generateUUIDv4() AS case_id, '{plate}' AS plate, {seeded} AS seeded, now() AS occurred_at
                ) FROM (SELECT * FROM cases FINAL WHERE case_id = '{case_id}')"""
            )
        said = [
            text_of(search(supervisor, case_id=case_id, purpose="court", plate=plate))
            for plate in ("SEED23", "REAL23")
        ]
        assert "has this plate" in said[0]
        assert "1 case found" in said[1]

    def test_no_plate_is_in_an_address_or_in_the_audit(
        self, office: BackOffice, supervisor: Officer, case_id: str, plate: str
    ) -> None:
        search(supervisor, case_id=case_id, purpose="misread", plate=plate)
        searched = entries(office, action="searched")[-1]
        assert searched.who == "S. Vega"
        assert searched.purpose == "misread"
        assert re.fullmatch(rf"{case_id}/plate/[0-9a-f]{{32}}", searched.subject)
        assert plate not in "".join(map(repr, entries(office)))
        assert supervisor.client.get(f"/search?plate={plate}").text.count(plate) == 0

    def test_each_case_that_was_found_has_it_in_its_story(
        self, office: BackOffice, supervisor: Officer, case_id: str, plate: str
    ) -> None:
        before = len(entries(office))
        search(supervisor, case_id=case_id, purpose="court", plate=plate)
        for case in office.book.queue(None):
            found = entries(office, case_id=case.case_id, action="found")
            assert any(entry.sequence > before for entry in found) is (case.plate == plate)

    def test_one_plate_has_one_digest_however_it_is_written(
        self, office: BackOffice, supervisor: Officer, case_id: str, plate: str
    ) -> None:
        for text in (plate, f"{plate[:2]}-{plate[2:]}".lower(), f"?{plate[1:]}"):
            search(supervisor, case_id=case_id, purpose="court", plate=text)
        first, second, unsure = (one.subject for one in entries(office, action="searched")[-3:])
        assert first == second
        assert unsure != first

    def test_who_has_searched_too_often_waits(self, office: BackOffice, case_id: str, plate: str) -> None:
        seldom = SearchLimits({}, 20_000, per_hour=2)
        fields = {"case_id": case_id, "purpose": "court", "plate": plate}
        officer = office.officer("T. Okafor", [Role.SUPERVISOR], search=seldom)
        assert [search(officer, **fields).status_code for _ in range(3)] == [200, 200, 429]
        other = office.officer("U. Berg", [Role.SUPERVISOR], search=seldom)
        assert search(other, **fields).status_code == 200
        assert entries(office, action="refused")[-1].reason == "more than 2 searches in an hour"

    def test_nothing_is_shown_that_cannot_be_entered(
        self, office: BackOffice, supervisor: Officer, case_id: str, plate: str
    ) -> None:
        with nothing_entered(office):
            answer = search(supervisor, case_id=case_id, purpose="court", plate=plate)
        assert answer.status_code == 503
        assert "cannot be entered in the audit" in text_of(answer)
        assert case_id not in answer.text

    def test_without_the_key_nothing_is_searched(
        self,
        office: BackOffice,
        supervisor: Officer,
        case_id: str,
        plate: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        before = len(entries(office, action="searched"))
        monkeypatch.setattr(office.desk, "keys", None)
        answer = search(supervisor, case_id=case_id, purpose="court", plate=plate)
        assert answer.status_code == 503
        assert len(entries(office, action="searched")) == before
