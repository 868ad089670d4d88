"""What is known of the cases that decisions are about, before any of them is believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from enforcement.completeness import Completeness
from enforcement.deadlines import due_times
from enforcement.store import Store
from streams.messages import Decision


@dataclass(frozen=True)
class Facts:
    """Of the cases that were asked about: which there are, and of those what bears on decisions.

    ``due_ns`` is until when each has to be decided (UTC ns), where the law says; ``candidates`` the match
    and the plates that the register's answer leaves to choose from; ``incomplete`` cases wait for evidence
    that has never come.
    """

    known: frozenset[str] = frozenset()
    due_ns: Mapping[str, int] = field(default_factory=dict)
    candidates: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    incomplete: frozenset[str] = frozenset()


def facts_of(store: Store, decisions: Sequence[Decision]) -> Facts:
    """What the store knows of the cases of ``decisions``."""
    known = _known(store, {decision.case_id for decision in decisions})
    confirmed = {each.case_id for each in decisions if each.outcome == "confirmed"} & known
    return Facts(
        frozenset(known),
        due_times(store, known),
        _candidates(store, confirmed),
        _incomplete(store, confirmed),
    )


def _known(store: Store, case_ids: set[str]) -> set[str]:
    rows = store.query(
        "SELECT DISTINCT violation_id FROM violations WHERE violation_id IN {cases:Array(String)}",
        {"cases": sorted(case_ids)},
    )
    return {str(case_id) for (case_id,) in rows}


def _candidates(store: Store, case_ids: set[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    if not case_ids:
        return {}
    rows = store.query(
        """SELECT toString(case_id), toString(match), plates FROM case_candidates FINAL
        WHERE case_id IN {cases:Array(UUID)}""",
        {"cases": sorted(case_ids)},
    )
    return {case_id: (match, tuple(plates)) for case_id, match, plates in rows}


class _Evidence(Completeness):
    def __init__(self, store: Store) -> None:
        self._store = store


def _incomplete(store: Store, case_ids: set[str]) -> frozenset[str]:
    """Those that lack a piece which has not come yet.

    One that was here and is lost keeps nobody's answer from counting: the officer has seen it.
    """
    evidence = _Evidence(store)
    gaps = evidence.gaps(case_ids)
    places = evidence.whereabouts(frozenset[str]().union(*gaps.values())) if gaps else {}
    return frozenset(
        case_id
        for case_id, digests in gaps.items()
        if any(places[digest].state in ("awaited", "damaged") for digest in digests)
    )
