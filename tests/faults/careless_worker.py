"""``roadwitness`` with a worker that commits before it stores: what the harness must catch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from roadwitness import cli
from streams.bus import Record
from streams.kafka import KafkaSubscription


def make_careless() -> None:
    """From now on every poll commits what it gives, and every later commit does nothing."""
    polls, commits = KafkaSubscription.poll, KafkaSubscription.commit

    def poll(self: KafkaSubscription, *arguments: Any, **options: Any) -> Sequence[Record]:
        records = polls(self, *arguments, **options)
        if records:
            commits(self)
        return records

    KafkaSubscription.poll = poll  # type: ignore[method-assign]
    KafkaSubscription.commit = lambda self, *_arguments, **_options: None  # type: ignore[method-assign]


def main() -> None:
    """The command line, careless."""
    make_careless()
    cli.main()
