"""What the register says against a vehicle: unregistered, uninsured, inspection expired, stolen."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import partial

from enforcement.case_plate import plate_of_case
from enforcement.circumstances import Circumstances, RegisterStatus, Rule
from enforcement.hours import LEAST_CLASS_CONFIDENCE, local_date
from enforcement.law.papers import Paper, RegisterChecks
from enforcement.law.table import VEHICLES
from enforcement.policy import Policy
from enforcement.rules.finding import Finding
from enforcement.rules.making import make
from streams.messages import Passage, PlateReading


def _judge(paper: Paper, circumstances: Circumstances, policy: Policy) -> Finding | None:
    """The finding that a paper is at fault, or None.

    None also where the plate is less probable than the policy asks, by itself or weighed by the plate formats
    of the place, and where the register's vehicle is of another class than the one that was seen: then the
    plate may have been misread, or be on a wrong vehicle. A date still holds on its own day and for the days
    of grace, in the policy's local time.
    """
    law, passage, status = policy.register_checks, circumstances.passage, circumstances.registered
    if (
        law is None
        or status is None
        or paper not in law.offences
        or not policy.is_valid_at(passage.started_at_ns)
    ):
        return None
    plate = passage.plate
    if plate is None or not plate.text or not plate.confidence >= law.least_plate_probability:
        return None
    if _is_of_another_class(status, passage):
        return None
    today = local_date(passage, policy)
    fault = _FAULTS[paper](status, today, datetime.timedelta(days=law.grace_days))
    if fault is None or not _is_sure(paper, plate, law, policy):
        return None
    return make(
        paper,
        policy,
        f"{fault}; the plate was read with probability {plate.confidence:.4g} where "
        f"{law.least_plate_probability:g} is asked",
    )


def _unregistered(status: RegisterStatus, _today: datetime.date, _grace: datetime.timedelta) -> str | None:
    return None if status.known else "The register has no vehicle with this plate"


def _stolen(status: RegisterStatus, _today: datetime.date, _grace: datetime.timedelta) -> str | None:
    return "The register says that this vehicle or its plate was stolen" if status.stolen else None


def _uninsured(status: RegisterStatus, today: datetime.date, grace: datetime.timedelta) -> str | None:
    return _expired("insured", status.insured_until, today, grace)


def _inspection(status: RegisterStatus, today: datetime.date, grace: datetime.timedelta) -> str | None:
    return _expired("inspected", status.inspected_until, today, grace)


def _expired(
    what: str, until: datetime.date | None, today: datetime.date, grace: datetime.timedelta
) -> str | None:
    if until is None or today <= until + grace:
        return None
    granted = f" and {grace.days} days of grace are granted" if grace else ""
    return f"The register has the vehicle {what} until {until}{granted}; it was driven on {today}"


_FAULTS: dict[Paper, Callable[[RegisterStatus, datetime.date, datetime.timedelta], str | None]] = {
    "unregistered": _unregistered,
    "uninsured": _uninsured,
    "inspection_expired": _inspection,
    "stolen": _stolen,
}


def _is_sure(paper: Paper, plate: PlateReading, law: RegisterChecks, policy: Policy) -> bool:
    """Whether the register was asked about the vehicle's own plate, and should have known it.

    A plate that the register does not have says something only where it is, as surely, of a format of the
    countries whose vehicles the register holds.
    """
    asked = plate_of_case(plate, policy.prior)
    if asked.text != asked.raw or asked.changed or not asked.probability >= law.least_plate_probability:
        return False
    if paper != "unregistered":
        return True
    at_home = asked.country in law.countries and asked.country_probability >= law.least_plate_probability
    return at_home and asked.format is not None


def _is_of_another_class(status: RegisterStatus, passage: Passage) -> bool:
    return (
        status.vehicle_class in VEHICLES
        and status.vehicle_class != passage.vehicle
        and passage.vehicle_confidence >= LEAST_CLASS_CONFIDENCE
    )


unregistered: Rule = partial(_judge, "unregistered")
uninsured: Rule = partial(_judge, "uninsured")
inspection_expired: Rule = partial(_judge, "inspection_expired")
stolen: Rule = partial(_judge, "stolen")
