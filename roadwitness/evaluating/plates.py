"""``roadwitness evaluate plates``: the plate detector against hand-made boxes."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from detectors.evaluation.plates import evaluate_plates
from roadwitness.progress import progress, results


def evaluate_plate_detector(folder: Path) -> None:
    """Measure the plate detector on a folder and print the figures."""
    with progress("Evaluating plates", "images") as advance:
        found = evaluate_plates(folder, progress=advance)
    table = Table("plates", str(folder))
    for name, value in found.rows():
        table.add_row(name, value)
    results.print(table)
