"""A witness of what a driver does can be given to a roadside unit; none is there by itself."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from detectors.bestshot import Shot
from detectors.pipeline import PipelineSettings
from enforcement.judging import could_be_finding
from enforcement.law.driver import DriverChecks
from streams.messages import DriverSign
from tests.detectors.roadside_parts import Car, Street, passages
from tests.enforcement.samples import policy


class Tiny:
    """Sees a phone on every picture; looks at nothing."""

    def __init__(self) -> None:
        self.shots = 0

    def look(self, shots: Sequence[Shot]) -> Sequence[DriverSign]:
        self.shots += len(shots)
        return [DriverSign("phone", 0.995, 1_777_881_600_000_000_000, "tiny")]


def test_nobody_looks_at_a_driver_by_default() -> None:
    (closed,) = passages(Street(Car("AB12CDE", 60.0)))
    assert closed.passage.driver == ()


def test_what_a_witness_sees_goes_with_the_passage() -> None:
    witness = Tiny()
    (closed,) = passages(Street(Car("AB12CDE", 60.0)), driver_witness=witness)
    assert [sign.offence for sign in closed.passage.driver] == ["phone"]
    assert witness.shots > 0


@pytest.mark.parametrize(("offences", "has_plate"), [(("phone",), True), (("seat_belt",), False)])
def test_a_plate_is_kept_where_the_sign_is_an_offence(offences: tuple[str, ...], has_plate: bool) -> None:
    law = msgspec.structs.replace(policy(), driver=DriverChecks(offences))  # type: ignore[arg-type]
    settings = PipelineSettings("cam", "site", wanted=lambda seen: could_be_finding(seen, law))
    (closed,) = passages(Street(Car("AB12CDE", 60.0)), settings=settings, driver_witness=Tiny())
    assert (closed.passage.plate is not None) is has_plate
