"""What an officer reads on the page of one case; without a browser."""

from __future__ import annotations

import re

import pytest

from tests.dashboards.conftest import BackOffice, LooksOnly, Officer, decisions_on, text_of
from tests.dashboards.invented_passages import BLUE, INCOMPLETE, RED, UNKNOWN, UNREADABLE


class TestCase(LooksOnly):
    def test_shows_what_was_measured_beside_what_the_law_allows(
        self, office: BackOffice, officer: Officer
    ) -> None:
        page = officer.open(f"/cases/{office.case_id(RED)}")
        for fact in (
            "Measured 105.3 km/h",
            "± 1.4 km/h",
            "Subtracted in the driver's favour − 4.0 km/h",
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

    @pytest.mark.parametrize(
        ("speed_kmh", "answer"),
        [
            (RED, "Keeper Ines Farrow (K-1001) Address 4 Larch Row, Simford Class car Make Vesta Colour red"),
            (UNKNOWN, "No keeper found for this plate"),
            (UNREADABLE, "The plate is unreadable, so no keeper could be looked up"),
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
        decision = markup[markup.index('id="decision-heading"') :]
        form = decision[decision.index("<form") : decision.index("</form>")]
        assert re.findall(r'<[^>]*[ "](?:checked|selected)[ >]', form) == []
        # Enter in a text field presses the first submit button; it must be one that does nothing.
        assert '<button type="submit" disabled hidden>' in form[: form.index('name="outcome"')]

    def test_missing_evidence_makes_a_case_incomplete(self, office: BackOffice, officer: Officer) -> None:
        case_id = office.case_id(INCOMPLETE)
        digest = office.passages[INCOMPLETE].evidence[0].digest
        page = officer.open(f"/cases/{case_id}")
        assert "This case is incomplete. It can be rejected" in page
        assert f"The evidence picture ({digest[:12]}…) has not arrived; awaited since 20" in page
        assert re.search(r'id="confirm"[^>]* disabled', officer.client.get(f"/cases/{case_id}").text)
        refused = officer.decide(case_id, "confirmed")
        assert refused.status_code == 422
        assert "cannot be confirmed because it is incomplete" in text_of(refused)
        assert decisions_on(office) == []
