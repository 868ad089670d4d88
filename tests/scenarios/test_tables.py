"""No near miss is ever accused, nearly every positive is found, and the tables say what is true."""

from __future__ import annotations

import pytest

from tests.scenarios.judging import tally
from tests.scenarios.oracle import ORACLES, verdict_on
from tests.scenarios.profile import SEEDS
from tests.scenarios.scenario import Scenario
from tests.scenarios.tables import TABLES

LEAST_POSITIVES, LEAST_NEAR_MISSES, LEAST_FOUND = 20, 40, 0.95

_ALL = [scenario for tables in TABLES.values() for scenario in (*tables.positives, *tables.near_misses)]


@pytest.mark.parametrize("offence", ORACLES)
def test_every_offence_has_its_tables(offence: str) -> None:
    tables = TABLES[offence]
    assert len(tables.positives) >= LEAST_POSITIVES
    assert len(tables.near_misses) >= LEAST_NEAR_MISSES


def test_no_scenario_is_told_twice() -> None:
    names = [str(scenario) for scenario in _ALL]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("scenario", _ALL, ids=str)
def test_the_truth_says_the_same(scenario: Scenario) -> None:
    verdict = verdict_on(scenario.scene, scenario.offence)
    if scenario.found:
        assert verdict == "guilty"
    elif scenario.proven:
        assert verdict == "lawful"


@pytest.mark.parametrize("offence", ORACLES)
def test_no_near_miss_is_accused(offence: str) -> None:
    accused = tally(TABLES[offence].near_misses, SEEDS).accused
    assert not accused, "\n".join(accused)


@pytest.mark.parametrize("offence", ORACLES)
def test_positives_are_found(offence: str) -> None:
    result = tally(TABLES[offence].positives, SEEDS)
    assert not result.accused, "\n".join(result.accused)
    assert result.part_found >= LEAST_FOUND, f"{offence}: {result.part_found:.1%} found; missed " + "; ".join(
        result.missed
    )
