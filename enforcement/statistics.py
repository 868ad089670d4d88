"""What the page of numbers shows: violations by hour, camera and offence; speeds of all passages."""

from __future__ import annotations

from dataclasses import dataclass

from enforcement.store import Store


@dataclass(frozen=True)
class HourCount:
    """Violations in the hour that begins at ``hour_ns`` (UTC nanoseconds)."""

    hour_ns: int
    violations: int


@dataclass(frozen=True)
class CameraCount:
    """One camera: all passages, those with a valid speed, and violations by status."""

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
    """Counts for the page of numbers; the mix-in of the case book. Needs ``self._store``."""

    _store: Store

    def violations_by_hour(self) -> list[HourCount]:
        """Violations by hour in which they occurred, UTC, oldest first; hours without one are left out."""
        rows = self._store.query(
            """SELECT toUnixTimestamp(toStartOfHour(occurred_at)) * 1000000000 AS hour_ns, count()
            FROM cases FINAL GROUP BY hour_ns ORDER BY hour_ns"""
        )
        return [HourCount(*row) for row in rows]

    def by_camera(self) -> list[CameraCount]:
        """One line for each camera that saw a passage, by name."""
        rows = self._store.query(
            """SELECT camera_id, sum(passages), sum(measured), sum(violations),
                sum(open), sum(confirmed), sum(rejected)
            FROM (
                SELECT camera_id, count() AS passages, count(speed_kmh) AS measured,
                    0 AS violations, 0 AS open, 0 AS confirmed, 0 AS rejected
                FROM v_passages GROUP BY camera_id
                UNION ALL
                SELECT camera_id, 0, 0, count(), countIf(status = 'open'), countIf(status = 'confirmed'),
                    countIf(status = 'rejected')
                FROM cases FINAL GROUP BY camera_id
            ) GROUP BY camera_id ORDER BY camera_id"""
        )
        return [CameraCount(*row) for row in rows]

    def by_offence(self) -> list[OffenceCount]:
        """Violations by offence, the most frequent first."""
        rows = self._store.query(
            "SELECT offence, count() AS n FROM cases FINAL GROUP BY offence ORDER BY n DESC, offence"
        )
        return [OffenceCount(*row) for row in rows]

    def speeds_histogram(self, camera: str | None = None, width_kmh: int = 5) -> list[SpeedBin]:
        """Measured speeds of all passages in bins of ``width_kmh``, without gaps, lowest first.

        Args:
            camera: only this camera; None for all.
            width_kmh: width of a bin, km/h, 1 or more.
        """
        rows = self._store.query(
            """SELECT toUInt32(floor(speed_kmh / {width:UInt32})) AS bin, count() FROM v_passages
            WHERE speed_kmh IS NOT NULL
                AND ({camera:Nullable(String)} IS NULL OR camera_id = {camera:Nullable(String)})
            GROUP BY bin ORDER BY bin""",
            {"camera": camera, "width": width_kmh},
        )
        counts = {int(number): int(passages) for number, passages in rows}
        if not counts:
            return []
        return [
            SpeedBin(float(number * width_kmh), float((number + 1) * width_kmh), counts.get(number, 0))
            for number in range(min(counts), max(counts) + 1)
        ]

    def cameras(self) -> list[str]:
        """Cameras that saw a passage, by name."""
        rows = self._store.query("SELECT DISTINCT camera_id FROM v_passages ORDER BY camera_id")
        return [str(row[0]) for row in rows]
