"""The audit's second copy, in the store: what it is compared with, and who keeps it up."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import msgspec

from enforcement.desk.audit_entry import FIELDS, AuditEntry
from enforcement.desk.audit_heads import AuditHead, heads_after, sign_head
from enforcement.desk.desk_file import DeskFile
from enforcement.store import Store
from streams.errors import RoadwitnessError
from streams.events import Events
from streams.signing import Signer

_events = Events(__name__)
_AT_ONCE = 5_000
_PERIOD = re.compile(r"\bTTL [^\n]*?toInterval(Day|Month|Year)\((\d+)\)")
# The shortest that each may be: what went a little early is no fault.
_DAYS_OF = {"Day": 1, "Month": 28, "Year": 365}
_DAY_NS = 24 * 3600 * 10**9
_FOR_EVER_NS = 2**62
_COLUMNS = ("sequence", "at", *FIELDS[2:])
_HEAD_COLUMNS = ("sequence", "digest", "signed_at", "key_id", "signature")


class Asked(Protocol):
    """Answers queries on the store that only read, as :class:`enforcement.queries.Reader` does."""

    def ask(
        self, sql: str, output_format: str = "table", parameters: Mapping[str, str] | None = None
    ) -> bytes:
        """The answer to one query, in one of the formats of ``roadwitness sql``."""


class AuditMirror:
    """Reads the mirror."""

    def __init__(self, reader: Asked) -> None:
        self._reader = reader

    def entries(self) -> Iterator[AuditEntry]:
        """Every entry in the mirror by its place; two of one place where there is a fork.

        Raises:
            StoreError: when the store cannot be asked.
        """
        sql = f"""SELECT toInt64(sequence) AS place, toUnixTimestamp64Nano(at) AS ns, {", ".join(FIELDS[2:])}
            FROM audit FINAL
            WHERE (sequence, digest) > ({{sequence:UInt64}}, {{digest:String}})
            ORDER BY sequence, digest LIMIT {_AT_ONCE}"""
        last = ("0", "")
        while rows := self._rows(sql, {"sequence": last[0], "digest": last[1]}):
            for row in rows:
                words = (str(row[name]) for name in FIELDS[2:])
                yield AuditEntry(int(row["place"]), int(row["ns"]), *words)
            last = (str(rows[-1]["place"]), str(rows[-1]["digest"]))

    def last(self) -> int:
        """Up to which entry it has them; 0: none.

        Raises:
            StoreError: when the store cannot be asked.
        """
        return int(self._rows("SELECT max(sequence) AS place FROM audit", {})[0]["place"])

    def heads(self) -> list[AuditHead]:
        """Every signed head in the mirror, oldest first.

        Raises:
            StoreError: when the store cannot be asked.
        """
        rows = self._rows(
            """SELECT toInt64(sequence) AS place, digest, toUnixTimestamp64Nano(signed_at) AS ns, key_id,
            signature FROM audit_heads FINAL ORDER BY sequence""",
            {},
        )
        return [
            AuditHead(
                int(row["place"]),
                str(row["digest"]),
                int(row["ns"]),
                str(row["key_id"]),
                str(row["signature"]),
            )
            for row in rows
        ]

    def kept_ns(self) -> int:
        """For how long the mirror keeps an entry, ns.

        Raises:
            StoreError: when the store cannot be asked.
        """
        rows = self._rows(
            "SELECT create_table_query FROM system.tables WHERE name = 'audit' AND database = "
            "currentDatabase()",
            {},
        )
        found = _PERIOD.search(str(rows[0]["create_table_query"])) if rows else None
        return int(found[2]) * _DAYS_OF[found[1]] * _DAY_NS if found else _FOR_EVER_NS

    def _rows(self, sql: str, parameters: Mapping[str, str]) -> list[_Row]:
        return msgspec.json.decode(self._reader.ask(sql, "json", parameters), type=_Answer).data


# Whole numbers of 64 bits are text in ClickHouse's JSON, or not, by a setting of the server.
_Row = dict[str, int | str]


class _Answer(msgspec.Struct):
    data: list[_Row]


class AuditCopier:
    """Copies what is new in the chain into the store, and signs the chain's head every now and then.

    Where it had come to is in the desk file and is written after the copy, so that a killed process copies
    some entries again; the store keeps one row of each.
    """

    def __init__(
        self, desk: DeskFile, store: Store, signer: Signer | None, head_every_s: float = 60.0
    ) -> None:
        """``signer`` is the centre's key; None: no head is signed, only the mirror shows a cut-off end."""
        self._desk = desk
        self._store = store
        self._signer = signer
        self._head_every_s = head_every_s
        self._head_due_s = 0.0
        # How far the store has entries and heads; None until it was asked.
        self._entries_in_store: int | None = None
        self._heads_in_store: int | None = None

    def run(self, stop: threading.Event, every_s: float = 1.0) -> None:
        """Copy until ``stop``, and once more then; what cannot be copied now comes later."""
        while True:
            stopping = stop.wait(every_s)
            try:
                if self._signer and (stopping or time.monotonic() >= self._head_due_s):
                    sign_head(self._desk, self._signer)
                    self._head_due_s = time.monotonic() + self._head_every_s
                self.copy()
            except RoadwitnessError as error:
                _events.warning("audit-not-mirrored", failure=type(error).__name__)
            if stopping:
                return

    def copy(self) -> int:
        """Copy all that is new; returns how many entries that was.

        Raises:
            StoreError, BusUnavailable: when store or desk file cannot be used; the next call continues.
        """
        copied = 0
        while rows := self._new_entries():
            self._store.insert("audit", _COLUMNS, rows)
            self._entries_in_store = int(rows[-1][0])
            with self._desk.transaction() as database:
                database.execute(
                    "INSERT OR REPLACE INTO audit_mirrored VALUES (1, ?)", (self._entries_in_store,)
                )
            copied += len(rows)
        if heads := self._new_heads():
            self._store.insert(
                "audit_heads", _HEAD_COLUMNS, [msgspec.structs.astuple(head) for head in heads]
            )
            self._heads_in_store = heads[-1].sequence
        return copied

    def _new_entries(self) -> list[tuple[Any, ...]]:
        with self._desk.reading() as database:
            if self._entries_in_store is None:
                # The desk file's word alone would leave a new or restored store without what came before.
                (come,) = database.execute("SELECT sequence FROM audit_mirrored").fetchone() or (0,)
                self._entries_in_store = min(come, self._last("audit"))
            return database.execute(
                f"SELECT {', '.join(FIELDS)} FROM audit_entries WHERE sequence > ? ORDER BY sequence"
                f" LIMIT {_AT_ONCE}",
                (self._entries_in_store,),
            ).fetchall()

    def _new_heads(self) -> list[AuditHead]:
        if self._heads_in_store is None:
            self._heads_in_store = self._last("audit_heads")
        with self._desk.reading() as database:
            return heads_after(database, self._heads_in_store)

    def _last(self, table: str) -> int:
        return int(self._store.query(f"SELECT max(sequence) FROM {table}")[0][0])
