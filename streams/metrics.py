"""Every metric that a process shows to Prometheus, by name, in one place.

Labels are few and bounded: camera, site, topic, offence, reason (a class, never a text), stage, table, route,
status, place. No plate, no name, no case and no digest is ever a label: what is shown here stays for years.
"""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)

from streams.topics import Topic

#: Why a message is set aside: a newer program wrote it, it is no message, it cannot be true, its camera has
#: no policy here, it decides on no case, no column holds it, its bytes do not have their digest.
REFUSALS = (
    "unreadable",
    "undecodable",
    "implausible",
    "no-policy",
    "no-decision",
    "unstorable",
    "corrupt",
)

disable_created_metrics()  # type: ignore[no-untyped-call]

#: What ``/metrics`` shows: ours, and what the process costs (``process_*``).
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_DELAYS_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 43200.0, 172800.0)
_SIZES = (1, 10, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000)


def _counter(name: str, about: str, *labels: str) -> Counter:
    return Counter(f"roadwitness_{name}", about, labels, registry=REGISTRY)


def _gauge(name: str, about: str, *labels: str) -> Gauge:
    return Gauge(f"roadwitness_{name}", about, labels, registry=REGISTRY)


def _histogram(name: str, about: str, *labels: str, buckets: tuple[float, ...] = _SECONDS) -> Histogram:
    return Histogram(f"roadwitness_{name}", about, labels, buckets=buckets, registry=REGISTRY)


# Every process.
BUILD_INFO = _gauge("build_info", "Always 1; what runs here.", "version", "process")
LOOP_MOVED = _gauge("loop_moved_timestamp_seconds", "When a process's loop last went round.", "stage")
DISK_FREE = _gauge("disk_free_bytes", "Room left on the disk under a place.", "place")
DISK_SIZE = _gauge("disk_size_bytes", "Size of the disk under a place.", "place")

# A roadside unit.
FRAMES = _counter("frames_total", "Frames analysed.", "camera")
FRAMES_DROPPED = _counter("frames_dropped_total", "Frames that never came.", "camera")
FRAME_NEWEST = _gauge("frame_newest_timestamp_seconds", "When the newest frame was analysed.", "camera")
PASSAGES_PUBLISHED = _counter("passages_published_total", "Passages published.", "camera")
EVIDENCE_PUBLISHED = _counter("evidence_published_total", "Pieces of evidence published.", "camera")
HEALTH_EVENTS = _counter(
    "health_events_total", "What a unit noticed of itself: camera-moved, clock-jump.", "camera", "reason"
)
CLOCK_OFFSET = _gauge("clock_offset_seconds", "Frames' time against the wall clock, here.", "camera")

# A unit's own disk, and what sends from it.
SPOOL_RECORDS = _gauge("spool_records", "Records that wait on this unit's disk.")
SPOOL_BYTES = _gauge("spool_bytes", "Bytes that wait on this unit's disk.")
SPOOL_LIMIT = _gauge("spool_limit_bytes", "The most that may wait.")
SPOOL_AGE = _gauge("spool_oldest_age_seconds", "How long the oldest record has been waiting.")
SPOOL_GIVEN_UP = _counter("spool_given_up_total", "Statistics given up for want of room.")
SPOOL_REFUSED = _counter("spool_refused_total", "Records of violations that found no room and were refused.")
FORWARDER_SENT = _counter("forwarder_sent_total", "Records that the bus took from the spool.", "topic")
FORWARDER_CONNECTS = _counter(
    "forwarder_connects_total", "Connections made to the bus, the first among them."
)
FORWARDER_FAILURES = _counter("forwarder_failures_total", "Tries to send that failed.")
FORWARDER_AWAY = _gauge("forwarder_away", "1 while the bus cannot be reached from this unit.")

# The bus, from whichever process uses it.
BUS_PUBLISH = _histogram("bus_publish_seconds", "One call that publishes records, until all are kept.")
BUS_POLL = _histogram("bus_poll_seconds", "One call that polls, its waiting included.")
BUS_FAILURES = _counter("bus_failures_total", "Calls that the bus did not carry out.", "stage")
BUS_AWAY = _gauge("bus_away", "1 from a call that failed until one that succeeds.")
CONSUMER_LAG = _gauge(
    "consumer_lag_records", "Records on Kafka that no worker has handled; take the maximum.", "topic"
)
CONSUMER_PARTITIONS = _gauge("consumer_partitions", "Partitions that this worker has.", "topic")
CONSUMER_PAUSED = _gauge("consumer_paused_partitions", "Partitions held back until the store has caught up.")
CONSUMER_REBALANCES = _counter("consumer_rebalances_total", "Times that partitions were given or taken.")

