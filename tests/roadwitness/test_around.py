"""What the centre is told of its sites: where cameras stand, and whether a policy's places are drawn."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from enforcement.errors import PolicyError
from enforcement.law.places import Stopping
from enforcement.policy import Policy
from enforcement.road import Road, Zone
from roadwitness.site import CameraSettings, Site, SiteFile, SiteIdentity
from roadwitness.site_law import check_places, distances_of
from tests.enforcement.samples import policy

BOX = Road("r", (), (Zone("box-1", "box", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))),))
LAW = msgspec.structs.replace(policy(), stopping=(Stopping("box-1", 5.0),))


@pytest.mark.parametrize(
    ("policies", "roads", "is_drawn"),
    [
        ({"a": LAW}, {"a": BOX}, True),
        ({"a": LAW, "b": LAW}, {"a": Road(), "b": BOX}, True),  # at one of its cameras is enough
        ({"a": LAW}, {"a": Road()}, False),
        ({"a": LAW, "b": policy()}, {"a": Road(), "b": BOX}, True),  # of the same policy, as far as is said
        ({"a": LAW, "b": msgspec.structs.replace(policy(), id="other")}, {"a": Road(), "b": BOX}, False),
        ({"a": policy()}, {}, True),
    ],
)
def test_a_place_must_be_drawn_at_one_of_the_policys_cameras(
    policies: dict[str, Policy], roads: dict[str, Road], is_drawn: bool
) -> None:
    if is_drawn:
        check_places(policies, roads)
        return
    with pytest.raises(PolicyError, match=r"stopping 1\.zone is 'box-1', which is not drawn on the road"):
        check_places(policies, roads)


def test_cameras_that_say_where_they_stand_have_a_distance() -> None:
    def site(camera: str, position: tuple[float, float] | None) -> Site:
        file = SiteFile(SiteIdentity("s"), CameraSettings(camera, position=position))
        return Site(Path("site.toml"), file)

    distances = distances_of([site("a", (50.0, 8.0)), site("b", (50.1, 8.0)), site("c", None)])
    assert distances.between("a", "b") == pytest.approx(10_890.0, abs=60.0)
    assert distances.between("a", "c") is None
