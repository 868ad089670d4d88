"""The truth's judge where zones count: wrong way, reserved lane, ban, stopping; and following distance."""

from __future__ import annotations

import math

import numpy as np

from enforcement.law.table import Scope
from enforcement.road import Zone
from tests.scenarios.geometry_truth import Mask, inside, runs, turned
from tests.scenarios.hours_truth import holds
from tests.scenarios.motion import Reals
from tests.scenarios.oracle_lines import Truth, Verdict, under, worst

#: From this braking on a leader makes the gap short, not the follower.
_BRAKING_MS2 = 2.0


def straight(mask: Mask, places: Reals) -> float:
    """The longest straight distance over a stretch in which ``mask`` holds, m."""
    return max((float(np.hypot(*(places[b] - places[a]))) for a, b in runs(mask)), default=0.0)


def _either(verdicts: list[Verdict]) -> Verdict:
    return verdicts[0] if len(set(verdicts)) == 1 else "open"


def wrong_way(truth: Truth) -> Verdict:
    law = truth.scene.policy.wrong_way
    if law is None:
        return "lawful"
    verdicts: list[Verdict] = []
    for lane in truth.scene.road.zones:
        if lane.kind != "lane" or lane.heading_deg is None:
            continue
        verdicts.append(_either([_against(truth, lane, places) for places in (truth.front, truth.rear)]))
    return worst(verdicts)


def _against(truth: Truth, lane: Zone, places: Reals) -> Verdict:
    law = truth.scene.policy.wrong_way
    assert law is not None
    assert lane.heading_deg is not None
    step = np.diff(places, axis=0, append=places[-1:])
    heading = np.degrees(np.arctan2(step[:, 0], step[:, 1]))
    here = inside(lane.ring, places)
    for other in truth.scene.road.zones:
        if other.kind == "lane" and other.heading_deg is not None and other.heading_deg != lane.heading_deg:
            here &= ~inside(other.ring, places)
    fast = np.abs(truth.speed) * 3.6 > law.least_speed_kmh + 1e-6
    back = here & (turned(heading, lane.heading_deg) > 110.0)
    if straight(back, places) < law.least_distance_m or not (back & fast).any():
        return "lawful"
    for a, b in runs(here & fast):
        way = places[b] - places[a]
        opposite = turned(math.degrees(math.atan2(way[0], way[1])), lane.heading_deg + 180.0)
        if np.hypot(*way) >= law.least_distance_m and opposite < 45.0:
            t = float(truth.t[(a + b) // 2])
            return under(holds(law.scope, truth.scene, t), "guilty")
    return "open"


def reserved_lane(truth: Truth) -> Verdict:
    verdicts: list[Verdict] = []
    for law in truth.scene.policy.reserved_lanes:
        zone = truth.scene.road.zone(law.zone)
        if zone is None or truth.scene.vehicle.kind in law.allowed:
            continue
        verdicts.append(_driven(truth, zone, law.least_distance_m, Scope(hours=law.hours)))
    return worst(verdicts)


def vehicle_ban(truth: Truth) -> Verdict:
    verdicts: list[Verdict] = []
    for law in truth.scene.policy.vehicle_bans:
        zone = truth.scene.road.zone(law.zone)
        if zone is not None:
            verdicts.append(_driven(truth, zone, law.least_distance_m, law.scope))
    return worst(verdicts)


def _driven(truth: Truth, zone: Zone, least_m: float, scope: Scope) -> Verdict:
    verdicts: list[Verdict] = []
    for places in (truth.front, truth.rear):
        here = inside(zone.ring, places)
        got: Verdict = "guilty" if straight(here, places) > least_m else "lawful"
        seen = np.flatnonzero(here)
        if got == "guilty":
            scopes = {holds(scope, truth.scene, float(truth.t[i])) for i in (seen[0], seen[-1])}
            got = under(scopes.pop() if len(scopes) == 1 else None, got)
        verdicts.append(got)
    return _either(verdicts)


def stopping(truth: Truth, kind: str) -> Verdict:
    """Standing in a zone of ``kind``: ``no_stopping`` or ``box``."""
    verdicts: list[Verdict] = []
    for law in truth.scene.policy.stopping:
        zone = truth.scene.road.zone(law.zone)
        if zone is None or zone.kind != kind:
            continue
        ends = inside(zone.ring, truth.front) | inside(zone.ring, truth.rear)
        for a, b in runs(truth.standing & ends):
            seconds = float(truth.t[b] - truth.t[a])
            # A passage that begins or ends within the hours only is open.
            scopes = {holds(law.scope, truth.scene, float(truth.t[i])) for i in (a, b)}
            scope = scopes.pop() if len(scopes) == 1 else None
            verdicts.append(under(scope, "guilty" if seconds > law.longest_s else "lawful"))
    return worst(verdicts)


def following(truth: Truth) -> Verdict:
    scene = truth.scene
    law, leader = scene.policy.following, scene.leader
    if law is None or leader is None or not scene.vehicle.kind:
        return "lawful"
    ahead = leader.place(truth.t, scene.leader_vehicle.length_m)
    way = truth.front[-1] - truth.front[0]
    way = way / np.hypot(*way)
    own, other = truth.front @ way, ahead @ way
    beside = (ahead - truth.front) @ np.array([way[1], -way[0]])
    # When the leader's rear was where the own front is now; both drive forwards.
    before = np.interp(own, other, truth.t, left=np.nan, right=np.nan)
    gap = truth.t - before
    same_lane = np.abs(np.interp(before, truth.t, beside)) < 1.5
    close = np.nan_to_num(gap, nan=np.inf) < law.least_gap_s - 1e-3
    asked = close & (gap > 0) & same_lane & (truth.speed * 3.6 > law.least_speed_kmh + 1e-6)
    if straight(asked, truth.front) < law.least_distance_m:
        return "lawful"
    excused = np.diff(leader.speed_ms(truth.t)).min() / 0.02 < -_BRAKING_MS2 + 0.01 or bool(
        np.ptp(ahead @ np.array([way[1], -way[0]])) > 1.0
    )
    if excused or np.ptp(truth.front @ np.array([way[1], -way[0]])) > 1.0:
        return "open"
    passes = int(np.argmin(np.abs(own)))
    return under(holds(law.scope, scene, float(truth.t[passes])), "guilty")
