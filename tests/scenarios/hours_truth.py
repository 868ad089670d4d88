"""Whether a table's scope holds at the true time and for the true vehicle; apart from the rules' own."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from enforcement.law.table import Scope
from tests.scenarios.scene import Scene

_DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
#: What happens this close to the edge of an hour may be judged either way.
EDGE_S = 0.5


def holds(scope: Scope, scene: Scene, t: float) -> bool | None:
    """Whether the scope holds at ``t`` s of the scene; None where an edge of its hours is too near."""
    if scope.vehicles and scene.vehicle.kind not in scope.vehicles:
        return False
    if not set(scope.conditions) <= set(scene.conditions):
        return False
    return in_hours(scope.hours, scene, t)


def in_hours(hours: tuple[str, ...], scene: Scene, t: float) -> bool | None:
    """Whether ``t`` s of the scene is in the hours of the policy's local time."""
    if not hours:
        return True
    answers = {_in_hours(hours, scene, t + edge) for edge in (-EDGE_S, 0.0, EDGE_S)}
    return answers.pop() if len(answers) == 1 else None


def _in_hours(hours: tuple[str, ...], scene: Scene, t: float) -> bool:
    zone = ZoneInfo(scene.policy.timezone)
    local = (scene.at + datetime.timedelta(seconds=t)).astimezone(zone)
    second = (local.hour * 60 + local.minute) * 60 + local.second + local.microsecond / 1e6
    return any(_in_stretch(stretch, local.weekday(), second) for stretch in hours)


def _in_stretch(stretch: str, day: int, second: float) -> bool:
    *head, last = stretch.split()
    if ":" not in last:
        return day in _days(last)
    start, end = (_seconds(clock) for clock in last.split("-"))
    days = _days(head[0]) if head else set(range(7))
    if start < end:
        return day in days and start <= second < end
    # Past midnight: the days are those on which it begins.
    return (day in days and second >= start) or ((day - 1) % 7 in days and second < end)


def _days(text: str) -> set[int]:
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        day, end = _DAYS.index(first), _DAYS.index(last or first)
        days.add(day)
        while day != end:
            day = (day + 1) % 7
            days.add(day)
    return days


def _seconds(clock: str) -> float:
    hours, minutes = clock.split(":")
    return (int(hours) * 60 + int(minutes)) * 60.0
