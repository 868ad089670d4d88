"""The speeding rule: faster than the limit after what is in the driver's favour has been subtracted."""

from __future__ import annotations

import math

from enforcement.circumstances import Circumstances
from enforcement.policy import Policy
from enforcement.rules.finding import Finding, Moment
from enforcement.rules.limits import allowed_to, subtracted_from

OFFENCE = "speeding"


def judge(circumstances: Circumstances, policy: Policy) -> Finding | None:
    """The finding of speeding in a passage, or None.

    The limit is the lowest that applies throughout the passage; the larger of the policy's tolerance and the
    measurement's expanded uncertainty is subtracted. None also where the measurement is void, is no positive
    number or has no uncertainty, and where the policy does not hold at the time of the passage: no rule is
    ever applied to what was not measured, or before it was law.
    """
    law, passage = policy.speeding, circumstances.passage
    measured, uncertainty = passage.speed.speed_kmh, passage.speed.uncertainty_kmh
    if law is None or passage.speed.void_reason is not None or measured is None or uncertainty is None:
        return None
    # Most vehicles end here, below every limit that could apply.
    if not policy.trigger_kmh <= measured < math.inf or not 0.0 <= uncertainty < math.inf:
        return None
    if not policy.is_valid_at(passage.started_at_ns):
        return None
    allowed = allowed_to(law, passage, policy)
    if measured - law.tolerance.subtracted_kmh(measured) <= allowed.kmh:
        return None
    subtracted = subtracted_from(measured, uncertainty, law.tolerance)
    enforced = measured - subtracted.kmh
    # Compared in whole millionths of a km/h, so that 83.1 - 3 - 80.1 is not a finding by a binary fraction.
    excess = round(enforced - allowed.kmh, 6)
    if excess <= 0.0:
        return None
    at_ns = passage.speed.at_ns
    return Finding(
        offence=OFFENCE,
        measured=measured,
        unit="km/h",
        uncertainty=uncertainty,
        subtracted=subtracted.kmh,
        enforced=round(enforced, 6),
        allowed=allowed.kmh,
        policy_id=policy.id,
        policy_version=policy.version,
        explanation=(
            f"Measured {measured:.1f} km/h; {subtracted}; {enforced:.1f} km/h where {allowed}: "
            f"{excess:.1f} km/h too fast (policy {policy.id}, version {policy.version})."
        ),
        moments=() if at_ns is None else (Moment("measured", at_ns),),
    )
