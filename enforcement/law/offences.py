"""The names of all offences, as findings, policies and cases call them."""

from __future__ import annotations

OFFENCES = (
    "speeding",
    "average_speed",
    "red_light",
    "stop_line",
    "wrong_way",
    "reserved_lane",
    "forbidden_movement",
    "stopping",
    "following",
    "solid_line",
    "vehicle_ban",
    "unregistered",
    "uninsured",
    "inspection_expired",
    "stolen",
    "cloned_plate",
    "seat_belt",
    "phone",
)
