"""Driving too close behind the vehicle ahead."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

import numpy as np

from enforcement.circumstances import Circumstances
from enforcement.hours import LEAST_CLASS_CONFIDENCE, applies
from enforcement.law.places import Following
from enforcement.policy import Policy
from enforcement.rules.finding import Finding
from enforcement.rules.making import make, named, seen_at
from enforcement.stretch import runs
from enforcement.way import Way, way_along
from streams.messages import Leader, Passage

OFFENCE = "following"

_KMH_PER_MS = 3.6
_SLOWS_MS2 = 2.0
_SIDEWAYS_M = 0.6
_LANE_M = 1.8  # further aside it is not the vehicle ahead
_UNKNOWN_PART = 0.25  # k = 1, of a leader's length that is given without its uncertainty
_LEAST_POINTS = 6
_LONGEST_M = 15.0  # of a vehicle whose length is not known
_MARGIN_S = 0.5  # how much shorter a gap may be between the places that are looked at
_SLIPS = 2  # points whose mean tells where a track began and ended


@dataclass(frozen=True, slots=True)
class _Lengthwise:
    """A vehicle along the road: for each point of its way the place of one end, and aside; metres.

    ``nominal`` is where that end was, ``kindest`` where it may have been in the follower's favour (k = 2).
    """

    way: Way
    nominal: list[float]
    kindest: list[float]
    aside: list[float]


@dataclass(frozen=True, slots=True)
class _Gap:
    """The time at a point of one's way since the leader's rear was at the place of one's front, s."""

    nominal: float
    longest: float


def judge(circumstances: Circumstances, policy: Policy) -> Finding | None:
    """The finding of following too closely in a passage, or None; see :class:`Following`."""
    law, leader = policy.following, circumstances.passage.leader
    if law is None or leader is None or not leader.track:
        return None
    speed = circumstances.passage.speed.speed_kmh
    if speed is not None and speed <= law.least_speed_kmh:
        return None
    way = circumstances.way
    if way is None or _far_behind(circumstances.passage, way, leader, law.least_gap_s):
        return None
    ahead = way_along(leader.track)
    pair = None if ahead is None else _lengthwise(circumstances.passage, way.clean, leader, ahead.clean)
    if pair is None or not policy.is_valid_at(circumstances.passage.started_at_ns):
        return None
    if not applies(law.scope, circumstances.passage, policy):
        return None
    return _judge(circumstances, policy, law, *pair)


def _judge(
    circumstances: Circumstances, policy: Policy, law: Following, own: _Lengthwise, ahead: _Lengthwise
) -> Finding | None:
    way = own.way
    gaps = _gaps(own, ahead)

    def surely_short(i: int) -> bool:
        gap = gaps[i]
        return gap is not None and gap.nominal > 0.0 and gap.longest < law.least_gap_s

    best = None
    for first, last in runs(way, surely_short):
        driven = own.nominal[last] - own.nominal[first] - way.u[first] - way.u[last]
        if driven < law.least_distance_m:
            continue
        if driven / (way.t[last] - way.t[first]) * _KMH_PER_MS <= law.least_speed_kmh:
            continue
        if best is None or driven > best[0]:
            best = driven, first, last
    if best is None or not _steady(own) or not _steady(ahead) or _moves_aside(own, ahead):
        return None
    driven, first, last = best
    kmh = (own.nominal[last] - own.nominal[first]) / (way.t[last] - way.t[first]) * _KMH_PER_MS
    # Of all the gaps along the way the longest is told.
    told = max((gap for gap in gaps[first : last + 1] if gap is not None), key=lambda gap: gap.longest)
    added = told.longest - told.nominal
    return make(
        OFFENCE,
        policy,
        f"{named(circumstances.passage.vehicle)} followed the {_named(circumstances)} ahead at {kmh:.0f} "
        f"km/h by {told.nominal:.2f} s or less over {driven:.0f} m; {added:.2f} s added for the uncertainty "
        f"of places and lengths; {told.longest:.2f} s where at least {law.least_gap_s:g} s is required",
        measured=told.nominal,
        unit="s",
        subtracted=-added,
        allowed=law.least_gap_s,
        moments=(seen_at(way, "first too close", first), seen_at(way, "last too close", last)),
    )


def _named(circumstances: Circumstances) -> str:
    leader = circumstances.passage.leader
    return leader.vehicle if leader is not None else "vehicle"


