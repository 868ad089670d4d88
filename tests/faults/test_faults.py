"""Ten seeds of the fault harness; ``python -m tests.faults --seeds 0-199`` plays as many as one likes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.brokers import NoKafka
from tests.faults.play import House, open_house, play
from tests.faults.schedule import plan
from tests.faults.stage import Variant

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    try:
        with open_house() as house:
            yield house
    except NoKafka as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize("seed", range(10))
def test_nothing_is_lost_and_nothing_comes_twice(house: House, seed: int) -> None:
    outcome = play(house, seed)
    faults = "\n".join(map(str, outcome.plan.faults))
    assert outcome.well, f"{outcome.plan.stage}\n{faults}\n" + "\n".join(outcome.wrong)


def _seed_that(kills: str) -> int:
    """The first seed that kills such a process while units publish."""
    return next(
        seed
        for seed in range(1000)
        if any(each.kind == "kill" and each.target.startswith(kills) and 2.0 < each.at_s < 4.0
               for each in plan(seed).faults)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("variant", "kills"),
    [(Variant(careless_workers=True), "worker"), (Variant(forgetful_units=True), "unit")],
    ids=["a worker that commits before it stores", "a forwarder that forgets"],
)
def test_a_broken_promise_is_noticed(house: House, variant: Variant, kills: str) -> None:
    outcome = play(house, _seed_that(kills), variant=variant)
    assert any("missing" in sentence for sentence in outcome.wrong), outcome
