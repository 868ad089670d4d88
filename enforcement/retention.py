"""How long records are kept: periods by class, in a file, carried out by the database itself."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from enforcement.clustering import for_cluster
from enforcement.errors import RetentionError
from enforcement.store import Store

#: The tables of each class, with the column from which their time counts.
CLASSES: Mapping[str, Mapping[str, str]] = {
    "passages": {"passages": "recorded_at"},
    "findings": {"findings": "recorded_at", "exempted_findings": "recorded_at"},
    "cases": {
        "violations": "recorded_at",
        "cases": "recorded_at",
        "case_candidates": "recorded_at",
        "case_events": "recorded_at",
        "evidence_index": "recorded_at",
        "evidence_gaps": "opened_at",
    },
    "hours": {"passage_hours": "hour", "finding_hours": "hour", "reader_hours": "hour"},
    "health": {"heartbeats": "recorded_at"},
    "health_hours": {"heartbeat_hours": "hour"},
    "audit": {"access_log": "at", "audit": "recorded_at", "audit_heads": "recorded_at"},
}
#: What is kept as long as the store: no person is in it, or (the register) an import replaces it as a whole.
KEPT = frozenset(
    {"calibrations", "cameras", "keepers", "newest_heartbeats", "passage_hours_touched", "policies"}
    | {"register_imports", "schema_migrations"}
)
_LONGEST_DAYS = 36_525
_DAYS_OF = {"Second": 1 / 86_400, "Minute": 1 / 1440, "Hour": 1 / 24, "Day": 1.0, "Week": 7.0}
_DAYS_OF |= {"Month": 30.44, "Quarter": 91.31, "Year": 365.25}
_PERIOD = re.compile(r"\bTTL [^\n]*?toInterval(\w+)\((\d+)\)")


@dataclass(frozen=True)
class Kept:
    """How long ``table`` of the class ``record`` keeps a row, in days from ``column``; None: for ever."""

    record: str
    table: str
    column: str
    days: float | None


def load_retention(path: Path | None = None) -> dict[str, int]:
    """Days by class out of a file (TOML), or the periods that Roadwitness comes with.

    Raises:
        RetentionError: naming the class and what to write.
    """
    try:
        shipped = files("enforcement").joinpath("retention.toml")
        content = tomllib.loads((path or shipped).read_bytes().decode())
    except OSError as error:
        raise RetentionError(f"the file {path} cannot be read ({error.strerror}); check the path.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RetentionError(f"{path} is not TOML: {error}; correct the line.") from error
    days = content.pop("keep_days", None)
    if not isinstance(days, dict) or content:
        raise RetentionError(f"{path} has to hold one table, [keep_days], with days by class of record.")
    for record, period in days.items():
        if record not in CLASSES:
            raise RetentionError(
                f"{path}: there is no class of record '{record}'; the classes are {', '.join(CLASSES)}."
            )
        if type(period) is not int or not 1 <= period <= _LONGEST_DAYS:
            raise RetentionError(
                f"{path}: {record} is {period!r}; write whole days from 1 to {_LONGEST_DAYS}."
            )
    return days


def apply_retention(store: Store, days: Mapping[str, int]) -> list[str]:
    """Set the periods of these classes; returns the tables that changed. Rows that are too old go soon after.

    Raises:
        QueryFailed: with ClickHouse's message.
    """
    changed = []
    for kept in retention_of(store):
        wanted = days.get(kept.record)
        if wanted is None or kept.days == wanted:
            continue
        statement = f"ALTER TABLE {kept.table} MODIFY TTL toDateTime({kept.column}) + toIntervalDay({wanted})"
        store.command(for_cluster(statement, store.cluster))
        changed.append(kept.table)
    return changed


def retention_of(store: Store) -> list[Kept]:
    """How long each table keeps its rows now, class by class."""
    rows = store.query(
        "SELECT name, create_table_query FROM system.tables WHERE database = {db:String}",
        {"db": store.database},
    )
    definitions = dict(rows)
    return [
        Kept(record, table, column, _days(definitions[table]))
        for record, tables in CLASSES.items()
        for table, column in tables.items()
        if table in definitions
    ]


def _days(definition: str) -> float | None:
    found = _PERIOD.search(definition)
    return None if found is None else int(found.group(2)) * _DAYS_OF[found.group(1)]
