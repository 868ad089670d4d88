"""Four invented weeks on four cameras, as a store would hold them: seeded, with something to find in each.

What an analyst should find: `in` got a lower limit two weeks ago and is driven slower since, `out` beside it
is as before; `north`'s clock drifts since a week, so that many of its speeds are void and its plates are read
worse; `south` has been silent for two hours, with records waiting on its disk; it sees most of the trucks.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from enforcement.reviewing.faults import CHECKS
from streams.identity import identify
from streams.messages import (
    Box,
    Decision,
    EvidenceReference,
    HealthEvent,
    Heartbeat,
    Passage,
    PlateReading,
    SpeedMeasurement,
)

IN, OUT, NORTH, SOUTH = "town-a1-in", "town-a1-out", "ring-b2-north", "ring-b2-south"
CAMERAS = (IN, OUT, NORTH, SOUTH)
CLOCK_VOID = "the clock of the unit is in doubt"
TRACK_VOID = "the track is too short"
REASONS = ("plate_unreadable", "vehicle_mismatch", "measurement_doubtful")
WEEKS = 4

#: Share of a day's traffic by hour, workdays and weekends.
_WORKDAY = [1, 1, 1, 1, 2, 4, 8, 14, 15, 9, 7, 7, 8, 8, 8, 10, 13, 15, 11, 7, 5, 4, 3, 2]
_WEEKEND = [3, 2, 2, 1, 1, 1, 2, 3, 4, 6, 8, 9, 9, 9, 9, 8, 8, 8, 7, 6, 5, 4, 4, 3]
_VEHICLES = ("car", "truck", "bus", "motorcycle", "bicycle")


@dataclass(frozen=True)
class Road:
    """How a camera's road is driven; ``sigma`` is the spread of the speeds, km/h."""

    site: str
    limit_kmh: float
    mean_kmh: float
    sigma_kmh: float
    a_day: int
    vehicles: tuple[float, ...] = (0.84, 0.05, 0.05, 0.04, 0.02)


ROADS = {
    IN: Road("town-a1", 50.0, 52.0, 6.0, 50),
    OUT: Road("town-a1", 50.0, 51.0, 6.0, 50),
    NORTH: Road("ring-b2", 80.0, 78.0, 7.0, 40),
    SOUTH: Road("ring-b2", 80.0, 77.0, 7.0, 40, (0.60, 0.32, 0.04, 0.03, 0.01)),
}


@dataclass(frozen=True)
class Violation:
    """A passage that broke a rule, what of its evidence came, and what an officer made of it."""

    passage: Passage
    offence: str
    limit_kmh: float
    complete: bool
    decision: Decision | None


