"""Cases like one: of the same offence at the same camera, near in time and value. Never by plate."""

from __future__ import annotations

from dataclasses import dataclass

from enforcement.case_queue import EACH_PARTITION, CaseSummary
from enforcement.store import Store

_WITHIN_S = 7 * 24 * 3600
_DISTANCE = f"""
    abs(measured - {{measured:Float64}}) / greatest(abs({{measured:Float64}}), 1)
    + abs(dateDiff('second', occurred_at, fromUnixTimestamp64Nano({{at_ns:Int64}}, 'UTC'))) / {_WITHIN_S}
"""


@dataclass(frozen=True)
class SimilarCase:
    """Another case; ``measured`` is in ``unit``, ``occurred_at_ns`` UTC. Whose it is, it does not say."""

    case_id: str
    occurred_at_ns: int
    measured: float
    unit: str
    status: str


class SimilarCases:
    """Finds similar cases; a mix-in of the case book. Needs ``self._store``."""

    _store: Store

    def similar(self, case: CaseSummary, most: int = 6) -> list[SimilarCase]:
        """The ``most`` nearest, nearest first: a week away counts as much as twice the measured value.

        Only cases of the week before and of the week after are looked at.
        """
        # `violations` lies by camera and time, so few rows are compared; `cases` says what became of them.
        rows = self._store.query(
            f"""SELECT toString(case_id), toUnixTimestamp64Nano(occurred_at), measured, unit, status
            FROM cases FINAL
            WHERE (occurred_at, case_id) IN (
                SELECT occurred_at, toUUID(violation_id) FROM violations
                WHERE camera_id = {{camera:String}} AND offence = {{offence:String}}
                    AND occurred_at BETWEEN fromUnixTimestamp64Nano({{from_ns:Int64}}, 'UTC')
                        AND fromUnixTimestamp64Nano({{until_ns:Int64}}, 'UTC')
                    AND violation_id != {{case:String}}
                ORDER BY {_DISTANCE}, violation_id LIMIT 1 BY violation_id LIMIT {{most:UInt32}}
            ) AND erased_at IS NULL
            ORDER BY {_DISTANCE}, cases.case_id {EACH_PARTITION}""",
            {
                "from_ns": case.occurred_at_ns - _WITHIN_S * 10**9,
                "until_ns": case.occurred_at_ns + _WITHIN_S * 10**9,
                "at_ns": case.occurred_at_ns,
                "camera": case.camera_id,
                "offence": case.offence,
                "case": case.case_id,
                "measured": case.measured,
                "most": most,
            },
        )
        return [SimilarCase(*row) for row in rows]
