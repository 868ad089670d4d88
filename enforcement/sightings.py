"""Where each plate was seen, so that the same plate at two places far apart is noticed.

Held in memory only, for as long as the policies of the cameras say; legible plates of units with a known
clock alone. Of two passages the one that was published later is told of the other, whoever judges it: so
there is one finding, and its pictures are still at hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enforcement.circumstances import OtherSighting
from enforcement.distances import Distances
from enforcement.expiring import Expiring
from enforcement.plate_matching import PlateSlots, match_probability, slots_of
from enforcement.policy import Policy
from enforcement.reading import Order, Reading
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
    order: Order


class Sightings:
    """The plates seen at the cameras whose policy looks for cloned ones. Not for use from two threads."""

    def __init__(
        self, policies: Mapping[str, Policy], distances: Distances, reading: Reading | None = None
    ) -> None:
        self._laws = {
            camera: policy.cloned_plate
            for camera, policy in policies.items()
            if policy.cloned_plate is not None
        }
        self._distances = distances
        self._reading = reading or Reading()
        self._span_ns = round(max((law.memory_s for law in self._laws.values()), default=0.0) * 1e9)
        self._seen: Expiring[_Sighting] = Expiring(_MOST)
        self._by_text: dict[str, dict[str, _Sighting]] = {}

    @property
    def cameras(self) -> frozenset[str]:
        """The cameras whose passages are compared with one another."""
        return frozenset(self._laws)

    def observe(self, passage: Passage, order: Order) -> OtherSighting | None:
        """Remember a passage; where its plate was seen that no vehicle can have come from, the farthest such.

        ``order`` is its place in the log; only what lies before it is told. The same answer is given again
        for a passage that comes again.
        """
        law = self._laws.get(passage.camera_id)
        if law is None or passage.plate is None or not passage.plate.text or passage.clock_sigma_ms is None:
            return None
        own = self._seen.get(passage.passage_id)
        if own is None:
            plate = slots_of(passage.plate)
            if plate is None:
                return None
            own = _Sighting(
                passage.passage_id,
                passage.camera_id,
                passage.started_at_ns,
                passage.ended_at_ns,
                passage.clock_sigma_ms,
                passage.vehicle,
                passage.vehicle_confidence,
                plate,
                order,
            )
            self._seen.put(own.passage_id, own)
            self._by_text.setdefault(plate.text, {})[own.passage_id] = own
        return self._elsewhere(own, law.fastest_kmh / 3.6)

    def _elsewhere(self, own: _Sighting, fastest_ms: float) -> OtherSighting | None:
        farthest: tuple[float, _Sighting, int, float] | None = None
        for other in self._by_text.get(own.plate.text, {}).values():
            if other.order >= own.order or abs(other.first_ns - own.first_ns) > self._span_ns:
                continue
            metres = self._distances.between(own.camera_id, other.camera_id)
            if metres is None:
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

    def forget(self) -> None:
        """Forget what has been compared with everything that was published in its time."""
        if not len(self._seen):
            return
        before_ns = self._reading.of_all(self._laws) - self._span_ns
        for gone in self._seen.expire(lambda seen: seen.order[0] < before_ns):
            same = self._by_text[gone.plate.text]
            del same[gone.passage_id]
            if not same:
                del self._by_text[gone.plate.text]

    def clear(self) -> None:
        """Forget everything."""
        self._seen.clear()
        self._by_text.clear()
