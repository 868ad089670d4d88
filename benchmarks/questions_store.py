"""A store as a city has it after two months, generated inside ClickHouse: for ``benchmarks/questions.py``."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from enforcement.open_cases import tidy
from enforcement.rolling import rewrite_days, rewrite_hours
from enforcement.rules.finding import Finding
from enforcement.store import Store
from streams.messages import Box, Passage, PlateReading, SpeedMeasurement, TrackPoint

#: 2026-05-01T00:00:00Z, and the days that follow it.
FIRST_S = 1_777_593_600
DAYS = 60
_BLOCK = 2_000_000
_CASES = 50_000
_OFFENCES = "['speeding', 'red_light', 'stop_line', 'wrong_way', 'following', 'uninsured']"
_VEHICLES = "['car', 'car', 'car', 'car', 'car', 'car', 'truck', 'truck', 'bus', 'motorcycle']"
_REASONS = "['plate_wrong', 'not_this_vehicle', 'other']"
#: More traffic by day than by night: a second of the day out of two evenly spread numbers.
_SECOND = (
    f"({FIRST_S} + number % {DAYS} * 86400"
    " + intDiv(sipHash64(number) % 86400 + sipHash64(number, 1) % 86400, 2))"
)


def _id(kind: str) -> str:
    """A UUID that is a function of the number, as ours are of what a thing is."""
    return f"toString(reinterpretAsUUID(sipHash128(number, '{kind}')))"


@dataclass(frozen=True)
class City:
    """How much there is: vehicles that passed, cases, cameras."""

    passages: int
    violations: int
    cameras: int = 500

    @property
    def camera(self) -> str:
        """The camera of a number, in SQL; a few see far more than others."""
        share = "pow(sipHash64(number, 2) / 18446744073709551616, 1.5)"
        return f"concat('cam-', leftPad(toString(toUInt32({share} * {self.cameras})), 4, '0'))"

    def fill(self, store: Store) -> None:
        """Write it into an empty store, with progress."""
        bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        )
        with bar:
            for name, wanted, block, statement in (
                ("passages", self.passages, _BLOCK, self._passages),
                ("violations", self.violations, _CASES, self._violations),
            ):
                task = bar.add_task(name, total=wanted)
                for first in range(0, wanted, block):
                    many = min(block, wanted - first)
                    store.command(statement(first, many))
                    bar.advance(task, many)
        self._count_hours(store)
        store.command(self._opened())
        store.command(self._decided())
        store.command(_STATUS)
        for statement in (self._findings(), self._gaps(), self._cameras(), self._heartbeats()):
            store.command(statement)
        settle(store)

    def _count_hours(self, store: Store) -> None:
        """Count the hours as workers do, which in a city do it as the hours pass."""
        store.command("OPTIMIZE TABLE passage_hours_touched FINAL")
        hours = self.cameras * DAYS * 24
        with Progress(TextColumn("hours"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as bar:
            task = bar.add_task("hours", total=hours)
            while counted := rewrite_hours(store, at_most=100_000, settles_s=0):
                bar.advance(task, counted)

    def _passages(self, first: int, many: int) -> str:
        return f"""INSERT INTO passages (passage_id, camera_id, site_id, vehicle, lane, occurred_at,
                speed_kmh, uncertainty_kmh, void_reason)
            SELECT {_id("passage")}, {self.camera} AS camera, concat('site-', substring(camera, 5, 3)),
                {_VEHICLES}[1 + sipHash64(number, 3) % 10], toString(1 + sipHash64(number, 4) % 3),
                toDateTime64({_SECOND}, 3, 'UTC') + (number % 1000) / 1000,
                if(sipHash64(number, 5) % 20 = 0, NULL, 30 + sipHash64(number, 6) % 500 / 10) AS speed,
                if(speed IS NULL, NULL, 1.2), if(speed IS NULL, 'the track is too short', '')
            FROM numbers({first}, {many})"""

    def _violations(self, first: int, many: int) -> str:
        passage = invented_passage().replace("\\", "\\\\").replace("'", "\\'")
        finding = msgspec.json.encode(_FINDING).decode()
        return f"""INSERT INTO violations (violation_id, passage_id, camera_id, site_id, occurred_at,
                offence, vehicle, plate, plate_confidence, plate_raw, plate_normalised, plate_probability,
                grammar_version, speed_kmh, speed_uncertainty_kmh, enforced_speed_kmh, limit_kmh, measured,
                unit, enforced, allowed, policy_id, policy_version, keeper, thumbnail_digest, finding,
                passage)
            SELECT {_id("case")}, {_id("passage")}, {self.camera} AS camera,
                concat('site-', substring(camera, 5, 3)), toDateTime64({_SECOND}, 9, 'UTC'),
                {_OFFENCES}[1 + sipHash64(number, 3) % 6], 'car',
                concat('XX', toString(sipHash64(number, 7) % 100000)) AS read,
                0.9 + sipHash64(number, 8) % 100 / 1000, read, read, 0.99, '1',
                71.2, 1.4, 68.2, 50, 71.2, 'km/h', 68.2, 50, 'city', '1', '',
                lower(hex(SHA256(toString(number)))), '{finding}',
                -- The rest of the message differs from case to case, as tracks do.
                concat('{passage[:-1]}', ',"noise":"',
                    arrayStringConcat(arrayMap(i -> hex(sipHash64(number, 9, i)), range(100))), '"}}')
            FROM numbers({first}, {many})"""

    def _opened(self) -> str:
        return """INSERT INTO case_events (case_id, event_id, sequence, kind, at)
            SELECT violation_id, concat(violation_id, '-opened'), 0, 'opened', occurred_at FROM violations"""

    def _decided(self) -> str:
        """Nine of ten are decided, by sixty officers, some hours after they came."""
        return f"""INSERT INTO case_events (case_id, event_id, sequence, kind, at, decision_id, officer,
                reason_code)
            SELECT violation_id, concat(violation_id, '-decided'), 1 + rowNumberInAllBlocks(),
                if(sipHash64(violation_id, 1) % 5 = 0, 'rejected', 'confirmed') AS outcome,
                occurred_at + INTERVAL sipHash64(violation_id, 2) % 90000 SECOND, concat('d-', violation_id),
                concat('officer-', toString(sipHash64(violation_id, 3) % 60)),
                if(outcome = 'rejected', {_REASONS}[1 + sipHash64(violation_id, 4) % 3], '')
            FROM violations WHERE sipHash64(violation_id) % 10 > 0"""

    def _findings(self) -> str:
        return """INSERT INTO findings (finding_id, camera_id, site_id, occurred_at, offence, vehicle, became,
                reason, policy_id, policy_version, unit, measured, subtracted, enforced, allowed)
            SELECT violation_id, camera_id, site_id, occurred_at, offence, vehicle, 'case', '', policy_id,
                policy_version, unit, measured, subtracted, enforced, allowed FROM violations"""

    def _gaps(self) -> str:
        """Ten thousand cases lack a piece of their evidence."""
        return """INSERT INTO evidence_gaps (case_id, digest, kind, opened_at, sign)
            SELECT case_id, lower(hex(SHA256(toString(case_id)))), 'frame', occurred_at, 1 FROM cases FINAL
            ORDER BY sipHash64(case_id) LIMIT 10000"""

    def _cameras(self) -> str:
        return f"""INSERT INTO cameras (camera_id, site_id, site_name, policy_id, policy_version)
            SELECT concat('cam-', leftPad(toString(number), 4, '0')) AS camera,
                concat('site-', substring(camera, 5, 3)) AS site, site, 'city', '1'
            FROM numbers({self.cameras})"""

    def _heartbeats(self) -> str:
        """One every five minutes from each camera, of the last thirty days."""
        return f"""INSERT INTO heartbeats (camera_id, site_id, sent_at, frames, frames_per_second,
                dropped_frames, passages, clock_offset_ms, clock_drift_ppm, event_kinds, event_times,
                event_details)
            SELECT concat('cam-', leftPad(toString(number % {self.cameras}), 4, '0')) AS camera,
                concat('site-', substring(camera, 5, 3)),
                toDateTime64({FIRST_S + DAYS * 86400} - intDiv(number, {self.cameras}) * 300, 3, 'UTC') AS at,
                number, 25, number % 7, 100, sipHash64(number) % 40 - 20, 0.1,
                if(sipHash64(number, 1) % 5000 = 0, ['camera-moved'], []) AS kinds,
                arrayMap(kind -> at, kinds), arrayMap(kind -> 'it moved by 2 px', kinds)
            FROM numbers({self.cameras * 12 * 24 * 30})"""


_FINDING = Finding(
    offence="speeding",
    measured=71.2,
    unit="km/h",
    uncertainty=1.4,
    subtracted=3.0,
    enforced=68.2,
    allowed=50.0,
    policy_id="city",
    policy_version="1",
    explanation="71.2 km/h were measured; 3 km/h are subtracted, so 68.2 km/h count. 50 km/h are allowed.",
)
_STATUS = """INSERT INTO cases
    SELECT cases.* REPLACE (
        decided.kind AS status, decided.precedence AS precedence, decided.at AS decided_at,
        decided.officer AS officer, decided.reason_code AS reason_code
    )
    FROM (SELECT * FROM cases FINAL) AS cases
    INNER JOIN
    (
        SELECT case_id, kind, precedence, at, officer, reason_code FROM case_events FINAL
        WHERE kind != 'opened'
    ) AS decided ON decided.case_id = toString(cases.case_id)"""
#: What the engine merges by itself in the night after, done at once.
_MERGED = (
    "passage_hours_touched",
    "passage_hours",
    "speed_days",
    "speed_days_touched",
    "cases",
    "case_events",
    "findings",
    "heartbeats",
    "heartbeat_hours",
    "finding_hours",
    "reader_hours",
)


def settle(store: Store) -> None:
    """Do what workers and the engine do in the night after, also after a migration."""
    while rewrite_days(store, at_most=100_000, settles_s=0):
        pass
    for table in _MERGED:
        store.command(f"OPTIMIZE TABLE {table} FINAL")
    tidy(store, at_least=0)


def invented_passage() -> str:
    """A passage message as JSON, as long as they are."""
    track = tuple(
        TrackPoint((FIRST_S * 1000 + 83 * i) * 10**6, 3.1, 10.0 + i, 100.0 + i, 200.0) for i in range(24)
    )
    seen = Passage(
        passage_id="invented",
        camera_id="cam-0001",
        site_id="site-1",
        vehicle="car",
        vehicle_confidence=0.9,
        started_at_ns=track[0].captured_at_ns,
        ended_at_ns=track[-1].captured_at_ns,
        frames=24,
        box=Box(10.0, 20.0, 300.0, 200.0),
        track=track,
        speed=SpeedMeasurement(71.2, 1.4),
        plate=PlateReading("XX99XXX", 0.97),
    )
    return msgspec.json.encode(seen).decode()
