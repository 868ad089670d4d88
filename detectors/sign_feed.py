"""What variable signs showed while a vehicle came up to them, from a feed like that of signals.

One line is one message, ``{"sign_id": "vms-1", "shows": ["wet"], "at": "2026-05-04T08:00:07Z"}``; the sign
shows it since then, or still. A condition lowers limits, so it holds only if a sign surely showed it all the
time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from datetime import datetime
from itertools import pairwise

import msgspec

from detectors.line_source import LineSource, utc_ns
from streams.messages import HealthEvent

#: A sign that is silent for longer may have shown anything meanwhile.
SILENCE_S = 60.0
#: A driver must have been able to see the sign: it showed the same from so long before the passage on.
BEFORE_S = 15.0
_REMEMBER_S = 600.0


class SignMessage(msgspec.Struct, frozen=True):
    """One line of a feed."""

    sign_id: str
    shows: tuple[str, ...]
    at: datetime


class SignFeed:
    """The messages of some signs. Times are checked as those of signals are."""

    def __init__(self, lines: LineSource, sign_ids: Collection[str]) -> None:
        self._lines = lines
        self._shown: dict[str, deque[tuple[int, frozenset[str]]]] = {i: deque() for i in sign_ids}
        self._early: deque[SignMessage] = deque()
        self._decoder = msgspec.json.Decoder(SignMessage)
        self._told = False

    def poll(self, now_ns: int) -> list[HealthEvent]:
        """Take in what has come by ``now_ns`` (frame time); a fault of the feed is told once."""
        faults = []
        for line in self._lines.lines():
            try:
                message = self._decoder.decode(line) if line.strip() else None
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                faults.append(f"a message of the sign feed is wrong: {error}")
                continue
            if message is not None and message.at.tzinfo is None:
                faults.append("a time of the sign feed has no zone; send UTC with Z")
            elif message is not None and message.sign_id in self._shown:
                self._early.append(message)
        while self._early and utc_ns(self._early[0].at) <= now_ns:
            message = self._early.popleft()
            at_ns, shown = utc_ns(message.at), self._shown[message.sign_id]
            if shown and at_ns <= shown[-1][0]:
                faults.append("the sign feed's times do not increase; messages are left out")
                continue
            shown.append((at_ns, frozenset(message.shows)))
            while shown[0][0] < at_ns - _REMEMBER_S * 1e9:
                shown.popleft()
        if not faults or self._told:
            return []
        self._told = True
        return [HealthEvent("sign-feed", now_ns, faults[0])]

    def conditions(self, started_ns: int, ended_ns: int) -> set[str]:
        """What some sign showed without a break from before a passage until its end."""
        found: set[str] = set()
        for shown in self._shown.values():
            found |= _throughout(shown, started_ns - round(BEFORE_S * 1e9), ended_ns)
        return found

    def close(self) -> None:
        """Stop listening."""
        self._lines.close()


def _throughout(shown: deque[tuple[int, frozenset[str]]], from_ns: int, until_ns: int) -> frozenset[str]:
    """What every message that counts for a stretch of time says; nothing after a silence."""
    before = [entry for entry in shown if entry[0] <= from_ns][-1:]
    during = [entry for entry in shown if from_ns < entry[0] <= until_ns]
    if not before:
        return frozenset()
    times = [at_ns for at_ns, _ in (*before, *during)] + [until_ns]
    if any(later - sooner > SILENCE_S * 1e9 for sooner, later in pairwise(times)):
        return frozenset()
    return frozenset.intersection(*(what for _, what in (*before, *during)))
