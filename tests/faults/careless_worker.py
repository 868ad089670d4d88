"""``roadwitness`` with a worker that commits before it stores, and dies between the two."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from typing import Any

from roadwitness import cli
from streams.bus import Record
from streams.kafka import KafkaSubscription

_LAST = 3


def make_careless() -> None:
    """From now on every poll commits what it gives; the third one is the last."""
    polls, commits = KafkaSubscription.poll, KafkaSubscription.commit
    times = itertools.count(1)

    def poll(self: KafkaSubscription, *arguments: Any, **options: Any) -> Sequence[Record]:
        records = polls(self, *arguments, **options)
        if records:
            commits(self)
            if next(times) == _LAST:
                os._exit(1)
        return records

    KafkaSubscription.poll = poll  # type: ignore[method-assign]
    KafkaSubscription.commit = lambda self, *_arguments, **_options: None  # type: ignore[method-assign]


def main() -> None:
    """The command line, careless."""
    make_careless()
    cli.main()
