"""For how long the local log keeps what was handled: as long as somebody may ask for it, and no longer."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from streams.local import LocalBus
from streams.topics import Topic

SECOND = 10**9


class Clock:
    def __init__(self) -> None:
        self.ns = 1_800_000_000 * SECOND

    def __call__(self) -> int:
        return self.ns


def kept(bus: LocalBus) -> list[bytes]:
    return [record.value for record in bus.recall(Topic.PASSAGES)]


def test_what_was_handled_is_kept_while_it_is_remembered_and_then_erased(tmp_path: Path) -> None:
    clock = Clock()
    bus = LocalBus(tmp_path / "bus", clock=clock)
    bus.publish(Topic.PASSAGES, "camera", b"PLATE ONE")
    bus.publish(Topic.EVIDENCE, "digest", b"picture")
    subscription = bus.subscribe(
        [Topic.PASSAGES, Topic.EVIDENCE], "group", remembers_ns={Topic.PASSAGES: 600 * SECOND}
    )
    assert len(subscription.poll(0)) == 2
    subscription.commit()
    assert list(bus.recall(Topic.EVIDENCE)) == []
    clock.ns += 599 * SECOND
    subscription.commit()
    assert kept(bus) == [b"PLATE ONE"]
    clock.ns += 2 * SECOND
    subscription.commit()  # nothing came, and it is forgotten all the same
    assert kept(bus) == []
    bus.close()
    assert b"PLATE ONE" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_what_lies_before_a_backlog_is_kept_until_the_backlog_is_handled(tmp_path: Path) -> None:
    clock = Clock()
    bus = LocalBus(tmp_path / "bus", clock=clock)
    bus.publish(Topic.PASSAGES, "camera", b"entry")
    memory = {Topic.PASSAGES: 600 * SECOND}
    subscription = bus.subscribe([Topic.PASSAGES], "group", remembers_ns=memory)
    subscription.poll(0)
    subscription.commit()
    clock.ns += 60 * SECOND
    bus.publish(Topic.PASSAGES, "camera", b"exit")
    clock.ns += 7200 * SECOND  # nobody works for two hours
    subscription = bus.subscribe([Topic.PASSAGES], "group", remembers_ns=memory)
    assert kept(bus) == [b"entry", b"exit"]
    assert subscription.places(Topic.PASSAGES)[0].since_ns == clock.ns - 7260 * SECOND
    subscription.poll(0)
    subscription.commit()
    assert kept(bus) == []
    bus.close()


def test_a_clock_that_is_set_back_does_not_reorder_the_log(tmp_path: Path) -> None:
    clock = Clock()
    bus = LocalBus(tmp_path / "bus", clock=clock)
    for value, step in ((b"1", -3600 * SECOND), (b"2", 0)):
        bus.publish(Topic.SIGNALS, "junction", value)
        clock.ns += step
    first, second = bus.recall(Topic.SIGNALS)
    assert first.published_at_ns <= second.published_at_ns
    bus.close()


def test_a_log_of_before_is_opened_with_all_that_is_in_it(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "bus")
    database.executescript("""
        CREATE TABLE records (log_offset INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL,
          key TEXT NOT NULL, value BLOB NOT NULL) STRICT;
        CREATE INDEX records_by_topic ON records (topic, log_offset);
        CREATE TABLE commits (consumer_group TEXT NOT NULL, topic TEXT NOT NULL, committed INTEGER NOT NULL,
          PRIMARY KEY (consumer_group, topic)) STRICT, WITHOUT ROWID;
        INSERT INTO records (topic, key, value) VALUES ('decisions', 'case', x'31'),
          ('decisions', 'case', x'32');
        INSERT INTO commits VALUES ('group', 'decisions', 1);
        PRAGMA application_id = 1381452871; PRAGMA user_version = 1;
    """)
    database.close()
    bus = LocalBus(tmp_path / "bus")
    bus.publish(Topic.DECISIONS, "case", b"3")
    records = bus.subscribe([Topic.DECISIONS], "group").poll(0)
    assert [(record.value, bool(record.headers)) for record in records] == [(b"2", False), (b"3", True)]
    bus.close()
