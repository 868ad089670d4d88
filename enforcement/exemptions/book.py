"""The exemptions in the store: added, ended, listed, and held in memory by those who judge.

What was said of a time is never taken back: an exemption is ended from now on, not from before. So a passage
that is judged again is judged as it was.
"""

from __future__ import annotations

import datetime
import threading
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from enforcement.errors import ExemptionError
from enforcement.exemptions.exemption import KeptExemption, checked
from enforcement.exemptions.lookup import ExemptionList
from enforcement.store import Store

#: Workers look so often for what is new, in seconds.
REFRESH_S = 30.0
_COLUMNS = (
    "exemption_id",
    "kind",
    "plates",
    "offences",
    "cameras",
    "valid_from",
    "valid_until",
    "reason",
    "author",
    "added_at",
    "ended_by",
    "ended_because",
    "revision",
)
_SELECT = """SELECT kind, plates, valid_from, valid_until, reason, author, offences, cameras, added_at,
    ended_by, ended_because, toString(exemption_id) FROM exemptions FINAL"""


class ExemptionBook:
    """Reads and writes the exemptions of a store. Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, exemptions: Iterable[KeptExemption], now: datetime.datetime) -> int:
        """Keep these, all or none; returns how many of them were not there before.

        One that is there already stays as it is, also where it was ended since.

        Raises:
            ExemptionError: for one that cannot be meant; then nothing was kept.
        """
        each = {one.exemption_id: replace(one, added_at=now) for one in map(checked, exemptions)}
        there = {
            row[0]
            for row in self._store.query(
                "SELECT toString(exemption_id) FROM exemptions WHERE exemption_id IN {ids:Array(UUID)}",
                {"ids": sorted(each)},
            )
        }
        new = [one for key, one in each.items() if key not in there]
        self._store.insert("exemptions", _COLUMNS, [_row(one, 0) for one in new])
        return len(new)

    def end(self, exemption_id: str, by: str, because: str, now: datetime.datetime) -> KeptExemption:
        """End one from now on, and return it as it is then; what it set aside until now stays set aside.

        Raises:
            ExemptionError: when there is none of this id, or it is over already.
        """
        found = self.find(exemption_id)
        if found is None:
            raise ExemptionError(f"there is no exemption {exemption_id}; list them to see their ids.")
        if found.valid_until <= now:
            raise ExemptionError("this exemption is over already; nothing was changed.")
        if not by.strip() or not because.strip():
            raise ExemptionError("ending an exemption needs who ends it and why; write both.")
        # One that has not begun never holds: it ends where it begins.
        ended = replace(
            found, valid_until=max(now, found.valid_from), ended_by=by.strip(), ended_because=because.strip()
        )
        self._store.insert("exemptions", _COLUMNS, [_row(ended, 1)])
        return ended

    def find(self, exemption_id: str) -> KeptExemption | None:
        """One exemption, or None where there is none of this id."""
        return next(
            iter(self._ask("WHERE exemption_id = toUUIDOrZero({id:String})", {"id": exemption_id})), None
        )

    def all(self, at: datetime.datetime | None = None) -> list[KeptExemption]:
        """Every exemption, or those that are valid at a time or will be later, the newest first."""
        condition = "" if at is None else "WHERE valid_until > {at:DateTime64(3, 'UTC')}"
        return self._ask(f"{condition} ORDER BY added_at DESC, exemption_id", {"at": at} if at else {})

    def _ask(self, rest: str, parameters: dict[str, Any]) -> list[KeptExemption]:
        rows = self._store.query(f"{_SELECT} {rest}", parameters)
        return [_read(row) for row in rows]


class KnownExemptions:
    """The list as a worker has it in memory, looked for anew every ``REFRESH_S`` seconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._book = ExemptionBook(store)
        self._lock = threading.Lock()
        self._list = ExemptionList()
        self._state: tuple[Any, ...] = ()
        self._due_s = 0.0

    def now(self) -> ExemptionList:
        """The list; read from the store again where it is older than ``REFRESH_S`` and was changed since.

        Raises:
            StoreUnreachable, QueryFailed: when it is too old and the store cannot be asked.
        """
        with self._lock:
            if time.monotonic() >= self._due_s:
                state = self._store.query(
                    "SELECT count(), sum(cityHash64(exemption_id, revision)) FROM exemptions"
                )
                if state[0] != self._state:
                    self._list = ExemptionList(self._book.all())
                    self._state = state[0]
                self._due_s = time.monotonic() + REFRESH_S
            return self._list


def _read(row: Sequence[Any]) -> KeptExemption:
    kind, plates, since, until, reason, author, offences, cameras, added, by, because, key = row
    return KeptExemption(
        kind,
        tuple(plates),
        since,
        until,
        reason,
        author,
        tuple(offences),
        tuple(cameras),
        added,
        by,
        because,
        key,
    )


def _row(one: KeptExemption, revision: int) -> tuple[Any, ...]:
    return (
        uuid.UUID(one.exemption_id),
        one.kind,
        list(one.plates),
        list(one.offences),
        list(one.cameras),
        *(_milliseconds(moment) for moment in (one.valid_from, one.valid_until)),
        one.reason,
        one.author,
        _milliseconds(one.added_at),
        one.ended_by,
        one.ended_because,
        revision,
    )


def _milliseconds(moment: datetime.datetime) -> int:
    return round(moment.timestamp() * 1000)
