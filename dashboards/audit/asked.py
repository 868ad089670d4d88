"""What part of the audit an address asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from enforcement.desk.audit_book import AuditFilter

_LONGEST = 100


@dataclass(frozen=True)
class Asked:
    """The filters as they stand in the form: ``since`` and ``until`` are days (UTC), both included."""

    who: str = ""
    action: str = ""
    case: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> Asked:
        """Out of an address or a form; what is no day is left out."""
        texts = {name: parameters.get(name, "").strip()[:_LONGEST] for name in cls.__dataclass_fields__}
        for name in ("since", "until"):
            if _day(texts[name]) is None:
                texts[name] = ""
        return cls(**texts)

    @property
    def query(self) -> str:
        """The filters as the end of an address, without the question mark."""
        return urlencode({name: value for name, value in asdict(self).items() if value})

    def address(self, before: int | None = None) -> str:
        """The address of this part, of entries before that one."""
        more = f"before={before}" if before is not None else ""
        query = "&".join(filter(None, (self.query, more)))
        return f"/audit?{query}" if query else "/audit"

    def wanted(self) -> AuditFilter:
        """The filter of the audit book."""
        since, until = _day(self.since), _day(self.until)
        return AuditFilter(
            self.who,
            self.action,
            self.case,
            _midnight_ns(since) if since else None,
            _midnight_ns(until + timedelta(days=1)) if until else None,
        )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year < 2200 else None


def _midnight_ns(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp()) * 10**9
