"""``roadwitness evaluate reader``: plate readers side by side on labelled crops."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from detectors.evaluation.crops import labelled_crops
from detectors.evaluation.reader import ReaderEvaluation, evaluate_readers
from detectors.reading import open_reader
from roadwitness.evaluating.cores import keep_to
from roadwitness.evaluating.ending import finish
from roadwitness.evaluating.measures import Measure, Quantity
from roadwitness.evaluating.reader_report import reader_report
from roadwitness.evaluating.report import FOLDER
from roadwitness.progress import progress


def evaluate_plate_readers(
    folder: Path,
    names: Sequence[str],
    *,
    every: int,
    ignore_first: bool,
    cores: int | None,
    report: Path | None,
    json: Path | None,
) -> None:
    """Let the readers read the crops of a folder; print how well each did, and write the report."""
    used = keep_to(cores)
    crops = labelled_crops(folder, every)
    readers = {name: open_reader(name, threads=used if cores else 0) for name in names}
    with progress("Reading", "crops") as advance:
        found = evaluate_readers(crops, readers, ignore_first=ignore_first, progress=advance)
    made = reader_report(found, folder, measures(found), every=every, ignore_first=ignore_first)
    finish(made, f"{len(crops)} crops", report or FOLDER / "reader.html", json, _details(found))


def measures(found: Sequence[ReaderEvaluation]) -> tuple[Measure, ...]:
    """The figures of the readers."""
    trusts = [each.reliability for each in found]
    return (
        Measure("exact", "exact", "Every character right.", tuple(each.exact for each in found)),
        Measure(
            "within_one",
            "within one edit",
            "At most one character wrong, missing or too many.",
            tuple(each.within_one for each in found),
        ),
        Measure(
            "exact_alike",
            "exact, 0 as O and 1 as I",
            "As many countries' plates draw them alike, and labels mix them up.",
            tuple(each.exact_but_for_twins for each in found),
        ),
        Measure(
            "cer",
            "character error rate",
            "Edits that make the truth of the reads, a character of the truth (CER).",
            tuple(Quantity(each.character_error_rate, 4) for each in found),
        ),
        Measure(
            "ece",
            "calibration error (ECE)",
            "How far stated confidence and share right lie apart on average, in ten bins of equal width.",
            tuple(Quantity(trust.ece, 3) for trust in trusts),
        ),
        Measure(
            "ece_equal_mass",
            "… bins of equal mass",
            "The same in ten bins with as many reads in each.",
            tuple(Quantity(trust.ece_equal_mass, 3) for trust in trusts),
        ),
        Measure(
            "confident_half",
            "right, confident half",
            "Of the reads with at least the median confidence.",
            tuple(trust.confident_half for trust in trusts),
        ),
        Measure(
            "surest",
            "right, given 0.99 and more",
            "Of the reads that the reader is practically certain of.",
            tuple(trust.surest for trust in trusts),
        ),
        Measure(
            "ms",
            "ms a plate, alone",
            "Median wall clock of a plate read by itself.",
            tuple(Quantity(each.milliseconds(), 2) for each in found),
        ),
        Measure(
            "ms_95",
            "… 95th percentile",
            "19 of 20 plates take no longer.",
            tuple(Quantity(each.milliseconds(95), 2) for each in found),
        ),
        Measure(
            "ms_batch",
            "ms a plate, eight at once",
            "Median wall clock a plate in batches of eight.",
            tuple(Quantity(each.milliseconds_in_batches, 2) for each in found),
        ),
    )


def _details(found: Sequence[ReaderEvaluation]) -> dict[str, Any]:
    return {
        "bins": {
            each.name: [
                {
                    "low": b.low,
                    "high": b.high,
                    "confidence": b.confidence,
                    "right": b.right.hits,
                    "of": b.right.of,
                }
                for b in each.reliability.equal_width
            ]
            for each in found
        },
        "reads": {
            each.name: [
                {
                    "file": read.crop.path.name,
                    "truth": read.truth,
                    "text": read.text,
                    "confidence": read.confidence,
                    "edits": read.edits,
                    "ms": read.milliseconds,
                }
                for read in each.reads
            ]
            for each in found
        },
    }
