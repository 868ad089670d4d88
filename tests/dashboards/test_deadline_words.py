"""A deadline is said in words before it is over, and afterwards."""

from __future__ import annotations

import pytest

from dashboards.deadline_view import Deadline, deadline_of

S = 10**9
HOUR, DAY = 3600 * S, 24 * 3600 * S
NOW = 1_777_881_600 * S


@pytest.mark.parametrize(
    ("left", "warned", "state", "text"),
    [
        (30 * DAY, 23 * DAY, "ample", "due in 30 days"),
        (7 * DAY, 0, "soon", "due in 7 days"),
        (2 * DAY, -5 * DAY, "soon", "due in 2 days"),
        (2 * DAY - S, -5 * DAY, "soon", "due in 47 h"),
        (HOUR, -DAY, "soon", "due in 1 h"),
        (S, -DAY, "soon", "due within the hour"),
        (0, -DAY, "lapsed", "lapsed just now"),
        (-47 * HOUR, -8 * DAY, "lapsed", "lapsed 47 h ago"),
        (-3 * DAY, -10 * DAY, "lapsed", "lapsed 3 days ago"),
    ],
)
def test_it_says_how_much_time_is_left(left: int, warned: int, state: str, text: str) -> None:
    assert deadline_of(NOW + left, NOW + warned, NOW) == Deadline(state, text)  # type: ignore[arg-type]


def test_without_a_deadline_it_says_nothing() -> None:
    assert deadline_of(None, None, NOW) == Deadline()
