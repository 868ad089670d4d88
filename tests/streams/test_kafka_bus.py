"""What the Kafka bus promises beyond every bus, against a real broker."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType

from scripts.local_cluster.kafka_parts import KafkaParts
from streams.bus import Bus, BusUnavailable, Record, Subscription
from streams.connect import open_bus
from streams.kafka import KafkaBus
from streams.kafka_settings import KafkaSettings
from streams.topics import RETENTION_S, Topic, largest_record_bytes
from tests.kafka_broker import PASSWORD, USER, Broker

pytestmark = pytest.mark.kafka


@pytest.fixture
def settings(kafka_url: str) -> KafkaSettings:
    return KafkaSettings.from_url(kafka_url)


def take(subscription: Subscription, count: int, within_s: float = 30.0) -> list[Record]:
    deadline = time.monotonic() + within_s
    records: list[Record] = []
    while len(records) < count and time.monotonic() < deadline:
        records.extend(subscription.poll(0.5))
    return records


def test_no_broker_is_said_in_one_sentence_and_in_time() -> None:
    began = time.monotonic()
    with pytest.raises(BusUnavailable, match=r"Kafka at 127\.0\.0\.1:9 .*check the address") as error:
        open_bus("kafka://127.0.0.1:9?patience_s=1")
    assert time.monotonic() - began < 10
    assert "\n" not in str(error.value)


def test_missing_topics_are_made_with_their_retention_and_size(settings: KafkaSettings) -> None:
    KafkaBus(settings).close()
    admin = KafkaAdminClient(bootstrap_servers=list(settings.brokers))
    try:
        for topic in Topic:
            name = settings.topic_name(topic)
            (described,) = admin.describe_topics([name])
            assert len(described["partitions"]) == settings.partitions
            configs = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])["topic"][name]
            retention_s = RETENTION_S[topic]
            assert int(configs["retention.ms"]["value"]) == (
                -1 if retention_s is None else retention_s * 1000
            )
            assert int(configs["max.message.bytes"]["value"]) > largest_record_bytes(topic)
    finally:
        admin.close()


def test_a_topic_that_is_there_is_left_as_it_is(settings: KafkaSettings) -> None:
    name = settings.topic_name(Topic.PASSAGES)
    admin = KafkaAdminClient(bootstrap_servers=list(settings.brokers))
    try:
        admin.create_topics({name: {"num_partitions": 5}}, wait_for_metadata=True)
        KafkaBus(settings).close()
        (described,) = admin.describe_topics([name])
        assert len(described["partitions"]) == 5
    finally:
        admin.close()


@pytest.mark.parametrize(
    ("key", "value", "as_key", "as_value"),
    [
        (None, b"value", "", b"value"),
        (b"\xff\xfe", b"value", "\ufffd\ufffd", b"value"),
        (b"key", None, "key", b""),
    ],
    ids=["no key", "a key that is no text", "no value"],
)
def test_what_another_program_wrote_does_not_stop_the_reader(
    settings: KafkaSettings, key: bytes | None, value: bytes | None, as_key: str, as_value: bytes
) -> None:
    bus = KafkaBus(settings)
    foreign = KafkaProducer(bootstrap_servers=list(settings.brokers))
    foreign.send(settings.topic_name(Topic.PASSAGES), key=key, value=value).get(20)
    foreign.close()
    subscription = bus.subscribe([Topic.PASSAGES], "group")
    (record,) = take(subscription, 1)
    assert (record.topic, record.key, record.value) == (Topic.PASSAGES, as_key, as_value)
    subscription.close()
    bus.close()


def test_members_of_one_group_share_the_partitions(settings: KafkaSettings) -> None:
    bus = KafkaBus(settings)
    members = [bus.subscribe([Topic.PASSAGES], "enforce") for _ in range(2)]
    found: list[list[Record]] = [[], []]
    shared, done = threading.Barrier(3), threading.Event()

    def read(member: Subscription, records: list[Record]) -> None:
        # Each on its own thread, as workers are processes: what one asks of the group waits for the other.
        while not (done.is_set() or 0 < len(member.places(Topic.PASSAGES)) < settings.partitions):
            member.poll(0.5)
        shared.wait(60)
        while not done.is_set():
            records += member.poll(0.2)

    with ThreadPoolExecutor(2) as threads:
        readers = [threads.submit(read, *each) for each in zip(members, found, strict=True)]
        try:
            shared.wait(60)
            bus.publish_many([(Topic.PASSAGES, f"camera-{number}", b"%d" % number) for number in range(60)])
            deadline = time.monotonic() + 30
            while sum(map(len, found)) < 60 and time.monotonic() < deadline:
                time.sleep(0.05)
        finally:
            done.set()
        for reader in readers:
            reader.result()
    assert sorted(int(record.value) for records in found for record in records) == list(range(60))
    partitions = [{record.partition for record in records} for records in found]
    assert all(partitions)
    assert not partitions[0] & partitions[1]
    for member in members:
        member.close()
    bus.close()


def test_a_member_that_lost_its_partitions_goes_on_after_its_commit(settings: KafkaSettings) -> None:
    bus = KafkaBus(settings)
    bus.publish_many([(Topic.PASSAGES, f"camera-{number}", b"%d" % number) for number in range(20)])
    slow = bus.subscribe([Topic.PASSAGES], "enforce")
    assert len(take(slow, 20)) == 20
    other = bus.subscribe([Topic.PASSAGES], "enforce")
    for _ in range(6):  # it asks to join while the slow one handles what it polled
        other.poll(0.5)
    slow.commit()
    for subscription in (slow, other):
        subscription.poll(0.5)
        subscription.close()
    bus.close()


def test_a_bus_outlives_its_broker(kafka_parts: KafkaParts, tmp_path: Path) -> None:
    broker = Broker(kafka_parts, tmp_path)
    broker.start()
    bus: Bus = open_bus(f"kafka://{broker.address}?patience_s=3&partitions=1")
    subscription = bus.subscribe([Topic.DECISIONS], "group")
    try:
        bus.publish(Topic.DECISIONS, "case", b"before")
        assert [record.value for record in take(subscription, 1)] == [b"before"]
        broker.stop()
        assert list(subscription.poll(0.5)) == []
        with pytest.raises(BusUnavailable, match="check the address, and that a broker is running there"):
            bus.publish(Topic.DECISIONS, "case", b"while it was away")
        broker.start()
        again = False
        deadline = time.monotonic() + 60
        while not again and time.monotonic() < deadline:
            try:
                bus.publish(Topic.DECISIONS, "case", b"after")
                again = True
            except BusUnavailable:
                continue
        assert again
        values = [record.value for record in take(subscription, 1, within_s=60)]
        assert values[-1:] == [b"after"]
    finally:
        subscription.close()
        bus.close()
        broker.stop()


def test_a_broker_that_wants_tls_and_a_password_is_reached_by_settings_alone(
    kafka_broker: Broker, kafka_url: str, tmp_path: Path
) -> None:
    if kafka_broker.certificate is None:
        pytest.skip("no openssl: install it to test with a broker that wants TLS")
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    prefix = KafkaSettings.from_url(kafka_url).topic_prefix
    address = f"kafka://{kafka_broker.secure_address}?topic_prefix={prefix}&patience_s=10&security_protocol=SASL_SSL"
    address += f"&sasl_mechanism=PLAIN&sasl_username={USER}&sasl_password_file={secret}"
    bus = open_bus(f"{address}&ssl_cafile={kafka_broker.certificate}")
    bus.publish(Topic.PASSAGES, "camera", b"in private")
    subscription = bus.subscribe([Topic.PASSAGES], "group")
    assert [record.value for record in take(subscription, 1)] == [b"in private"]
    subscription.close()
    bus.close()
    secret.write_text("another")
    with pytest.raises(BusUnavailable, match="check the address"):
        open_bus(
            f"{address}&ssl_cafile={kafka_broker.certificate}&patience_s=2".replace("patience_s=10&", "")
        )
    secret.write_text(PASSWORD)
    with pytest.raises(BusUnavailable, match="check the address"):  # a certificate that nobody vouches for
        open_bus(f"{address}&patience_s=2".replace("patience_s=10&", ""))


@pytest.mark.parametrize("busy", [0, 1])
def test_a_long_backlog_beside_a_quiet_partition_is_followed_to_its_end(
    settings: KafkaSettings, busy: int
) -> None:
    bus = KafkaBus(settings)
    keys = {bus.partition_of(Topic.SIGNALS, str(number)): str(number) for number in range(20)}
    bus.publish_many([(Topic.SIGNALS, keys[1 - busy], b"x"), (Topic.SIGNALS, keys[busy], b"x")])
    early_ns = time.time_ns()
    time.sleep(0.05)
    bus.publish_many([(Topic.SIGNALS, keys[busy], b"x")] * 4000)
    following = bus.follow(Topic.SIGNALS, {0: 0, 1: 0})
    # What is not asked for yet has come with the rest, and is given when it is asked for.
    assert [len(following.read(until_ns)) for until_ns in (early_ns, time.time_ns())] == [2, 4000]
    following.close()
    bus.close()


def test_partitions_that_come_while_a_member_is_paused_are_not_lost_to_it(settings: KafkaSettings) -> None:
    bus = KafkaBus(settings)
    keys = [f"camera-{number}" for number in range(6)]
    bus.publish_many([(Topic.PASSAGES, key, b"%d" % number) for number in range(200) for key in keys])
    staying, leaving = (bus.subscribe([Topic.PASSAGES], "enforce") for _ in range(2))
    deadline = time.monotonic() + 60
    while not all(each.places(Topic.PASSAGES) for each in (staying, leaving)) and time.monotonic() < deadline:
        for each in (staying, leaving):
            each.poll(0.3, max_records=1)
    staying.pause()
    leaving.close()
    while len(staying.places(Topic.PASSAGES)) < settings.partitions and time.monotonic() < deadline:
        assert list(staying.poll(0.3, max_records=7)) == []
    staying.resume()
    # Some was polled before the pause by either of them; all else comes, to the end of each partition.
    last: dict[str, bytes] = {}
    while last != dict.fromkeys(keys, b"199"):
        assert time.monotonic() < deadline + 60
        last |= {record.key: record.value for record in staying.poll(0.5)}
    staying.close()
    bus.close()
