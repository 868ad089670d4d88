"""The register of vehicles: whose vehicle carries a plate."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from enforcement.errors import RegisterError
from enforcement.store import Store

_BATCH = 50_000
_KEEPER = ("plate", "keeper_id", "keeper_name", "keeper_address", "vehicle_class", "make", "colour")
_REQUIRED = ("plate", "keeper_id")


class Keeper(msgspec.Struct, frozen=True):
    """Who a vehicle is registered to. ``plate`` is normalised; what the register does not say is empty."""

    plate: str
    keeper_id: str
    name: str = ""
    address: str = ""
    vehicle_class: str = ""
    make: str = ""
    colour: str = ""


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


def import_register(store: Store, csv_path: Path, *, replace: bool = False) -> ImportReport:
    """Import a CSV file of plates and keepers, all at once: a faulty file changes nothing.

    A plate that is already there gets its new keeper; others stay, unless ``replace`` is set.

    Args:
        store: where the register lives; its migrations have run.
        csv_path: UTF-8, with the header
            ``plate,keeper_id,keeper_name,keeper_address,vehicle_class,make,colour``; only the first two
            columns are required, their order is free, unknown columns are refused.
        replace: True where the file is the whole register.

    Raises:
        RegisterError: naming the line that is wrong.
    """
    staging = f"keepers_import_{uuid.uuid4().hex}"
    store.command(f"CREATE TABLE {staging} AS keepers")
    try:
        report = _load(store, staging, csv_path)
        if not replace:
            store.command(
                f"INSERT INTO {staging} SELECT * FROM keepers FINAL "
                f"WHERE plate NOT IN (SELECT plate FROM {staging})"
            )
        # Replacing the one partition is atomic: a match meanwhile sees the old register or the new one.
        store.command(f"ALTER TABLE keepers REPLACE PARTITION tuple() FROM {staging}")
    finally:
        store.command(f"DROP TABLE IF EXISTS {staging}")
    return report


def _load(store: Store, table: str, csv_path: Path) -> ImportReport:
    seen: set[str] = set()
    duplicates: list[tuple[int, str]] = []
    batch: list[tuple[str, ...]] = []
    for line, row in _rows(csv_path):
        if row[0] in seen:
            duplicates.append((line, row[0]))
            continue
        seen.add(row[0])
        batch.append(row)
        if len(batch) >= _BATCH:
            store.insert(table, _KEEPER, batch)
            batch = []
    store.insert(table, _KEEPER, batch)
    if not seen:
        raise RegisterError(f"{csv_path} has no keepers below its header; nothing was imported.")
    return ImportReport(imported=len(seen), duplicates=tuple(duplicates))


def _rows(csv_path: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    """(line number, values in the order of the table) of every row that is not blank."""
    try:
        with csv_path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            _check_header(csv_path, header)
            places = [header.index(name) if name in header else -1 for name in _KEEPER]
            for cells in reader:
                if cells:
                    yield reader.line_num, _row(csv_path, reader.line_num, cells, header, places)
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
) -> tuple[str, ...]:
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
    return (normalised, *rest)
