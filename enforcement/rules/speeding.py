"""The speeding rule: faster than the limit after the tolerance has been subtracted."""

from __future__ import annotations

from enforcement.policy import Policy
from enforcement.rules.finding import Finding
from streams.messages import Passage

OFFENCE = "speeding"


def judge(passage: Passage, policy: Policy) -> Finding | None:
    """The finding of speeding in ``passage``, or None.

    None also where the measurement is void or is no positive number, and where the policy does not hold at
    the time of the passage: no rule is ever applied to what was not measured, or before it was law.
    """
    measured = passage.speed.speed_kmh
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
        measured_kmh=measured,
        uncertainty_kmh=passage.speed.uncertainty_kmh,
        subtracted_kmh=subtracted,
        enforced_kmh=round(enforced, 6),
        allowed_kmh=limit,
        policy_id=policy.id,
        policy_version=policy.version,
        explanation=(
            f"Measured {measured:.1f} km/h; {subtracted:g} km/h subtracted; {enforced:.1f} km/h where "
            f"{limit:g} km/h is allowed: {enforced - limit:.1f} km/h too fast "
            f"(policy {policy.id}, version {policy.version})."
        ),
    )
