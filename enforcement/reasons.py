"""The reasons an officer can give for rejecting a case."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Code -> the sentence a person reads. Codes are stored for good: add new ones, never rename one.
REASON_CODES: Mapping[str, str] = MappingProxyType(
    {
        "plate_unreadable": "The plate cannot be read on the picture.",
        "plate_wrong": "The plate on the picture is not the one that was read.",
        "vehicle_mismatch": "The vehicle on the picture does not match the register.",
        "measurement_doubtful": "The measurement is in doubt.",
        "emergency_vehicle": "An emergency vehicle or another exempt vehicle.",
        "image_unusable": "The picture does not show the offence clearly.",
        "other": "Another reason, given in the note.",
    }
)
#: The code that says nothing by itself: the note does.
IN_THE_NOTE = "other"
