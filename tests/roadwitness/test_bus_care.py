"""``roadwitness streams``: the topics, and the messages that could not be handled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from streams.bus import Record
from streams.dead_letters import publish_dead_letter
from streams.local import LocalBus
from streams.topics import Topic
from tests.roadwitness.command import roadwitness


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log with two dead passages and a dead decision."""
    bus = LocalBus(tmp_path / "bus.sqlite", reserve_bytes=0)
    for number, (topic, content, reason) in enumerate(
        [
            (Topic.PASSAGES, b'{"passage_id": 1}', "not a Passage: Expected `str`"),
            (Topic.DECISIONS, b"\xff\x00raw", "not a Decision: malformed"),
            (Topic.PASSAGES, b"{}", "no policy for camera 'north'"),
        ]
    ):
        record = Record(topic, f"key-{number}", content, partition=0, offset=number)
        publish_dead_letter(bus, record, reason, clock=lambda: 1_777_881_600 * 10**9)
    bus.close()
    return tmp_path / "bus.sqlite"


def in_topic(path: Path, topic: Topic) -> list[tuple[str, bytes]]:
    bus = LocalBus(path, reserve_bytes=0)
    records = bus.subscribe([topic], "test").poll(0.2)
    bus.close()
    return [(record.key, record.value) for record in records]


def numbers(path: Path) -> list[str]:
    done = roadwitness("streams", "dead-letters", "list", "--bus", f"local:{path}", "--jsonl")
    assert done.code == 0
    return [json.loads(line)["number"] for line in done.stdout.splitlines()]


def test_init_says_how_long_each_topic_is_kept(tmp_path: Path) -> None:
    done = roadwitness("streams", "init", "--bus", f"local:{tmp_path / 'bus.sqlite'}")
    assert done.code == 0
    text = done.stdout.decode()
    assert all(topic.value in text for topic in Topic)
    assert "until consumed" in text


@pytest.mark.kafka
def test_init_asks_the_brokers_how_each_topic_is_kept(kafka_url: str) -> None:
    from kafka import KafkaAdminClient
    from kafka.admin import ConfigResource, ConfigResourceType

    from streams.kafka_settings import KafkaSettings

    done = roadwitness("streams", "init", "--bus", kafka_url)
    assert done.code == 0, done.stderr
    rows = [line.split("│")[1:-1] for line in done.stdout.decode().splitlines() if "│" in line]
    found = {topic.strip(): [cell.strip() for cell in rest] for topic, *rest in rows}
    assert found["passages"] == ["3 days", "1 MiB", "2", "1"]
    assert found["decisions"][0] == "25 days"

    settings = KafkaSettings.from_url(kafka_url)
    name = settings.topic_name(Topic.PASSAGES)
    admin = KafkaAdminClient(bootstrap_servers=list(settings.brokers))
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, {"retention.ms": "604800000"})])
    admin.close()
    differs = roadwitness("streams", "init", "--bus", kafka_url)
    assert differs.code == 1
    assert "passages: retention.ms is 604800000 and not 259200000" in differs.sentence
    assert roadwitness("streams", "init", "--bus", kafka_url, "--correct").code == 0
    assert roadwitness("streams", "init", "--bus", kafka_url).code == 0


def test_the_list_names_each_letter_and_counts_the_reasons(log: Path) -> None:
    done = roadwitness("streams", "dead-letters", "list", "--bus", f"local:{log}", env={"COLUMNS": "160"})
    text = done.stdout.decode()
    assert "2026-05-04 08:00:00" in text
    assert "no policy for camera 'north'" in text
    assert "3 dead letters" in done.stderr


def test_looking_takes_nothing_away(log: Path) -> None:
    assert len(numbers(log)) == len(numbers(log)) == 3


def test_show_gives_the_original_bytes(log: Path) -> None:
    done = roadwitness("streams", "dead-letters", "show", numbers(log)[1], "--bus", f"local:{log}")
    assert done.stdout == b"\xff\x00raw"
    assert "not a Decision: malformed" in done.stderr


def test_replay_sends_the_named_ones_back_as_they_came(log: Path) -> None:
    done = roadwitness("streams", "dead-letters", "replay", numbers(log)[1], "--bus", f"local:{log}")
    assert done.code == 0
    assert in_topic(log, Topic.DECISIONS) == [("key-1", b"\xff\x00raw")]
    assert in_topic(log, Topic.PASSAGES) == []


def test_replay_sends_all_of_a_topic_back(log: Path) -> None:
    done = roadwitness("streams", "dead-letters", "replay", "--all-of", "passages", "--bus", f"local:{log}")
    assert "2 sent back" in done.stderr
    assert [key for key, _ in in_topic(log, Topic.PASSAGES)] == ["key-0", "key-2"]


def test_no_letters_is_an_answer(tmp_path: Path) -> None:
    done = roadwitness("streams", "dead-letters", "list", "--bus", f"local:{tmp_path / 'b'}")
    assert (done.code, done.stdout) == (0, b"")
    assert "0 dead letters." in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("show", "0-999"), 1, "There is no dead letter 0-999"),
        (("replay", "nonsense"), 1, "There is no dead letter nonsense"),
        (("replay",), 2, "name letters or give --all-of TOPIC"),
    ],
)
def test_wrong_use(log: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    done = roadwitness("streams", "dead-letters", *arguments, "--bus", f"local:{log}")
    assert done.code == code
    assert says in " ".join(done.stderr.split())
