"""What the roadside unit knows beside its picture of vehicles: signals, stop lines, signs, its clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.lampwatch import LampWatch
from detectors.roadplaces import StopPlace
from detectors.sign_feed import SignFeed
from streams.messages import HealthEvent


@dataclass(frozen=True)
class Surroundings:
    """What is around the vehicles, and goes into every passage.

    ``stop_places`` are the lines at which pictures are kept; ``conditions`` what signs always show here,
    ``signs`` those that say at times what they show;
    ``clock_sigma_ms`` (k = 1) how well the unit's clock is known, None where nobody says.
    """

    lamps: LampWatch | None = None
    stop_places: Sequence[StopPlace] = ()
    conditions: tuple[str, ...] = ()
    signs: Sequence[SignFeed] = ()
    clock_sigma_ms: float | None = None

    def hear(self, now_ns: int) -> list[HealthEvent]:
        """Take in what the signs' feeds have said by ``now_ns``; what was wrong."""
        return [event for feed in self.signs for event in feed.poll(now_ns)]

    def conditions_at(self, started_ns: int, ended_ns: int) -> tuple[str, ...]:
        """What held during a passage by every sign, in the order of the alphabet."""
        shown = {c for feed in self.signs for c in feed.conditions(started_ns, ended_ns)}
        return tuple(sorted({*self.conditions, *shown}))

    def close(self) -> None:
        """Stop listening to controllers and signs."""
        if self.lamps is not None:
            self.lamps.close()
        for feed in self.signs:
            feed.close()
