"""A Kafka address says where the cluster is and how to reach it."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.bus import BusUrlError
from streams.kafka_settings import KafkaSettings
from streams.kafka_topics import topic_configuration
from streams.topics import Topic


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("kafka://one:9092", KafkaSettings(("one:9092",))),
        ("kafka://one:9092,two:9093", KafkaSettings(("one:9092", "two:9093"))),
        ("kafka://one:9092/?partitions=7", KafkaSettings(("one:9092",), partitions=7)),
        (
            "kafka://one:1?replication=3&patience_s=2.5",
            KafkaSettings(("one:1",), replication=3, patience_s=2.5),
        ),
        ("kafka://one:1?compression=lz4", KafkaSettings(("one:1",), compression="lz4")),
        ("kafka://one:1?topic_prefix=a1-", KafkaSettings(("one:1",), topic_prefix="a1-")),
        (
            "kafka://one:1?security_protocol=SSL&ssl_cafile=/etc/ca.pem",
            KafkaSettings(("one:1",), security_protocol="SSL", ssl_cafile="/etc/ca.pem"),
        ),
    ],
)
def test_an_address_sets(url: str, expected: KafkaSettings) -> None:
    assert KafkaSettings.from_url(url) == expected


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("kafka://", "No Kafka broker is named"),
        ("kafka://one:1,", "No Kafka broker is named"),
        ("kafka://one:1/topic", "not the address of a Kafka cluster"),
        ("kafka://user:secret@one:1", "not the address of a Kafka cluster"),
        ("http://one:1", "not the address of a Kafka cluster"),
        ("kafka://one:1?partition=3", "no setting 'partition'"),
        ("kafka://one:1?brokers=3", "no setting 'brokers'"),
        ("kafka://one:1?partitions=three", "partitions must be a number, not 'three'"),
        ("kafka://one:1?partitions=0", "at least one partition"),
        ("kafka://one:1?compression=rar", "compression is 'rar': use one of none, gzip"),
        ("kafka://one:1?security_protocol=TLS", "security_protocol is 'TLS': use one of PLAINTEXT"),
        ("kafka://one:1?sasl_password_file=/absent", "The password file /absent cannot be read"),
    ],
)
def test_a_wrong_address_is_refused_with_a_sentence(url: str, complaint: str) -> None:
    with pytest.raises(BusUrlError, match=complaint) as error:
        KafkaSettings.from_url(url)
    assert "secret" not in str(error.value)


def test_a_password_comes_from_a_file_and_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hush\n")
    settings = KafkaSettings.from_url(
        "kafka://one:1?security_protocol=SASL_SSL&sasl_mechanism=SCRAM-SHA-512&sasl_username=edge"
        f"&sasl_password_file={tmp_path / 'password'}"
    )
    assert settings.client_options()["sasl_plain_password"] == "hush"
    assert settings.client_options()["sasl_mechanism"] == "SCRAM-SHA-512"
    assert "hush" not in repr(settings)


def test_options_that_were_not_given_are_left_to_the_client() -> None:
    assert set(KafkaSettings(("one:1",)).client_options()) == {
        "bootstrap_servers",
        "bootstrap_timeout_ms",
        "reconnect_backoff_max_ms",
        "security_protocol",
    }


@pytest.mark.parametrize("topic", Topic)
def test_no_topic_keeps_a_record_much_longer_than_its_retention(topic: Topic) -> None:
    configuration = topic_configuration(topic)
    retention_ms = int(configuration["retention.ms"])
    assert retention_ms == -1 or int(configuration["segment.ms"]) <= retention_ms // 5


def test_plates_of_the_innocent_are_not_kept_for_ever() -> None:
    for topic in (Topic.PASSAGES, Topic.EVIDENCE):
        assert 0 < int(topic_configuration(topic)["retention.ms"]) <= 3 * 24 * 3600 * 1000
