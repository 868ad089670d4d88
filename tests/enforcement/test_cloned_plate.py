"""The same plate at two places: only where no vehicle can have driven so fast."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.circumstances import Circumstances, OtherSighting
from enforcement.law.papers import ClonedPlate
from enforcement.rules import cloned_plate
from enforcement.rules.finding import Finding
from streams.messages import PlateReading
from tests.enforcement.samples import SECOND, T0, passage, policy

LAW = ClonedPlate(fastest_kmh=250.0)


def judge(at_s: float = -58.0, distance_m: float = 30_000.0, **changes: Any) -> Finding | None:
    """A passage from T0 to 2 s later, and the plate ``at_s`` from T0 elsewhere: 60 s apart at most."""
    other_fields = {"match_probability": 0.999} | {
        name[6:]: changes.pop(name) for name in list(changes) if name.startswith("other_")
    }
    other = OtherSighting("cam-9", "o", T0 + round(at_s * SECOND), distance_m, **other_fields)
    law = changes.pop("law", LAW)
    seen = msgspec.structs.replace(passage(), **({"clock_sigma_ms": 5.0} | changes))
    return cloned_plate.judge(
        Circumstances(seen, elsewhere=other), msgspec.structs.replace(policy(), cloned_plate=law)
    )


def test_a_finding_explains_itself() -> None:
    finding = judge(other_sigma_ms=50.0)
    assert finding is not None
    assert finding.explanation == (
        "The same plate was seen 60.0 s before at camera cam-9, 30.0 km away (probability that both reads "
        "are the same plate 0.999); 0.1 s added for the clocks; even at 250 km/h the way takes 432 s: one of "
        "the two vehicles has a plate that is not its own, which does not say which of them "
        "(policy sim-rural-2026, version 1)."
    )
    assert finding.unit == "s"
    assert finding.measured < finding.enforced < finding.allowed
    assert finding.other is not None
    assert (finding.other.camera_id, finding.other.distance_m) == ("cam-9", 30_000.0)


@pytest.mark.parametrize(
    ("at_s", "distance_m", "found"),
    [
        (-58.0, 4_200.0, True),  # 252 km/h
        (-58.0, 4_160.0, False),  # 249.6 km/h
        (-3598.0, 240_000.0, False),
        (0.0, 1_000.0, True),  # both at once
        (60.0, 30_000.0, True),  # seen there afterwards
        (60.0, 4_160.0, False),
        (-58.0, 0.0, False),
    ],
)
def test_only_an_impossible_way_is_a_finding(at_s: float, distance_m: float, found: bool) -> None:
    assert (judge(at_s, distance_m) is not None) is found


@pytest.mark.parametrize(
    "changes",
    [
        {"plate": None},
        {"plate": PlateReading(None, 0.999)},
        {"clock_sigma_ms": None},
        {"clock_sigma_ms": float("nan")},
        {"clock_sigma_ms": 200_000.0},
        {"other_sigma_ms": 200_000.0},
        {"other_match_probability": 0.99},
        {"other_match_probability": float("nan")},
        {"other_distance_m": float("nan")},
        {"law": None},
    ],
)
def test_what_is_not_sure_is_no_finding(changes: dict[str, Any]) -> None:
    distance = changes.pop("other_distance_m", 30_000.0)
    assert judge(distance_m=distance, **changes) is None


@pytest.mark.parametrize(
    ("vehicle", "confidence", "probability", "found"),
    [
        ("car", 0.9, 0.996, True),
        ("truck", 0.9, 0.996, False),  # rather a misread plate than a clone
        ("truck", 0.9, 0.9996, True),
        ("truck", 0.5, 0.996, True),
        (None, 0.9, 0.996, True),
    ],
)
def test_two_classes_of_vehicles_raise_doubt(
    vehicle: str | None, confidence: float, probability: float, found: bool
) -> None:
    finding = judge(
        other_vehicle=vehicle, other_vehicle_confidence=confidence, other_match_probability=probability
    )
    assert (finding is not None) is found
    if finding and vehicle == "truck" and confidence > 0.6:
        assert "seen there as truck, here as car" in finding.explanation


@given(
    kmh=st.floats(1.0, 250.0),
    at_s=st.floats(-1800.0, 1800.0),
    error=st.floats(-1.0, 1.0),
    sigma_ms=st.floats(0.0, 5000.0),
)
def test_who_can_have_driven_the_way_is_not_accused(
    kmh: float, at_s: float, error: float, sigma_ms: float
) -> None:
    gap_s = max(-at_s, at_s - 2.0, 0.0)
    wrong_s = 2e-3 * sigma_ms * 2**0.5 * error
    assert judge(at_s + wrong_s, gap_s * kmh / 3.6, clock_sigma_ms=sigma_ms, other_sigma_ms=sigma_ms) is None
