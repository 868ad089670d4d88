"""Runs scenarios through the real rules and counts what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from enforcement.circumstances import Circumstances
from enforcement.judging import findings_of
from enforcement.rules.finding import Finding
from tests.scenarios.observing import POOR_QUALITIES, QUALITIES, Quality, chance, observe
from tests.scenarios.oracle import verdict_on
from tests.scenarios.scenario import Scenario
from tests.scenarios.scene import Scene


def accused(
    scene: Scene,
    quality: Quality,
    seed: int,
    changed: Callable[[Circumstances], Circumstances] = lambda seen: seen,
) -> dict[str, Finding]:
    """The findings of all rules by offence; standing in a box junction is an offence of its own here."""
    seen = observe(scene, quality, chance(scene.name, quality.name, seed))
    found: dict[str, Finding] = {}
    if seen is None:
        return found
    circumstances = changed(seen)
    for finding in findings_of(circumstances, scene.policy):
        zone = scene.road.zone(finding.places[0]) if finding.places else None
        found["box_junction" if zone is not None and zone.kind == "box" else finding.offence] = finding
    return found


@dataclass
class Tally:
    """How often an offence's positives were found, and who was accused of what did not happen."""

    seen: int = 0
    found: int = 0
    near_misses: int = 0
    missed: list[str] = field(default_factory=list)
    accused: list[str] = field(default_factory=list)

    @property
    def part_found(self) -> float:
        return self.found / self.seen if self.seen else 0.0


def tally(scenarios: Iterable[Scenario], seeds: range) -> Tally:
    """Observe every scenario in every quality and with every seed, and judge it by all rules."""
    result = Tally()
    for scenario in scenarios:
        for quality in QUALITIES if scenario.found else POOR_QUALITIES:
            for seed in seeds:
                findings = accused(scenario.scene, quality, seed)
                finding = findings.pop(scenario.offence, None)
                where = f"{scenario} ({quality.name}, seed {seed})"
                for offence, other in findings.items():
                    if verdict_on(scenario.scene, offence) == "lawful":
                        result.accused.append(f"{where}, of {offence}: {other.explanation}")
                if not scenario.found:
                    result.near_misses += 1
                    if finding is not None:
                        result.accused.append(f"{where}: {finding.explanation}")
                else:
                    result.seen += 1
                    result.found += finding is not None
                    if finding is None:
                        result.missed.append(where)
    return result
