"""Commands that measure our own models: ``evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

evaluate = typer.Typer(help="Measure a model against hand-made boxes.", no_args_is_help=True)


@evaluate.command()
def plates(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="images/ and labels/ in YOLO format.")],
) -> None:
    """Measure the plate detector: recall, precision, false boxes an image, AP50, milliseconds."""
    from roadwitness.evaluating import evaluate_plate_detector

    evaluate_plate_detector(folder)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(evaluate, name="evaluate")
