"""Known cases out of a simulated clip: what is right about each is what the simulator knows."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from detectors.pipeline import ClosedPassage
from enforcement.case_plate import plate_of_case
from enforcement.evidence import EvidenceFolder
from enforcement.policy import Policy
from enforcement.quality.known_cases import add_known
from enforcement.register import Keeper
from enforcement.store import Store
from roadwitness import known_making
from roadwitness.known_making import Made, known_cases_of
from roadwitness.known_simulating import seen_of
from roadwitness.simulator import SimulatedSite, Truth, VehicleTruth
from roadwitness.site import load_site
from roadwitness.site_law import policy_of
from tests.roadwitness.conftest import SCENE


@dataclass(frozen=True)
class Seen:
    """What a unit saw of the scene, and what was there."""

    closed: list[ClosedPassage]
    truth: Truth
    recorded_at_ns: int
    policy: Policy

    @property
    def keepers(self) -> dict[str, Keeper]:
        """A keeper of every vehicle."""
        return {
            one.plate: Keeper(
                one.plate, f"k-{one.vehicle_id}", "Nobody at all", "", one.vehicle_class, "Vesta"
            )
            for one in self.truth.vehicles
        }

    def made(self, *wrong: str) -> list[Made]:
        """The known cases, with this wrong about those who drove too fast, in turn."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(known_making, "_IN_TURN", wrong)
            return known_cases_of(self.closed, self.truth, self.recorded_at_ns, self.policy, self.keepers)

    def vehicle_of(self, made: Made) -> VehicleTruth:
        """The vehicle that a case is about, by its keeper."""
        keeper = made[0].keeper
        assert keeper is not None
        return next(one for one in self.truth.vehicles if keeper.keeper_id == f"k-{one.vehicle_id}")


@pytest.fixture(scope="module")
def seen(site: SimulatedSite, truth: Truth) -> Seen:
    loaded = load_site(site.site_file)
    return Seen(seen_of(loaded), truth, loaded.recorded_at_ns or 0, policy_of(loaded))


def test_who_drove_too_fast_is_confirmed_as_the_unit_saw_them(seen: Seen) -> None:
    right = [one for one in seen.made("") if one[0].answer == "confirmed"]
    assert len(right) == SCENE.speeders
    for made in right:
        known, vehicle = made[0], seen.vehicle_of(made)
        assert vehicle.speeding
        assert known.passage.plate is not None
        assert known.passage.plate.text == vehicle.plate
        assert known.finding.measured == pytest.approx(vehicle.speed_kmh, abs=3.0)
        assert {piece.kind for piece in known.passage.evidence} >= {"frame", "plate"}
        assert {item.digest for item in made[1]} == {piece.digest for piece in known.passage.evidence}
        assert all(item.passage_id == known.passage.passage_id for item in made[1])


def test_who_kept_to_the_limit_has_a_speed_that_their_way_contradicts(seen: Seen) -> None:
    [made] = [one for one in seen.made("") if one[0].reason_code == "measurement_doubtful"]
    known, vehicle = made[0], seen.vehicle_of(made)
    assert known.answer == "rejected"
    assert not vehicle.speeding
    assert known.finding.measured > vehicle.speed_kmh + 20
    speed = known.passage.speed
    assert speed.base_m is not None
    assert speed.duration_s is not None
    assert 3.6 * speed.base_m / speed.duration_s == pytest.approx(vehicle.speed_kmh, abs=8.0)


def test_a_misread_plate_is_believed_by_the_formats_and_not_the_one_in_the_picture(seen: Seen) -> None:
    wrong = [one for one in seen.made("plate_wrong") if one[0].reason_code == "plate_wrong"]
    assert wrong
    for made in wrong:
        known, vehicle = made[0], seen.vehicle_of(made)
        assert known.answer == "rejected"
        plate = plate_of_case(known.passage.plate, seen.policy.prior)
        assert plate.text is not None
        assert len(plate.text) == len(vehicle.plate)
        assert sum(a != b for a, b in zip(plate.text, vehicle.plate, strict=True)) == 1
        assert known.keeper is not None
        assert known.keeper.plate == plate.text
        assert vehicle.plate not in repr(known)


def test_another_vehicles_entry_has_another_class(seen: Seen) -> None:
    wrong = [one for one in seen.made("vehicle_mismatch") if one[0].reason_code == "vehicle_mismatch"]
    assert len(wrong) == SCENE.speeders
    for known, _ in wrong:
        assert known.keeper is not None
        assert known.keeper.vehicle_class != known.passage.vehicle


def test_what_the_unit_got_wrong_itself_becomes_no_known_case(seen: Seen) -> None:
    nobody = {plate: keeper for plate, keeper in seen.keepers.items() if plate == "no such plate"}
    assert known_cases_of(seen.closed, seen.truth, seen.recorded_at_ns, seen.policy, nobody) == []


def test_they_are_kept_once_and_nothing_of_them_is_sealed(
    seen: Seen, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("known")
    store = Store.embedded(folder / "store")
    store.migrate()
    made, place = seen.made("", "vehicle_mismatch"), EvidenceFolder(folder / "evidence")
    assert add_known(store, place, made) == len(made)
    assert add_known(store, place, seen.made("", "vehicle_mismatch")) == 0
    store.close()
    assert all(not item.sealed for _, items in made for item in items)
