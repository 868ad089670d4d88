"""What the roadside unit knows beside its picture of vehicles: signals, stop lines, signs, its clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.lampwatch import LampWatch
from detectors.roadplaces import StopPlace


@dataclass(frozen=True)
class Surroundings:
    """What is around the vehicles, and goes into every passage.

    ``stop_places`` are the lines at which pictures are kept; ``conditions`` what the road's signs show;
    ``clock_sigma_ms`` (k = 1) how well the unit's clock is known, None where nobody says.
    """

    lamps: LampWatch | None = None
    stop_places: Sequence[StopPlace] = ()
    conditions: tuple[str, ...] = ()
    clock_sigma_ms: float | None = None
