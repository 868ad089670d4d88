"""``edge``, ``enforce`` and ``serve`` as processes of their own, over a real broker, HTTP store and S3."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from enforcement.store import Store
from roadwitness.outbox import open_outbox
from roadwitness.simulator import SimulatedSite
from scripts.local_cluster.s3_server import S3Server
from streams.connect import open_bus
from streams.sealing import SealingKeys
from streams.spool import Spool
from streams.topics import Topic
from tests.enforcement.bucket_hands import BucketHands
from tests.roadwitness.command import Running, environment, picture_files, roadwitness, succeed, violations
from tests.roadwitness.signed_in import signed_in

FRONT = """
import sys
from pathlib import Path
from enforcement.front import StoreFront
from enforcement.store import Store
front = StoreFront(Store.embedded(Path(sys.argv[1])))
front.start()
print(front.port, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def store_url(tmp_path: Path) -> Iterator[str]:
    """ClickHouse over HTTP, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", FRONT, tmp_path / "server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/roadwitness"
    finally:
        process.kill()
        process.communicate()


@pytest.mark.kafka
def test_over_kafka_http_and_s3_the_same_violations_are_found(
    kafka_url: str,
    store_url: str,
    s3_server: S3Server,
    s3_place: str,
    site: SimulatedSite,
    finished_run: Path,
    tmp_path: Path,
) -> None:
    keys = SealingKeys.create(tmp_path / "keys")
    public = next(path for path in keys.folder.iterdir() if "public" in path.name)
    spool = tmp_path / "unit" / "spool.sqlite"
    seen = succeed("edge", site.site_file, "--bus", kafka_url, "--seal-to", public, "--spool", spool)
    assert "3 passages of demo-a1-north published" in seen.stderr

    kept = ("--store", store_url, "--evidence", s3_server.address(s3_place))
    shared = ("--bus", kafka_url, *kept)
    judged = succeed("enforce", site.site_file, *shared, "--until-idle")
    assert "3 passages judged, 2 violations" in judged.stderr
    assert "0 dead letters" in judged.stderr

    store = Store.server(store_url)
    query = """SELECT violation_id, toString(occurred_at), camera_id, offence, plate, speed_kmh,
        limit_kmh, keeper_id, status FROM v_violations ORDER BY violation_id"""
    try:
        rows = store.query(query)
    finally:
        store.close()
    expected = violations(finished_run)
    assert len(expected) == 2
    assert rows == [tuple(row.values()) for row in expected]

    bucket = BucketHands(s3_server, s3_place)
    pictures = {n: c for n, c in picture_files(finished_run).items() if n.startswith("open/")}
    assert {n: bucket.content(n) for n in bucket.names() if n.startswith("open/")} == pictures
    assert sum(name.startswith("sealed/") for name in bucket.names()) == 4, "an original and a driver each"
    checked = succeed("evidence", "check", *kept)
    pieces = [name for name in bucket.names() if not name.startswith("keys/")]
    assert f"{len(pieces)} pieces checked: every one is here" in checked.stderr

    data = tmp_path / "serve"
    with Running("serve", *shared, "--data", data, "--port", "0") as serving:
        address = serving.wait_for(r"Serving (http://127\.0\.0\.1:\d+)")[1]
        with signed_in(address, data) as officer:
            page = officer.get("/").text
            assert all(row["plate"] in page for row in expected)
            assert "incomplete</span>" not in page
            assert s3_server.url not in page
            thumbnail = officer.get(f"/cases/{expected[0]['violation_id']}/thumbnail.jpg")
            assert thumbnail.headers["content-type"] == "image/jpeg"
        assert serving.interrupt() == 0


@pytest.mark.kafka
def test_what_a_unit_saw_while_the_broker_was_away_arrives_later(
    kafka_url: str, site: SimulatedSite, tmp_path: Path
) -> None:
    spool = tmp_path / "spool.sqlite"
    away = "kafka://127.0.0.1:9?patience_s=1"
    seen = succeed("edge", site.site_file, "--bus", away, "--spool", spool)
    assert "3 passages of demo-a1-north published" in seen.stderr
    left = Spool(spool)
    waiting = left.next()
    left.close()
    assert f"{len(waiting)} records wait in {spool}" in seen.stderr
    topics = Counter(record.topic for record in waiting)
    assert topics[Topic.PASSAGES] == 3
    assert topics[Topic.EVIDENCE] >= 4

    bus = open_bus(kafka_url)
    with open_outbox(kafka_url, spool, 10**9) as outbox:
        outbox.finish()
        assert outbox.state().records == 0
    subscription = bus.subscribe([Topic.PASSAGES], "late")
    until = time.monotonic() + 60
    arrived: list[bytes] = []
    while len(arrived) < 3 and time.monotonic() < until:
        arrived += [record.value for record in subscription.poll(1.0)]
    subscription.close()
    bus.close()
    assert set(arrived) >= {record.value for record in waiting if record.topic is Topic.PASSAGES}


NOWHERE = "--store http://127.0.0.1:9/x --evidence EVIDENCE --bus local:BUS"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("edge SITE --bus nonsense:x", "give local:FILE or kafka://host:port"),
        ("edge SITE --bus local:BUS --seal-to none.key", "none.key"),
        (f"enforce SITE {NOWHERE}", "cannot be reached"),
        (f"serve {NOWHERE}", "check its address and user"),
        (f"enforce none.toml {NOWHERE}", "There is no site file none.toml"),
        (f"enforce SITE SITE {NOWHERE}", "name the same camera"),
    ],
)
def test_what_cannot_be_reached_is_said_in_one_sentence(
    site: SimulatedSite, tmp_path: Path, command: str, said: str
) -> None:
    words = command.replace("SITE", str(site.site_file))
    for name in ("BUS", "STORE", "EVIDENCE"):
        words = words.replace(name, str(tmp_path / name.lower()))
    done = roadwitness(*words.split())
    assert done.code == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert said in done.sentence
