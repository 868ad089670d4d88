"""What every evaluation ends with: the table, the report, the JSON file, and where they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from roadwitness.evaluating.measures import as_table
from roadwitness.evaluating.report import Report, write_json, write_report
from roadwitness.progress import results, say


def finish(report: Report, title: str, path: Path, json: Path | None, details: dict[str, Any]) -> None:
    """Print the figures, write the report, and the JSON file where one is asked for. Raises OSError."""
    results.print(as_table(title, report.subjects, report.measures))
    write_report(path, report)
    plates = " It shows real plates: keep it where they may be kept." if report.shows_plates else ""
    say(f"The report is {path}.{plates}")
    if json is not None:
        write_json(json, report, details)
        say(f"The figures are in {json}.")
