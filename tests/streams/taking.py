"""Numbered records, and taking them from a subscription."""

from __future__ import annotations

import time

from streams.bus import Record, Subscription


def take(subscription: Subscription, count: int, within_s: float = 30.0) -> list[Record]:
    """At least ``count`` records, or what came in time."""
    deadline = time.monotonic() + within_s
    records: list[Record] = []
    while len(records) < count and time.monotonic() < deadline:
        records.extend(subscription.poll(0.5))
    return records


def values(records: list[Record]) -> list[bytes]:
    return [record.value for record in records]


def numbered(count: int, start: int = 0) -> list[bytes]:
    return [b"%d" % number for number in range(start, start + count)]
