"""Ten seeds of the fault harness; ``python -m tests.faults --seeds 0-199`` plays as many as one likes."""

from __future__ import annotations

import pytest

from tests.faults.play import House, play, play_plan
from tests.faults.schedule import ROOMY_BYTES, Fault, Plan
from tests.faults.stage import Variant

pytestmark = pytest.mark.kafka


#: Between them they kill, pause, cut, fill and spoil everything once, in little time.
SEEDS = (0, 1, 2, 3, 5, 6, 8, 9, 10, 14)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_and_nothing_comes_twice(house: House, seed: int) -> None:
    outcome = play(house, seed)
    faults = "\n".join(map(str, outcome.plan.faults))
    assert outcome.well, f"{outcome.plan.stage}\n{faults}\n" + "\n".join(outcome.wrong)


KILL = Fault(3.0, 0.5, "kill", "kill", "unit-0")


@pytest.mark.parametrize(
    "variant",
    [Variant(careless_workers=True), Variant(forgetful_units=True)],
    ids=["a worker that commits before it stores", "a forwarder that erases before the bus has it"],
)
def test_a_broken_promise_is_noticed(house: House, variant: Variant) -> None:
    simple = Plan(
        seed=0,
        units=1,
        workers=1,
        brokers=1,
        section=False,
        disorder=0.0,
        spool_limit_bytes=ROOMY_BYTES,
        small_disks=False,
        s3=False,
        faults=(KILL,),
    )
    outcome = play_plan(house, simple, variant=variant)
    assert any("missing" in sentence for sentence in outcome.wrong), outcome
