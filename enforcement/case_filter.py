"""What part of the queue is wanted, and in what order: both as SQL over a table of cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from enforcement.reviewing.course import UNDECIDED

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
#: What the register made of the plate; a case from before there were candidates is of none of them.
MATCHES = ("certain", "ambiguous", "none", "foreign")
_MATCHES = {name: f"match = '{name}'" for name in MATCHES}
#: Not of a vehicle from abroad: those are a queue of their own.
AT_HOME = "at home"
_MATCHES[AT_HOME] = "match != 'foreign'"
_DUES = {"soon": "due_soon_at <= now64(3) AND due_at > now64(3)", "set": "due_at IS NOT NULL"}
DUES = tuple(_DUES)
_ANSWERABLE = (
    "(status = 'open' OR (status IN {again:Array(String)} AND NOT has(reviewers, {reviewer:String})))"
)
_DUE_S = "ifNull(toUnixTimestamp(due_at), 4294967295)"

#: Keys by which a list is ordered, each ascending and never NULL: so the place of one case in it is a tuple.
_ORDERS = {
    # What is due soon comes first, the rest by how grave it is.
    "priority": f"if(due_soon_at <= now64(3), {_DUE_S}, 4294967295), -severity, occurred_at, cases.case_id",
    "deadline": f"{_DUE_S}, -severity, occurred_at, cases.case_id",
    "oldest": "occurred_at, cases.case_id",
    "newest": "-toUnixTimestamp64Nano(occurred_at), cases.case_id",
    "severity": "-severity, occurred_at, cases.case_id",
}
ORDERS = tuple(_ORDERS)
#: The same where a table is to be read from its end, which it is not by an expression.
_READ_BACKWARDS = {"newest": "occurred_at DESC, cases.case_id"}


@dataclass(frozen=True)
class CaseFilter:
    """Which cases are wanted; what is None or empty does not restrict.

    ``complete``: whether all evidence is there. ``plate``, ``match``, ``due``: one of ``PLATES``, ``MATCHES``
    or ``AT_HOME``, ``DUES``. ``since_ns`` (inclusive) and ``until_ns`` (exclusive): when the vehicle came
    into view, UTC ns.
    ``reviewer``: only what this officer may answer now, disputed cases where they ``may_settle`` them.
    ``only`` are the ids of the cases that are wanted at all, ``but`` of those that are not.
    """

    status: str | None = "open"
    camera: str | None = None
    offence: str | None = None
    complete: bool | None = None
    plate: str | None = None
    match: str | None = None
    due: str | None = None
    reviewer: str | None = None
    may_settle: bool = False
    since_ns: int | None = None
    until_ns: int | None = None
    only: frozenset[str] | None = None
    but: frozenset[str] = frozenset()

    @property
    def is_undecided(self) -> bool:
        """Whether only undecided cases can be wanted, which have tables of their own."""
        return self.status in UNDECIDED or (self.status is None and self.reviewer is not None)

    @property
    def table(self) -> str:
        """Where the cases are chosen: it has all that the condition and the orders name."""
        return "open_cases" if self.is_undecided else "cases"

    @property
    def lines(self) -> str:
        """Where they are read that were chosen."""
        return "open_case_lines" if self.is_undecided else "cases"

    def condition(self) -> tuple[str, dict[str, Any]]:
        """The filter as an SQL condition on ``table``, called ``cases``, and what is bound in it."""
        equal = {"status": self.status, "camera_id": self.camera, "offence": self.offence}
        bound: dict[str, Any] = {name: value for name, value in equal.items() if value is not None}
        parts = [f"{name} = {{{name}:String}}" for name in bound]
        if not self.is_undecided:
            # Of a case that was erased nothing is left to look at.
            parts.append("erased_at IS NULL")
        for name, sign, moment_ns in (("since", ">=", self.since_ns), ("until", "<", self.until_ns)):
            if moment_ns is not None:
                parts.append(f"occurred_at {sign} fromUnixTimestamp64Nano({{{name}:Int64}}, 'UTC')")
                bound[name] = moment_ns
        if self.complete is not None:
            parts.append(_COMPLETE[self.complete])
        if self.plate is not None:
            parts.append(_PLATES[self.plate])
        if self.match is not None:
            parts.append(_MATCHES[self.match])
        if self.due is not None:
            parts.append(_DUES[self.due])
        if self.reviewer is not None:
            parts.append(_ANSWERABLE)
            bound["reviewer"] = self.reviewer
            bound["again"] = ["second review", "disputed"] if self.may_settle else ["second review"]
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


def sorted_by(order: str) -> str:
    """The same order as it is written after ``ORDER BY``."""
    return _READ_BACKWARDS.get(order, _ORDERS[order])
