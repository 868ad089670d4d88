"""The truth's judge of speeds and papers."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import numpy as np

from enforcement.law.papers import Paper
from enforcement.law.speeds import Section, Speeding
from tests.scenarios.hours_truth import holds
from tests.scenarios.oracle_lines import Truth, Verdict, worst


def _allowed(law: Speeding | Section, truth: Truth) -> tuple[float, float]:
    """(lowest, highest) limit that may hold for the vehicle; they differ at the edge of an hour."""
    left, right, near, far = truth.scene.sight.window
    x, y = truth.front.T
    seen = truth.t[(left <= x) & (x <= right) & (near <= y) & (y <= far)]
    lowest, highest = law.limit_kmh, law.limit_kmh
    for special in law.special:
        applies = {
            holds(special.scope, truth.scene, float(t)) for t in (seen[0], seen[len(seen) // 2], seen[-1])
        }
        if applies != {False}:
            lowest = min(lowest, special.limit_kmh)
        if applies == {True}:
            highest = min(highest, special.limit_kmh)
    return lowest, highest


def speeding(truth: Truth) -> Verdict:
    law, _scene = truth.scene.policy.speeding, truth.scene
    if law is None:
        return "lawful"
    low, high = _allowed(law, truth)
    kmh = np.abs(truth.speed) * 3.6
    if kmh.max() <= low + 1e-6:
        return "lawful"
    return _beyond(law, float(kmh.min()), high)


def _beyond(law: Speeding | Section, kmh: float, limit: float) -> Verdict:
    """Guilty where no measurement that is right within 3 km/h and 3 % can excuse it."""
    least = kmh - max(3.0, 0.03 * kmh)
    return "guilty" if least - law.tolerance.subtracted_kmh(least) > limit else "open"


def average_speed(truth: Truth) -> Verdict:
    scene = truth.scene
    entered = scene.entered
    verdicts: list[Verdict] = []
    for law in scene.policy.sections:
        if entered is None or law.id != entered.section:
            continue
        kmh = (law.length_m + entered.metres_longer) / -entered.at_s * 3.6
        low, high = _allowed(law, truth)
        verdicts.append("lawful" if kmh <= low + 1e-6 else _beyond(law, kmh, high))
    return worst(verdicts)


def papers(truth: Truth, paper: Paper) -> Verdict:
    """What is wrong with the vehicle's papers on the local day of the passage; ``until`` includes its day."""
    scene = truth.scene
    law, status = scene.policy.register_checks, scene.registered
    if law is None or paper not in law.offences or status is None:
        return "lawful"
    day = scene.at.astimezone(ZoneInfo(scene.policy.timezone)).date()
    grace = datetime.timedelta(days=law.grace_days)
    dates = {"uninsured": status.insured_until, "inspection_expired": status.inspected_until}
    if paper == "unregistered":
        return "lawful" if status.known else "guilty"
    if paper == "stolen":
        return "guilty" if status.stolen else "lawful"
    until = dates[paper]
    return "lawful" if until is None or day <= until + grace else "guilty"


def cloned_plate(truth: Truth) -> Verdict:
    law, other = truth.scene.policy.cloned_plate, truth.scene.elsewhere
    if law is None or other is None:
        return "lawful"
    if other.at_s >= 0:
        return "open"
    kmh = other.distance_m / -other.at_s * 3.6
    return "lawful" if kmh <= law.fastest_kmh + 1e-6 else "guilty" if kmh > 1.02 * law.fastest_kmh else "open"
