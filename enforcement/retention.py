"""How long records are kept: periods by class, in a file, carried out by the database itself."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
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
        "open_cases": "recorded_at",
        "open_case_lines": "recorded_at",
        "case_sources": "recorded_at",
        "case_candidates": "recorded_at",
        "case_events": "recorded_at",
        "refused_decisions": "recorded_at",
        "review_terms": "recorded_at",
        "seeded_cases": "put_at",
        "evidence_index": "recorded_at",
        "evidence_gaps": "opened_at",
    },
    "exemptions": {"exemptions": "valid_until"},
    "hours": {
        "passage_hours": "hour",
        "speed_days": "day",
        "finding_hours": "hour",
        "reader_hours": "hour",
    },
    "health": {"heartbeats": "recorded_at"},
    "health_hours": {"heartbeat_hours": "hour"},
    "audit": {
        "access_log": "at",
        "audit": "recorded_at",
        "audit_heads": "recorded_at",
        "receipts": "recorded_at",
        "register_lookups": "at",
    },
}
#: What is kept as long as the store: no person is in it, or (the register) an import replaces it as a whole.
KEPT = frozenset(
    {"calibrations", "cameras", "keepers", "newest_heartbeats", "passage_hours_touched", "policies"}
    | {"speed_days_touched"}
    | {"case_marks", "erasing_periods", "known_cases", "register_imports", "schema_migrations"}
    | {"suspensions", "tombstones"}
)
#: Tables with a column ``held``, which spares rows of cases under a legal hold: what names case or evidence.
HOLDABLE: Mapping[str, str] = {
    "violations": "violation_id",
    "cases": "case_id",
    "open_cases": "case_id",
    "open_case_lines": "case_id",
    "case_events": "case_id",
    "case_candidates": "case_id",
    "review_terms": "case_id",
    "evidence_index": "digest",
}
#: How a case may end so that it loses what is personal some time after.
ENDS = ("rejected", "lapsed", "finished")
#: The bus keeps records for so long: what a case loses must not be found there afterwards.
LEAST_DAYS = 30
#: The store counts these times in 32 bits, until 2106: what were to be kept beyond would be erased at once.
LONGEST_DAYS = 18_262
#: Classes whose time counts from what may lie as late as 2099.
LONGEST_OF: Mapping[str, int] = {"exemptions": 2_190}
_DAYS_OF = {"Second": 1 / 86_400, "Minute": 1 / 1440, "Hour": 1 / 24, "Day": 1.0, "Week": 7.0}
_DAYS_OF |= {"Month": 30.44, "Quarter": 91.31, "Year": 365.25}
_HELD = "WHERE NOT held"
_PERIOD = re.compile(r"\bTTL [^\n]*?toInterval(\w+)\((\d+)\)")


@dataclass(frozen=True)
class Periods:
    """Days by class of record, and days by how a case ended; classes that are not named stay as they are."""

    keep_days: Mapping[str, int]
    erase_cases_after_days: Mapping[str, int]


@dataclass(frozen=True)
class Kept:
    """How long ``table`` of the class ``record`` keeps a row, in days from ``column``; None: for ever.

    ``spares_held``: rows of cases under a legal hold are kept beyond that.
    """

    record: str
    table: str
    column: str
    days: float | None
    spares_held: bool = False


def load_retention(path: Path | None = None) -> Periods:
    """The periods in a file (TOML), or those that Roadwitness comes with.

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
    kept, erased = content.pop("keep_days", {}), content.pop("erase_cases_after_days", {})
    if not isinstance(kept, dict) or not isinstance(erased, dict) or content or not (kept or erased):
        raise RetentionError(
            f"{path} has to hold the table [keep_days], with days by class of record, or "
            "[erase_cases_after_days], with days by how a case ended, and nothing else."
        )
    _check(path, kept, CLASSES, 1)
    _check(path, erased, ENDS, LEAST_DAYS)
    return Periods(kept, erased)


def _check(path: Path | None, periods: dict[str, object], known: Iterable[str], least: int) -> None:
    for record, period in periods.items():
        if record not in known:
            raise RetentionError(
                f"{path}: there is no class of record '{record}'; the classes are {', '.join(known)}."
            )
        longest = LONGEST_OF.get(record, LONGEST_DAYS)
        if type(period) is not int or not least <= period <= longest:
            raise RetentionError(
                f"{path}: {record} is {period!r}; write whole days from {least} to {longest}."
            )


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
        _set_period(store, kept, wanted)
        changed.append(kept.table)
    return changed


def spare_held(store: Store) -> None:
    """Let the tables of cases keep the rows of those under a legal hold; doing it again changes nothing.

    Raises:
        QueryFailed: with ClickHouse's message.
    """
    for kept in retention_of(store):
        if kept.table in HOLDABLE and kept.days is not None and not kept.spares_held:
            _set_period(store, replace(kept, spares_held=True), round(kept.days))


def retention_of(store: Store) -> list[Kept]:
    """How long each table keeps its rows now, class by class."""
    rows = store.query(
        "SELECT name, create_table_query FROM system.tables WHERE database = {db:String}",
        {"db": store.database},
    )
    definitions = dict(rows)
    return [
        Kept(record, table, column, _days(definitions[table]), _HELD in definitions[table])
        for record, tables in CLASSES.items()
        for table, column in tables.items()
        if table in definitions
    ]


def _set_period(store: Store, kept: Kept, days: int) -> None:
    statement = f"ALTER TABLE {kept.table} MODIFY TTL toDateTime({kept.column}) + toIntervalDay({days})"
    spared = f" DELETE {_HELD}" if kept.spares_held else ""
    store.command(for_cluster(statement + spared, store.cluster))


def _days(definition: str) -> float | None:
    found = _PERIOD.search(definition)
    return None if found is None else int(found.group(2)) * _DAYS_OF[found.group(1)]
