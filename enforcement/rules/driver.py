"""The seat belt and the phone: what a witness at the roadside saw of the driver, if a site has one.

No witness comes with Roadwitness (:class:`detectors.driver.DriverWitness`), so that by default these rules
find nothing.
"""

from __future__ import annotations

from functools import partial

from enforcement.circumstances import Circumstances, Rule
from enforcement.hours import applies
from enforcement.law.driver import AtTheWheel
from enforcement.policy import Policy
from enforcement.rules.finding import Finding, Moment
from enforcement.rules.making import make

_WORDS: dict[AtTheWheel, str] = {
    "seat_belt": "drove without a seat belt",
    "phone": "held a phone while driving",
}


def _judge(offence: AtTheWheel, circumstances: Circumstances, policy: Policy) -> Finding | None:
    """The finding of one offence at the wheel, or None.

    None also where two signs of one offence contradict each other, or the policy asks for a surer one.
    """
    law, passage = policy.driver, circumstances.passage
    if law is None or not passage.driver or offence not in law.offences:
        return None
    signs = [sign for sign in passage.driver if sign.offence == offence]
    if not signs or not all(law.least_probability <= sign.probability <= 1.0 for sign in signs):
        return None
    if not policy.is_valid_at(passage.started_at_ns) or not applies(law.scope, passage, policy):
        return None
    sign = signs[0]
    return make(
        offence,
        policy,
        f"The driver {_WORDS[offence]}, as the witness {sign.witness or 'without a name'} saw with "
        f"probability {sign.probability:.4g} where {law.least_probability:g} is asked; an officer must "
        "see it too",
        moments=(Moment("seen", sign.captured_at_ns),),
    )


seat_belt: Rule = partial(_judge, "seat_belt")
phone: Rule = partial(_judge, "phone")
