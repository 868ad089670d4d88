"""Where each plate was seen last, so that the same plate at two places far apart is noticed.

Held in memory only, for as long as the policies of the cameras say; legible plates of units with a known
clock alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from enforcement.circumstances import OtherSighting
from enforcement.distances import Distances
from enforcement.expiring import Expiring
from enforcement.plate_matching import PlateSlots, match_probability, slots_of
from enforcement.policy import Policy
from streams.messages import Passage

_MOST = 50_000
#: A plate that differs from another in one place is likelier where a coincidence is looked for.
_NEAR = 0.05


@dataclass(frozen=True)
class _Sighting:
    passage_id: str
    camera_id: str
    first_ns: int
    last_ns: int
    sigma_ms: float
    vehicle: str
    vehicle_confidence: float
    plate: PlateSlots


class Sightings:
    """The plates seen at the cameras whose policy looks for cloned ones. Not for use from two threads."""

    def __init__(
        self,
        policies: Mapping[str, Policy],
        distances: Distances,
        *,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._laws = {
            camera: policy.cloned_plate
            for camera, policy in policies.items()
            if policy.cloned_plate is not None
        }
        self._distances = distances
        span_s = max((law.memory_s for law in self._laws.values()), default=0.0)
        self._seen: Expiring[_Sighting] = Expiring(span_s, _MOST, clock)
        self._by_text: dict[str, dict[str, _Sighting]] = {}
        self._told: dict[str, OtherSighting | None] = {}

    def observe(self, passage: Passage) -> OtherSighting | None:
        """Remember a passage; where its plate was seen that no vehicle can have come from, the farthest such.

        The same answer is given again for a passage that comes again.
        """
        law = self._laws.get(passage.camera_id)
        if law is None or passage.plate is None or not passage.plate.text or passage.clock_sigma_ms is None:
            return None
        plate = slots_of(passage.plate)
        if plate is None:
            return None
        self._forget()
        own = _Sighting(
            passage.passage_id,
            passage.camera_id,
            passage.started_at_ns,
            passage.ended_at_ns,
            passage.clock_sigma_ms,
            passage.vehicle,
            passage.vehicle_confidence,
            plate,
        )
        if own.passage_id not in self._seen:
            # Of two passages the one that came second is told of the other, whenever either comes again.
            self._told[own.passage_id] = self._elsewhere(own, law.fastest_kmh / 3.6)
            self._seen.put(own.passage_id, own.first_ns, own)
            self._by_text.setdefault(plate.text, {})[own.passage_id] = own
        return self._told[own.passage_id]

    def _elsewhere(self, own: _Sighting, fastest_ms: float) -> OtherSighting | None:
        farthest: tuple[float, _Sighting, int, float] | None = None
        for other in self._by_text.get(own.plate.text, {}).values():
            metres = self._distances.between(own.camera_id, other.camera_id)
            if metres is None or other.passage_id == own.passage_id:
                continue
            at_ns = other.first_ns if other.first_ns <= own.first_ns else other.last_ns
            apart_s = max(own.last_ns - at_ns, at_ns - own.first_ns) * 1e-9
            too_far_m = metres - fastest_ms * apart_s
            if too_far_m > 0.0 and (farthest is None or too_far_m > farthest[0]):
                farthest = too_far_m, other, at_ns, metres
        if farthest is None:
            return None
        _, other, at_ns, metres = farthest
        others = [each.plate for each in self._seen if each.plate.text != own.plate.text]
        return OtherSighting(
            other.camera_id,
            other.passage_id,
            at_ns,
            metres,
            match_probability(own.plate, other.plate, others, near=_NEAR),
            other.sigma_ms,
            other.vehicle,
            other.vehicle_confidence,
        )

    def _forget(self) -> None:
        for gone in self._seen.expire():
            same = self._by_text[gone.plate.text]
            del same[gone.passage_id], self._told[gone.passage_id]
            if not same:
                del self._by_text[gone.plate.text]
