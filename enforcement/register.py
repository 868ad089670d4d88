"""The register of vehicles: whose vehicle carries a plate."""

from __future__ import annotations

import csv
import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from enforcement.errors import RegisterError

if TYPE_CHECKING:  # a roadside unit compares plates too, and has no ClickHouse installed
    from enforcement.store import Store

_BATCH = 50_000
_WORDS = ("plate", "keeper_id", "keeper_name", "keeper_address", "vehicle_class", "make", "colour")
_DATES = ("insured_until", "inspected_until")
_KEEPER = (*_WORDS, *_DATES, "stolen")
_REQUIRED = ("plate", "keeper_id")
_YES_OR_NO = {"": False, "no": False, "false": False, "0": False, "yes": True, "true": True, "1": True}


_Value = str | datetime.date | bool | None


class Keeper(msgspec.Struct, frozen=True):
    """Who a vehicle is registered to. ``plate`` is normalised; what the register does not say is empty.

    The dates are the last days of the insurance and of the inspection.
    """

    plate: str
    keeper_id: str
    name: str = ""
    address: str = ""
    vehicle_class: str = ""
    make: str = ""
    colour: str = ""
    insured_until: datetime.date | None = None
    inspected_until: datetime.date | None = None
    stolen: bool = False


@dataclass(frozen=True)
class ImportReport:
    """How many plates were imported. ``duplicates``: (line, plate) that came again; the first line counts."""

    imported: int
    duplicates: tuple[tuple[int, str], ...] = field(default=())


def normalise(plate: str) -> str:
    """The plate as it is compared: upper case, letters and digits only ('ab-12 c' -> 'AB12C')."""
    return "".join(character for character in plate.upper() if character.isalnum())


def match(store: Store, plate: str | None) -> Keeper | None:
    """The keeper of exactly this plate; None for an unreadable plate or one the register does not have."""
    return match_many(store, [plate] if plate else []).get(normalise(plate or ""))


def match_many(store: Store, plates: list[str]) -> dict[str, Keeper]:
    """The keepers of several plates in one query, by normalised plate; plates without one are left out."""
    wanted = sorted({normalise(plate) for plate in plates} - {""})
    if not wanted:
        return {}
    rows = store.query(
        f"SELECT {', '.join(_KEEPER)} FROM keepers FINAL WHERE plate IN {{plates:Array(String)}}",
        {"plates": wanted},
    )
    return {row[0]: Keeper(*row) for row in rows}


def is_empty(store: Store) -> bool:
    """Whether no register was ever imported: then a plate that is not in it says nothing."""
    return not store.query("SELECT 1 FROM keepers LIMIT 1")


def import_register(store: Store, csv_path: Path, *, replace: bool = False) -> ImportReport:
    """Import a CSV file of plates and keepers, all at once: a faulty file changes nothing.

    A plate that is already there gets its new keeper; others stay, unless ``replace`` is set.

    Args:
        store: where the register lives; its migrations have run.
        csv_path: UTF-8, with the header
            ``plate,keeper_id,keeper_name,keeper_address,vehicle_class,make,colour,insured_until,
            inspected_until,stolen``; only the first two columns are required, their order is free, unknown
            columns are refused. Dates are written as 2026-12-31, ``stolen`` as yes or no.
        replace: True where the file is the whole register.

    Raises:
        RegisterError: naming the line that is wrong.
    """
    staging = f"keepers_import_{uuid.uuid4().hex}"
    # Of this server alone also where keepers is replicated: replacing the partition copies the rows.
    store.command(f"CREATE TABLE {staging} AS keepers ENGINE = ReplacingMergeTree ORDER BY plate")
    try:
        report = _load(store, staging, csv_path)
        if not replace:
            store.command(
                f"INSERT INTO {staging} SELECT * FROM keepers FINAL "
                f"WHERE plate NOT IN (SELECT plate FROM {staging})"
            )
        # Replacing the one partition is atomic: a match meanwhile sees the old register or the new one.
        store.command(f"ALTER TABLE keepers REPLACE PARTITION tuple() FROM {staging}")
        store.command(
            "INSERT INTO register_imports (import_id, source, plates) "
            "SELECT generateUUIDv4(), {source:String}, count() FROM keepers",
            {"source": csv_path.name},
        )
    finally:
        store.command(f"DROP TABLE IF EXISTS {staging}")
    return report


