"""A case's deadline in words: how much time is left, and that it is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboards.formatting import NANOSECONDS

_HOUR_S = 3600
_DAY_S = 24 * _HOUR_S

State = Literal["", "ample", "soon", "lapsed"]


@dataclass(frozen=True)
class Deadline:
    """``state`` is empty where the law sets no deadline; ``text`` says how much time is left."""

    state: State = ""
    text: str = ""


def deadline_of(due_at_ns: int | None, due_soon_at_ns: int | None, now_ns: int) -> Deadline:
    """The deadline of an undecided case as it stands now; all times UTC ns."""
    if due_at_ns is None:
        return Deadline()
    left_s = (due_at_ns - now_ns) / NANOSECONDS
    if left_s <= 0:
        return Deadline("lapsed", f"lapsed {_ago(-left_s)}")
    is_soon = due_soon_at_ns is not None and now_ns >= due_soon_at_ns
    return Deadline("soon" if is_soon else "ample", f"due {_within(left_s)}")


def _within(seconds: float) -> str:
    if seconds < _HOUR_S:
        return "within the hour"
    if seconds < 2 * _DAY_S:
        return f"in {int(seconds // _HOUR_S)} h"
    return f"in {int(seconds // _DAY_S)} days"


def _ago(seconds: float) -> str:
    if seconds < _HOUR_S:
        return "just now"
    if seconds < 2 * _DAY_S:
        return f"{int(seconds // _HOUR_S)} h ago"
    return f"{int(seconds // _DAY_S)} days ago"
