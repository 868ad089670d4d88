"""Files of a register, row by row: CSV and Parquet, with the same columns and the same checks."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from enforcement.errors import RegisterError
from enforcement.register import COLUMNS, DATES, WORDS, normalise

_REQUIRED = ("plate", "keeper_id")
_YES_OR_NO = {"": False, "no": False, "false": False, "0": False, "yes": True, "true": True, "1": True}
_BATCH = 20_000

Value = str | datetime.date | bool | None
#: The number of a line or row, its plate (normalised), and its other values in the order of ``COLUMNS``.
Row = tuple[int, str, list[Value]]


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of a register's file that are not blank, checked.

    Raises:
        RegisterError: naming the line or row that is wrong.
    """
    try:
        yield from (_parquet_rows(path) if path.suffix.lower() == ".parquet" else _csv_rows(path))
    except OSError as error:
        raise RegisterError(
            f"the register {path} cannot be read ({error.strerror or error}); check the path."
        ) from error


def _csv_rows(path: Path) -> Iterator[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            _check_header(f"{path}, line 1", header)
            places = [header.index(name) if name in header else -1 for name in COLUMNS]
            for cells in reader:
                if cells:
                    where = f"{path}, line {reader.line_num}"
                    _check_count(where, cells, header)
                    yield _row(where, reader.line_num, [cells[i].strip() if i >= 0 else "" for i in places])
    except UnicodeDecodeError as error:
        raise RegisterError(f"{path} is not UTF-8; save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise RegisterError(
            f"{path} is not a CSV file, line {reader.line_num}: {error}; nothing was imported."
        ) from error


def _parquet_rows(path: Path) -> Iterator[Row]:
    try:
        with pq.ParquetFile(path) as file:
            header = list(file.schema_arrow.names)
            _check_header(str(path), header)
            number = 0
            for batch in file.iter_batches(batch_size=_BATCH):
                held = {name: batch.column(name).to_pylist() for name in header}
                for i in range(batch.num_rows):
                    number += 1
                    cells = [_text(held[name][i]) if name in held else "" for name in COLUMNS]
                    yield _row(f"{path}, row {number}", number, cells)
    except pa.ArrowException as error:
        raise RegisterError(
            f"{path} is not a Parquet file that can be read; nothing was imported."
        ) from error


def _text(value: object) -> str:
    """A value of Parquet's as CSV would have it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime.datetime():
            return value.date().isoformat()
        case datetime.date():
            return value.isoformat()
        case _:
            return str(value).strip()


def _check_header(where: str, header: list[str]) -> None:
    known = ",".join(COLUMNS)
    for name in _REQUIRED:
        if name not in header:
            raise RegisterError(f"{where}: the column '{name}' is missing; the header is {known}.")
    for name in header:
        if name not in COLUMNS:
            raise RegisterError(f"{where}: the column '{name}' is unknown; the header is {known}.")
        if header.count(name) > 1:
            raise RegisterError(f"{where}: the column '{name}' stands there twice; keep one.")


def _check_count(where: str, cells: Sequence[str], header: Sequence[str]) -> None:
    if len(cells) != len(header):
        raise RegisterError(
            f"{where}: {len(cells)} values where the header names {len(header)} columns; "
            "nothing was imported."
        )


def _row(where: str, number: int, cells: Sequence[str]) -> Row:
    plate, *rest = cells
    normalised = normalise(plate)
    if not normalised:
        raise RegisterError(f"{where}: the plate {plate!r} has no letter and no digit; correct the line.")
    if not rest[0]:
        raise RegisterError(f"{where}: the keeper_id of {normalised} is empty; correct the line.")
    words, dates, stolen = rest[: len(WORDS) - 1], rest[len(WORDS) - 1 : -1], rest[-1]
    days = [_date(where, name, text) for name, text in zip(DATES, dates, strict=True)]
    if stolen.lower() not in _YES_OR_NO:
        raise RegisterError(f"{where}: stolen is {stolen!r}; write yes or no.")
    return number, normalised, [*words, *days, _YES_OR_NO[stolen.lower()]]


def _date(where: str, name: str, text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise RegisterError(
            f"{where}: {name} is {text!r}, which is no date; write it as 2026-12-31."
        ) from error
