"""``roadwitness evaluate reader``: plate readers side by side on labelled crops."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.table import Table

from detectors.evaluation.crops import labelled_crops
from detectors.evaluation.reader import ReaderEvaluation, evaluate_readers
from detectors.reading import open_reader
from roadwitness.evaluating.cores import keep_to
from roadwitness.evaluating.shares import in_cell
from roadwitness.progress import progress, results


def evaluate_plate_readers(
    folder: Path, names: Sequence[str], *, every: int, ignore_first: bool, cores: int | None
) -> None:
    """Let the readers read the crops of a folder and print how well each did."""
    keep_to(cores)
    crops = labelled_crops(folder, every)
    readers = {name: open_reader(name) for name in names}
    with progress("Reading", "crops") as advance:
        found = evaluate_readers(crops, readers, ignore_first=ignore_first, progress=advance)
    results.print(as_table(found, f"{len(crops)} crops"))


def figures(found: ReaderEvaluation) -> list[tuple[str, str]]:
    """What there is to say of a reader, as (what, value)."""
    trust = found.reliability
    in_batches = found.milliseconds_in_batches
    return [
        ("exact", in_cell(found.exact)),
        ("within one edit", in_cell(found.within_one)),
        ("character error rate", f"{found.character_error_rate:.4f}"),
        ("calibration error (ECE, 10 equal widths)", f"{trust.ece:.3f}"),
        ("… in 10 equal parts", f"{trust.ece_equal_mass:.3f}"),
        ("right among the confident half", in_cell(trust.confident_half)),
        ("right of those at 0.99 and above", in_cell(trust.surest)),
        ("ms a plate, alone: median", f"{found.milliseconds():.2f}"),
        ("… 95th percentile", f"{found.milliseconds(95):.2f}"),
        ("ms a plate, in batches of 8", "–" if in_batches is None else f"{in_batches:.2f}"),
    ]


def as_table(found: Sequence[ReaderEvaluation], title: str) -> Table:
    """One column a reader."""
    table = Table(title, *(each.name for each in found), box=box.SIMPLE_HEAD, show_edge=False)
    columns = [figures(each) for each in found]
    for row in zip(*columns, strict=True):
        table.add_row(row[0][0], *(value for _, value in row))
    return table
