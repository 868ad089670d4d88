"""What the page of numbers shows: violations by hour, camera and offence; speeds of all passages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from enforcement.case_queue import EACH_PARTITION
from enforcement.reviewing.course import UNDECIDED
from enforcement.store import Store

NANOSECONDS = 10**9
_WAITING = f"status IN ({', '.join(map(repr, UNDECIDED))})"


@dataclass(frozen=True)
class HourCount:
    """Violations in the hour that begins at ``hour_ns`` (UTC nanoseconds)."""

    hour_ns: int
    violations: int


@dataclass(frozen=True)
class CameraCount:
    """One camera: all passages, those with a valid speed, and violations by status.

    ``open`` are all that wait for an answer, the first or another one.
    """

    camera_id: str
    passages: int
    measured: int
    violations: int
    open: int
    confirmed: int
    rejected: int


@dataclass(frozen=True)
class OffenceCount:
    """Violations of one offence."""

    offence: str
    violations: int


@dataclass(frozen=True)
class SpeedBin:
    """Passages with ``from_kmh <= speed < to_kmh``."""

    from_kmh: float
    to_kmh: float
    passages: int


class Statistics:
    """Counts for the page of numbers; the mix-in of the case book. Needs ``self._store``.

    ``since_ns`` (UTC nanoseconds, counted from the beginning of its hour) leaves out what was before.
    """

    _store: Store

    def newest_hour_ns(self) -> int | None:
        """The hour of the last passage there is, UTC nanoseconds; None where there is none."""
        # An hour is in one of the two: it waits to be counted anew, or it has been.
        [(newest_s,)] = self._store.query(
            """SELECT toUnixTimestamp(max(newest)) FROM (
                SELECT max(hour) AS newest FROM passage_hours
                UNION ALL SELECT max(hour) FROM passage_hours_touched
            )"""
        )
        return int(newest_s) * NANOSECONDS if newest_s else None

    def violations_by_hour(self, since_ns: int = 0) -> list[HourCount]:
        """Violations by hour in which they occurred, UTC, oldest first; hours without one are left out."""
        rows = self._store.query(
            f"""SELECT toUnixTimestamp(toStartOfHour(occurred_at)) * 1000000000 AS hour_ns, count()
            FROM cases FINAL WHERE NOT seeded AND occurred_at >= toDateTime({{since:Int64}}, 'UTC')
            GROUP BY hour_ns ORDER BY hour_ns {EACH_PARTITION}""",
            {"since": since_ns // NANOSECONDS},
        )
        return [HourCount(*row) for row in rows]

    def by_camera(self, since_ns: int = 0) -> list[CameraCount]:
        """One line for each camera that saw a passage, by name."""
        rows = self._store.query(
            f"""SELECT camera_id, sum(passages), sum(measured), sum(violations),
                sum(open), sum(confirmed), sum(rejected)
            FROM (
                SELECT camera_id, sum(passages) AS passages, sum(measured) AS measured,
                    0 AS violations, 0 AS open, 0 AS confirmed, 0 AS rejected
                FROM passage_hours_now WHERE hour >= toStartOfHour(toDateTime({{since:Int64}}, 'UTC'))
                GROUP BY camera_id
                UNION ALL
                SELECT camera_id, 0, 0, count(), countIf({_WAITING}), countIf(status = 'confirmed'),
                    countIf(status = 'rejected')
                FROM cases FINAL WHERE NOT seeded AND occurred_at >= toDateTime({{since:Int64}}, 'UTC')
                GROUP BY camera_id
            ) GROUP BY camera_id ORDER BY camera_id {EACH_PARTITION}""",
            {"since": since_ns // NANOSECONDS},
        )
        return [CameraCount(*row) for row in rows]

    def by_offence(self, since_ns: int = 0) -> list[OffenceCount]:
        """Violations by offence, the most frequent first."""
        rows = self._store.query(
            f"""SELECT offence, count() AS n FROM cases FINAL
            WHERE NOT seeded AND occurred_at >= toDateTime({{since:Int64}}, 'UTC')
            GROUP BY offence ORDER BY n DESC, offence {EACH_PARTITION}""",
            {"since": since_ns // NANOSECONDS},
        )
        return [OffenceCount(*row) for row in rows]

    def speeds_histogram(
        self, camera: str | None = None, width_kmh: int = 5, since_ns: int = 0
    ) -> list[SpeedBin]:
        """Measured speeds of all passages in bins of ``width_kmh``, without gaps, lowest first.

        Args:
            camera: only this camera; None for all.
            width_kmh: width of a bin, km/h, 1 or more.
            since_ns: as in all of these.
        """
        [(speeds,)] = self._store.query(
            """SELECT sumMap(speeds) FROM passage_hours_now
            WHERE hour >= toStartOfHour(toDateTime({since:Int64}, 'UTC'))
                AND ({camera:Nullable(String)} IS NULL OR camera_id = {camera:Nullable(String)})""",
            {"camera": camera, "since": since_ns // NANOSECONDS},
        )
        counts: Counter[int] = Counter()
        for speed_kmh, passages in speeds.items():
            counts[int(speed_kmh) // width_kmh] += int(passages)
        if not counts:
            return []
        return [
            SpeedBin(float(number * width_kmh), float((number + 1) * width_kmh), counts[number])
            for number in range(min(counts), max(counts) + 1)
        ]
