"""What part of each rule's cases at each camera officers reject as false, and how sure that is.

A case that is rejected because the vehicle was exempt speaks for the camera, not against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from enforcement.law.quality import USUAL, Quality
from enforcement.quality.intervals import wilson
from enforcement.quality.terms import terms_of_cameras
from enforcement.reasons import REASON_CODES
from enforcement.store import Store

#: Reasons that say nothing against the camera or the rule.
BLAMELESS = frozenset({"emergency_vehicle"})
BLAMED = tuple(code for code in REASON_CODES if code not in BLAMELESS)


@dataclass(frozen=True)
class FalseFindings:
    """One rule at one camera over the window of its policy; ``by_reason`` counts all rejected cases."""

    camera_id: str
    offence: str
    decided: int
    by_reason: Mapping[str, int] = field(default_factory=dict)
    terms: Quality = USUAL

    @property
    def false(self) -> int:
        """How many were rejected for a reason that speaks against the finding."""
        return sum(self.by_reason.get(code, 0) for code in BLAMED)

    @property
    def share(self) -> float:
        """The part of the decided cases that was."""
        return self.false / self.decided if self.decided else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares the true one lies with 95 %."""
        return wilson(self.false, self.decided)

    @property
    def is_alarming(self) -> bool:
        """Whether surely more is false than the policy bears."""
        return self.decided >= self.terms.least_decided and self.interval[0] > self.terms.alarm_above

    @property
    def is_unbearable(self) -> bool:
        """Whether surely so much is false that the policy suspends the rule."""
        limit = self.terms.suspend_above
        return limit is not None and self.is_alarming and self.interval[0] > limit


def false_findings(
    store: Store, since_ns: Mapping[tuple[str, str], int] | None = None
) -> list[FalseFindings]:
    """Every rule at every camera of which cases were decided lately, the worst first.

    ``since_ns`` (UTC ns) leaves out what was found at a camera and rule before: from when a supervisor
    allowed it again, only what came after speaks.
    """
    terms = terms_of_cameras(store)
    longest = max((each.window_days for each in terms.values()), default=USUAL.window_days)
    rows = store.query(
        """SELECT camera_id, offence, reason_code, status,
            groupArray(
                (toUnixTimestamp64Nano(occurred_at), toUnixTimestamp64Milli(assumeNotNull(decided_at)))
            )
        FROM cases FINAL
        WHERE status IN ('confirmed', 'rejected') AND NOT seeded
            AND decided_at >= now64(3) - toIntervalDay({days:UInt32})
        GROUP BY camera_id, offence, reason_code, status
        SETTINGS do_not_merge_across_partitions_select_final = 1""",
        {"days": longest},
    )
    now_ms = _now_ms(store)
    decided: dict[tuple[str, str], int] = {}
    reasons: dict[tuple[str, str], dict[str, int]] = {}
    for camera, offence, reason, status, moments in rows:
        key = (str(camera), str(offence))
        oldest_ms = now_ms - terms.get(key[0], USUAL).window_days * 86_400_000
        begun_ns = (since_ns or {}).get(key, 0)
        number = sum(at_ms >= oldest_ms and found_ns >= begun_ns for found_ns, at_ms in moments)
        decided[key] = decided.get(key, 0) + number
        if status == "rejected" and number:
            reasons.setdefault(key, {})[str(reason)] = number
    found = [
        FalseFindings(*key, number, reasons.get(key, {}), terms.get(key[0], USUAL))
        for key, number in decided.items()
        if number
    ]
    return sorted(found, key=lambda each: (-each.interval[0], each.camera_id, each.offence))


def _now_ms(store: Store) -> int:
    [(now_ms,)] = store.query("SELECT toUnixTimestamp64Milli(now64(3))")
    return int(now_ms)
