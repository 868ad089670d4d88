"""What a variable sign showed to a driver: only what it surely showed all the time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from detectors.line_source import open_lines
from detectors.sign_feed import SignFeed
from detectors.surroundings import Surroundings

START_NS = 1_777_881_600_000_000_000
START = datetime.fromtimestamp(START_NS / 1e9, UTC)


def feed_of(folder: Path, *messages: tuple[float, str] | str) -> SignFeed:
    lines = [
        message
        if isinstance(message, str)
        else json.dumps(
            {
                "sign_id": "v1",
                "shows": message[1].split(),
                "at": (START + timedelta(seconds=message[0])).isoformat(),
            }
        )
        for message in messages
    ]
    path = folder / "signs.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return SignFeed(open_lines(str(path)), ["v1"])


def shown(feed: SignFeed, from_s: float, until_s: float) -> set[str]:
    feed.poll(START_NS + round(until_s * 1e9))
    return feed.conditions(START_NS + round(from_s * 1e9), START_NS + round(until_s * 1e9))


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([(0, "wet"), (30, "wet")], {"wet"}),
        ([(0, "wet fog"), (30, "wet")], {"wet"}),
        ([(0, "wet"), (42, "")], set()),
        ([(30, "wet")], set()),
        ([(-100, "wet"), (38, "wet")], set()),
        ([(0, "wet"), (50, "fog")], {"wet"}),
        ([], set()),
    ],
    ids=[
        "shown before and during",
        "what every message says",
        "off while he came",
        "only since he can have passed it",
        "after a long silence",
        "what comes later does not matter",
        "never heard",
    ],
)
def test_a_condition_holds_if_it_was_shown_from_before_the_passage_until_its_end(
    tmp_path, messages, expected
):
    """The passage lasts from second 40 to 45: the sign must have shown it since second 25."""
    assert shown(feed_of(tmp_path, *messages), 40, 45) == expected


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{", "is wrong"),
        ('{"sign_id": "v1", "shows": [], "at": "2026-05-04T08:00:00"}', "has no zone"),
        ('{"sign_id": "v1", "shows": ["wet"], "at": "2026-05-04T07:59:00Z"}', "do not increase"),
    ],
)
def test_a_wrong_message_is_left_out_and_told_once(tmp_path, wrong, said):
    feed = feed_of(tmp_path, (0, "fog"), wrong, wrong, (20, "fog"))
    (event,) = feed.poll(START_NS + 30 * 10**9)
    assert event.kind == "sign-feed"
    assert said in event.detail
    assert feed.poll(START_NS + 31 * 10**9) == []
    assert shown(feed, 20, 30) == {"fog"}


def test_signs_that_always_show_something_are_joined_with_those_that_change(tmp_path):
    around = Surroundings(conditions=("roadworks",), signs=[feed_of(tmp_path, (0, "wet"))])
    assert around.hear(START_NS + 10**9) == []
    assert around.conditions_at(START_NS + 20 * 10**9, START_NS + 25 * 10**9) == ("roadworks", "wet")
    around.close()
