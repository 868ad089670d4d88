"""What a seed means stays what it means, and two hundred of them leave nothing out."""

from __future__ import annotations

import pytest

from tests.faults.schedule import PER_SECOND, SECONDS, Fault, plan
from tests.faults.truth import traffic

SEEDS = range(200)


def test_a_seed_means_the_same_each_time() -> None:
    assert [plan(seed) for seed in SEEDS] == [plan(seed) for seed in SEEDS]
    assert traffic(7, 2, SECONDS, PER_SECOND, section=True) == traffic(
        7, 2, SECONDS, PER_SECOND, section=True
    )


@pytest.mark.parametrize("who", ["unit", "worker", "store", "broker", "s3"])
@pytest.mark.parametrize("kind", ["kill", "pause"])
def test_every_kind_of_process_is_killed_and_paused(kind: str, who: str) -> None:
    assert any(fault.kind == kind and fault.target.startswith(who) for fault in _faults())


@pytest.mark.parametrize("pair", ["unit:kafka", "worker:kafka", "worker:store", "worker:s3", "officer:kafka"])
@pytest.mark.parametrize("name", ["refuse", "drop", "half open out", "half open back", "truncate"])
def test_every_pair_is_cut_in_every_way(pair: str, name: str) -> None:
    who, server = pair.split(":")
    assert any(
        fault.name.removeprefix("long ") == name
        and fault.target.startswith(who)
        and fault.target.endswith(f":{server}")
        for fault in _faults()
    )


@pytest.mark.parametrize("target", ["evidence", "store", "unit"])
def test_every_disk_is_filled(target: str) -> None:
    assert any(fault.kind == "disk" and fault.target.startswith(target) for fault in _faults())


@pytest.mark.parametrize("seed", [0, 5, 17])
def test_the_truth_has_violators_and_innocents_whose_plates_differ(seed: int) -> None:
    seen = [one for camera in traffic(seed, 3, SECONDS, PER_SECOND, section=seed == 5) for one in camera]
    plates = {one.passage.plate.text for one in seen if one.passage.plate and one.cases}
    innocent = {one.passage.plate.text for one in seen if one.passage.plate and one.kind == "innocent"}
    assert plates
    assert innocent
    assert not plates & innocent


def _faults() -> list[Fault]:
    return [fault for seed in SEEDS for fault in plan(seed).faults]
