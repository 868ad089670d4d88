"""Rewrites the hours of ``passage_hours`` that got passages since, so that reports need not count passages.

As long as an hour waits, it is counted from the passages themselves: nothing here is needed for figures to be
right, only for reports over years to be quick. Whatever kills this in between, and however many processes do
it at once, an hour that was not rewritten for sure goes on waiting. In two rounds: one rewrites an hour, a
later one lets it wait no longer, when no question is under way any more that does not know the new figures.
"""

from __future__ import annotations

from enforcement.store import Store

#: An hour is left alone for so long after its last passage: a busy one would be rewritten again and again,
#: and what marks an hour may be visible a moment before the passages are.
SETTLES_S = 60

_COLUMNS = (
    "hour, camera_id, vehicle, site_id, passages, measured, speed_sum_kmh, speed_max_kmh, speeds, voids, "
    "residual_sum_m, residuals"
)
_WAITING = """
    SELECT hour, camera_id, sum(touched.token) AS token, max(touched.touched_at) AS at
    FROM passage_hours_touched AS touched GROUP BY hour, camera_id HAVING token != 0
"""
_MADE = f"""
    SELECT hour, camera_id, argMax(passage_hours.of_token, rewritten_at) AS token, max(rewritten_at) AS at
    FROM passage_hours WHERE (hour, camera_id) IN (SELECT hour, camera_id FROM ({_WAITING}))
    GROUP BY hour, camera_id
"""
_DUE = f"""
    SELECT hour, camera_id, waits.token AS token FROM ({_WAITING}) AS waits
    LEFT ANTI JOIN ({_MADE}) AS made USING (hour, camera_id, token)
    WHERE waits.at <= now() - toIntervalSecond({{settles:UInt32}})
    ORDER BY hour, camera_id LIMIT {{most:UInt32}}
"""
_MADE_BEFORE = f"""
    SELECT hour, camera_id, made.token AS token FROM ({_MADE}) AS made
    INNER JOIN ({_WAITING}) AS waits USING (hour, camera_id, token)
    WHERE made.at <= now64(3) - toIntervalSecond({{settles:UInt32}})
"""


def rewrite_hours(store: Store, *, at_most: int = 5_000, settles_s: int = SETTLES_S) -> int:
    """Rewrite hours that wait, the oldest first, and let those wait no longer that an earlier round rewrote.

    Args:
        store: whose migrations have run.
        at_most: so many hours of a camera in one round.
        settles_s: leave hours alone that got a passage in the last so many seconds.

    Returns:
        How many hours of a camera were released or rewritten; 0: there was nothing to do.
    """
    limits = {"settles": settles_s, "most": at_most}
    [(released, rewritten)] = store.query(
        f"SELECT (SELECT count() FROM ({_MADE_BEFORE})), (SELECT count() FROM ({_DUE}))", limits
    )
    if released:
        store.command(
            f"""INSERT INTO passage_hours_touched (hour, camera_id, touched_at, token)
            SELECT hour, camera_id, now(), bitNot(token) + 1 FROM ({_MADE_BEFORE})""",
            limits,
        )
    if rewritten:
        # A vehicle that is no longer in the hour gets zeros: its old row must not outlive the others.
        store.command(
            f"""INSERT INTO passage_hours ({_COLUMNS}, of_token)
            SELECT hour, camera_id, vehicle, any(part.site_id), sum(part.passages), sum(part.measured),
                sum(part.speed_sum_kmh), max(part.speed_max_kmh), sumMap(part.speeds), sumMap(part.voids),
                sum(part.residual_sum_m), sum(part.residuals), any(due.token)
            FROM
            (
                SELECT {_COLUMNS} FROM passage_hours_waiting
                UNION ALL
                SELECT hour, camera_id, vehicle, site_id, 0, 0, 0, 0, CAST(map(), 'Map(UInt16, UInt32)'),
                    CAST(map(), 'Map(LowCardinality(String), UInt32)'), 0, 0
                FROM passage_hours FINAL
            ) AS part
            INNER JOIN ({_DUE}) AS due USING (hour, camera_id)
            WHERE (hour, camera_id) IN (SELECT hour, camera_id FROM ({_DUE}))
            GROUP BY hour, camera_id, vehicle""",
            limits,
        )
    return int(released) + int(rewritten)
