"""The case page where the register has several vehicles that it may be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from enforcement.register import import_register
from tests.dashboards.conftest import BackOffice, as_read, decisions_on
from tests.dashboards.invented_passages import BLUE, SCENES

TWIN = """plate,keeper_id,keeper_name,keeper_address,vehicle_class,make,colour
TRD901,K-2001,Mira Sand,"3 Twin Court, Simford",car,Arden,green
"""
CHECKED = {"checked": ["plate", "vehicle", "measurement"]}


@pytest.fixture
def office(empty_office: BackOffice, tmp_path: Path) -> BackOffice:
    """The plate TRD907 was read with 7 % for a 1 at its end, and TRD901 is registered as well."""
    (tmp_path / "twin.csv").write_text(TWIN)
    import_register(empty_office.store, tmp_path / "twin.csv")
    empty_office.receive(*SCENES[:2])
    empty_office.work()
    return empty_office


def test_the_candidates_stand_side_by_side_with_the_read_of_each_character(office: BackOffice) -> None:
    page = office.officer().client.get(f"/cases/{office.case_id(BLUE)}").text
    assert re.findall(r'name="chosen_plate" form="decision-form" value="(\w+)"', page) == [
        "TRD907", "TRD901", "none",
    ]  # fmt: skip
    assert "checked" not in "".join(re.findall(r'<input type="radio"[^>]*>', page))
    seen = as_read(page)
    for fact in ("Oskar Winde", "Mira Sand", "3 Twin Court, Simford", "1 where 7 was read (place 6)"):
        assert fact in seen
    spoken = re.findall(r'aria-label="How sure the read is of each character: ([^"]*)"', page)
    assert [each.rpartition(", ")[2] for each in spoken] == ["7 71 %", "1 23 %"]


@pytest.mark.parametrize(
    ("choice", "chosen", "keeper"),
    [("TRD901", "TRD901", "Mira Sand"), ("TRD907", "TRD907", "Oskar Winde"), ("none", "", None)],
)
def test_what_is_chosen_is_decided_and_names_the_keeper(
    office: BackOffice, choice: str, chosen: str, keeper: str | None
) -> None:
    case_id = office.case_id(BLUE)
    office.officer().decide(case_id, "confirmed", chosen_plate=choice)
    [decision] = decisions_on(office)
    assert decision.chosen_plate == chosen
    case = office.book.case(case_id)
    assert case is not None
    assert (case.summary.status, case.keeper.name if case.keeper else None) == ("confirmed", keeper)


@pytest.mark.parametrize("choice", [None, "KFV482"])
def test_without_a_choice_it_is_not_confirmed_and_the_officer_is_told(
    office: BackOffice, choice: str | None
) -> None:
    answer = office.officer().decide(
        office.case_id(BLUE), "confirmed", **({"chosen_plate": choice} if choice else {})
    )
    assert answer.status_code == 422
    assert "choose one of them, or &#39;none of these&#39;" in answer.text
    assert decisions_on(office) == []
