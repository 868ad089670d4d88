"""Whatever happens on the road: nobody is accused of what the truth says did not happen."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.scenarios.judging import accused
from tests.scenarios.observing import POOR_QUALITIES, Quality
from tests.scenarios.oracle import ORACLES, Truth
from tests.scenarios.profile import MANY, RANDOM_SCENES
from tests.scenarios.random_scenes import SCENES

_seen: Counter[str] = Counter()


@pytest.mark.timeout(0 if MANY else 300)
@pytest.mark.parametrize("kind", SCENES)
def test_nobody_is_accused_of_what_did_not_happen(kind: str) -> None:
    @settings(
        max_examples=RANDOM_SCENES,
        deadline=None,
        database=None,
        derandomize=not MANY,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=True), st.sampled_from(POOR_QUALITIES), st.integers(0, 2**32))
    def judged(rng: Random, quality: Quality, seed: int) -> None:
        scene = SCENES[kind](rng)
        truth = Truth(scene)
        for offence, finding in accused(scene, quality, seed).items():
            _seen[offence] += 1
            assert ORACLES[offence](truth) != "lawful", (
                f"{offence} ({quality.name}): {finding.explanation}\n{scene}"
            )

    judged()


def test_the_random_scenes_are_not_idle() -> None:
    missing = set(ORACLES) - set(_seen)
    assert not missing, f"no random scene ever led to a finding of {', '.join(sorted(missing))}."
