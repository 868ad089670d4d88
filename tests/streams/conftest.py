"""Both buses, for what every bus promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from streams.bus import Bus, Subscription
from streams.connect import open_bus
from streams.topics import Topic

Open = Callable[[], Bus]


@pytest.fixture(params=["local", pytest.param("kafka", marks=pytest.mark.kafka)])
def open_again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same bus as often as it is called; buses and subscriptions are closed at the end."""
    url = f"local:{tmp_path / 'bus'}" if request.param == "local" else request.getfixturevalue("kafka_url")
    with ExitStack() as opened:

        def open_one() -> Bus:
            bus = open_bus(url)
            opened.callback(bus.close)
            subscribe = bus.subscribe

            def subscribe_and_close_later(
                topics: Sequence[Topic], group: str, **options: Any
            ) -> Subscription:
                subscription = subscribe(topics, group, **options)
                opened.callback(subscription.close)
                return subscription

            bus.subscribe = subscribe_and_close_later  # type: ignore[method-assign]
            return bus

        yield open_one


@pytest.fixture
def bus(open_again: Open) -> Bus:
    return open_again()
