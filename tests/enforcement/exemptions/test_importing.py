"""A list of exemptions out of a file: as people write times, and all of it or nothing."""

from __future__ import annotations

import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from enforcement.errors import ExemptionError
from enforcement.exemptions.exemption import NO_END
from enforcement.exemptions.importing import moment_of, read_exemptions

PARIS = ZoneInfo("Europe/Paris")
HEADER = "plate,kind,valid_from,valid_until,reason,offences,cameras\n"


def utc(*parts: int) -> datetime.datetime:
    return datetime.datetime(*parts, tzinfo=datetime.UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "is_end", "moment"),
    [
        ("2026-05-01", False, utc(2026, 4, 30, 22)),
        ("2026-05-31", True, utc(2026, 5, 31, 22)),
        ("2026-05-31T08:00", True, utc(2026, 5, 31, 6)),
        ("2026-12-31T08:00+00:00", True, utc(2026, 12, 31, 8)),
        ("2026-12-31T08:00Z", False, utc(2026, 12, 31, 8)),
    ],
)
def test_a_time_is_read_as_it_is_meant(text: str, is_end: bool, moment: datetime.datetime) -> None:
    assert moment_of(text, PARIS, is_end=is_end) == moment


def test_each_line_is_an_exemption_of_whoever_imports_it(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        f"\ufeff{HEADER}fi 112,emergency,2026-01-01,,Fire brigade,,\n"
        "AB-1,permit,2026-05-01,2026-05-31,Film,stopping reserved_lane,cam-7\n"
    )
    first, second = read_exemptions(path, "B. Lund", PARIS)
    assert (first.plates, first.valid_until, first.author) == (("FI112",), NO_END, "B. Lund")
    assert (second.offences, second.cameras) == (("reserved_lane", "stopping"), ("cam-7",))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("plate,kind\nA1,permit\n", "the column 'valid_from' is unknown or missing"),
        (f"colour,{HEADER}red,A1,permit,2026-01-01,,x,,\n", "the column 'colour' is unknown or missing"),
        (f"{HEADER}A1,permit,2026-01-01,,Why,,\nA2,permit,soon,,Why,,\n", "line 3: 'soon' is no time"),
        (f"{HEADER}A1,permit,2026-01-01,2025-01-01,Why,,\n", "line 2: the validity ends before it begins"),
        (f"{HEADER}A1,friend,2026-01-01,,Why,,\n", "line 2: 'friend' is no kind"),
        (f"{HEADER}A1,permit,2026-01-01,9999-12-31,Why,,\n", "line 2: '9999-12-31' is no time"),
        (f"{HEADER}A1,permit,0001-01-01,,Why,,\n", "line 2: '0001-01-01' is no time"),
        (f"{HEADER}A1,permit,2026-01-01,,Why, and more,,,,\n", "line 2: there are more values"),
        (f"{HEADER}A1,permit,2026-01-01,,{'W' * 140_000},,\n", "field larger than"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path: Path, text: str | None, says: str) -> None:
    path = tmp_path / "list.csv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ExemptionError, match=says):
        read_exemptions(path, "B. Lund", PARIS)
