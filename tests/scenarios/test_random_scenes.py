"""Whatever happens on the road: nobody is accused of what the truth says did not happen."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enforcement.rules.finding import Finding
from tests.scenarios.judging import accused
from tests.scenarios.observing import POOR_QUALITIES, Quality
from tests.scenarios.oracle import ORACLES, Truth
from tests.scenarios.profile import MANY, RANDOM_SCENES
from tests.scenarios.random_scenes import SCENES
from tests.scenarios.scene import Scene
from tests.scenarios.spoiling import spoiled

_seen: Counter[str] = Counter()


_searching = settings(
    max_examples=RANDOM_SCENES,
    deadline=None,
    database=None,
    derandomize=not MANY,
    suppress_health_check=list(HealthCheck),
)
_random = given(st.randoms(use_true_random=True), st.sampled_from(POOR_QUALITIES), st.integers(0, 2**32))
pytestmark = pytest.mark.timeout(0 if MANY else 300)


@pytest.mark.parametrize("kind", SCENES)
def test_nobody_is_accused_of_what_did_not_happen(kind: str) -> None:
    @_searching
    @_random
    def judged(rng: Random, quality: Quality, seed: int) -> None:
        scene = SCENES[kind](rng)
        _must_be_true(scene, accused(scene, quality, seed), quality)

    judged()


@pytest.mark.parametrize("kind", SCENES)
def test_nobody_is_accused_because_less_is_known(kind: str) -> None:
    @_searching
    @_random
    def judged(rng: Random, quality: Quality, seed: int) -> None:
        scene = SCENES[kind](rng)
        findings = accused(scene, quality, seed, lambda seen: spoiled(seen, Random(seed)))
        _must_be_true(scene, findings, quality)

    judged()


def _must_be_true(scene: Scene, findings: dict[str, Finding], quality: Quality) -> None:
    truth = Truth(scene)
    for offence, finding in findings.items():
        _seen[offence] += 1
        verdict = ORACLES[offence](truth)
        assert verdict != "lawful", f"{offence} ({quality.name}): {finding.explanation}\n{scene}"


def test_the_random_scenes_are_not_idle() -> None:
    missing = set(ORACLES) - set(_seen)
    assert not missing, f"no random scene ever led to a finding of {', '.join(sorted(missing))}."
