"""Drives over a road as a camera sees them: an exact movement, sampled and noisy, made into a passage."""

from __future__ import annotations

import datetime
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec

from enforcement.circumstances import Circumstances, Rule
from enforcement.policy import Policy
from enforcement.road import Road
from enforcement.rules.finding import Finding
from streams.messages import Box, LampPhase, Leader, Passage, SpeedMeasurement, TrackPoint

T0 = 1_777_881_600_000_000_000  # 2026-05-04T08:00:00Z
SECOND = 10**9

Knots = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Drive:
    """A vehicle whose front follows ``path`` (m) with the speeds (s, m/s), straight between these.

    The camera sees it ``hz`` times a second, with errors of ``sigma`` metres in x and in y.
    """

    path: Knots
    speeds: Knots
    length: float = 4.5
    tracked: str = "front"
    sigma: float = 0.1
    length_sigma: float = 0.2
    hz: float = 12.5
    seed: int = 0
    stated_sigma: float | None = None
    starts_s: float = 0.0

    def distance(self, t: float) -> float:
        """How far the front has come along its path after ``t`` seconds."""
        total = 0.0
        for (t0, v0), (t1, v1) in pairwise(self.speeds):
            part = min(t, t1) - t0
            if part > 0.0:
                total += part * (v0 + (v0 + (v1 - v0) * part / (t1 - t0))) / 2
        return total

    def place(self, s: float) -> tuple[float, float]:
        """The place ``s`` metres along the path, straight on beyond its ends."""
        legs = [(a, b, math.dist(a, b)) for a, b in pairwise(self.path)]
        for number, ((ax, ay), (bx, by), length) in enumerate(legs):
            if s <= length or number == len(legs) - 1:
                return ax + (bx - ax) * s / length, ay + (by - ay) * s / length
            s -= length
        raise AssertionError

    def track(self) -> tuple[TrackPoint, ...]:
        luck = random.Random(self.seed)
        sigma = self.sigma if self.stated_sigma is None else self.stated_sigma
        back = self.length if self.tracked == "rear" else 0.0
        points = []
        for k in range(round(self.speeds[-1][0] * self.hz) + 1):
            t = k / self.hz
            x, y = self.place(self.distance(t) - back)
            x, y = x + luck.gauss(0, self.sigma), y + luck.gauss(0, self.sigma)
            at_ns = T0 + round((self.starts_s + t) * SECOND)
            points.append(TrackPoint(at_ns, 0.0, 0.0, x, y, sigma))
        return tuple(points)

    def passage(self, **changes: Any) -> Passage:
        track = self.track()
        made = Passage(
            passage_id="p-1",
            camera_id="cam-1",
            site_id="site-1",
            vehicle="car",
            vehicle_confidence=0.9,
            started_at_ns=track[0].captured_at_ns,
            ended_at_ns=track[-1].captured_at_ns,
            frames=len(track),
            box=Box(0.0, 0.0, 1.0, 1.0),
            track=track,
            speed=SpeedMeasurement(None, void_reason="the vehicle moved 3.0 m only in the measured stretch"),
            tracked_part=self.tracked,
            length_m=self.length,
            length_sigma_m=self.length_sigma,
            clock_sigma_ms=5.0,
        )
        return msgspec.structs.replace(made, **changes)

    def leader(self, **changes: Any) -> Leader:
        made = Leader("p-0", "car", self.track(), self.tracked, self.length)
        return msgspec.structs.replace(made, **changes)


def lamp(state: str, from_s: float, until_s: float, signal: str = "A", **changes: Any) -> LampPhase:
    made = LampPhase(signal, state, T0 + round(from_s * SECOND), T0 + round(until_s * SECOND), 40.0)
    return msgspec.structs.replace(made, **changes)


def law(**tables: Any) -> Policy:
    return Policy(
        id="junction",
        version="3",
        jurisdiction="Simulated",
        valid_from=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        **tables,
    )


def judge(rule: Rule, passage: Passage, road: Road, policy: Policy) -> Finding | None:
    return rule(Circumstances(passage, road), policy)


def moved(passage: Passage, dx: float = 0.0, dy: float = 0.0, seconds: float = 0.0) -> Passage:
    """The same passage elsewhere and at another time, its lamps and its leader too."""
    ns = round(seconds * SECOND)

    def shifted(track: tuple[TrackPoint, ...]) -> tuple[TrackPoint, ...]:
        return tuple(
            msgspec.structs.replace(
                p,
                captured_at_ns=p.captured_at_ns + ns,
                x_m=None if p.x_m is None else p.x_m + dx,
                y_m=None if p.y_m is None else p.y_m + dy,
            )
            for p in track
        )

    ahead = passage.leader
    return msgspec.structs.replace(
        passage,
        track=shifted(passage.track),
        started_at_ns=passage.started_at_ns + ns,
        ended_at_ns=passage.ended_at_ns + ns,
        lamps=tuple(
            msgspec.structs.replace(p, from_ns=p.from_ns + ns, until_ns=p.until_ns + ns)
            for p in passage.lamps
        ),
        leader=None if ahead is None else msgspec.structs.replace(ahead, track=shifted(ahead.track)),
    )


def moved_road(road: Road, dx: float, dy: float) -> Road:
    return Road(
        road.id,
        tuple(
            msgspec.structs.replace(line, points=tuple((x + dx, y + dy) for x, y in line.points))
            for line in road.lines
        ),
        tuple(
            msgspec.structs.replace(zone, ring=tuple((x + dx, y + dy) for x, y in zone.ring))
            for zone in road.zones
        ),
    )


def doubted(passage: Passage, factor: float) -> Passage:
    """The same passage with all stated uncertainties ``factor`` times as large."""

    def wider(track: tuple[TrackPoint, ...]) -> tuple[TrackPoint, ...]:
        return tuple(
            msgspec.structs.replace(p, sigma_m=None if p.sigma_m is None else p.sigma_m * factor)
            for p in track
        )

    clock = passage.clock_sigma_ms
    ahead = passage.leader
    return msgspec.structs.replace(
        passage,
        track=wider(passage.track),
        length_sigma_m=passage.length_sigma_m * factor,
        clock_sigma_ms=None if clock is None else clock * factor,
        lamps=tuple(
            msgspec.structs.replace(p, uncertainty_ms=p.uncertainty_ms * factor) for p in passage.lamps
        ),
        leader=None if ahead is None else msgspec.structs.replace(ahead, track=wider(ahead.track)),
    )
