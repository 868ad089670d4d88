"""The register: import and match."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import pytest

from enforcement.errors import RegisterError
from enforcement.register import Keeper, import_register, match, normalise
from enforcement.store import Store

HEADER = "plate,keeper_id,keeper_name,keeper_address,vehicle_class,make,colour\n"


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "register.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_a_plate_is_matched_exactly_after_normalising(store: Store, tmp_path: Path) -> None:
    report = import_register(store, write(tmp_path, HEADER + 'lz w-97 15,k1,"Doe, J.",Road 1,car,Make,red\n'))
    assert (report.imported, report.duplicates) == (1, ())
    keeper = Keeper("LZW9715", "k1", "Doe, J.", "Road 1", "car", "Make", "red")
    assert match(store, "LZW9715") == match(store, "lzw-9715") == keeper
    assert [match(store, plate) for plate in ("LZW971", "LZW9716", "", None, "--")] == [None] * 5


def test_a_register_may_say_what_is_wrong_with_the_papers(store: Store, tmp_path: Path) -> None:
    columns = "plate,keeper_id,insured_until,inspected_until,stolen\n"
    rows = "A1,k1,2026-12-31,2027-06-30,yes\nA2,k2,,,\nA3,k3,,2127-06-30,No\n"
    import_register(store, write(tmp_path, columns + rows))
    assert match(store, "A1") == Keeper(
        "A1",
        "k1",
        insured_until=datetime.date(2026, 12, 31),
        inspected_until=datetime.date(2027, 6, 30),
        stolen=True,
    )
    assert match(store, "A2") == Keeper("A2", "k2")
    assert match(store, "A3") == Keeper("A3", "k3", inspected_until=datetime.date(2127, 6, 30))


@pytest.mark.parametrize(
    ("plate", "normal"), [("ab-12 c", "AB12C"), ("w·ö 1", "WÖ1"), ("--", ""), ("1A2 3456", "1A23456")]
)
def test_normalising(plate: str, normal: str) -> None:
    assert normalise(plate) == normal


@pytest.mark.parametrize("columns", ["plate,keeper_id", "keeper_id,plate", "colour,keeper_id,plate"])
def test_columns_may_be_few_and_in_any_order(store: Store, tmp_path: Path, columns: str) -> None:
    values = {"plate": "A1", "keeper_id": "k", "colour": "red"}
    row = ",".join(values[name] for name in columns.split(","))
    import_register(store, write(tmp_path, f"\ufeff{columns}\r\n{row}\r\n\r\n"))
    found = match(store, "A1")
    assert found is not None
    assert (found.keeper_id, found.colour) == ("k", "red" if "colour" in columns else "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("plate,name\nA1,k\n", "line 1: the column 'keeper_id' is missing"),
        ("plate,keeper_id,keepername\nA1,k,x\n", "line 1: the column 'keepername' is unknown"),
        ("plate,keeper_id,plate\nA1,k,x\n", "line 1: the column 'plate' stands there twice"),
        ("plate,keeper_id\nA1,k\nA2\n", "line 3: 1 values where the header names 2 columns"),
        ("plate,keeper_id\nA1,k\n--,k\n", "line 3: the plate '--' has no letter and no digit"),
        ("plate,keeper_id\nA1,\n", "line 2: the keeper_id of A1 is empty"),
        ("plate,keeper_id,insured_until\nA1,k,31.12.2026\n", "insured_until is '31.12.2026', which is no"),
        ("plate,keeper_id,stolen\nA1,k,maybe\n", "line 2: stolen is 'maybe'; write yes or no"),
        ('plate,keeper_id\nA1,"k\n', "line 2: unexpected end of data"),
        ("plate,keeper_id\n", "has no keepers"),
        ("", "line 1: the column 'plate' is missing"),
    ],
)
def test_a_faulty_register_changes_nothing(store: Store, tmp_path: Path, text: str, says: str) -> None:
    import_register(store, write(tmp_path, "plate,keeper_id\nOLD1,k-old\n"))
    with pytest.raises(RegisterError) as caught:
        import_register(store, write(tmp_path, text))
    assert says in str(caught.value)
    assert store.query("SELECT plate FROM keepers FINAL") == [("OLD1",)]
    assert store.query(
        "SELECT count() FROM system.tables WHERE database = {db:String} AND name LIKE 'keepers_import%'",
        {"db": store.database},
    ) == [(0,)]


def test_a_register_in_another_encoding_or_place(store: Store, tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="not UTF-8"):
        import_register(store, write(tmp_path, "plate,keeper_id,keeper_name\nA1,k,Jürgen\n", "latin-1"))
    with pytest.raises(RegisterError, match="cannot be read"):
        import_register(store, tmp_path / "none.csv")


def test_a_plate_that_comes_again_is_reported_and_the_first_counts(store: Store, tmp_path: Path) -> None:
    report = import_register(store, write(tmp_path, "plate,keeper_id\nA-1,first\nB2,b\na1,second\n"))
    assert (report.imported, report.duplicates) == (2, ((4, "A1"),))
    found = match(store, "A1")
    assert found is not None
    assert found.keeper_id == "first"


@pytest.mark.parametrize(("replace", "stays"), [(False, True), (True, False)])
def test_an_import_renews_or_replaces(store: Store, tmp_path: Path, replace: bool, stays: bool) -> None:
    import_register(store, write(tmp_path, "plate,keeper_id\nA1,old\nB2,b\n"))
    import_register(store, write(tmp_path, "plate,keeper_id\nA1,new\n"), replace=replace)
    found = match(store, "A1")
    assert found is not None
    assert found.keeper_id == "new"
    assert (match(store, "B2") is not None) is stays


def test_a_large_register_is_imported_in_seconds(store: Store, tmp_path: Path) -> None:
    lines = "".join(f"P{number},k{number},Invented,Road {number}\n" for number in range(100_000))
    path = write(tmp_path, "plate,keeper_id,keeper_name,keeper_address\n" + lines)
    began = time.monotonic()
    assert import_register(store, path).imported == 100_000
    assert time.monotonic() - began < 20.0
    assert store.query("SELECT count() FROM keepers FINAL") == [(100_000,)]
