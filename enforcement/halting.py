"""Stopping when too much is bad: a flood of dead letters means that this worker is wrong, not the messages.

A policy that was not given, a reader that is too old or a clock that is off would else turn a day's traffic
into letters that somebody must send back one day.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from streams.errors import RoadwitnessError


class TooMuchRefused(RoadwitnessError):
    """So much cannot be handled that the worker stops; what it refused last is still on the bus."""


@dataclass(frozen=True)
class Halt:
    """Stop when of the last ``window`` messages at least ``least``, and ``share`` of them, are refused."""

    share: float = 0.1
    least: int = 20
    window: int = 200


class RefusalWatch:
    """Counts what is refused among the last messages. Not for several threads."""

    def __init__(self, halt: Halt) -> None:
        self._halt = halt
        self._last: deque[bool] = deque(maxlen=halt.window)

    def check(self, refused: Sequence[bool], reason: str) -> None:
        """Look at messages, in their order, which of them are ``refused``; ``reason`` is that of the last.

        Raises:
            TooMuchRefused: when with them too much is bad.
        """
        if not any(refused):
            return
        last = self._last.copy()
        bad = sum(last)
        for each in refused:
            if len(last) == last.maxlen:
                bad -= last[0]
            last.append(each)
            bad += each
            if bad >= self._halt.least and bad >= self._halt.share * len(last):
                raise TooMuchRefused(
                    f"{bad} of the last {len(last)} messages cannot be handled (the last one: {reason}), and "
                    f"a share of {self._halt.share:g} stops the worker; nothing of these was committed: mend "
                    "what is wrong and start again, or give a larger --halt-share."
                )

    def add(self, refused: Sequence[bool]) -> None:
        """These messages are dealt with for good."""
        self._last.extend(refused)
