"""How many findings exemptions have set aside: counted, without a plate."""

from __future__ import annotations

from dataclasses import dataclass

from enforcement.case_queue import EACH_PARTITION
from enforcement.store import Store


@dataclass(frozen=True)
class Suppressed:
    """Findings of one offence that one kind of exemption set aside; ``exemption`` may be ``policy``."""

    exemption: str
    offence: str
    findings: int


def suppressed(store: Store, since_ns: int = 0) -> list[Suppressed]:
    """What was set aside of what occurred since then (UTC ns), the most frequent first."""
    rows = store.query(
        f"""SELECT toString(findings.exemption), toString(findings.offence), count() AS n FROM findings FINAL
        WHERE became = 'set_aside' AND occurred_at >= fromUnixTimestamp64Milli({{since:Int64}}, 'UTC')
        GROUP BY findings.exemption, findings.offence ORDER BY n DESC, 1, 2 {EACH_PARTITION}""",
        {"since": since_ns // 1_000_000},
    )
    return [Suppressed(*row) for row in rows]
