"""What a worker has done."""

from __future__ import annotations

from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class DrainReport:
    """Counts of messages handled; a message that was delivered twice is counted twice."""

    passages: int = 0
    violations: int = 0
    evidence_stored: int = 0
    evidence_discarded: int = 0
    decisions: int = 0
    dead_letters: int = 0

    def __add__(self, other: DrainReport) -> DrainReport:
        return DrainReport(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    def __str__(self) -> str:
        return (
            f"{self.passages} passages, {self.violations} violations, {self.evidence_stored} pieces of "
            f"evidence stored, {self.evidence_discarded} discarded, {self.decisions} decisions, "
            f"{self.dead_letters} dead letters."
        )
