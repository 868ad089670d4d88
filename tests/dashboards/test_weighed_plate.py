"""What an officer reads of a plate that formats were weighed for: both texts, and why."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from dashboards.plate_view import difference
from enforcement.policy import Plates, Policy, load_policy
from enforcement.worker import Enforcer
from streams.encoding import encode
from streams.messages import CharacterCandidate, PlateReading
from streams.topics import Topic
from tests.dashboards.conftest import BackOffice
from tests.dashboards.invented_passages import POLICY, Invented, invent

#: Drawn as KFV402; the roadside cannot tell the letter O from the digit.
SCENE = Invented("KFV402", 111.1, 12, seed=11)


@pytest.fixture
def finnish(tmp_path: Path) -> Policy:
    path = tmp_path / "policy.toml"
    path.write_text(POLICY)
    return msgspec.structs.replace(load_policy(path), plates=Plates({"FI": 0.95, "any": 0.05}))


def page_of(office: BackOffice, policy: Policy, text: str | None, letter: float, digit: float) -> str:
    """The case's page when the fourth character is O or 0 with these probabilities."""
    passage, items = invent(SCENE)
    lattice = [(CharacterCandidate(character, 0.997),) for character in "KFV402"]
    lattice[4] = (CharacterCandidate("O", letter), CharacterCandidate("0", digit))
    assert passage.plate is not None
    reads = tuple(
        msgspec.structs.replace(read, text="KFV4O2" if n % 2 else "KFV402")
        for n, read in enumerate(passage.plate.reads)
    )
    reading = PlateReading(text, letter * 0.997**5, tuple(lattice), reads)
    for item in items:
        office.bus.publish(Topic.EVIDENCE, item.digest, encode(item))
    office.bus.publish(
        Topic.PASSAGES, passage.camera_id, encode(msgspec.structs.replace(passage, plate=reading))
    )
    Enforcer(office.bus, office.store, office.evidence, {passage.camera_id: policy}).drain(0.05)
    return office.officer().open(f"/cases/{office.case_id(SCENE.speed_kmh)}")


def test_a_plate_that_only_the_format_made_readable_shows_the_read_and_the_reason(
    empty_office: BackOffice, finnish: Policy
) -> None:
    page = page_of(empty_office, finnish, None, 0.5, 0.49)
    assert "Read KFV4O2 not clear enough by itself" in page
    assert "Weighed KFV402 " in page
    assert "Difference character 5: letter O read, digit 0 weighed" in page
    assert "Reads of 5 frames, 3 agree" in page
    assert "Register asked for KFV402" in page
    assert "KFV402 fits Finland (three letters and three digits) and is likelier: " in page
    # The register has a look-alike, which is never taken for it.
    assert "The register has one vehicle that it may be" in page
    assert "8 where 0 was read (place 5)" in page
    assert "None of these" in page


def test_a_likelier_text_below_the_bar_is_shown_and_not_used(
    empty_office: BackOffice, finnish: Policy
) -> None:
    page = page_of(empty_office, finnish, "KFV4O2", 0.9, 0.05)
    assert "Read KFV4O2 Weighed KFV402 " in page
    assert "Register asked for KFV4O2" in page


@pytest.mark.parametrize(
    ("raw", "weighed", "words"),
    [
        ("AB1", "AB1", ""),
        (
            "8BI",
            "BB1",
            "character 1: digit 8 read, letter B weighed; character 3: letter I read, digit 1 weighed",
        ),
        ("AB12", "AB1", "4 characters read, 3 weighed"),
    ],
)
def test_a_difference_is_said_in_words(raw: str, weighed: str, words: str) -> None:
    assert difference(raw, weighed) == words


def test_where_the_formats_leave_it_open_the_plate_stays_unreadable(
    empty_office: BackOffice, finnish: Policy
) -> None:
    page = page_of(empty_office, finnish, None, 0.9, 0.05)
    assert "the plate counts as unreadable" in page
    assert "Weighed" not in page


def test_a_read_that_the_formats_confirm_is_explained_in_one_line(
    empty_office: BackOffice, finnish: Policy
) -> None:
    page = page_of(empty_office, finnish, "KFV402", 0.01, 0.98)
    assert "Read KFV402, which fits Finland (three letters and three digits)." in page
    assert "Register asked for" not in page
