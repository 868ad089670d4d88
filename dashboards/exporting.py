"""Anonymous views as files for other programs: Parquet, Arrow or CSV.

The answer comes in stretches of time of a bounded size, so that neither the store nor this process holds all
of it at once. What leads to a person or a case is not exported: neither such views, nor the id of a passage.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from enforcement.engine import quote
from enforcement.queries import Reader
from streams.errors import RoadwitnessError

#: What may be exported, and the column that says when; empty where a view has no time.
EXPORTABLE: Mapping[str, str] = MappingProxyType(
    {
        "v_passages": "occurred_at",
        "v_traffic_hourly": "hour",
        "v_speeds_hourly": "hour",
        "v_speed_bins_hourly": "hour",
        "v_speed_bins_daily": "day",
        "v_voids_hourly": "hour",
        "v_findings": "occurred_at",
        "v_offences_hourly": "hour",
        "v_suppressed": "day",
        "v_decisions": "decided_at",
        "v_reader_hourly": "hour",
        "v_camera_health_hourly": "hour",
        "v_camera_drift": "day",
        "v_health_events": "at",
        "v_camera_health": "",
        "v_cameras": "",
    }
)
#: Columns that lead from an anonymous row to a case, and so to a plate.
LEFT_OUT = frozenset({"passage_id", "finding_id"})
FORMATS = ("parquet", "arrow", "csv")

_ROWS_AT_ONCE = 200_000

Advance = Callable[[int, int | None], None]


class ExportRefused(RoadwitnessError):
    """What was asked for may not or cannot be exported; the text says what may be."""


@dataclass(frozen=True)
class Wanted:
    """What to export: a view, from a moment until before another, of some cameras or (empty) all.

    Raises:
        ExportRefused: for a view with personal data, or a stretch of time that makes no sense for it.
    """

    view: str
    since: datetime | None = None
    until: datetime | None = None
    cameras: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.view not in EXPORTABLE:
            raise ExportRefused(
                f"{self.view} is not exported, since only views without personal data are: choose one of "
                f"{', '.join(EXPORTABLE)}."
            )
        if not self.time and (self.since or self.until):
            raise ExportRefused(f"{self.view} has one row a camera and no time; leave out --from and --to.")
        if self.since and self.until and self.since >= self.until:
            raise ExportRefused("--from is not before --to; exchange them.")

    @property
    def time(self) -> str:
        """The column that says when; empty where the view has none."""
        return EXPORTABLE[self.view]


class _Writer(Protocol):
    def write_table(self, table: pa.Table) -> None: ...

    def close(self) -> None: ...


def export(reader: Reader, wanted: Wanted, out: Path, file_format: str, advance: Advance) -> int:
    """Write ``wanted`` to ``out``; returns the number of rows.

    The file appears when it is whole, in place of one that was there. ``advance`` gets the rows done and all.

    Raises:
        ExportRefused: when the store is older than the view.
        StoreError: when the store cannot be asked.
        OSError: when the file cannot be written.
    """
    columns = _columns(reader, wanted)
    stretches = _stretches(reader, wanted)
    total = sum(rows for rows, _ in stretches)
    select = ", ".join(_selected(name, kind, file_format) for name, (kind, _) in columns.items())
    order = ", ".join(f"v.{name}" for name in (wanted.time, "camera_id") if name in columns)
    sql = f"SELECT {select} FROM {wanted.view} AS v WHERE {{condition}}" + (
        f" ORDER BY {order}" if order else ""
    )

    def answers() -> Iterator[pa.Table]:
        for _, condition in stretches:
            yield _asked(reader, sql.replace("{condition}", condition))

    schema = _asked(reader, sql.replace("{condition}", "0")).schema
    described = [field.with_metadata({"comment": columns[field.name][1]}) for field in schema]
    schema = pa.schema(described, metadata=_metadata(wanted))
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    done = 0
    advance(0, total)
    try:
        with part.open("wb") as file:
            with closing(_WRITERS[file_format](file, schema)) as writer:
                for table in answers():
                    writer.write_table(table.cast(schema))
                    done += table.num_rows
                    advance(min(done, total), total)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return done


def _columns(reader: Reader, wanted: Wanted) -> dict[str, tuple[str, str]]:
    """Name -> type and comment."""
    table = _asked(
        reader,
        "SELECT name, type, comment FROM system.columns WHERE database = currentDatabase() "
        f"AND table = {quote(wanted.view)} ORDER BY position",
    )
    found = {row["name"]: (row["type"], row["comment"]) for row in table.to_pylist()}
    if not found:
        raise ExportRefused(
            f"this store has no {wanted.view}; start `roadwitness enforce` once to bring it up to date."
        )
    return {name: about for name, about in found.items() if name not in LEFT_OUT}


def _stretches(reader: Reader, wanted: Wanted) -> list[tuple[int, str]]:
    """Conditions that together are all of ``wanted``, in order, each with its number of rows."""
    time = wanted.time
    bounds = []
    if wanted.cameras:
        bounds.append(f"v.camera_id IN ({', '.join(quote(camera) for camera in wanted.cameras)})")
    if wanted.since:
        bounds.append(f"v.{time} >= {_moment(wanted.since)}")
    if wanted.until:
        bounds.append(f"v.{time} < {_moment(wanted.until)}")
    condition = " AND ".join(bounds) or "1"
    if not time:
        (row,) = _asked(reader, f"SELECT count() AS n FROM {wanted.view} AS v WHERE {condition}").to_pylist()
        return [(int(row["n"]), condition)]
    hours = _asked(
        reader,
        f"SELECT toUnixTimestamp(toStartOfHour(toDateTime(v.{time}, 'UTC'))) AS at, count() AS n "
        f"FROM {wanted.view} AS v WHERE {condition} GROUP BY at ORDER BY at",
    ).to_pylist()
    stretches: list[tuple[int, str]] = []
    rows, first = 0, 0
    for number, hour in enumerate(hours):
        first = first if rows else int(hour["at"])
        rows += int(hour["n"])
        last = number == len(hours) - 1
        if last or rows + int(hours[number + 1]["n"]) > _ROWS_AT_ONCE:
            until = _at(first), _at(int(hour["at"]) + 3600)
            stretches.append((rows, f"{condition} AND v.{time} >= {until[0]} AND v.{time} < {until[1]}"))
            rows = 0
    return stretches


def _moment(moment: datetime) -> str:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return f"toDateTime64({quote(aware.astimezone(UTC).strftime('%Y-%m-%d %H:%M:%S.%f'))}, 6, 'UTC')"


def _at(seconds: int) -> str:
    return f"toDateTime({seconds}, 'UTC')"


def _selected(name: str, kind: str, file_format: str) -> str:
    """A column in a form that the file keeps: in Arrow a DateTime is a number, in CSV there are no lists."""
    bare = kind.removeprefix("LowCardinality(").removeprefix("Nullable(")
    if bare.startswith("DateTime") and not bare.startswith("DateTime64"):
        return f"toDateTime64(v.{name}, 0, 'UTC') AS {name}"
    if bare.startswith("Array") and file_format == "csv":
        return f"arrayStringConcat(v.{name}, ' ') AS {name}"
    if bare.startswith(("Enum", "FixedString", "UUID")):
        return f"toString(v.{name}) AS {name}"
    return f"v.{name} AS {name}"


def _asked(reader: Reader, sql: str) -> pa.Table:
    return pa.ipc.open_stream(reader.ask(sql, "arrow")).read_all()


def _metadata(wanted: Wanted) -> dict[str, str]:
    return {
        "roadwitness.view": wanted.view,
        "roadwitness.from": wanted.since.isoformat() if wanted.since else "",
        "roadwitness.to": wanted.until.isoformat() if wanted.until else "",
        "roadwitness.cameras": ",".join(wanted.cameras),
        "roadwitness.exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _parquet(file: object, schema: pa.Schema) -> _Writer:
    writer: _Writer = pa.parquet.ParquetWriter(file, schema, compression="zstd")
    return writer


def _arrow(file: object, schema: pa.Schema) -> _Writer:
    writer: _Writer = pa.ipc.new_file(file, schema, options=pa.ipc.IpcWriteOptions(compression="zstd"))
    return writer


def _csv(file: object, schema: pa.Schema) -> _Writer:
    writer: _Writer = pa.csv.CSVWriter(file, schema)
    return writer


_WRITERS: Mapping[str, Callable[[object, pa.Schema], _Writer]] = {
    "parquet": _parquet,
    "arrow": _arrow,
    "csv": _csv,
}
