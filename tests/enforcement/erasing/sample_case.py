"""The case that these tests erase: what it says of a person, what was decided about it, and when."""

from __future__ import annotations

import uuid

import msgspec

from enforcement.erasing.changing import change
from enforcement.store import Store
from tests.enforcement.samples import SPEEDER_ID, T0, decision

DAY = 24 * 3600 * 10**9
PLATE = "AB123CD"
REJECTED = msgspec.structs.replace(decision(SPEEDER_ID, 1, "rejected"), note=f"It is {PLATE}, an ambulance.")
CONFIRMED = msgspec.structs.replace(decision(SPEEDER_ID, 1), checked=("plate", "vehicle", "measurement"))


def stored_at(store: Store, day: float) -> None:
    """Let what was just added to the case have been stored so many days after the sample passed."""
    at_ms = T0 // 10**6 + round(day * DAY) // 10**6
    change(
        store,
        f"ALTER TABLE case_events UPDATE recorded_at = fromUnixTimestamp64Milli({at_ms}, 'UTC')"
        " WHERE recorded_at > now() - toIntervalHour(1)",
    )


def marked_at(store: Store, mark: str, day: float) -> None:
    """A mark on the case that was set so many days after the sample passed."""
    row = (uuid.UUID(SPEEDER_ID), mark, (T0 + round(day * DAY)) // 1000, "B. Lund", "As the office wrote.")
    store.insert("case_marks", ("case_id", "mark", "at", "who", "reason"), [row])
