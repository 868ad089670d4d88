"""What became of each vehicle of a simulation: seen, read, measured, accused, rightly or not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from detectors.evaluation.reliability import Reliability, reliability
from detectors.evaluation.shares import Share
from enforcement.circumstances import Circumstances
from enforcement.policy import Policy
from enforcement.rules import speeding
from roadwitness.truth_matching import Comparison
from streams.messages import Passage, PlateReading, SpeedMeasurement

RIGHT, WRONG, UNREADABLE, UNSEEN = "right", "wrong", "unreadable", "unseen"


@dataclass(frozen=True)
class Outcome:
    """One simulated vehicle and what was made of it. ``accused`` are its passages that break the rule."""

    comparison: Comparison
    accused: tuple[Passage, ...]

    @property
    def speed(self) -> SpeedMeasurement | None:
        """Its first measured speed."""
        measured = (passage.speed for passage in self.comparison.passages)
        return next((speed for speed in measured if speed.speed_kmh is not None), None)

    @property
    def error_kmh(self) -> float | None:
        """Measured less true speed."""
        return self.comparison.speed_error_kmh

    @property
    def covered(self) -> bool | None:
        """Whether the true speed lies within the stated uncertainty (k = 2); None without a speed."""
        speed, error = self.speed, self.error_kmh
        if speed is None or error is None:
            return None
        return abs(error) <= (speed.uncertainty_kmh or 0.0)

    @property
    def plate(self) -> PlateReading | None:
        """Its first legible plate, else its first attempt."""
        plates = [passage.plate for passage in self.comparison.passages if passage.plate]
        return next((plate for plate in plates if plate.text), plates[0] if plates else None)

    @property
    def reading(self) -> str:
        """What became of its plate: right, wrong, unreadable (an answer too), or unseen with its vehicle."""
        if not self.comparison.passages:
            return UNSEEN
        if self.plate is None or self.plate.text is None:
            return UNREADABLE
        return RIGHT if self.plate.text == self.comparison.vehicle.plate else WRONG

    @property
    def falsely_accused(self) -> str:
        """Why an accusation of this vehicle is false; empty where there is none or it is right."""
        if not self.accused:
            return ""
        if not self.comparison.vehicle.speeding:
            return "within the limit"
        plates = {passage.plate.text for passage in self.accused if passage.plate}
        return "another's plate" if plates - {None, self.comparison.vehicle.plate} else ""

    @property
    def caught(self) -> bool:
        """Whether it speeded and is accused under its own plate."""
        plates = {passage.plate.text for passage in self.accused if passage.plate}
        return self.comparison.vehicle.speeding and plates == {self.comparison.vehicle.plate}


@dataclass(frozen=True)
class Outcomes:
    """Those of all vehicles; ``strangers`` are passages of none, ``invented`` those of them that accuse."""

    vehicles: tuple[Outcome, ...]
    strangers: tuple[Passage, ...]
    invented: tuple[Passage, ...]

    @property
    def seen_once(self) -> Share:
        """Vehicles with exactly one passage."""
        return self._share([len(each.comparison.passages) == 1 for each in self.vehicles])

    @property
    def unseen(self) -> Share:
        """Vehicles without a passage."""
        return self._share([not each.comparison.passages for each in self.vehicles])

    @property
    def class_right(self) -> Share:
        """Seen vehicles whose first passage says what they are."""
        seen = [each.comparison for each in self.vehicles if each.comparison.passages]
        return self._share([each.passages[0].vehicle == each.vehicle.vehicle_class for each in seen])

    def read(self, outcome: str) -> Share:
        """Vehicles whose plate came out so, of all."""
        return self._share([each.reading == outcome for each in self.vehicles])

    @property
    def measured(self) -> Share:
        """Seen vehicles with a speed."""
        return self._share([each.speed is not None for each in self.vehicles if each.comparison.passages])

    @property
    def covered(self) -> Share:
        """Measured vehicles whose true speed lies within the stated uncertainty."""
        return self._share([bool(each.covered) for each in self.vehicles if each.covered is not None])

    @cached_property
    def errors_kmh(self) -> tuple[float, ...]:
        """The speed errors of all measured vehicles."""
        return tuple(each.error_kmh for each in self.vehicles if each.error_kmh is not None)

    @property
    def bias_kmh(self) -> float | None:
        """Mean speed error."""
        return sum(self.errors_kmh) / len(self.errors_kmh) if self.errors_kmh else None

    @property
    def rms_kmh(self) -> float | None:
        """Root mean square of the speed errors."""
        squares = [error**2 for error in self.errors_kmh]
        return math.sqrt(sum(squares) / len(squares)) if squares else None

    @property
    def caught(self) -> Share:
        """Speeders accused under their own plate."""
        return self._share([each.caught for each in self.vehicles if each.comparison.vehicle.speeding])

    @property
    def false_accusations(self) -> int:
        """Accusations of one within the limit, under another's plate, or of nobody."""
        return sum(bool(each.falsely_accused) for each in self.vehicles) + len(self.invented)

    @cached_property
    def reliability(self) -> Reliability:
        """What the confidence of the plates that were read is worth."""
        read = [
            (each.plate.confidence, each.reading == RIGHT)
            for each in self.vehicles
            if each.plate and each.plate.text
        ]
        return reliability([confidence for confidence, _ in read], [right for _, right in read])

    @staticmethod
    def _share(found: Sequence[bool]) -> Share:
        return Share(sum(found), len(found))


def outcomes(comparisons: Sequence[Comparison], strangers: Sequence[Passage], policy: Policy) -> Outcomes:
    """Judge every passage by the policy, as the centre would, and say what became of each vehicle."""
    return Outcomes(
        vehicles=tuple(
            Outcome(
                each, tuple(p for p in each.passages if speeding.judge(Circumstances(p), policy) is not None)
            )
            for each in comparisons
        ),
        strangers=tuple(strangers),
        invented=tuple(p for p in strangers if speeding.judge(Circumstances(p), policy) is not None),
    )