# A worker.
BATCH_RECORDS = _histogram("batch_records", "Records in one batch.", buckets=_SIZES)
BATCH_AGE = _histogram("batch_age_seconds", "From a batch's first record polled to its commit.")
BATCH_STAGE = _histogram(
    "batch_stage_seconds",
    "A batch's way: read, judge (its passages are decoded there), evidence, rows, commit.",
    "stage",
)
PASSAGE_DELAY = _histogram(
    "passage_delay_seconds", "From a passage's end until its row is stored, of some.", buckets=_DELAYS_S
)
WORKER_HELD = _gauge("worker_held_records", "Records polled and not committed yet.")
WORKER_HALTED = _gauge("worker_halted", "1 when a worker, or a unit, stopped itself.", "reason")
PASSAGES_JUDGED = _counter("passages_judged_total", "Passages judged; one delivered twice counts twice.")
FINDINGS = _counter("findings_total", "Findings that became cases.", "offence")
SET_ASIDE = _counter("set_aside_total", "Findings set aside for an exemption.", "offence")
DECISIONS = _counter("decisions_total", "Officers' decisions that were applied.")
CASES_LAPSED = _counter("cases_lapsed_total", "Cases that nobody decided in the time that the law gives.")
CASES_ERASED = _counter("cases_erased_total", "Cases erased at their time, by the period.", "reason")
ERASING_FINISHED = _gauge(
    "erasing_finished_timestamp_seconds", "When a worker last had erased all cases whose time was over."
)
DEAD_LETTERS = _counter("dead_letters_total", "Messages set aside unhandled.", "topic", "reason")

# Evidence.
EVIDENCE_STORED = _counter("evidence_stored_total", "Pieces of evidence stored.")
EVIDENCE_STORED_BYTES = _counter("evidence_stored_bytes_total", "Bytes of evidence stored.")
EVIDENCE_DISCARDED = _counter("evidence_discarded_total", "Pieces erased since their passage broke no rule.")
EVIDENCE_SECONDS = _histogram("evidence_seconds", "One call to the evidence store.", "stage")
EVIDENCE_FAILURES = _counter("evidence_failures_total", "Calls that the evidence store refused.", "reason")
EVIDENCE_GAPS = _gauge("evidence_gaps", "Pieces that a case names and that are not stored.")
EVIDENCE_GAP_AGE = _gauge("evidence_gap_oldest_age_seconds", "How long the oldest of them is missing.")
EVIDENCE_AWAY = _gauge("evidence_away", "1 from a call that failed until one that succeeds.")

# The store.
STORE_INSERT = _histogram("store_insert_seconds", "One insert of rows.", "table")
STORE_ROWS = _counter("store_rows_total", "Rows inserted; a row written twice counts twice.", "table")
STORE_FAILURES = _counter(
    "store_failures_total", "Calls that the store refused: unreachable, full, refused, failed.", "reason"
)
STORE_AWAY = _gauge("store_away", "1 from a call that found no store until one that does.")

# What the heartbeats tell the centre of each unit, also where no Prometheus reaches the unit itself.
UNIT_HEARD = _gauge("unit_heard_timestamp_seconds", "When a unit sent its newest heartbeat.", "camera")
UNIT_FINISHED = _gauge("unit_finished", "1 when a unit said that it has nothing more to see.", "camera")
UNIT_FRAME_RATE = _gauge("unit_frames_per_second", "Frames a second that a unit analyses.", "camera")
UNIT_CLOCK_OFFSET = _gauge("unit_clock_offset_seconds", "A unit's frames against its wall clock.", "camera")
UNIT_SPOOL_RECORDS = _gauge("unit_spool_records", "Records that wait on a unit's disk.", "camera")
UNIT_SPOOL_AGE = _gauge("unit_spool_oldest_age_seconds", "How long its oldest has been waiting.", "camera")
UNIT_GIVEN_UP = _gauge("unit_given_up_records", "Statistics a unit gave up since it started.", "camera")
UNIT_EVENTS = _counter(
    "unit_events_total", "What a unit noticed of itself, as its heartbeats told.", "camera", "reason"
)

# The pages.
PAGE_SECONDS = _histogram("page_seconds", "One request, by the route's template.", "route", "status")
CASES_OPEN = _gauge("cases_open", "Cases that wait for an officer.")
CASES_DUE_SOON = _gauge("cases_due_soon", "Undecided cases that lapse soon.")

# What officers make of the findings.
FALSE_FINDING_SHARE = _gauge(
    "false_finding_share", "Part of a rule's decided cases that were rejected as false.", "camera", "offence"
)
FALSE_FINDING_ALARM = _gauge(
    "false_finding_alarm", "1 where that is surely more than the policy bears.", "camera", "offence"
)
RULE_SUSPENDED = _gauge("rule_suspended", "1 where a rule opens no cases at a camera.", "camera", "offence")
CASES_INCOMPLETE = _gauge("cases_incomplete", "Cases whose evidence is not all there.")

# A counter that first shows itself with its first event hides that event from whoever asks for an increase.
for _reason in REFUSALS:
    for _topic in Topic:
        DEAD_LETTERS.labels(_topic.value, _reason)
for _reason in ("unreachable", "full", "busy", "refused", "failed"):
    STORE_FAILURES.labels(_reason)
for _reason in ("unreachable", "full", "refused", "corrupt", "failed"):
    EVIDENCE_FAILURES.labels(_reason)
for _stage in ("publish", "poll", "commit", "ask"):
    BUS_FAILURES.labels(_stage)
for _reason in ("refused", "full"):
    WORKER_HALTED.labels(_reason)
