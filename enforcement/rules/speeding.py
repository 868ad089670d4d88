"""The speeding rule: faster than the limit after the tolerance has been subtracted."""

from __future__ import annotations

from enforcement.circumstances import Circumstances
from enforcement.policy import Policy
from enforcement.rules.finding import Finding

OFFENCE = "speeding"


def judge(circumstances: Circumstances, policy: Policy) -> Finding | None:
    """The finding of speeding in a passage, or None.

    None also where the measurement is void or is no positive number, and where the policy does not hold at
    the time of the passage: no rule is ever applied to what was not measured, or before it was law.
    """
    passage = circumstances.passage
    measured = passage.speed.speed_kmh
    if policy.speeding is None:
        return None
    if passage.speed.void_reason is not None or measured is None or not 0.0 < measured < float("inf"):
        return None
    if not policy.is_valid_at(passage.started_at_ns):
        return None
    limit = policy.speeding.limit_kmh
    subtracted = policy.speeding.tolerance.subtracted_kmh(measured)
    enforced = measured - subtracted
    # Compared in whole millionths of a km/h, so that 83.1 - 3 - 80.1 is not a finding by a binary fraction.
    if round(enforced - limit, 6) <= 0.0:
        return None
    return Finding(
        offence=OFFENCE,
        measured=measured,
        unit="km/h",
        uncertainty=passage.speed.uncertainty_kmh,
        subtracted=subtracted,
        enforced=round(enforced, 6),
        allowed=limit,
        policy_id=policy.id,
        policy_version=policy.version,
        explanation=(
            f"Measured {measured:.1f} km/h; {subtracted:g} km/h subtracted; {enforced:.1f} km/h where "
            f"{limit:g} km/h is allowed: {enforced - limit:.1f} km/h too fast "
            f"(policy {policy.id}, version {policy.version})."
        ),
    )
