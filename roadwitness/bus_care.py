"""Looking after the bus: its topics, and the messages that could not be handled."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import closing

from rich.table import Table

from dashboards.formatting import utc_text
from roadwitness.json_lines import json_lines
from roadwitness.progress import results, say
from streams.bus import Bus
from streams.connect import open_bus
from streams.dead_letter_box import NoSuchLetter, Posted, letters, replay
from streams.errors import RoadwitnessError
from streams.topics import ERASED_WHEN_CONSUMED, RETENTION_S, Topic, largest_record_bytes

_DAY_S = 24 * 3600


class TopicsDiffer(RoadwitnessError):
    """Topics that were there before are not kept as they should be."""


def make_topics(url: str, *, correct: bool = False) -> None:
    """Make the topics that are missing, and print how each is kept.

    Raises:
        TopicsDiffer: when the brokers keep one otherwise than it should be; with ``correct`` that is mended.
    """
    with closing(open_bus(url)):  # opening makes what is missing, on every bus
        pass
    if not url.startswith("local:"):
        _show_cluster(url, correct=correct)
        return
    table = Table("topic", "kept", "largest record")
    for topic in Topic:
        kept = "until consumed" if topic in ERASED_WHEN_CONSUMED else "for ever"
        table.add_row(topic.value, kept, f"{largest_record_bytes(topic) / 2**20:.0f} MiB")
    results.print(table)


def _show_cluster(url: str, *, correct: bool) -> None:
    """What the brokers themselves say of the topics."""
    from streams.kafka_records import as_bus_errors
    from streams.kafka_settings import KafkaSettings
    from streams.kafka_topics import correct_topics, topics_now

    settings = KafkaSettings.from_url(url)
    with as_bus_errors(settings, "admin"):
        if correct:
            correct_topics(settings)
        states = topics_now(settings)
    table = Table("topic", "kept", "largest record", "partitions", "copies")
    for topic, state in states.items():
        largest = f"{largest_record_bytes(topic) / 2**20:.0f} MiB"
        table.add_row(topic.value, _kept(topic), largest, str(state.partitions), str(state.replicas))
    results.print(table)
    differing = [
        f"{topic}: {setting} is {found or 'not set'} and not {wanted}"
        for topic, state in states.items()
        for setting, (found, wanted) in state.differs.items()
    ]
    if differing:
        raise TopicsDiffer(
            f"The brokers keep topics otherwise than they should ({'; '.join(differing)}): run `roadwitness "
            "streams init --correct`, or change them yourself."
        )


def list_letters(url: str, *, as_json: bool) -> None:
    """Print a line for each dead letter, and how many there are for each reason."""
    with closing(open_bus(url)) as bus:
        found = list(letters(bus))
    if as_json:
        with json_lines("-") as write:
            for posted in found:
                write(_facts(posted))
        return
    table = Table("number", "failed at", "topic", "key", "bytes", "reason")
    for posted in found:
        letter = posted.letter
        table.add_row(
            posted.number,
            utc_text(letter.failed_at_ns),
            letter.source_topic,
            letter.key,
            str(len(letter.content)),
            letter.reason,
        )
    if found:
        results.print(table)
    reasons = Counter(posted.letter.reason for posted in found)
    say(f"{len(found)} dead letters" + (":" if found else "."))
    for reason, count in reasons.most_common():
        say(f"{count:6d}  {reason}")


def show_letter(url: str, number: str) -> None:
    """Say why one letter is dead, and write its original bytes to stdout."""
    with closing(open_bus(url)) as bus:
        posted = _find(bus, [number])[0]
    letter = posted.letter
    say(
        f"{letter.source_topic}, key {letter.key}, failed at {utc_text(letter.failed_at_ns)}: {letter.reason}"
    )
    sys.stdout.buffer.write(letter.content)
    sys.stdout.buffer.flush()


def replay_letters(url: str, numbers: Sequence[str], *, all_of_topic: str | None) -> None:
    """Send letters back to their topics: those numbered, or all that came from one topic."""
    with closing(open_bus(url)) as bus:
        if all_of_topic is not None:
            chosen = [p for p in letters(bus) if p.letter.source_topic == all_of_topic]
        else:
            chosen = _find(bus, numbers)
        for posted in chosen:
            replay(bus, posted)
    say(f"{len(chosen)} sent back to their topics; what fails again becomes a dead letter again.")


def _find(bus: Bus, numbers: Sequence[str]) -> list[Posted]:
    found = {posted.number: posted for posted in letters(bus)}
    for number in numbers:
        if number not in found:
            raise NoSuchLetter(
                f"There is no dead letter {number}; `roadwitness streams dead-letters list` shows them."
            )
    return [found[number] for number in numbers]


def _kept(topic: Topic) -> str:
    seconds = RETENTION_S[topic]
    return "for ever" if seconds is None else f"{seconds / _DAY_S:g} days"


def _facts(posted: Posted) -> dict[str, str | int]:
    letter = posted.letter
    return {
        "number": posted.number,
        "failed_at_ns": letter.failed_at_ns,
        "source_topic": letter.source_topic,
        "key": letter.key,
        "reason": letter.reason,
        "bytes": len(letter.content),
    }
