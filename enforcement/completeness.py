"""Which evidence cases have, and which they lack: what pages read before anything may be confirmed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from enforcement.store import Store

#: ``here``: stored and verified. ``awaited``: it has not come. ``damaged``: it came with other bytes and lies
#: among the dead letters. ``lost``: a check found it gone or changed. ``erased``: it was discarded.
State = Literal["here", "awaited", "damaged", "lost", "erased"]


@dataclass(frozen=True)
class Whereabouts:
    """What is known of a piece of evidence, and since when (UTC ns; None: never heard of)."""

    state: State
    since_ns: int | None


_UNHEARD = Whereabouts("awaited", None)


class Completeness:
    """Reads what cases lack; a mix-in of the case book. Needs ``self._store``."""

    _store: Store

    def gaps(self, case_ids: Collection[str]) -> dict[str, frozenset[str]]:
        """The digests that each of ``case_ids`` lacks; a case that lacks none is not named."""
        if not case_ids:
            return {}
        rows = self._store.query(
            """SELECT toString(case_id), groupUniqArray(toString(digest)) FROM (
                SELECT case_id, digest FROM evidence_gaps WHERE case_id IN {cases:Array(UUID)}
                GROUP BY case_id, digest, opened_at HAVING sum(sign) > 0
            ) GROUP BY case_id""",
            {"cases": sorted(case_ids)},
        )
        return {str(case): frozenset(digests) for case, digests in rows}

    def whereabouts(self, digests: Collection[str]) -> dict[str, Whereabouts]:
        """Where each of ``digests`` is, by what the index says; every one of them is named."""
        rows = self._store.query(
            """SELECT toString(digest), state, toUnixTimestamp64Nano(since) FROM v_evidence_states
            WHERE digest IN {digests:Array(FixedString(64))}""",
            {"digests": sorted(digests)},
        )
        known = {str(digest): Whereabouts(state, since or None) for digest, state, since in rows}
        return {digest: known.get(digest, _UNHEARD) for digest in digests}
