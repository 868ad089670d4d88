"""To whom and when a restriction applies."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.errors import PolicyError
from enforcement.hours import applies, within
from enforcement.law.table import Scope
from enforcement.law.week import week_of
from enforcement.policy import Policy, nanoseconds
from streams.messages import Passage
from tests.enforcement.samples import SECOND, passage, policy

PARIS = ZoneInfo("Europe/Paris")


def local(text: str, *, lasting_s: float = 0.0, sigma_ms: float | None = 0.0, **other: object) -> Passage:
    """A passage that begins at this local time of Paris (2026-05-04 is a Monday)."""
    start = nanoseconds(datetime.datetime.fromisoformat(text).replace(tzinfo=PARIS))
    return msgspec.structs.replace(
        passage(),
        started_at_ns=start,
        ended_at_ns=start + round(lasting_s * SECOND),
        clock_sigma_ms=sigma_ms,
        **other,
    )


def paris() -> Policy:
    return msgspec.structs.replace(policy(), timezone="Europe/Paris")


@pytest.mark.parametrize(
    ("hours", "at", "holds"),
    [
        ("mo-fr 07:00-19:00", "2026-05-04T07:00", True),
        ("mo-fr 07:00-19:00", "2026-05-04T06:59:59", False),
        ("mo-fr 07:00-19:00", "2026-05-08T18:59:59", True),
        ("mo-fr 07:00-19:00", "2026-05-08T19:00", False),
        ("mo-fr 07:00-19:00", "2026-05-09T12:00", False),
        ("22:00-06:00", "2026-05-04T23:00", True),
        ("22:00-06:00", "2026-05-05T05:59", True),
        ("22:00-06:00", "2026-05-05T06:00", False),
        ("fr 22:00-06:00", "2026-05-09T03:00", True),  # the night that began on Friday
        ("fr 22:00-06:00", "2026-05-08T03:00", False),
        ("su 22:00-06:00", "2026-05-04T03:00", True),  # into the next week
        ("sa-su", "2026-05-09T00:00", True),
        ("sa-su", "2026-05-11T00:00", False),
        ("sa-mo", "2026-05-04T12:00", True),
        ("mo,we,fr 8:00-12:00", "2026-05-06T09:00", True),
        ("mo,we,fr 8:00-12:00", "2026-05-05T09:00", False),
        ("20:00-24:00", "2026-05-04T23:59:59", True),
        ("20:00-24:00", "2026-05-05T00:00", False),
        ("MO 07:00 - 09:00", "2026-05-04T08:00", True),
        ("07:00-09:00", "2026-01-05T07:30", True),  # winter time
        ("07:00-09:00", "2026-07-06T07:30", True),  # summer time
        ("01:00-02:00", "2026-03-29T01:59:59", True),
        ("02:00-03:00", "2026-03-29T03:00", False),  # this hour did not exist
    ],
)
def test_hours_are_of_local_time(hours: str, at: str, holds: bool) -> None:
    assert within((hours,), local(at), paris()) is holds


def test_an_hour_that_comes_twice_counts_twice() -> None:
    twice = local("2026-10-25T02:30")
    later = msgspec.structs.replace(
        twice,
        started_at_ns=twice.started_at_ns + 3600 * SECOND,
        ended_at_ns=twice.ended_at_ns + 3600 * SECOND,
    )
    for one in (twice, later):
        assert within(("02:00-03:00",), one, paris())
        assert not within(("03:00-04:00",), one, paris())


@pytest.mark.parametrize(
    ("at", "lasting_s", "sigma_ms", "holds"),
    [
        ("07:00:10", 3.0, 0.0, True),
        ("06:59:58", 3.0, 0.0, False),  # the boundary lies in the passage
        ("18:59:58", 3.0, 0.0, False),
        ("07:00:10", 3.0, 6000.0, False),  # the clock may be 12 s fast
        ("07:00:10", 3.0, 4000.0, True),
        ("07:00:10", 3.0, None, False),  # nobody says how good the clock is
        ("07:01:10", 3.0, None, True),
    ],
)
def test_every_doubt_about_time_is_in_the_drivers_favour(
    at: str, lasting_s: float, sigma_ms: float | None, holds: bool
) -> None:
    seen = local(f"2026-05-04T{at}", lasting_s=lasting_s, sigma_ms=sigma_ms)
    assert within(("07:00-19:00",), seen, paris()) is holds


@pytest.mark.parametrize(
    ("scope", "changes", "holds"),
    [
        (Scope(), {}, True),
        (Scope(vehicles=("truck", "bus")), {"vehicle": "truck"}, True),
        (Scope(vehicles=("truck", "bus")), {"vehicle": "car"}, False),
        (Scope(vehicles=("truck",)), {"vehicle": "truck", "vehicle_confidence": 0.8}, True),
        (Scope(vehicles=("truck",)), {"vehicle": "truck", "vehicle_confidence": 0.79}, False),
        (Scope(vehicles=("truck",)), {"vehicle": "truck", "vehicle_confidence": float("nan")}, False),
        (Scope(conditions=("wet",)), {"conditions": ("wet", "fog")}, True),
        (Scope(conditions=("wet", "fog")), {"conditions": ("wet",)}, False),
        (Scope(conditions=("wet",)), {}, False),
        (Scope(hours=("sa-su",), conditions=("wet",)), {"conditions": ("wet",)}, False),
        (Scope(hours=("sa-su", "12:00-13:00")), {}, True),
    ],
)
def test_a_scope(scope: Scope, changes: dict[str, object], holds: bool) -> None:
    assert applies(scope, local("2026-05-04T12:30", **changes), paris()) is holds


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        ("mo-fr 7-19", "'mo-fr 7-19' are not understood; write them as 'mo-fr 07:00-19:00'"),
        ("", "not understood"),
        ("mo-xx", "'xx' in the hours 'mo-xx' is no day; days are mo, tu"),
        ("mo-we-fr", "is no day"),
        ("07:00-25:00", "'25:00' in the hours '07:00-25:00' is no time of day"),
        ("07:60-08:00", "is no time of day"),
        ("07:00-07:00", "end where they begin"),
    ],
)
def test_hours_that_are_not_understood(hours: str, says: str) -> None:
    with pytest.raises(PolicyError) as caught:
        week_of((hours,))
    assert says in str(caught.value)


@given(
    st.integers(0, 1439),
    st.integers(0, 1439).map(lambda m: m + 1),
    st.datetimes(datetime.datetime(2024, 1, 1), datetime.datetime(2030, 1, 1), timezones=st.just(PARIS)),
)
def test_a_moment_is_in_a_stretch_or_in_the_rest_of_the_day(
    begin: int, end: int, moment: datetime.datetime
) -> None:
    if begin == end:
        return
    stretch = f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"
    at = nanoseconds(moment)
    seen = msgspec.structs.replace(passage(), started_at_ns=at, ended_at_ns=at, clock_sigma_ms=0.0)
    clock = datetime.datetime.fromtimestamp(at / 1e9, PARIS)
    now = clock.hour * 60 + clock.minute
    inside = begin <= now < end if begin < end else now >= begin or now < end
    assert within((stretch,), seen, paris()) is inside
