"""What the store still has of passages since a time, for looking at them again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from enforcement.engine import quote
from enforcement.queries import query_store
from enforcement.register import Keeper
from enforcement.rules.finding import decode_finding
from enforcement.shadow import Counted, Stored
from enforcement.store import Store
from streams.messages import Passage

#: Asks the store and returns the rows.
Ask = Callable[[str], list[tuple[Any, ...]]]


def asking_data(data: Path) -> Ask:
    """Ask the embedded store of a data folder, also while a process is serving it."""

    def ask(sql: str) -> list[tuple[Any, ...]]:
        answer = query_store(data, f"{sql} FORMAT JSONCompactEachRow")
        return [tuple(json.loads(line)) for line in answer.splitlines()]

    return ask


def asking_store(store: Store) -> Ask:
    """Ask an open store."""
    return store.query


class StoredPassages:
    """Reads passages of some cameras (none named: of all) since a time, UTC ns. Writes nothing."""

    def __init__(self, ask: Ask, since_ns: int, cameras: Sequence[str] = ()) -> None:
        self._ask = ask
        named = ", ".join(map(quote, cameras))
        self._where = f"occurred_at >= fromUnixTimestamp64Nano(toInt64({since_ns}), 'UTC')" + (
            f" AND camera_id IN ({named})" if named else ""
        )

    def found(self) -> Iterator[Stored]:
        """Every passage with a finding, with all its findings."""
        rows = self._ask(
            f"""SELECT passage_id, any(passage), groupArray(finding), any(keeper) FROM v_cases
            WHERE {self._where} GROUP BY passage_id, occurred_at_ns ORDER BY occurred_at_ns, passage_id"""
        )
        for _, passage, findings, keeper in rows:
            decoded = [decode_finding(finding) for finding in findings]
            yield Stored(
                msgspec.json.decode(passage, type=Passage),
                {finding.offence: finding for finding in decoded},
                msgspec.json.decode(keeper, type=Keeper) if keeper else None,
            )

    def counts(self) -> tuple[int, int]:
        """How many passages there were, and how many of them had a valid speed."""
        [(passages, measured)] = self._ask(
            f"SELECT count(), count(speed_kmh) FROM v_passages WHERE {self._where}"
        )
        return int(passages), int(measured)

    def set_aside(self) -> set[str]:
        """The ids that the findings would have which an exemption set aside; nothing else is left of them."""
        rows = self._ask(
            f"SELECT finding_id FROM findings FINAL WHERE {self._where} AND became = 'set_aside'"
        )
        return {str(row[0]) for row in rows}

    def faster_than(self, speed_kmh: float) -> Iterator[Counted]:
        """Passages at this speed or a higher one of which no more than a count is left."""
        rows = self._ask(
            f"""SELECT passage_id, camera_id, vehicle, toUnixTimestamp64Milli(occurred_at), speed_kmh,
                uncertainty_kmh FROM v_passages
            WHERE {self._where} AND speed_kmh >= {speed_kmh:.6f}
                AND passage_id NOT IN (SELECT passage_id FROM violations WHERE {self._where})
            ORDER BY occurred_at, passage_id"""
        )
        for passage_id, camera, vehicle, at_ms, speed, uncertainty in rows:
            yield Counted(passage_id, camera, vehicle, int(at_ms) * 1_000_000, speed, uncertainty)
