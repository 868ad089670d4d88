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
from streams.topics import ERASED_WHEN_CONSUMED, RETENTION_S, Topic, largest_record_bytes

_DAY_S = 24 * 3600


def make_topics(url: str) -> None:
    """Make the topics that are missing, and print how each is kept."""
    with closing(open_bus(url)):  # opening makes what is missing, on every bus
        table = Table("topic", "kept", "largest record")
        for topic in Topic:
            table.add_row(topic.value, _kept(url, topic), f"{largest_record_bytes(topic) / 2**20:.0f} MiB")
        results.print(table)


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


def _kept(url: str, topic: Topic) -> str:
    if url.startswith("local:"):
        return "until consumed" if topic in ERASED_WHEN_CONSUMED else "for ever"
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
