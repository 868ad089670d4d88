"""What the desk knows of erased cases goes too, and the audit says that they were erased."""

from __future__ import annotations

from collections.abc import Mapping

from enforcement.desk.audit_chain import AuditChain
from enforcement.erasing.tombstone import Tombstone, read_tombstones
from enforcement.store import Store

#: Tables of the desk file whose rows go with their case; a test sees to it that none is forgotten.
OF_A_CASE = ("assignments", "leases", "nominations", "sent_answers")
#: Tables that name cases and stay, and why.
STAYS: Mapping[str, str] = {"erased_cases": "it says which are gone"}
#: Who erases, as the audit has it: nobody's account.
ERASER = "retention"
#: Clocks of several machines may be so far apart.
_OVERLAP_MS = 24 * 3600 * 1000


class DeskErasing:
    """Follows the store's tombstones. Every call may be repeated."""

    def __init__(self, store: Store, audit: AuditChain) -> None:
        self._store = store
        self._audit = audit

    def run(self) -> int:
        """Erase what the desk has of cases that were erased since the last time; returns how many cases."""
        with self._audit.desk.reading() as database:
            [(last_ms,)] = database.execute("SELECT coalesce(max(finished_ms), 0) FROM erased_cases")
            since_ms = max(0, last_ms - _OVERLAP_MS)
            done = {
                case_id
                for (case_id,) in database.execute(
                    "SELECT case_id FROM erased_cases WHERE finished_ms >= ?", (since_ms,)
                )
            }
        erased = read_tombstones(
            self._store, "finished_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')", since=since_ms
        )
        new = [stone for stone in erased if stone.case_id not in done]
        for stone in new:
            self._forget(stone)
        # Each time, since a reader may have been in the way the last time.
        self._audit.desk.empty_log()
        return len(new)

    def _forget(self, stone: Tombstone) -> None:
        with self._audit.desk.transaction() as database:
            for table in OF_A_CASE:
                database.execute(f"DELETE FROM {table} WHERE case_id = ?", (stone.case_id,))
            database.execute(
                "INSERT OR REPLACE INTO erased_cases VALUES (?, ?)", (stone.case_id, stone.finished_ms)
            )
            reason = f"{stone.rule}, {stone.days} days"
            self._audit.append(database, ERASER, ERASER, "erased", stone.case_id, reason=reason)
