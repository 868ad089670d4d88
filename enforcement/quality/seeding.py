"""Puts known cases among the real ones: beside some of the cases that are found, one that was invented.

It looks like one of that camera and of that minute, so nobody can tell. Which case gets a companion, and
which one, is a function of the case and of what was put before: a batch that comes again puts nothing twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from enforcement.bench import Found
from enforcement.case_plate import plate_of_case
from enforcement.deadlines import due_of
from enforcement.matching.answer import Candidate, Matched
from enforcement.policy import Policy
from enforcement.quality.known_cases import KnownCase
from enforcement.register import Keeper
from enforcement.reviewing.terms import terms_of
from enforcement.rows import violation_id
from enforcement.rules.finding import Finding, decode_finding
from enforcement.store import Store
from streams.identity import identify
from streams.messages import Passage

_SECOND_NS = 10**9
#: A companion comes so long after the case that it stands beside, at most, s.
_WITHIN_S = 90
_SURE = 0.999


@dataclass(frozen=True)
class Seeded:
    """A known case as it is put: what a worker would have found, and what is right."""

    found: Found
    known: KnownCase

    @property
    def case_id(self) -> str:
        """The case that it becomes."""
        return violation_id(self.found.passage.passage_id, self.found.finding.offence)


class Seeding:
    """Chooses companions. For one thread at a time."""

    def __init__(self, store: Store, policies: Mapping[str, Policy]) -> None:
        self._store = store
        self._policies = policies
        self._is_used = any(policy.quality and policy.quality.known_share for policy in policies.values())

    def beside(self, found: Sequence[Found]) -> list[Seeded]:
        """The known cases beside those ``found``; fewer than the policy's share once none is left."""
        if not self._is_used:
            return []
        chosen = [each for each in found if _draw(each) < self._share(each.passage.camera_id)]
        seeded: list[Seeded] = []
        put = self._put([_companion_case(each) for each in chosen])
        taken: set[str] = set()
        for each in chosen:
            known = self._known(each, put.get(_companion_case(each)), taken)
            if known is not None:
                taken.add(known.known_id)
                seeded.append(Seeded(self._like(each, known), known))
        return seeded

    def _share(self, camera_id: str) -> float:
        policy = self._policies.get(camera_id)
        return policy.quality.known_share if policy and policy.quality else 0.0

    def _put(self, case_ids: list[str]) -> dict[str, str]:
        """Which known case each of these is already."""
        if not case_ids:
            return {}
        rows = self._store.query(
            """SELECT toString(case_id), toString(known_id) FROM seeded_cases FINAL
            WHERE case_id IN {cases:Array(UUID)}""",
            {"cases": sorted(case_ids)},
        )
        return dict(rows)

    def _known(self, beside: Found, known_id: str | None, taken: set[str]) -> KnownCase | None:
        finding = beside.finding
        rows = self._store.query(
            """SELECT answer, reason_code, passage, finding, keeper FROM known_cases FINAL
            WHERE if({known:String} != '', toString(known_id) = {known:String},
                offence = {offence:String} AND unit = {unit:String}
                AND abs(allowed - {allowed:Float64}) < 1e-6
                AND known_id NOT IN (SELECT known_id FROM seeded_cases)
                AND toString(known_id) NOT IN {taken:Array(String)})
            ORDER BY sipHash64(known_id, {case:String}) LIMIT 1""",
            {
                "known": known_id or "",
                "offence": finding.offence,
                "unit": finding.unit,
                "allowed": finding.allowed,
                "taken": sorted(taken),
                "case": _companion_case(beside),
            },
        )
        if not rows:
            return None
        answer, reason_code, passage, found, keeper = rows[0]
        return KnownCase(
            answer,
            msgspec.json.decode(passage, type=Passage),
            decode_finding(found),
            reason_code,
            msgspec.json.decode(keeper, type=Keeper) if keeper else None,
        )

    def _like(self, beside: Found, known: KnownCase) -> Found:
        """The known case as one of the camera and the minute of a real one."""
        real = beside.passage
        later_ns = _SECOND_NS * (1 + int(_WITHIN_S * _draw(beside, "later")))
        by_ns = real.started_at_ns + later_ns - known.passage.started_at_ns
        passage = msgspec.structs.replace(
            _shifted(known.passage, by_ns, Passage),
            passage_id=_companion(beside),
            camera_id=real.camera_id,
            site_id=real.site_id,
            calibration_id=real.calibration_id,
            models=real.models,
        )
        finding = msgspec.structs.replace(
            _shifted(known.finding, by_ns, Finding),
            policy_id=beside.finding.policy_id,
            policy_version=beside.finding.policy_version,
        )
        policy = self._policies[real.camera_id]
        plate = plate_of_case(passage.plate, policy.prior)
        return Found(
            passage,
            finding,
            plate,
            _matched(plate.text, known.keeper),
            due_of(passage, finding.offence, policy),
            terms_of(passage, finding, plate, policy.review),
        )


def _matched(plate: str | None, keeper: Keeper | None) -> Matched:
    if plate is None or keeper is None:
        return Matched("none", why="No vehicle of the register fits.")
    return Matched(
        "certain", (Candidate(plate, _SURE, "It is read as it is registered.", keeper),), 1 - _SURE
    )


def _companion(beside: Found) -> str:
    case_id = violation_id(beside.passage.passage_id, beside.finding.offence)
    return identify("passage", beside.passage.camera_id, "beside", case_id)


def _companion_case(beside: Found) -> str:
    return violation_id(_companion(beside), beside.finding.offence)


def _draw(beside: Found, what: str = "share") -> float:
    """An even number from 0 to 1 that is a function of the case."""
    digest = hashlib.sha256(f"{what} {_companion(beside)}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _shifted(thing: msgspec.Struct, by_ns: int, kind: type[Any]) -> Any:
    """The same with every moment in it so much later."""
    return msgspec.convert(_later(msgspec.to_builtins(thing), by_ns), kind)


def _later(value: Any, by_ns: int) -> Any:
    if isinstance(value, dict):
        return {
            name: each + by_ns if name.endswith("_ns") and isinstance(each, int) else _later(each, by_ns)
            for name, each in value.items()
        }
    return [_later(each, by_ns) for each in value] if isinstance(value, list | tuple) else value
