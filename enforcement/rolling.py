"""Rewrites hours and days of figures that got something new, so that reports need not count what they are of.

As long as an hour waits it is counted from its passages, and a day from its hours: nothing here is needed for
figures to be right, only for reports over years to be quick. Whatever kills this in between, and however many
processes do it at once, what was not rewritten for sure goes on waiting. In two rounds: one rewrites, a later
one lets it wait no longer, when no question is under way any more that does not know the new figures.
"""

from __future__ import annotations

from dataclasses import dataclass

from enforcement.store import Store

#: An hour or a day is left alone for so long after its last news: a busy one would be rewritten again and
#: again, and what marks it may be visible a moment before the news are.
SETTLES_S = 60

_HISTOGRAM = "CAST(map(), 'Map(UInt16, UInt32)')"


@dataclass(frozen=True)
class _Level:
    """Figures by ``unit`` (a column), camera and vehicle, in ``table``.

    ``figures`` are the columns beside these, each with how it adds up and what it is of nothing.
    ``held_back`` are the units that are not rewritten yet, as rows of unit and camera.
    """

    unit: str
    table: str
    figures: tuple[tuple[str, str, str], ...]
    held_back: str

    @property
    def waiting(self) -> str:
        """What waits, with the token of its news."""
        return f"""SELECT {self.unit}, camera_id, sum(touched.token) AS token, max(touched.touched_at) AS at
            FROM {self.table}_touched AS touched GROUP BY {self.unit}, camera_id HAVING token != 0"""

    @property
    def made(self) -> str:
        """What is known of it by the newest figures."""
        return f"""SELECT {self.unit}, camera_id, argMax({self.table}.of_token, rewritten_at) AS token,
                max(rewritten_at) AS at
            FROM {self.table}
            WHERE ({self.unit}, camera_id) IN (SELECT {self.unit}, camera_id FROM ({self.waiting}))
            GROUP BY {self.unit}, camera_id"""

    @property
    def due(self) -> str:
        """What is to be rewritten now."""
        return f"""SELECT {self.unit}, camera_id, waits.token AS token FROM ({self.waiting}) AS waits
            LEFT ANTI JOIN ({self.made}) AS made USING ({self.unit}, camera_id, token)
            WHERE waits.at <= now() - toIntervalSecond({{settles:UInt32}})
                AND ({self.unit}, camera_id) NOT IN ({self.held_back})
            ORDER BY {self.unit}, camera_id LIMIT {{most:UInt32}}"""

    @property
    def made_before(self) -> str:
        """What was rewritten long enough ago, and need not wait any more."""
        return f"""SELECT {self.unit}, camera_id, made.token AS token FROM ({self.made}) AS made
            INNER JOIN ({self.waiting}) AS waits USING ({self.unit}, camera_id, token)
            WHERE made.at <= now64(3) - toIntervalSecond({{settles:UInt32}})"""

    @property
    def release(self) -> str:
        """Lets it wait no longer."""
        return f"""INSERT INTO {self.table}_touched ({self.unit}, camera_id, touched_at, token)
            SELECT {self.unit}, camera_id, now(), bitNot(token) + 1 FROM ({self.made_before})"""

    @property
    def rewrite(self) -> str:
        """Writes the new figures."""
        names = ", ".join(name for name, _, _ in self.figures)
        sums = ", ".join(f"{add}(part.{name})" for name, add, _ in self.figures)
        nothing = ", ".join(zero for _, _, zero in self.figures)
        key = f"{self.unit}, camera_id, vehicle"
        # A vehicle that is no longer in it gets zeros: its old row must not outlive the others.
        return f"""INSERT INTO {self.table} ({key}, site_id, {names}, of_token)
            SELECT {key}, any(part.site_id), {sums}, any(due.token)
            FROM
            (
                SELECT {key}, site_id, {names} FROM {self.table}_waiting
                UNION ALL
                SELECT {key}, site_id, {nothing} FROM {self.table} FINAL
            ) AS part
            INNER JOIN ({self.due}) AS due USING ({self.unit}, camera_id)
            WHERE ({self.unit}, camera_id) IN (SELECT {self.unit}, camera_id FROM ({self.due}))
            GROUP BY {key}"""


_HOURS = _Level(
    "hour",
    "passage_hours",
    (
        ("passages", "sum", "0"),
        ("measured", "sum", "0"),
        ("speed_sum_kmh", "sum", "0"),
        ("speed_max_kmh", "max", "0"),
        ("speeds", "sumMap", _HISTOGRAM),
        ("voids", "sumMap", "CAST(map(), 'Map(LowCardinality(String), UInt32)')"),
        ("residual_sum_m", "sum", "0"),
        ("residuals", "sum", "0"),
    ),
    held_back="SELECT toDateTime(0, 'UTC'), '' WHERE 0",
)
#: A day is made when all its hours are.
_DAYS = _Level(
    "day",
    "speed_days",
    (
        ("passages", "sum", "0"),
        ("measured", "sum", "0"),
        ("speeds", "sumMap", _HISTOGRAM),
        ("residual_sum_m", "sum", "0"),
        ("residuals", "sum", "0"),
    ),
    held_back=f"SELECT toDate(hour), camera_id FROM ({_HOURS.waiting})",
)


def rewrite_hours(store: Store, *, at_most: int = 5_000, settles_s: int = SETTLES_S) -> int:
    """Rewrite hours that wait, the oldest first, and let those wait no longer that an earlier round rewrote.

    Args:
        store: whose migrations have run.
        at_most: so many hours of a camera in one round.
        settles_s: leave hours alone that got a passage in the last so many seconds.

    Returns:
        How many hours of a camera were released or rewritten; 0: there was nothing to do.
    """
    return _go_round(store, _HOURS, at_most, settles_s)


def rewrite_days(store: Store, *, at_most: int = 5_000, settles_s: int = SETTLES_S) -> int:
    """The same for days, as :func:`rewrite_hours`; a day is left alone while an hour of it waits."""
    return _go_round(store, _DAYS, at_most, settles_s)


def _go_round(store: Store, level: _Level, at_most: int, settles_s: int) -> int:
    limits = {"settles": settles_s, "most": at_most}
    [(released, rewritten)] = store.query(
        f"SELECT (SELECT count() FROM ({level.made_before})), (SELECT count() FROM ({level.due}))", limits
    )
    if released:
        store.command(level.release, limits)
    if rewritten:
        store.command(level.rewrite, limits)
    return int(released) + int(rewritten)
