"""How the register came to be what it is, and how often a service was asked: no plate and no keeper."""

from __future__ import annotations

from dataclasses import dataclass

from enforcement.store import Store


@dataclass(frozen=True)
class Import:
    """A file that was imported at ``at_ns`` (UTC); ``plates`` is how many the register has had since."""

    at_ns: int
    source: str
    plates: int


@dataclass(frozen=True)
class Asked:
    """How often questions to a service had this ``outcome``, about how many plates, and how many it knows."""

    register: str
    outcome: str
    times: int
    plates: int
    found: int


def imports_of(store: Store, most: int) -> list[Import]:
    """The last imports, the newest first."""
    rows = store.query(
        """SELECT toUnixTimestamp64Micro(at) * 1000, source, plates FROM register_imports FINAL
        ORDER BY at DESC LIMIT {most:UInt32}""",
        {"most": most},
    )
    return [Import(*row) for row in rows]


def asked_of(store: Store, days: int) -> list[Asked]:
    """What came of the questions of the last ``days``, by service and outcome, the most frequent first."""
    rows = store.query(
        """SELECT toString(register), toString(outcome) AS became, count() AS times, sum(asked), sum(found)
        FROM register_lookups FINAL WHERE at >= now64(6) - toIntervalDay({days:UInt32})
        GROUP BY register, became ORDER BY times DESC, register, became""",
        {"days": days},
    )
    return [Asked(*row) for row in rows]
