"""A view of the queue: which cases, in what order, which page; as it stands in an address and as a filter."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode

from dashboards.formatting import NANOSECONDS
from enforcement.case_filter import AT_HOME, DUES, MATCHES, ORDERS, PLATES, CaseFilter
from enforcement.case_queue import SETTLED_OR_WAITING
from enforcement.settled_counts import SETTLED

#: ``open`` are the cases that this officer may answer, those of foreign vehicles apart.
STATUSES = ("open", *SETTLED_OR_WAITING)
ASSIGNED = ("me", "nobody", "others")
LAST_PAGE = 1_000_000
_COMPLETE = {"complete": True, "incomplete": False}
_CHOICES: Mapping[str, Collection[str]] = MappingProxyType(
    {
        "status": STATUSES,
        "evidence": tuple(_COMPLETE),
        "plate": PLATES,
        "match": MATCHES,
        "due": DUES,
        "assigned": ASSIGNED,
        "order": ORDERS,
    }
)


@dataclass(frozen=True)
class Assigned:
    """What is assigned, as seen by one officer: the cases that are theirs and those that are others'."""

    mine: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


@dataclass(frozen=True)
class QueueView:
    """One view; empty texts restrict nothing. ``since`` and ``until`` are UTC days, both included."""

    status: str = "open"
    camera: str = ""
    offence: str = ""
    evidence: str = ""
    plate: str = ""
    match: str = ""
    due: str = ""
    assigned: str = ""
    since: str = ""
    until: str = ""
    order: str = "priority"
    page: int = 1

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> QueueView:
        """The view that an address asks for; what it does not know in it counts as not said."""
        defaults = cls(order=usual_order(asked.get("status", "")))
        known: dict[str, str] = {}
        for name in (field.name for field in fields(cls) if field.name != "page"):
            value = asked.get(name, "")[:200]
            if name in ("since", "until"):
                value = value if _day(value) else ""
            elif name in _CHOICES and value not in _CHOICES[name]:
                value = ""
            known[name] = value or getattr(defaults, name)
        page = asked.get("page", "")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 8 else 1
        return cls(**known, page=min(max(number, 1), LAST_PAGE))

    @classmethod
    def from_query(cls, query: str) -> QueueView:
        """The view of the part of an address after its question mark."""
        return cls.read(dict(parse_qsl(query)))

    @property
    def query(self) -> str:
        """The view as the part of an address after the question mark; empty for the usual one."""
        usual = asdict(QueueView(order=usual_order(self.status)))
        return urlencode({name: value for name, value in asdict(self).items() if value != usual[name]})

    def address(self, **changes: str | int) -> str:
        """The address of this view with some things changed; a change of filter begins at page 1.

        Another status is in its own usual order, unless this one is in another than usual.
        """
        if self.order == usual_order(self.status):
            changes = {"order": usual_order(str(changes.get("status", self.status))), **changes}
        query = QueueView(**{**asdict(self), "page": 1, **changes}).query
        return f"/?{query}" if query else "/"

    @property
    def cleared(self) -> str:
        """The address of the same status in the same order, without any filter."""
        return QueueView(status=self.status, order=self.order).address()

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but status, order and page is said."""
        return self.address() != self.cleared

    def wanted(self, officer: str, may_settle: bool, assigned: Assigned) -> CaseFilter:
        """The filter for an officer: ``open`` is what they may answer, ``me`` who they are."""
        since, until = _day(self.since), _day(self.until)
        return CaseFilter(
            status=None if self.status == "open" else self.status,
            reviewer=officer if self.status == "open" else None,
            may_settle=may_settle,
            camera=self.camera or None,
            offence=self.offence or None,
            complete=_COMPLETE.get(self.evidence),
            plate=self.plate or None,
            match=self.match or (AT_HOME if self.status == "open" else None),
            due=self.due or None,
            since_ns=_ns(since) if since else None,
            until_ns=_ns(until + datetime.timedelta(days=1)) if until else None,
            only={"me": assigned.mine, "others": assigned.others}.get(self.assigned),
            but=assigned.mine | assigned.others if self.assigned == "nobody" else frozenset(),
        )


def usual_order(status: str) -> str:
    """The order of a list that nobody chose: what waits by priority, what is settled from its newest on."""
    return "newest" if status in SETTLED else "priority"


def _day(text: str) -> datetime.date | None:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year < 2200 else None


def _ns(day: datetime.date) -> int:
    midnight = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
    return round(midnight.timestamp()) * NANOSECONDS
