"""What part of the queue is wanted, and in what order: both as SQL over the table ``cases``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: A plate at least this sure counts as sure.
SURE = 0.9
_LACKS = (
    "case_id IN (SELECT case_id FROM evidence_gaps GROUP BY case_id, digest, opened_at HAVING sum(sign) > 0)"
)
_COMPLETE = {True: f"NOT {_LACKS}", False: _LACKS}
_PLATES = {
    "unreadable": "plate IS NULL",
    "doubtful": f"plate IS NOT NULL AND plate_confidence < {SURE}",
    "sure": f"plate IS NOT NULL AND plate_confidence >= {SURE}",
}
PLATES = tuple(_PLATES)

#: Keys by which a list is ordered, each ascending and never NULL: so the place of one case in it is a tuple.
_ORDERS = {
    "oldest": "occurred_at, cases.case_id",
    "newest": "-toUnixTimestamp64Nano(occurred_at), cases.case_id",
    "severity": "-severity, occurred_at, cases.case_id",
}
ORDERS = tuple(_ORDERS)


@dataclass(frozen=True)
class CaseFilter:
    """Which cases are wanted; what is None or empty does not restrict.

    ``complete``: whether all evidence is there. ``plate``: one of ``PLATES``. ``since_ns`` (inclusive) and
    ``until_ns`` (exclusive): when the vehicle came into view, UTC ns. ``only`` are the ids of the cases that
    are wanted at all, ``but`` of those that are not.
    """

    status: str | None = "open"
    camera: str | None = None
    offence: str | None = None
    complete: bool | None = None
    plate: str | None = None
    since_ns: int | None = None
    until_ns: int | None = None
    only: frozenset[str] | None = None
    but: frozenset[str] = frozenset()

    def condition(self) -> tuple[str, dict[str, Any]]:
        """The filter as an SQL condition, and what is bound in it."""
        equal = {"status": self.status, "camera_id": self.camera, "offence": self.offence}
        bound: dict[str, Any] = {name: value for name, value in equal.items() if value is not None}
        parts = [f"{name} = {{{name}:String}}" for name in bound]
        for name, sign, moment_ns in (("since", ">=", self.since_ns), ("until", "<", self.until_ns)):
            if moment_ns is not None:
                parts.append(f"occurred_at {sign} fromUnixTimestamp64Nano({{{name}:Int64}}, 'UTC')")
                bound[name] = moment_ns
        if self.complete is not None:
            parts.append(_COMPLETE[self.complete])
        if self.plate is not None:
            parts.append(_PLATES[self.plate])
        if self.only is not None:
            parts.append("case_id IN {only:Array(UUID)}")
            bound["only"] = sorted(self.only)
        if self.but:
            parts.append("case_id NOT IN {but:Array(UUID)}")
            bound["but"] = sorted(self.but)
        return " AND ".join(parts) or "1", bound


def keys_of(order: str) -> str:
    """The columns that a list in this order (one of ``ORDERS``) is sorted by."""
    return _ORDERS[order]
