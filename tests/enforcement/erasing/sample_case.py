"""The case that these tests erase: what it says of a person, and what was decided about it."""

from __future__ import annotations

import msgspec

from tests.enforcement.samples import SPEEDER_ID, decision

DAY = 24 * 3600 * 10**9
PLATE = "AB123CD"
REJECTED = msgspec.structs.replace(decision(SPEEDER_ID, 1, "rejected"), note=f"It is {PLATE}, an ambulance.")
CONFIRMED = msgspec.structs.replace(decision(SPEEDER_ID, 1), checked=("plate", "vehicle", "measurement"))