def _far_behind(passage: Passage, way: Way, leader: Leader, least_gap_s: float) -> bool:
    """Whether the leader's tracked point was so much earlier at three places of the own way: cheap.

    False where it cannot be told in this way.
    """
    dx, dy = way.x[-1] - way.x[0], way.y[-1] - way.y[0]
    moved = math.hypot(dx, dy)
    if moved <= 0.0:
        return True
    lengths = [(passage.length_m, passage.length_sigma_m), (leader.length_m, leader.length_sigma_m)]
    longest_m = sum(_LONGEST_M if m is None else m + 2.0 * sigma for m, sigma in lengths)
    enough_s = least_gap_s + _MARGIN_S + longest_m * way.t[-1] / moved
    last = len(way.t) - 1
    for i in (0, last // 2, last):
        ahead_ns = _when_at(leader, way.x[i] * dx + way.y[i] * dy, dx, dy)
        if ahead_ns is None or (way.at_ns(way.t[i]) - ahead_ns) * 1e-9 <= enough_s:
            return False
    return True


def _when_at(leader: Leader, place: float, dx: float, dy: float) -> int | None:
    """When the leader's tracked point was at ``place`` along (dx, dy), if it moves that way."""
    low, high = 0, len(leader.track) - 1
    while low < high:
        between = (low + high) // 2
        point = leader.track[between]
        if point.x_m is None or point.y_m is None:
            return None
        if point.x_m * dx + point.y_m * dy < place:
            low = between + 1
        else:
            high = between
    return leader.track[low].captured_at_ns


def _lengthwise(
    passage: Passage, way: Way, leader: Leader, ahead: Way
) -> tuple[_Lengthwise, _Lengthwise] | None:
    vx, vy = _slope(way.t, way.x), _slope(way.t, way.y)
    speed = math.hypot(vx, vy)
    if speed <= 0.0:
        return None
    hx, hy = vx / speed, vy / speed
    sure = passage.vehicle_confidence >= LEAST_CLASS_CONFIDENCE
    length, sigma = (passage.length_m or 0.0) if sure else 0.0, passage.length_sigma_m
    # One's front is further back, and the leader's rear further ahead, the shorter the vehicles are.
    front = (length, max(length - 2.0 * sigma, 0.0)) if passage.tracked_part == "rear" else (0.0, 0.0)
    length = leader.length_m or 0.0
    sigma = leader.length_sigma_m or _UNKNOWN_PART * length
    rear = (-length, -max(length - 2.0 * sigma, 0.0)) if leader.tracked_part == "front" else (0.0, 0.0)
    x, y = fmean(way.x), fmean(way.y)
    return _along(way, x, y, hx, hy, front, -1.0), _along(ahead, x, y, hx, hy, rear, 1.0)


def _slope(t: list[float], values: list[float]) -> float:
    """The mean change of ``values`` with time, by least squares."""
    middle = fmean(t)
    spread = sum((time - middle) ** 2 for time in t)
    return sum((time - middle) * value for time, value in zip(t, values, strict=True)) / spread


def _along(
    way: Way, x0: float, y0: float, hx: float, hy: float, end: tuple[float, float], side: float
) -> _Lengthwise:
    along = [(x - x0) * hx + (y - y0) * hy for x, y in zip(way.x, way.y, strict=True)]
    return _Lengthwise(
        way,
        [s + end[0] for s in along],
        [s + end[1] + side * u for s, u in zip(along, way.u, strict=True)],
        [(x - x0) * hy - (y - y0) * hx for x, y in zip(way.x, way.y, strict=True)],
    )


def _gaps(own: _Lengthwise, ahead: _Lengthwise) -> list[_Gap | None]:
    gaps: list[_Gap | None] = []
    for i in range(len(own.nominal)):
        now = own.way.at_ns(own.way.t[i])
        passed = _passed(ahead.way, ahead.nominal, own.nominal[i])
        kindest = _passed(ahead.way, ahead.kindest, own.kindest[i])
        if passed is None or kindest is None:
            gaps.append(None)
        else:
            gaps.append(_Gap((now - passed) * 1e-9, (now - min(kindest, passed)) * 1e-9))
    return gaps


def _passed(way: Way, along: list[float], place: float) -> int | None:
    """When the end of the leader first passed ``place``, between two of its points without a break, ns."""
    for k, (low, high) in enumerate(pairwise(along)):
        if low <= place < high:
            if way.broken[k]:
                return None
            return way.at_ns(way.t[k] + (way.t[k + 1] - way.t[k]) * (place - low) / (high - low))
    return None


def _steady(vehicle: _Lengthwise) -> bool:
    """Whether it surely did not slow down by more than ``_SLOWS_MS2``, by a parabola through its way."""
    t = np.array(vehicle.way.t)
    if len(t) < _LEAST_POINTS:
        return False
    t = t - t.mean()
    design = np.stack([np.ones_like(t), t, t * t / 2.0], axis=1)
    along = np.array(vehicle.nominal)
    inverse = np.linalg.pinv(design.T @ design)
    fitted = inverse @ (design.T @ along)
    residual = along - design @ fitted
    sigma = math.sqrt(float(residual @ residual) / (len(t) - 3) * float(inverse[2, 2]))
    return float(fitted[2]) - 2.0 * sigma >= -_SLOWS_MS2


def _moves_aside(own: _Lengthwise, ahead: _Lengthwise) -> bool:
    """Whether the leader drives beside one's way, or moves sideways against it as when it has just cut in."""
    if max(map(abs, own.aside)) > _LANE_M or max(map(abs, ahead.aside)) > _LANE_M:
        return True
    usual = median(ahead.aside)
    ends = fmean(ahead.aside[:_SLIPS]), fmean(ahead.aside[-_SLIPS:])
    return max(abs(end - usual) for end in ends) > _SIDEWAYS_M
