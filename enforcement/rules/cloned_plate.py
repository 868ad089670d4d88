"""The same plate at two places that lie too far apart for the time between: one of the two is not genuine."""

from __future__ import annotations

from enforcement.circumstances import Circumstances, OtherSighting
from enforcement.hours import LEAST_CLASS_CONFIDENCE
from enforcement.policy import Policy
from enforcement.rules.finding import Finding, Moment, OtherPassage
from streams.messages import Passage

OFFENCE = "cloned_plate"

#: How much smaller the doubt about the match must be where the two vehicles are not of one class: then one of
#: the two reads is likelier to be wrong.
_OTHER_CLASS = 0.1


def judge(circumstances: Circumstances, policy: Policy) -> Finding | None:
    """The finding of a cloned plate, or None.

    The time between is the longest that it can have been: from the first sight to the last, with the expanded
    uncertainty (k = 2) of both clocks. Without a known clock, or a legible plate, there is no finding.
    """
    law, passage, other = policy.cloned_plate, circumstances.passage, circumstances.elsewhere
    if law is None or other is None or not policy.is_valid_at(passage.started_at_ns):
        return None
    plate, sigma_ms = passage.plate, passage.clock_sigma_ms
    if plate is None or not plate.text or sigma_ms is None:
        return None
    same_class = not _differ(passage, other)
    doubt = (1.0 - law.least_match_probability) * (1.0 if same_class else _OTHER_CLASS)
    if not 1.0 - other.match_probability <= doubt:
        return None
    apart_s = max(passage.ended_at_ns - other.at_ns, other.at_ns - passage.started_at_ns) * 1e-9
    clocks_s = 2e-3 * (sigma_ms**2 + other.sigma_ms**2) ** 0.5
    needed_s = other.distance_m / (law.fastest_kmh / 3.6)
    if not apart_s + clocks_s < needed_s:
        return None
    before = other.at_ns <= passage.started_at_ns
    classes = "" if same_class else f"; seen there as {other.vehicle}, here as {passage.vehicle}"
    here, there = Moment("seen here", passage.started_at_ns), Moment("seen there", other.at_ns)
    return Finding(
        offence=OFFENCE,
        measured=round(apart_s, 6),
        unit="s",
        uncertainty=round(clocks_s, 6),
        subtracted=-round(clocks_s, 6),
        enforced=round(apart_s, 6) + round(clocks_s, 6),
        allowed=round(needed_s, 6),
        policy_id=policy.id,
        policy_version=policy.version,
        explanation=(
            f"The same plate was seen {apart_s:.1f} s {'before' if before else 'after'} at camera "
            f"{other.camera_id}, {other.distance_m / 1000.0:.1f} km away (probability that both reads are "
            f"the same plate {other.match_probability:.4g}{classes}); {clocks_s:.1f} s added for the clocks; "
            f"even at {law.fastest_kmh:g} km/h the way takes {needed_s:.0f} s: one of the two vehicles has "
            f"a plate that is not its own, which does not say which of them "
            f"(policy {policy.id}, version {policy.version})."
        ),
        moments=(there, here) if before else (here, there),
        other=OtherPassage(
            other.camera_id,
            other.passage_id,
            other.at_ns,
            other.distance_m,
            match_probability=other.match_probability,
            sigma_ms=other.sigma_ms,
        ),
    )


def _differ(passage: Passage, other: OtherSighting) -> bool:
    return (
        other.vehicle is not None
        and other.vehicle != passage.vehicle
        and min(passage.vehicle_confidence, other.vehicle_confidence) >= LEAST_CLASS_CONFIDENCE
    )
