"""The register of vehicles: whose vehicle carries a plate."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from enforcement.errors import RegisterError

if TYPE_CHECKING:  # a roadside unit compares plates too, and has no ClickHouse installed
    from enforcement.store import Store

_BATCH = 50_000
WORDS = ("plate", "keeper_id", "keeper_name", "keeper_address", "vehicle_class", "make", "colour")
DATES = ("insured_until", "inspected_until")
#: The columns of a register, in a file as in the store.
COLUMNS = (*WORDS, *DATES, "stolen")
#: A keeper is read by the plate, one at a time: small granules and blocks, in one part.
_FOR_FEW_ROWS = (
    "SETTINGS index_granularity = 512, min_compress_block_size = 16384, max_compress_block_size = 16384"
)


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


_CARD = msgspec.json.Decoder(Keeper)


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
        "SELECT card FROM keepers FINAL WHERE plate IN {plates:Array(String)}", {"plates": wanted}
    )
    keepers = (_CARD.decode(card) for (card,) in rows)
    return {keeper.plate: keeper for keeper in keepers}


def import_register(store: Store, path: Path, *, replace: bool = False) -> ImportReport:
    """Import a file of plates and keepers, all at once: a faulty file changes nothing.

    A plate that is already there gets its new keeper; others stay, unless ``replace`` is set.

    Args:
        store: where the register lives; its migrations have run.
        path: CSV in UTF-8 with a header, or Parquet where the name ends in ``.parquet``, with the columns
            ``plate,keeper_id,keeper_name,keeper_address,vehicle_class,make,colour,insured_until,
            inspected_until,stolen``; only the first two are required, their order is free, unknown columns
            are refused. In CSV dates are written as 2026-12-31 and ``stolen`` as yes or no.
        replace: True where the file is the whole register.

    Raises:
        RegisterError: naming the line or row that is wrong.
    """
    staging = f"keepers_import_{uuid.uuid4().hex}"
    # Of this server alone also where keepers is replicated: replacing the partition copies the rows.
    store.command(
        f"CREATE TABLE {staging} AS keepers ENGINE = ReplacingMergeTree ORDER BY plate {_FOR_FEW_ROWS}"
    )
    try:
        report = _load(store, staging, path)
        if not replace:
            store.command(
                f"INSERT INTO {staging} SELECT * FROM keepers FINAL "
                f"WHERE plate NOT IN (SELECT plate FROM {staging})"
            )
        store.command(f"OPTIMIZE TABLE {staging} FINAL")
        # Replacing the one partition is atomic: a match meanwhile sees the old register or the new one.
        store.command(f"ALTER TABLE keepers REPLACE PARTITION tuple() FROM {staging}")
        store.command(
            "INSERT INTO register_imports (import_id, source, plates) "
            "SELECT generateUUIDv4(), {source:String}, count() FROM keepers",
            {"source": path.name},
        )
    finally:
        store.command(f"DROP TABLE IF EXISTS {staging}")
    return report


def _load(store: Store, table: str, path: Path) -> ImportReport:
    from enforcement.register_files import rows_of  # a roadside unit has no Parquet installed either

    seen: set[str] = set()
    duplicates: list[tuple[int, str]] = []
    batch: list[tuple[object, ...]] = []
    for line, plate, values in rows_of(path):
        if plate in seen:
            duplicates.append((line, plate))
            continue
        seen.add(plate)
        batch.append((plate, *values))
        if len(batch) >= _BATCH:
            store.insert(table, COLUMNS, batch)
            batch = []
    store.insert(table, COLUMNS, batch)
    if not seen:
        raise RegisterError(f"{path} has no keepers below its header; nothing was imported.")
    return ImportReport(imported=len(seen), duplicates=tuple(duplicates))
