"""What is left of an erased case: that there was one, what was erased and why, and its place in the chain."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from enforcement.store import Store

_COLUMNS = (
    "case_id",
    "camera_id",
    "site_id",
    "offence",
    "occurred_at",
    "status",
    "rule",
    "days",
    "erased",
    "shared",
    "statement",
    "sequence",
    "previous",
    "signed_at",
    "key_id",
    "receipt",
    "begun_at",
    "finished_at",
    "revision",
)


@dataclass(frozen=True)
class ChainPlace:
    """Where a case's statement stood in its camera's chain; ``sequence`` 0 where the unit signed none.

    ``statement`` and ``previous`` are digests of statements; ``signed_at_ns`` is UTC ns.
    """

    statement: str = ""
    sequence: int = 0
    previous: str = ""
    signed_at_ns: int | None = None
    key_id: str = ""


@dataclass(frozen=True)
class Tombstone:
    """One erased case. Times are UTC ms; ``finished_ms`` is None while something of it may be left.

    ``erased`` are the digests of the pieces of evidence that went with it, ``shared`` of those that another
    case needs still. ``receipt`` is the digest of the centre's receipt of the statement, or empty.
    """

    case_id: str
    camera_id: str
    site_id: str
    offence: str
    occurred_ms: int
    status: str
    rule: str
    days: int
    erased: tuple[str, ...]
    shared: tuple[str, ...]
    chain: ChainPlace
    receipt: str
    begun_ms: int
    finished_ms: int | None = None


def write_tombstones(store: Store, tombstones: Collection[Tombstone]) -> None:
    """Write them; one that is finished takes the place of the same one begun."""
    store.insert("tombstones", _COLUMNS, [_row(one) for one in tombstones])


def read_tombstones(store: Store, condition: str = "1", **parameters: object) -> list[Tombstone]:
    """The tombstones for which ``condition`` holds, in the order in which erasing began."""
    rows = store.query(
        f"""SELECT toString(case_id), toString(camera_id), toString(site_id), toString(offence),
            toUnixTimestamp64Milli(occurred_at), toString(status), toString(rule), days,
            arrayMap(digest -> toString(digest), erased), arrayMap(digest -> toString(digest), shared),
            statement, sequence, previous, toUnixTimestamp64Nano(signed_at), key_id, receipt,
            toUnixTimestamp64Milli(begun_at), toUnixTimestamp64Milli(finished_at)
        FROM tombstones FINAL WHERE {condition} ORDER BY begun_at, case_id""",
        parameters,
    )
    return [_read(row) for row in rows]


def _read(row: Sequence[Any]) -> Tombstone:
    case_id, camera_id, site_id, offence, occurred_ms, status, rule, days, erased, shared, *rest = row
    statement, sequence, previous, signed_ns, key_id, receipt, begun_ms, finished_ms = rest
    return Tombstone(
        case_id,
        camera_id,
        site_id,
        offence,
        occurred_ms,
        status,
        rule,
        days,
        tuple(erased),
        tuple(shared),
        ChainPlace(statement, sequence, previous, signed_ns, key_id),
        receipt,
        begun_ms,
        finished_ms,
    )


def _row(one: Tombstone) -> tuple[Any, ...]:
    return (
        uuid.UUID(one.case_id),
        one.camera_id,
        one.site_id,
        one.offence,
        one.occurred_ms,
        one.status,
        one.rule,
        one.days,
        list(one.erased),
        list(one.shared),
        one.chain.statement,
        one.chain.sequence,
        one.chain.previous,
        one.chain.signed_at_ns,
        one.chain.key_id,
        one.receipt,
        one.begun_ms,
        one.finished_ms,
        0 if one.finished_ms is None else 1,
    )
