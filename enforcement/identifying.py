"""Whose vehicle it is: the register is asked about what broke a rule, and about nothing else.

Only where a policy says so, and names the law that allows it, is the register asked about every passage; then
for the one plate that was read, and what it answers is kept only where a paper is at fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from enforcement.case_plate import CasePlate, plate_of_case
from enforcement.circumstances import Circumstances, RegisterStatus
from enforcement.exemptions.lookup import ExemptionList
from enforcement.grammars.automata import shipped_automata
from enforcement.judging import PAPERS, Verdict, verdict_on
from enforcement.matching import Asked, Matched, Matcher, Seen
from enforcement.policy import Policy
from enforcement.register import Keeper
from enforcement.register_asking import Register
from enforcement.rows import violation_id


class Hearing(Protocol):
    """A passage before the rules, with what is found out about its vehicle."""

    seen: Circumstances
    policy: Policy
    verdict: Verdict
    plate: CasePlate
    matched: Matched

    @property
    def is_exit(self) -> bool:
        """Whether it is heard a second time, as the exit of a section."""
        ...


class Identifying:
    """Tells hearings what a register says of their vehicles. Not for several threads."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._matcher = Matcher(register)
        shipped_automata()  # compiled now, so that the first batch does not wait for it

    def identify(self, hearings: Sequence[Hearing], kept: ExemptionList) -> None:
        """Weigh the plates of those that broke a rule, judge their papers, and find their candidates.

        ``kept`` are exemptions beside those of the policies.
        """
        asked = [hearing for hearing in hearings if hearing.verdict.findings or _asks_always(hearing)]
        for hearing in asked:
            hearing.plate = plate_of_case(hearing.seen.passage.plate, hearing.policy.prior)
        self._judge_papers([hearing for hearing in asked if _has_papers_judged(hearing)], kept)
        found = [hearing for hearing in asked if hearing.verdict.findings]
        for hearing, matched in zip(
            found, self._matcher.match([_asked(each) for each in found]), strict=True
        ):
            hearing.matched = matched
            if matched.match != "none":
                _withdraw_unregistered(hearing)

    def _judge_papers(self, hearings: Sequence[Hearing], kept: ExemptionList) -> None:
        texts = sorted({hearing.plate.text for hearing in hearings if hearing.plate.text})
        # Where no register was imported, a plate that is not in it says nothing.
        if not texts or not self._register.size():
            return
        keepers = self._register.find(texts, [case for hearing in hearings for case in _cases_of(hearing)])
        for hearing in hearings:
            status = _status(keepers.get(hearing.plate.text or ""))
            told = replace(hearing.seen, registered=status)
            papers = verdict_on(told, hearing.policy, PAPERS, kept)
            if papers.findings or papers.set_aside:
                hearing.verdict = Verdict(
                    hearing.verdict.findings + papers.findings, hearing.verdict.set_aside + papers.set_aside
                )


def is_asked_about(policy: Policy) -> bool:
    """Whether the register is asked about every passage of a camera with this policy."""
    checks = policy.register_checks
    return checks is not None and checks.ask == "every_passage"


def _asks_always(hearing: Hearing) -> bool:
    return is_asked_about(hearing.policy) and not hearing.is_exit


def _has_papers_judged(hearing: Hearing) -> bool:
    return hearing.policy.register_checks is not None and hearing.plate.text is not None


def _asked(hearing: Hearing) -> Asked:
    passage = hearing.seen.passage
    return Asked(
        passage.plate,
        hearing.plate,
        Seen(passage.vehicle, passage.vehicle_confidence),
        hearing.policy.prior,
        hearing.policy.matching,
        _cases_of(hearing),
        passage.models.get("reader", ""),
    )


def _cases_of(hearing: Hearing) -> tuple[str, ...]:
    passage_id = hearing.seen.passage.passage_id
    return tuple(violation_id(passage_id, finding.offence) for finding in hearing.verdict.findings)


def _withdraw_unregistered(hearing: Hearing) -> None:
    """A plate that may be a misread one of the register's is no unregistered vehicle."""
    verdict = hearing.verdict
    findings = tuple(finding for finding in verdict.findings if finding.offence != "unregistered")
    hearing.verdict = Verdict(findings, verdict.set_aside)


def _status(keeper: Keeper | None) -> RegisterStatus:
    if keeper is None:
        return RegisterStatus(known=False)
    return RegisterStatus(
        known=True,
        insured_until=keeper.insured_until,
        inspected_until=keeper.inspected_until,
        stolen=keeper.stolen,
        vehicle_class=keeper.vehicle_class or None,
    )
