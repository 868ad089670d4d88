"""What a passage, a violation, a heartbeat and a picture weigh on the disks: the figures of docs/scale.md.

    python benchmarks/bytes_stored.py [--passages 20000] [--rows 3000000] [--json FILE]

The city of benchmarks/flow.py is handled by a worker into an embedded ClickHouse with all migrations, then
statistics and heartbeats are added by the million, everything is merged, and ``system.parts`` is read. What
Kafka keeps is read from the folder of a real broker: once as units send that are always connected (a record a
batch), once as they send after an outage (many a batch).
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import mean

import flow
from flow_city import City
from rich.console import Console
from rich.table import Table

from enforcement.evidence import EvidenceFolder
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.bus import Record
from streams.connect import open_bus
from streams.encoding import encode
from streams.local import LocalBus
from streams.messages import Heartbeat
from streams.topics import Topic

BATCH = 5_000
CAMERAS = 5_000
START_NS = 1_777_881_600 * 10**9
console = Console()

_STATISTICS = f"""
INSERT INTO passages (passage_id, camera_id, site_id, vehicle, lane, occurred_at, speed_kmh, uncertainty_kmh,
    void_reason)
SELECT toString(generateUUIDv4(number)), concat('camera-', toString(number % {CAMERAS})),
    concat('site-', toString(number % {CAMERAS} % 500)),
    ['car', 'car', 'car', 'car', 'truck', 'bus', 'motorcycle'][1 + rand(1) % 7],
    concat('lane-', toString(1 + rand(2) % 3)),
    fromUnixTimestamp64Milli(toInt64({START_NS // 10**6} + number * 4 + rand(3) % 1000), 'UTC'),
    if(rand(4) % 20 = 0, NULL, randNormal(50, 8)), if(rand(4) % 20 = 0, NULL, 0.8 + rand(5) % 1000 / 1000),
    if(rand(4) % 20 = 0, 'too few points', '')
FROM numbers({{rows}})
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    city = City()
    messages = list(city.messages(options.passages))
    found = {
        "message_bytes": mean(len(value) for _, value in messages),
        "kafka": in_kafka(messages[: options.passages // 4]),
        "store": in_store(city, messages, options.rows),
    }
    console.print(f"A passage is a message of {found['message_bytes']:,.0f} bytes.")
    for how, size in found["kafka"].items():
        console.print(f"Kafka keeps {size:,.0f} bytes of it, {how}.")
    table = Table("table", "rows", "bytes a row", "uncompressed", title="what ClickHouse keeps")
    for name, (rows, size, raw) in found["store"].items():
        table.add_row(name, f"{rows:,}", f"{size / rows:,.1f}", f"{raw / rows:,.1f}")
    console.print(table)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")


def in_kafka(messages: list[tuple[str, bytes]]) -> dict[str, float]:
    """Bytes of a broker's folder for each message, by how they came."""
    sizes = {}
    with flow.place() as where:
        for how, together in (("sent one by one", 1), ("sent by the hundred", 100)):
            prefix = f"n{together}"
            some = messages if together > 1 else messages[:500]
            with closing(open_bus(where.bus(prefix))) as bus:
                for at in range(0, len(some), together):
                    bus.publish_many([(Topic.PASSAGES, *each) for each in some[at : at + together]])
            logs = where.folder.glob(f"kafka/*/{prefix}-passages-*/*.log")
            # A segment's file is as long as what was written; its index is made larger beforehand.
            sizes[how] = sum(log.stat().st_size for log in logs) / len(some)
    return sizes


def in_store(city: City, messages: list[tuple[str, bytes]], rows: int) -> dict[str, tuple[int, int, int]]:
    """By table: rows, bytes on the disk and bytes before compression."""
    with tempfile.TemporaryDirectory() as name, closing(Store.embedded(Path(name) / "store")) as store:
        store.migrate()
        bus = LocalBus(Path(name) / "bus.sqlite")
        worker = Enforcer(
            bus,
            store,
            EvidenceFolder(Path(name) / "evidence"),
            city.policies,
            roads=city.roads,
            distances=city.distances,
        )
        for records in _batches(city, messages):
            worker.handle(records)
        store.command(_STATISTICS.replace("{rows}", str(rows)))
        for (table,) in store.query(
            "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
        ):
            store.command(f"OPTIMIZE TABLE {table} FINAL")
        bus.close()
        return {
            str(table): (int(count), int(size), int(raw))
            for table, count, size, raw in store.query(
                """SELECT table, sum(rows), sum(bytes_on_disk), sum(data_uncompressed_bytes) FROM system.parts
                WHERE active AND database = currentDatabase() GROUP BY table HAVING sum(rows) > 100
                ORDER BY table"""
            )
        }


def _batches(city: City, messages: list[tuple[str, bytes]]) -> Iterator[list[Record]]:
    for at in range(0, len(messages), BATCH):
        yield [
            Record(Topic.PASSAGES, key, value, 0, at + place)
            for place, (key, value) in enumerate(messages[at : at + BATCH])
        ]
    beats, chance = [], random.Random(1)
    for number in range(100_000):
        camera = f"camera-{number % 500}"
        at_ns = START_NS + number // 500 * 10 * 10**9
        beat = Heartbeat(
            camera,
            "site",
            at_ns + chance.randrange(10**9),
            120 * (number // 500),
            chance.gauss(12.0, 0.2),
            0,
            number // 1000,
            clock_offset_ms=chance.gauss(0.0, 3.0),
            clock_drift_ppm=chance.gauss(0.0, 1.0),
        )
        beats.append(Record(Topic.HEARTBEATS, camera, encode(beat), 0, number))
    for at in range(0, len(beats), BATCH):
        yield beats[at : at + BATCH]


if __name__ == "__main__":
    main()
