"""The audit of the evidence, as a person runs it."""

from __future__ import annotations

from collections import Counter

from enforcement.evidence_check import CheckReport, EvidenceCheck, Fault
from roadwitness.premises import Premises
from roadwitness.progress import progress, say
from streams.errors import RoadwitnessError

_FAULTS: tuple[Fault, ...] = ("missing", "corrupt", "returned", "unknown")


class EvidenceNotWhole(RoadwitnessError):
    """The evidence is not what the index says it is."""


def check_evidence(premises: Premises, *, mark: bool, erase_unknown: bool) -> None:
    """Check all evidence and print a line for each fault; enter what is lost, and erase strangers, if asked.

    Raises:
        EvidenceNotWhole: when there is any fault; the sentence counts them.
        EvidenceError: when more is to be erased than is known.
        StoreError: when there is no store.
    """
    with premises.kept_store() as store:
        check = EvidenceCheck(store, premises.open_evidence())
        with progress("Checking", "pieces") as advance:
            report = check.run(advance)
        for finding in report.findings:
            print("\t".join((finding.fault, finding.digest, ",".join(finding.cases))))
        done = []
        if mark and (count := check.mark(report.findings)):
            done.append(f"{count} entered: restore what is lost, or let the unit send it again")
        if erase_unknown and (count := check.erase(report)):
            done.append(f"{count} unknown erased")
    if report.findings:
        raise EvidenceNotWhole(in_words(report, done))
    say(f"{report.checked} pieces checked: every one is here and what its name says.")


def in_words(report: CheckReport, done: list[str]) -> str:
    """What is wrong and what was ``done`` about it, as one sentence."""
    counts = Counter(finding.fault for finding in report.findings)
    faults = ", ".join(f"{counts[fault]} {fault}" for fault in _FAULTS if counts[fault])
    cases = len({case for finding in report.findings for case in finding.cases})
    concerned = f", in {cases} case{'' if cases == 1 else 's'}" if cases else ""
    if not done and faults != f"{counts['unknown']} unknown":
        done = ["--mark enters what is lost or returned, so that its cases say so"]
    elif not done:
        done = ["no case needs these, --erase-unknown erases them"]
    return f"{report.checked} pieces checked, {faults}{concerned}: {'; '.join(done)}."
