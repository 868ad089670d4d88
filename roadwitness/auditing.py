"""The audit of the evidence, as a person runs it."""

from __future__ import annotations

from collections import Counter

from enforcement.evidence_check import CheckReport, EvidenceCheck
from roadwitness.premises import Premises
from roadwitness.progress import progress, say
from streams.errors import RoadwitnessError


class EvidenceNotWhole(RoadwitnessError):
    """The evidence is not what the index says it is."""


def check_evidence(premises: Premises, *, mark: bool) -> None:
    """Check all evidence, print a line for each fault, and with ``mark`` enter what is lost into the index.

    Raises:
        EvidenceNotWhole: when there is any fault; the sentence counts them.
    """
    evidence = premises.open_evidence()
    with premises.open_store() as store:
        check = EvidenceCheck(store, evidence)
        with progress("Checking", "pieces") as advance:
            report = check.run(advance)
        for finding in report.findings:
            print("\t".join((finding.fault, finding.digest, ",".join(finding.cases))))
        marked = check.mark(report.findings) if mark else 0
    if report.findings:
        raise EvidenceNotWhole(in_words(report, marked))
    say(f"{report.checked} pieces checked: every one is here and what its name says.")


def in_words(report: CheckReport, marked: int) -> str:
    """What is wrong, as one sentence."""
    counts = Counter(finding.fault for finding in report.findings)
    faults = ", ".join(
        f"{counts[fault]} {fault}" for fault in ("missing", "corrupt", "unknown") if counts[fault]
    )
    cases = len({case for finding in report.findings for case in finding.cases})
    concerned = f", in {cases} case{'' if cases == 1 else 's'}" if cases else ""
    if marked:
        what = "what is lost was entered, restore it or let the unit send it again"
    elif counts["missing"] or counts["corrupt"]:
        what = "--mark enters what is lost, so that its cases are incomplete"
    else:
        what = "no case needs them, look where they came from before you remove them"
    return f"{report.checked} pieces checked, {faults}{concerned}: {what}."
