"""Drivers in a lane: each keeps to its wish, brakes for a halt or a bend, and follows the one ahead.

Following is the intelligent driver model (Treiber, Hennecke and Helbing 2000).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from roadwitness.simulator.camera import Floats
from roadwitness.simulator.motion import Motion

TICK_S = 0.04
SPEED_UP_MS2 = 2.2
BRAKE_MS2 = 2.6
HARD_MS2 = 7.5
STANDING_GAP_M = 2.0
_STILL_MS = 0.12


@dataclass(frozen=True)
class Halt:
    """Stand with the front at ``at_m`` of the path until ``until_s``; asked for from ``from_s`` on."""

    at_m: float
    until_s: float
    from_s: float = -math.inf


@dataclass(frozen=True)
class SlowStretch:
    """No faster than ``speed_ms`` between two lengths of the path, as in a bend."""

    from_m: float
    to_m: float
    speed_ms: float


@dataclass(frozen=True)
class Driver:
    """What one driver wants: to be at 0 m of its path at ``enters_s`` with ``wish_ms``.

    ``leader_until_m``: up to there the vehicle ahead in the queue is on the same path.
    """

    enters_s: float
    wish_ms: float
    length_m: float
    halts: tuple[Halt, ...] = ()
    slow: tuple[SlowStretch, ...] = ()
    headway_s: float = 1.1
    leader_until_m: float = math.inf


def drive_queue(drivers: Sequence[Driver], until_s: float) -> list[Motion]:
    """The motions of ``drivers`` that follow each other in one lane, the first first."""
    motions: list[Motion] = []
    for driver in drivers:
        ahead = (motions[-1], drivers[len(motions) - 1].length_m) if motions else None
        motions.append(drive(driver, ahead, until_s))
    return motions


def drive(driver: Driver, ahead: tuple[Motion, float] | None, until_s: float) -> Motion:
    """One driver's motion behind ``ahead`` (its motion and length), from its entry to ``until_s``."""
    count = max(2, math.ceil((until_s - driver.enters_s) / TICK_S) + 1)
    times: Floats = driver.enters_s + TICK_S * np.arange(count, dtype=np.float64)
    arcs, speeds = np.zeros(count), np.zeros(count)
    speeds[0] = driver.wish_ms
    for tick in range(count - 1):
        speed = _next_speed(driver, ahead, float(times[tick]), float(arcs[tick]), float(speeds[tick]))
        speeds[tick + 1] = speed
        arcs[tick + 1] = arcs[tick] + (speeds[tick] + speed) / 2 * TICK_S
    return Motion(times, arcs, speeds)


def _next_speed(
    driver: Driver, ahead: tuple[Motion, float] | None, at_s: float, arc_m: float, speed: float
) -> float:
    rate = _free_rate(driver, arc_m, speed)
    for halt in driver.halts:
        left = halt.at_m - arc_m
        if halt.from_s <= at_s < halt.until_s and left > -1.0:
            needed = speed**2 / (2 * max(left, 0.02))
            if speed < _STILL_MS and left < 0.6:
                return 0.0
            if left < 0.1:
                rate = min(rate, -BRAKE_MS2)
            elif needed >= 0.9 * BRAKE_MS2:
                rate = min(rate, -needed)
    if ahead is not None and arc_m < driver.leader_until_m:
        rate = min(rate, _following_rate(driver, ahead, at_s, arc_m, speed))
    faster = speed + max(rate, -HARD_MS2) * TICK_S
    # A vehicle that has come to rest stays so until there is room again, and does not creep.
    return 0.0 if faster < _STILL_MS and rate < 0.4 else faster


def _free_rate(driver: Driver, arc_m: float, speed: float) -> float:
    wish = driver.wish_ms
    for bend in driver.slow:
        if arc_m < bend.from_m:
            wish = min(wish, math.sqrt(bend.speed_ms**2 + 2 * 1.8 * (bend.from_m - arc_m)))
        elif arc_m <= bend.to_m:
            wish = min(wish, bend.speed_ms)
    return float(np.clip((wish - speed) / 0.5, -BRAKE_MS2, SPEED_UP_MS2))


def _following_rate(
    driver: Driver, ahead: tuple[Motion, float], at_s: float, arc_m: float, speed: float
) -> float:
    motion, length = ahead
    lead_arc, lead_speed, _ = motion.at(at_s)
    gap = max(0.1, lead_arc - length - arc_m)
    closing = speed * (speed - lead_speed) / (2 * math.sqrt(SPEED_UP_MS2 * BRAKE_MS2))
    wanted = STANDING_GAP_M + max(0.0, speed * driver.headway_s + closing)
    return SPEED_UP_MS2 * (1 - (speed / max(driver.wish_ms, 0.1)) ** 4 - (wanted / gap) ** 2)


def crossing_at(driver: Driver, arc_m: float, at_s: float) -> Driver:
    """``driver`` entering so that it passes ``arc_m`` at ``at_s`` if nothing holds it up."""
    alone = drive(replace(driver, halts=()), None, driver.enters_s + 4 * arc_m / max(driver.wish_ms, 1.0))
    passes = alone.when(arc_m)
    assert passes is not None
    return replace(driver, enters_s=driver.enters_s + at_s - passes)
