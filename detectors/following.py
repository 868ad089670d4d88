"""The leader of a vehicle: who passed the same places of the same lane just before it.

Time, not distance, says who leads: at each of some places along a vehicle's way, the leader is the one that
passed that place last before it, in the same direction and no further aside than a lane is wide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.roadtrack import RoadTrack, headings
from streams.messages import Leader, TrackPoint

Array = NDArray[np.float64]

#: Further behind than this nobody follows.
LONGEST_GAP_S = 10.0
#: Half a narrow lane: further aside is another lane.
_ASIDE_M = 1.6
_PLACES = 9
_LEAST_PLACES = 3
#: A leader's track is thinned to this many points, so that a message stays small.
_MOST_POINTS = 200


@dataclass(frozen=True)
class Driven:
    """A vehicle's way on the road, with what is said of it where it is another's leader."""

    passage_id: str
    vehicle: str
    track: RoadTrack
    length_m: float | None
    length_sigma_m: float = 0.0

    @property
    def until_ns(self) -> int:
        """When it was seen last."""
        return self.track.points[-1].captured_at_ns


def leader_of(own: Driven, others: Iterable[Driven]) -> Driven | None:
    """Who of ``others`` drove ahead of ``own``, closest in time; None where nobody did."""
    way = _way(own.track.points)
    if way is None:
        return None
    times, places = way
    going = headings(times, places)
    if not np.isfinite(going).all():
        return None
    chosen = np.unique(np.linspace(0, len(times) - 1, _PLACES).round().astype(int))
    best: tuple[float, Driven] | None = None
    for other in others:
        if other.passage_id == own.passage_id:
            continue
        gap_s = _gap(times, places, going, chosen, other)
        if gap_s is not None and (best is None or gap_s < best[0]):
            best = (gap_s, other)
    return None if best is None else best[1]


def _gap(times: Array, places: Array, going: Array, chosen: NDArray[np.intp], other: Driven) -> float | None:
    """How long before, in the median of the places that both passed, the other passed them; None if not."""
    way = _way(other.track.points)
    if way is None:
        return None
    their_times, their_places = way
    gaps = []
    for i in chosen:
        apart = their_places - places[i]
        ahead = apart @ going[i]
        aside = apart @ np.array([-going[i][1], going[i][0]])
        passed = np.flatnonzero((ahead[:-1] < 0) & (ahead[1:] >= 0))
        for k in passed:
            share = ahead[k] / (ahead[k] - ahead[k + 1])
            gap_s = times[i] - (their_times[k] + share * (their_times[k + 1] - their_times[k]))
            if abs(aside[k] + share * (aside[k + 1] - aside[k])) <= _ASIDE_M and gap_s > 0:
                gaps.append(gap_s)
                break
    middle = float(np.median(gaps)) if len(gaps) >= _LEAST_PLACES else None
    return middle if middle is not None and middle <= LONGEST_GAP_S else None


def _way(points: Sequence[TrackPoint]) -> tuple[Array, Array] | None:
    """Times (N,) in s since the epoch and places (N, 2) in m of the points that are on the road."""
    known = [p for p in points if p.x_m is not None and p.y_m is not None]
    if len(known) < 2:
        return None
    # A float holds no nanoseconds since the epoch, but a quarter of a microsecond, which is enough here.
    times = np.array([p.captured_at_ns * 1e-9 for p in known])
    return times, np.array([(p.x_m, p.y_m) for p in known], dtype=np.float64)


def as_leader(other: Driven) -> Leader:
    """What a follower's passage says of a leader: its places on the road, thinned, and no more."""
    points = [p for p in other.track.points if p.x_m is not None]
    every = -(-len(points) // _MOST_POINTS)
    kept = tuple(points[::every]) if every > 1 else tuple(points)
    return Leader(
        other.passage_id, other.vehicle, kept, other.track.part, other.length_m, other.length_sigma_m
    )
