"""What a worker shows of the batches that it handled."""

from __future__ import annotations

from collections import Counter

from enforcement.bench import Judgements
from enforcement.report import DrainReport
from streams.metrics import (
    DECISIONS,
    EVIDENCE_DISCARDED,
    EVIDENCE_STORED,
    FINDINGS,
    PASSAGE_DELAY,
    PASSAGES_JUDGED,
    SET_ASIDE,
)

_DELAYS_A_BATCH = 100


def count_handled(judgements: Judgements, report: DrainReport, now_ns: int) -> None:
    """Count a batch that is stored; one that is delivered again is counted again."""
    PASSAGES_JUDGED.inc(report.passages)
    EVIDENCE_STORED.inc(report.evidence_stored)
    EVIDENCE_DISCARDED.inc(report.evidence_discarded)
    DECISIONS.inc(report.decisions)
    for offence, number in Counter(each.finding.offence for each in judgements.found).items():
        FINDINGS.labels(offence).inc(number)
    for offence, number in Counter(each.finding.offence for each in judgements.set_aside).items():
        SET_ASIDE.labels(offence).inc(number)
    # Of a large batch some tell what all would.
    for passage, _ in judgements.judged[:: len(judgements.judged) // _DELAYS_A_BATCH + 1]:
        PASSAGE_DELAY.observe(max(0, now_ns - passage.ended_at_ns) / 1e9)