@dataclass(frozen=True)
class Traffic:
    """The four weeks until ``now``.

    Days and weeks are counted back from ``now``, whatever the calendar says, so that the same ``seed`` gives
    the same traffic at any time.
    """

    now: datetime
    seed: int = 5

    @property
    def start(self) -> datetime:
        """When it begins."""
        return self.now - timedelta(weeks=WEEKS)

    @property
    def changed(self) -> datetime:
        """When the limit at ``IN`` became lower."""
        return self.now - timedelta(weeks=2)

    @property
    def drifts(self) -> datetime:
        """Since when the clock at ``NORTH`` drifts."""
        return self.now - timedelta(weeks=1)

    @property
    def silent(self) -> datetime:
        """Since when nothing comes from ``SOUTH``."""
        return self.now - timedelta(hours=2)

    @cached_property
    def passages(self) -> list[Passage]:
        """All passages, camera by camera in the order of time."""
        return [passage for camera in CAMERAS for passage in self._of(camera)]

    @cached_property
    def violations(self) -> list[Violation]:
        """Those that broke a rule, with what became of them."""
        chance = random.Random(self.seed + 1)
        found = []
        for passage in self.passages:
            road, speed = ROADS[passage.camera_id], passage.speed.speed_kmh
            limit = 30.0 if passage.camera_id == IN and _moment(passage) >= self.changed else road.limit_kmh
            if speed is not None and speed > limit + (28 if limit == 30.0 else 12):
                offence = "speeding"
            elif road.site == "town-a1" and chance.random() < 0.01:
                offence = "red_light"
            else:
                continue
            complete = chance.random() > 0.05
            decision = self._decision(passage, offence, complete, chance)
            found.append(Violation(passage, offence, limit, complete, decision))
        return found

    @cached_property
    def heartbeats(self) -> list[Heartbeat]:
        """Every quarter of an hour one, and every minute in the last hour."""
        return [beat for camera in CAMERAS for beat in self._beats(camera)]

    def _of(self, camera: str) -> Iterator[Passage]:
        road, chance = ROADS[camera], random.Random(f"{self.seed} {camera}")
        until = self.silent if camera == SOUTH else self.now
        number = 0
        for count in range(WEEKS * 7 * 24):
            hour = self.start + timedelta(hours=count)
            shares = _WEEKEND if count // 24 % 7 >= 5 else _WORKDAY
            expected = road.a_day * shares[count % 24] / sum(shares)
            for _ in range(_poisson(expected, chance)):
                at = hour + timedelta(seconds=chance.uniform(0, 3600))
                if at < until:
                    yield self._passage(camera, road, number, at, chance)
                number += 1

    def _passage(self, camera: str, road: Road, number: int, at: datetime, chance: random.Random) -> Passage:
        slower = 6.0 if camera == IN and at >= self.changed else 0.0
        vehicle = chance.choices(_VEHICLES, road.vehicles)[0]
        heavy = vehicle in ("truck", "bus")
        speed = max(8.0, chance.gauss(road.mean_kmh - slower - (4 if heavy else 0), road.sigma_kmh))
        drifting = camera == NORTH and at >= self.drifts
        void = None
        if drifting and chance.random() < 0.4:
            void = CLOCK_VOID
        elif chance.random() < 0.03:
            void = TRACK_VOID
        at_ns = round(at.timestamp() * 1000) * 1_000_000
        passage_id = identify("passage", camera, number)
        return Passage(
            passage_id=passage_id,
            camera_id=camera,
            site_id=road.site,
            vehicle=vehicle,
            vehicle_confidence=0.9,
            started_at_ns=at_ns,
            ended_at_ns=at_ns + 2 * 10**9,
            frames=40,
            box=Box(100.0, 100.0, 80.0, 60.0),
            track=(),
            speed=SpeedMeasurement(
                None if void else round(speed, 1), None if void else 1.4, void, residual_m=0.05
            ),
            lane=str(1 + number % 2),
            plate=self._plate(chance, drifting),
            evidence=tuple(
                EvidenceReference(
                    kind,
                    f"{identify(kind, passage_id).replace('-', ''):0<64}",
                    "image/jpeg",
                    at_ns,
                    1280,
                    720,
                )
                for kind in ("frame", "plate")
            ),
            calibration_id=f"{camera}-2026",
            clock_sigma_ms=5.0,
        )

    def _plate(self, chance: random.Random, drifting: bool) -> PlateReading:
        if chance.random() < 0.04:
            return PlateReading(None, 0.3)
        text = "".join(chance.choices("ABCDEFGHJKLMNPRSTUVXYZ", k=3)) + f"{chance.randrange(1000):03}"
        low, high = (0.70, 0.90) if drifting else (0.94, 0.999)
        return PlateReading(text, round(chance.uniform(low, high), 3))

    def _decision(
        self, passage: Passage, offence: str, complete: bool, chance: random.Random
    ) -> Decision | None:
        """Those of the last three days wait; most of the others are decided after a few hours.

        What lacks evidence can only be rejected.
        """
        at = _moment(passage)
        if at > self.now - timedelta(days=3) or chance.random() < 0.1:
            return None
        case_id = identify("violation", passage.passage_id, offence)
        decided = at + timedelta(hours=chance.uniform(1, 40))
        rejected = chance.random() < (0.4 if passage.camera_id == NORTH else 0.12) or not complete
        return Decision(
            identify("decision", case_id),
            case_id,
            chance.choice(("A. Moreau", "B. Lindqvist")),
            "rejected" if rejected else "confirmed",
            round(decided.timestamp()) * 10**9,
            chance.choices(REASONS, (5, 2, 1))[0] if rejected else None,
            checked=() if rejected else CHECKS,
        )

    def _beats(self, camera: str) -> Iterator[Heartbeat]:
        chance = random.Random(f"{self.seed} beats {camera}")
        until = self.silent if camera == SOUTH else self.now
        at, frames, dropped = self.start, 0, 0
        while at < until:
            step_s = 60 if self.now - at <= timedelta(hours=1) else 900
            drift_ppm = 40.0 if camera == NORTH and at >= self.drifts else chance.gauss(0.0, 1.0)
            drifted_s = max(0.0, (at - self.drifts).total_seconds()) if camera == NORTH else 0.0
            beat_ns = round(at.timestamp()) * 10**9
            frames += 25 * step_s
            dropped += chance.randrange(4)
            began = camera == NORTH and 0 <= (at - self.drifts).total_seconds() < step_s
            waiting = 3000 if camera == SOUTH and until - at <= timedelta(hours=1) else 0
            yield Heartbeat(
                camera_id=camera,
                site_id=ROADS[camera].site,
                sent_at_ns=beat_ns,
                frames=frames,
                frames_per_second=25.0,
                dropped_frames=dropped,
                passages=frames // 1000,
                clock_offset_ms=round(chance.gauss(0.0, 2.0) + drifted_s * 40e-6 * 1000, 3),
                clock_drift_ppm=round(drift_ppm, 3),
                spool_records=waiting,
                spool_age_s=waiting / 2,
                events=(HealthEvent("clock-drift", beat_ns, "the clock runs 40 ppm fast"),) if began else (),
            )
            at += timedelta(seconds=step_s)


def _moment(passage: Passage) -> datetime:
    return datetime.fromtimestamp(passage.started_at_ns / 1e9, UTC)


def _poisson(mean: float, chance: random.Random) -> int:
    limit, number, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        number += 1
        product *= chance.random()
    return number