def _load(store: Store, table: str, csv_path: Path) -> ImportReport:
    seen: set[str] = set()
    duplicates: list[tuple[int, str]] = []
    batch: list[tuple[_Value, ...]] = []
    for line, plate, values in _rows(csv_path):
        if plate in seen:
            duplicates.append((line, plate))
            continue
        seen.add(plate)
        batch.append((plate, *values))
        if len(batch) >= _BATCH:
            store.insert(table, _KEEPER, batch)
            batch = []
    store.insert(table, _KEEPER, batch)
    if not seen:
        raise RegisterError(f"{csv_path} has no keepers below its header; nothing was imported.")
    return ImportReport(imported=len(seen), duplicates=tuple(duplicates))


def _rows(csv_path: Path) -> Iterator[tuple[int, str, list[_Value]]]:
    """(line number, plate, other values in the order of the table) of every row that is not blank."""
    try:
        with csv_path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            _check_header(csv_path, header)
            places = [header.index(name) if name in header else -1 for name in _KEEPER]
            for cells in reader:
                if cells:
                    yield reader.line_num, *_row(csv_path, reader.line_num, cells, header, places)
    except OSError as error:
        raise RegisterError(
            f"the register {csv_path} cannot be read ({error.strerror}); check the path."
        ) from error
    except UnicodeDecodeError as error:
        raise RegisterError(f"{csv_path} is not UTF-8; save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise RegisterError(
            f"{csv_path} is not a CSV file, line {reader.line_num}: {error}; nothing was imported."
        ) from error


def _check_header(csv_path: Path, header: list[str]) -> None:
    for name in _REQUIRED:
        if name not in header:
            raise RegisterError(
                f"{csv_path}, line 1: the column '{name}' is missing; the header is {','.join(_KEEPER)}."
            )
    for name in header:
        if name not in _KEEPER:
            raise RegisterError(
                f"{csv_path}, line 1: the column '{name}' is unknown; the header is {','.join(_KEEPER)}."
            )
        if header.count(name) > 1:
            raise RegisterError(f"{csv_path}, line 1: the column '{name}' stands there twice; keep one.")


def _row(
    csv_path: Path, line: int, cells: list[str], header: list[str], places: list[int]
) -> tuple[str, list[_Value]]:
    if len(cells) != len(header):
        raise RegisterError(
            f"{csv_path}, line {line}: {len(cells)} values where the header names {len(header)} columns; "
            "nothing was imported."
        )
    plate, *rest = (cells[place].strip() if place >= 0 else "" for place in places)
    normalised = normalise(plate)
    if not normalised:
        raise RegisterError(
            f"{csv_path}, line {line}: the plate {plate!r} has no letter and no digit; correct the line."
        )
    if not rest[0]:
        raise RegisterError(
            f"{csv_path}, line {line}: the keeper_id of {normalised} is empty; correct the line."
        )
    words, dates, stolen = rest[: len(_WORDS) - 1], rest[len(_WORDS) - 1 : -1], rest[-1]
    days = [_date(csv_path, line, name, text) for name, text in zip(_DATES, dates, strict=True)]
    if stolen.lower() not in _YES_OR_NO:
        raise RegisterError(f"{csv_path}, line {line}: stolen is {stolen!r}; write yes or no.")
    return normalised, [*words, *days, _YES_OR_NO[stolen.lower()]]


def _date(csv_path: Path, line: int, name: str, text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise RegisterError(
            f"{csv_path}, line {line}: {name} is {text!r}, which is no date; write it as 2026-12-31."
        ) from error
