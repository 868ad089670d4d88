"""What the register's answer says of the vehicle that was seen, where it is sure which plate was asked."""

from __future__ import annotations

from enforcement.case_plate import CasePlate
from enforcement.circumstances import RegisterStatus
from enforcement.law.papers import RegisterChecks
from enforcement.register import Keeper


def status_of(plate: CasePlate, keeper: Keeper | None, law: RegisterChecks) -> RegisterStatus | None:
    """The answer for a plate that was asked for; None where it may not be held against anybody.

    The plate must have been asked as it was read, with the probability that the policy wants when the plate
    formats are weighed in. That the register does not have it says something only of a plate that is, as
    surely, of a format of the countries whose vehicles the register holds.
    """
    if plate.text is None or plate.text != plate.raw or plate.changed or not plate.legible:
        return None
    if not plate.probability >= law.least_plate_probability:
        return None
    if keeper is not None:
        return RegisterStatus(
            known=True,
            insured_until=keeper.insured_until,
            inspected_until=keeper.inspected_until,
            stolen=keeper.stolen,
            vehicle_class=keeper.vehicle_class or None,
        )
    at_home = plate.country in law.countries and plate.country_probability >= law.least_plate_probability
    return RegisterStatus(known=False) if at_home and plate.format is not None else None
