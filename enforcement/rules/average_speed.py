"""Average speed over a section: the least way between two cameras over the time that was taken."""

from __future__ import annotations

import math

from enforcement.circumstances import Circumstances, SectionEntry
from enforcement.law.speeds import Section
from enforcement.policy import Policy
from enforcement.rules.finding import Finding, Moment, OtherPassage
from enforcement.rules.limits import allowed_to, subtracted_from
from enforcement.section_times import Timed, passed_at
from streams.messages import Passage

OFFENCE = "average_speed"

#: A mean speed above this is no measurement but a wrong match or a wrong clock.
_FASTEST_KMH = 300.0
#: The longest vehicle on a road, m, where its length is not known.
_LONGEST_M = 25.25


def judge(circumstances: Circumstances, policy: Policy) -> Finding | None:
    """The finding of too high an average speed, or None.

    None also where it is too doubtful that both passages are of one vehicle, where one of the two times is
    not known with its uncertainty, and where the result is no speed of a vehicle.
    """
    entry, passage = circumstances.section, circumstances.passage
    if entry is None:
        return None
    law = next((each for each in policy.sections if each.id == entry.section_id), None)
    if law is None or (entry.camera_id, passage.camera_id) != (law.entry_camera, law.exit_camera):
        return None
    if not entry.match_probability >= law.least_match_probability:
        return None
    if not (policy.is_valid_at(entry.at_ns) and policy.is_valid_at(passage.started_at_ns)):
        return None
    left = passed_at(passage, circumstances.road, law.exit_line, leaving=True)
    if left is None:
        return None
    return _judge(law, entry, left, passage, policy)


def _judge(
    law: Section, entry: SectionEntry, left: Timed, passage: Passage, policy: Policy
) -> Finding | None:
    taken_s = (left.at_ns - entry.at_ns) * 1e-9
    least_m = law.length_m - _shorter_by(entry, passage)
    if not 0.0 < taken_s <= law.longest_s or least_m <= 0.0:
        return None
    measured = least_m / taken_s * 3.6
    time_s = 1e-3 * math.hypot(entry.sigma_ms, left.sigma_ms)
    # v = d / t, so that the relative variances of way and time add up; expanded with k = 2.
    uncertainty = 2.0 * measured * math.hypot(law.length_sigma_m / least_m, time_s / taken_s)
    if not measured <= _FASTEST_KMH or not uncertainty < math.inf:
        return None
    allowed = allowed_to(law, passage, policy, since_ns=entry.at_ns, conditions=entry.conditions)
    subtracted = subtracted_from(measured, uncertainty, law.tolerance)
    enforced = measured - subtracted.kmh
    excess = round(enforced - allowed.kmh, 6)
    if excess <= 0.0:
        return None
    return Finding(
        offence=OFFENCE,
        measured=round(measured, 6),
        unit="km/h",
        uncertainty=round(uncertainty, 6),
        subtracted=subtracted.kmh,
        enforced=round(enforced, 6),
        allowed=allowed.kmh,
        policy_id=policy.id,
        policy_version=policy.version,
        explanation=(
            f"At least {least_m:.1f} m of the section {law.id} in {taken_s:.2f} s, {measured:.1f} km/h on "
            f"average; {subtracted}; {enforced:.1f} km/h where {allowed}: {excess:.1f} km/h too fast; both "
            f"passages are of one vehicle with probability {entry.match_probability:.4g} "
            f"(policy {policy.id}, version {policy.version})."
        ),
        moments=(
            Moment("entered the section", entry.at_ns, uncertainty_ms=2.0 * entry.sigma_ms),
            Moment("left the section", left.at_ns, uncertainty_ms=2.0 * left.sigma_ms),
        ),
        other=OtherPassage(
            entry.camera_id,
            entry.passage_id,
            entry.at_ns,
            round(least_m, 3),
            entry.evidence,
            entry.match_probability,
            entry.sigma_ms,
            law.id,
            entry.tracked_part,
        ),
    )


def _shorter_by(entry: SectionEntry, passage: Passage) -> float:
    """How much less than the section the tracked point may have driven, m.

    Where the rear was timed at the entry and the front at the exit, it is the vehicle's length; the other way
    round the vehicle drove further, which is left to its favour.
    """
    if entry.tracked_part == "front" or passage.tracked_part == "rear":
        return 0.0
    if passage.length_m is None:
        return _LONGEST_M
    return min(_LONGEST_M, passage.length_m + 2.0 * passage.length_sigma_m)
