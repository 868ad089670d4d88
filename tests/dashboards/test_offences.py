"""What an officer reads and sees on the page of a case of each offence; without a browser."""

from __future__ import annotations

import re

import pytest

from dashboards.wording import ledger
from enforcement.road import Line, Road
from enforcement.rules.finding import Finding
from tests.dashboards.conftest import BackOffice, Officer, as_read, text_of
from tests.dashboards.invented_offences import OFFENCES
from tests.dashboards.invented_roads import ROADS, STREET

EVERY = [scene.offence for scene in OFFENCES]
ON_THE_ROAD = [
    "red_light",
    "stop_line",
    "wrong_way",
    "reserved_lane",
    "solid_line",
    "vehicle_ban",
    "stopping",
]


@pytest.fixture(scope="module")
def desk(every_offence: BackOffice) -> Officer:
    return every_offence.officer(roads=ROADS)


@pytest.fixture(scope="module")
def markup(desk: Officer, every_offence: BackOffice) -> dict[str, str]:
    """The page of each offence's case."""
    return {one: desk.client.get(f"/cases/{every_offence.case_of(one)}").text for one in EVERY}


def finding_in(office: BackOffice, offence: str) -> Finding:
    case = office.book.case(office.case_of(offence))
    assert case is not None
    return case.finding


@pytest.mark.parametrize("offence", EVERY)
def test_a_case_says_its_rules_sentence_and_draws_the_road(
    markup: dict[str, str], every_offence: BackOffice, offence: str
) -> None:
    page = as_read(markup[offence])
    assert finding_in(every_offence, offence).explanation in page
    assert "On the road" in page
    assert 'class="way" points="' in markup[offence]


@pytest.mark.parametrize("offence", EVERY)
def test_no_case_page_has_inline_code_or_loads_from_elsewhere(markup: dict[str, str], offence: str) -> None:
    page = markup[offence]
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|<style", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
    assert all(link.startswith(("/", "#", "?")) for link in re.findall(r'(?:href|src)="([^"]*)"', page))


@pytest.mark.parametrize("offence", EVERY)
def test_the_table_is_in_the_findings_own_unit_and_adds_up(every_offence: BackOffice, offence: str) -> None:
    finding = finding_in(every_offence, offence)
    rows = ledger(finding)
    if not finding.unit:
        assert rows == []
        return
    assert all(row.value is None or row.value.endswith(f" {finding.unit}") for row in rows)
    values = [float(re.sub(r"[^\d.]", "", (row.value or "0").replace("−", "-"))) for row in rows]
    measured, _, subtracted, counts, allowed, beyond = values
    sign = -1 if finding.subtracted < 0 else 1
    assert counts == pytest.approx(measured - sign * subtracted, abs=0.11)
    assert beyond == pytest.approx(abs(counts - allowed), abs=0.11)


@pytest.mark.parametrize(
    ("offence", "facts"),
    [
        ("speeding", ["Enforced speed 88.8 km/h", "Limit 80.0 km/h", "Over the limit +8.8 km/h"]),
        (
            "average_speed",
            ["Average over the section 95.4 km/h", "2510.4 m in 94.75 s", "Entry demo-s1"],
        ),
        ("red_light", ["Into red at the line 1.94 s", "First position , 1.94 s into red", "Lamps"]),
        ("stop_line", ["Front behind the line 1.9", "Halted before the junction", "Lamps"]),
        ("wrong_way", ["Driven against the lane 30.", "Let pass up to 12.00 m"]),
        ("reserved_lane", ["Driven in the lane 39.", "Let pass up to 20.00 m"]),
        (
            "forbidden_movement",
            ["Nothing is measured here", "Came through from-south"],
        ),
        ("stopping", ["Standing 18.", "Allowed 10.00 s", "No speed is stated: the vehicle stood still"]),
        (
            "following",
            ["Gap to the vehicle ahead 0.42 s", "Added in the driver's favour + 0.03 s"],
        ),
        ("solid_line", ["Beyond the line 2.2", "Crossed the solid line"]),
        ("vehicle_ban", ["Driven in the closed zone 22."]),
        ("unregistered", ["the register does not have this plate"]),
        ("uninsured", ["the register's date is the offence"]),
        ("inspection_expired", ["the register's date is the offence"]),
        ("stolen", ["the register has this plate as stolen"]),
        ("cloned_plate", ["41.20 km in 5 min", "demo-c9-coast", "Which of the two vehicles"]),
    ],
)
def test_a_case_words_its_numbers_as_its_offence_asks(
    markup: dict[str, str], offence: str, facts: list[str]
) -> None:
    page = as_read(markup[offence])
    for fact in facts:
        assert fact in page


