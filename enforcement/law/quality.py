"""From when on a rule is doubted at a camera, and how often reviewers are tested."""

from __future__ import annotations

from enforcement.errors import PolicyError
from enforcement.law.table import Table


class Quality(Table, frozen=True):
    """When a rule is doubted at a camera, and what part of the cases is invented; see docs/quality.md.

    Of the cases decided in the last ``window_days``, ``least_decided`` at least: where surely (95 %) more
    than ``alarm_above`` of those of one rule at one camera were false findings, an alarm is raised; where
    surely more than ``suspend_above`` were, the rule opens no more cases there until a supervisor allows it
    again. Without that number only people suspend. ``known_share`` is how many invented cases with a known
    answer are put for each real one.
    """

    alarm_above: float = 0.2
    suspend_above: float | None = None
    least_decided: int = 30
    window_days: int = 28
    known_share: float = 0.0


#: Where the policy says nothing.
USUAL = Quality()


def check_quality(quality: Quality | None) -> None:
    """Check what no single value shows.

    Raises:
        PolicyError: naming the fields.
    """
    if quality and quality.suspend_above is not None and quality.suspend_above < quality.alarm_above:
        raise PolicyError(
            f"quality.suspend_above is {quality.suspend_above:g}, below quality.alarm_above "
            f"({quality.alarm_above:g}): a rule would be suspended without an alarm; make it at least that."
        )
