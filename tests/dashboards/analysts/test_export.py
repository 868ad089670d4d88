"""Anonymous views as files: complete, readable by others, written whole or not at all, nothing personal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from dashboards.exporting import EXPORTABLE, ExportRefused, Wanted, export
from enforcement.errors import StoreError
from enforcement.queries import Reader, reading_from
from enforcement.store import Store
from tests.dashboards.analysts.traffic import IN, NORTH, OUT, Traffic

READ = {
    "parquet": pyarrow.parquet.read_table,
    "arrow": lambda path: pa.ipc.open_file(path).read_all(),
    "csv": pyarrow.csv.read_csv,
}


@pytest.fixture(params=["socket", "server"])
def place(request: pytest.FixtureRequest, store: Store, data: Path) -> str | Path:
    """A folder that a process serves, and a server."""
    return data if request.param == "socket" else request.getfixturevalue("server")


def taken(place: str | Path, out: Path, view: str, file_format: str = "parquet", **chosen: Any) -> pa.Table:
    with reading_from(place) as reader:
        rows = export(reader, Wanted(view, **chosen), out, file_format, lambda done, total: None)
    table = READ[file_format](out)
    assert table.num_rows == rows
    return table


@pytest.mark.parametrize("file_format", READ)
def test_every_passage_is_in_the_file_once_and_in_order(
    place: str | Path, traffic: Traffic, tmp_path: Path, file_format: str
) -> None:
    table = taken(place, tmp_path / "out", "v_passages", file_format)
    times = [round(at.timestamp() * 1000) for at in table["occurred_at"].to_pylist()]
    assert times == sorted(passage.started_at_ns // 1_000_000 for passage in traffic.passages)
    assert sum(speed for speed in table["speed_kmh"].to_pylist() if speed) == pytest.approx(
        sum(passage.speed.speed_kmh or 0.0 for passage in traffic.passages), rel=1e-6
    )


def test_a_stretch_of_time_and_some_cameras(place: str | Path, traffic: Traffic, tmp_path: Path) -> None:
    since, until = traffic.changed, traffic.changed + timedelta(days=1)
    table = taken(place, tmp_path / "out", "v_passages", since=since, until=until, cameras=(IN, OUT))
    expected = [
        passage
        for passage in traffic.passages
        if passage.camera_id in (IN, OUT)
        and since.timestamp() <= passage.started_at_ns / 1e9 < until.timestamp()
    ]
    assert 20 < len(expected) == table.num_rows
    assert set(table["camera_id"].to_pylist()) == {IN, OUT}


def test_stretches_of_a_bounded_size_lose_nothing(
    data: Path, store: Store, traffic: Traffic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.exporting._ROWS_AT_ONCE", 700)
    seen: list[tuple[int, int | None]] = []
    with reading_from(data) as reader:
        export(reader, Wanted("v_passages"), tmp_path / "out", "parquet", lambda *done: seen.append(done))
    parts = pyarrow.parquet.ParquetFile(tmp_path / "out")
    assert parts.metadata.num_rows == len(traffic.passages)
    assert parts.metadata.num_row_groups > 7
    assert seen[0] == (0, len(traffic.passages))
    assert seen[-1] == (len(traffic.passages), len(traffic.passages))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_an_empty_answer_is_a_file_with_the_columns(place: str | Path, tmp_path: Path) -> None:
    table = taken(place, tmp_path / "out", "v_passages", until=datetime(2020, 1, 1, tzinfo=UTC))
    assert table.num_rows == 0
    assert {"occurred_at", "camera_id", "speed_kmh"} <= set(table.column_names)


@pytest.mark.parametrize("view", EXPORTABLE)
def test_what_leads_to_a_person_or_a_case_is_in_no_file(
    data: Path, store: Store, tmp_path: Path, view: str
) -> None:
    table = taken(data, tmp_path / "out", view)
    assert table.num_rows > 0
    personal = {"plate", "keeper", "officer", "case", "violation", "digest", "finding", "who"}
    assert not [name for name in table.column_names if personal & set(name.split("_"))]
    assert "passage_id" not in table.column_names


@pytest.mark.parametrize("view", EXPORTABLE)
def test_columns_say_what_they_are_and_times_are_times(
    data: Path, store: Store, tmp_path: Path, view: str
) -> None:
    table = taken(data, tmp_path / "out", view)
    assert table.schema.metadata[b"roadwitness.view"] == view.encode()
    for field in table.schema:
        assert field.metadata[b"comment"], field.name
        if field.name in ("hour", "occurred_at") or field.name.endswith("_at"):
            assert pa.types.is_timestamp(field.type), field
            assert field.type.tz == "UTC", field


@pytest.mark.parametrize(
    "view",
    ["v_violations", "v_cases", "v_case_events", "v_reviewers_daily", "v_evidence", "keepers", "passages"],
)
def test_other_views_are_refused(view: str) -> None:
    with pytest.raises(
        ExportRefused, match=r"only views without personal data are: choose one of v_passages"
    ):
        Wanted(view)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"view": "v_cameras", "since": datetime(2026, 5, 1)}, "leave out --from and --to"),
        (
            {"view": "v_passages", "since": datetime(2026, 5, 2), "until": datetime(2026, 5, 1)},
            "exchange them",
        ),
    ],
)
def test_a_choice_that_makes_no_sense_is_said(chosen: dict[str, Any], said: str) -> None:
    with pytest.raises(ExportRefused, match=said):
        Wanted(**chosen)


class Dying:
    """A reader whose store goes away after some answers."""

    def __init__(self, reader: Reader, answers: int) -> None:
        self._reader, self._left = reader, answers

    def ask(self, *question: Any) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise StoreError("the process that served the store has ended; ask again.")
        return self._reader.ask(*question)


def test_a_file_that_was_there_stays_until_the_new_one_is_whole(
    data: Path, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.exporting._ROWS_AT_ONCE", 700)
    out = tmp_path / "out.parquet"
    out.write_bytes(b"yesterday's")
    with reading_from(data) as reader, pytest.raises(StoreError):
        export(Dying(reader, 4), Wanted("v_passages", cameras=(NORTH,)), out, "parquet", lambda *_: None)
    assert out.read_bytes() == b"yesterday's"
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]


def test_lists_are_words_in_a_csv(data: Path, store: Store, tmp_path: Path) -> None:
    table = taken(data, tmp_path / "out", "v_camera_drift", "csv", cameras=(NORTH,))
    assert any("clock" in signs.split() and "voids" in signs.split() for signs in table["signs"].to_pylist())
