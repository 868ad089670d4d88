"""The imported register: what it knows at once, what Parquet brings, and imports while it is asked."""

from __future__ import annotations

import datetime
import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.case_plate import CasePlate
from enforcement.errors import RegisterError
from enforcement.grammars.lattice import optics_of
from enforcement.matching import Asked, Matcher
from enforcement.matching.texts import likely_texts, neighbours_of
from enforcement.migrating import load_migrations
from enforcement.register import Keeper, import_register, match
from enforcement.register_table import ImportedRegister
from enforcement.store import Store
from streams.messages import PlateReading
from tests.enforcement.matching.readings import reading


def write_csv(path: Path, *plates: str) -> Path:
    path.write_text("plate,keeper_id\n" + "".join(f"{plate},K-{plate}\n" for plate in plates))
    return path


def write_parquet(path: Path, **columns: list[object]) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize(
    ("likely", "worth"),
    [
        (["HHAB1234"], ["HHAB1234"]),
        (["HHAB1235"], ["HHAB1234"]),
        (["HHAB123"], ["HHAB1234"]),
        (["HHABB1234"], ["HHAB1234"]),
        (["HHAB12"], []),
        (["X1", "X2", "X3", "HHAB1234"], ["HHAB1234"]),
        (["京A1234B"], ["京A12345"]),
    ],
)
def test_it_knows_which_plates_are_worth_asking_about(
    embedded: Store, tmp_path: Path, likely: list[str], worth: list[str]
) -> None:
    import_register(embedded, write_csv(tmp_path / "register.csv", "HHAB1234", "京A12345", "KAZZ1"))
    register = ImportedRegister(embedded)
    assert register.size() == 3
    assert register.worth_asking(likely) == worth


def test_no_registered_plate_is_overlooked(embedded: Store, tmp_path: Path) -> None:
    plates = {f"HHAB{number}" for number in range(1000, 9000, 3)}
    import_register(embedded, write_csv(tmp_path / "register.csv", *sorted(plates)))
    register = ImportedRegister(embedded)
    for number in range(1000, 9000, 61):
        text = f"HHAB{number}"
        near = {each.decode() for each in neighbours_of(text).tolist()}
        assert set(register.worth_asking([text])) == near & plates


def test_a_register_from_before_there_were_cards_is_matched_too(embedded: Store, tmp_path: Path) -> None:
    import_register(embedded, write_csv(tmp_path / "register.csv", "AA1"))
    embedded.command("ALTER TABLE keepers DROP COLUMN card")
    [cards] = [each for each in load_migrations() if each.name == "0041_register_cards.sql"]
    for statement in cards.statements():
        embedded.command(statement)
    assert match(embedded, "AA1") == Keeper("AA1", "K-AA1")


def test_an_import_is_seen_soon_and_its_likeliest_plate_at_once(embedded: Store, tmp_path: Path) -> None:
    now_s = 0.0
    register = ImportedRegister(embedded, clock_s=lambda: now_s)
    assert register.size() == 0
    import_register(embedded, write_csv(tmp_path / "one.csv", "AA1"))
    assert register.size() == 1
    import_register(embedded, write_csv(tmp_path / "two.csv", "BB22"), replace=True)
    assert register.worth_asking(["BB22"]) == []
    # The memory is older than the import; the likeliest plate is asked about all the same.
    read = PlateReading("BB22", 0.97)
    [answer] = Matcher(register).match([Asked(read, CasePlate("BB22", 0.97))])
    assert answer.keeper == Keeper("BB22", "K-BB22")
    now_s = 3.0
    assert register.worth_asking(["BB23"]) == ["BB22"]
    assert register.worth_asking(["AA2"]) == []


def test_it_answers_while_another_register_is_imported(embedded: Store, tmp_path: Path) -> None:
    plates = [f"HHAB{number}" for number in range(1000, 1400)]
    import_register(embedded, write_csv(tmp_path / "old.csv", *plates))
    register = ImportedRegister(embedded, clock_s=iter(range(10**6)).__next__)
    wrong: list[int] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            found = register.find(plates, [])
            if len(found) != len(plates) or len({keeper.name for keeper in found.values()}) != 1:
                wrong.append(len(found))

    asking = threading.Thread(target=ask)
    asking.start()
    for name in ("Ada", "Bela", "Cato"):
        rows = {"plate": plates, "keeper_id": plates, "keeper_name": [name] * len(plates)}
        import_register(embedded, write_parquet(tmp_path / f"{name}.parquet", **rows), replace=True)
    done.set()
    asking.join()
    assert wrong == []
    assert embedded.query("SELECT source, plates FROM register_imports FINAL ORDER BY at")[-1] == (
        "Cato.parquet", 400,
    )  # fmt: skip


def test_parquet_is_read_as_csv_is(embedded: Store, tmp_path: Path) -> None:
    day = datetime.date(2026, 12, 31)
    path = write_parquet(
        tmp_path / "register.parquet",
        stolen=[True, None],
        keeper_id=["K-1", "17"],
        plate=["hh-ab 1234", "B1"],
        insured_until=[day, None],
    )
    assert import_register(embedded, path).imported == 2
    assert match(embedded, "HHAB1234") == Keeper("HHAB1234", "K-1", insured_until=day, stolen=True)
    assert match(embedded, "B1") == Keeper("B1", "17")


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"plate": ["A1"]}, "the column 'keeper_id' is missing"),
        ({"plate": ["A1"], "keeper_id": ["k"], "owner": ["x"]}, "the column 'owner' is unknown"),
        ({"plate": ["A1", "--"], "keeper_id": ["k", "k"]}, "row 2: the plate '--' has no letter"),
        ({"plate": ["A1"], "keeper_id": [None]}, "row 1: the keeper_id of A1 is empty"),
        ({"plate": pa.array([], pa.string()), "keeper_id": pa.array([], pa.string())}, "has no keepers"),
        (None, "is not a Parquet file"),
    ],
)
def test_a_faulty_parquet_file_changes_nothing(
    embedded: Store, tmp_path: Path, columns: dict[str, list[object]] | None, says: str
) -> None:
    import_register(embedded, write_csv(tmp_path / "old.csv", "OLD1"))
    path = tmp_path / "register.parquet"
    if columns is None:
        path.write_bytes(b"plate,keeper_id\nA1,k\n")
    else:
        write_parquet(path, **columns)
    with pytest.raises(RegisterError, match=says):
        import_register(embedded, path, replace=True)
    assert match(embedded, "OLD1") is not None


@given(text=st.from_regex(r"[A-Z0-9]{1,9}", fullmatch=True), data=st.data())
def test_the_neighbours_of_a_text_are_all_that_lie_one_error_away(text: str, data: st.DataObject) -> None:
    near = {plate.decode() for plate in neighbours_of(text).tolist()}
    place = data.draw(st.integers(0, len(text) - 1))
    character = data.draw(st.sampled_from("AB9Z0"))
    assert text[:place] + character + text[place + 1 :] in near
    assert text[:place] + character + text[place:] in near
    assert text + character in near
    assert text[:place] + text[place + 1 :] in near
    assert len(near) <= 36 * (2 * len(text) + 1) + len(text) + 1


def test_the_likeliest_texts_come_first() -> None:
    seen = reading("A", "B6 84", "1", "_7 13", "5")
    assert likely_texts(optics_of(seen.lattice)) == ["AB15", "A815", "AB115", "A8115"]
