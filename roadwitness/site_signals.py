"""``[[signals]]``, ``[[signs]]`` and ``[road]`` of a site file: what is around the vehicles."""

from __future__ import annotations

from typing import Literal

from roadwitness.tables import Strict

Lamp = Literal["red", "amber", "green"]


class SignalTable(Strict, frozen=True):
    """``[[signals]]``: a signal that the camera sees, or whose controller speaks, or both.

    ``region`` is [x, y, w, h] in px: the dark body of the housing, which its lamps share evenly. ``lamps``
    are their colours from the top, or from the left in a horizontal one. ``feed`` is a file of JSON lines
    beside the site file, or tcp://host:port.
    """

    id: str
    region: tuple[float, float, float, float] | None = None
    layout: Literal["vertical", "horizontal"] = "vertical"
    lamps: tuple[Lamp, ...] = ("red", "amber", "green")
    feed: str | None = None


class SignTable(Strict, frozen=True):
    """``[[signs]]``: what a sign shows, in the words of the policy's ``conditions``.

    ``shows`` always holds; with ``feed``, as that of a signal, the sign says itself what it shows and when.
    """

    id: str
    shows: tuple[str, ...] = ()
    feed: str | None = None


def faults_of(
    signals: tuple[SignalTable, ...], signs: tuple[SignTable, ...], picture: tuple[int, int] | None
) -> list[str]:
    """What is wrong with these tables, in sentences; ``picture`` is the frames' size in px, if known."""
    faults = []
    for number, signal in enumerate(signals, 1):
        name = f"[signals {number}]"
        if signal.region is None and signal.feed is None:
            faults.append(f"{name} has neither `region` nor `feed`; give where its lamps are in the picture.")
        if not 2 <= len(set(signal.lamps)) == len(signal.lamps):
            faults.append(f"{name} `lamps` must be two or three different colours, from the top or the left.")
        if signal.region is not None:
            x, y, w, h = signal.region
            if not (w >= 4 and h >= 4):
                faults.append(f"{name} `region` is {w:g} x {h:g} px; draw it around the whole housing.")
            elif picture is not None and not (0 <= x <= picture[0] - w and 0 <= y <= picture[1] - h):
                faults.append(
                    f"{name} `region` lies outside the picture of {picture[0]}x{picture[1]}; "
                    "write [left, top, width, height] in px."
                )
    for number, sign in enumerate(signs, 1):
        if bool(sign.shows) == (sign.feed is not None):
            faults.append(f"[signs {number}] must have `shows` or `feed`, and not both; write one.")
    for table, ids in (("signals", [s.id for s in signals]), ("signs", [s.id for s in signs])):
        for name in ids:
            if not name.strip():
                faults.append(f"[{table}] has an empty `id`; give each one.")
            elif ids.count(name) > 1:
                faults.append(f"[{table}] has the `id` {name} twice; give each one of its own.")
    return faults