@pytest.mark.parametrize("offence", ON_THE_ROAD)
def test_the_places_that_a_finding_names_stand_out_in_the_drawing(
    markup: dict[str, str], every_offence: BackOffice, offence: str
) -> None:
    named = re.findall(r'class="place-name named"[^>]*>[^<]*: ([\w-]+)<', markup[offence])
    assert sorted(named) == sorted(finding_in(every_offence, offence).places)
    assert len(re.findall(r'class="(?:zone|road-line) \w+ named"', markup[offence])) == len(named)


def test_every_moment_has_its_number_in_drawing_and_table(markup: dict[str, str]) -> None:
    page = markup["red_light"]
    plan = page[page.index('class="plan"') : page.index("Phases of")]
    assert re.findall(r'class="mark-number"[^>]*>(\d)<', plan) == ["1", "2"]
    assert re.findall(r'class="number">(\d)<', plan) == ["1", "2"]
    assert plan.count('class="body"') == 2


def test_the_vehicle_ahead_is_drawn_at_every_moment(markup: dict[str, str]) -> None:
    assert markup["following"].count('class="body leader"') == 2


def test_a_speed_has_its_budget_and_a_void_one_none(markup: dict[str, str]) -> None:
    page = as_read(markup["speeding"])
    assert "Calibration systematic 0.42 48 % spread of the speed" in page
    assert "Together root sum of squares 0.60 stated with k = 2: ± 1.21 km/h" in page
    assert "term by term" not in markup["stopping"]


def test_without_a_drawn_road_the_way_is_shown_all_the_same(every_offence: BackOffice) -> None:
    page = every_offence.officer().open(f"/cases/{every_offence.case_of('red_light')}")
    assert "No lines or zones are drawn for this camera." in page
    assert "Front passed the stop line" in page


def test_names_of_a_road_are_text_and_never_markup(every_offence: BackOffice) -> None:
    hostile = '<script>alert("x")</script>'
    road = Road(hostile, (Line(hostile, "solid", ((0.0, 8.0), (0.0, 40.0))),))
    desk = every_offence.officer(roads={STREET: road})
    page = desk.client.get(f"/cases/{every_offence.case_of('speeding')}").text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert") == 2


def test_a_case_without_its_entry_picture_is_incomplete(
    every_offence: BackOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    (entry,) = finding_in(every_offence, "average_speed").other.evidence  # type: ignore[union-attr]
    there = every_offence.evidence.has
    monkeypatch.setattr(
        every_offence.evidence, "has", lambda digest: digest != entry.digest and there(digest)
    )
    page = text_of(every_offence.officer().client.get(f"/cases/{every_offence.case_of('average_speed')}"))
    assert "The evidence picture of demo-s1-bridge" in page


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Red light", "Red light grave +1.36 s allowed 0.50 s 1.94 s ± 0.08 s 1.86 s counts"),
        ("Following", "Following serious −0.45 s allowed 0.90 s 0.42 s"),
        ("Vehicle ban", "Vehicle ban grave +16."),
        ("Stolen", "Stolen grave – nothing measured"),
    ],
)
def test_the_queue_lists_every_offence_in_its_own_unit(desk: Officer, name: str, line: str) -> None:
    assert line in desk.open("/")
