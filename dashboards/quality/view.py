"""A line of the list of rules: what was decided of its cases at a camera, and whether it is suspended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from enforcement.quality.false_findings import FalseFindings
from enforcement.quality.suspensions import Change


@dataclass(frozen=True)
class RuleLine:
    """One rule at one camera; ``change`` is the last time that it was suspended there, or allowed again."""

    found: FalseFindings
    change: Change | None

    @property
    def is_suspended(self) -> bool:
        """Whether it opens no cases now."""
        return self.change is not None and self.change.is_suspended

    @property
    def is_doubted(self) -> bool:
        """Whether a person has to see to it."""
        return self.is_suspended or self.found.is_alarming

    def is_about(self, camera: str, offence: str) -> bool:
        """Whether it is the line of this rule at this camera."""
        return (self.found.camera_id, self.found.offence) == (camera, offence)


def rule_lines(found: Iterable[FalseFindings], changes: Iterable[Change]) -> list[RuleLine]:
    """The doubted ones first, then as they are found; what is suspended is there also without cases."""
    last = {(each.camera_id, each.offence): each for each in changes}
    lines = [RuleLine(each, last.pop((each.camera_id, each.offence), None)) for each in found]
    lines += [RuleLine(FalseFindings(*key, 0), change) for key, change in last.items() if change.is_suspended]
    return sorted(lines, key=lambda line: not line.is_doubted)
