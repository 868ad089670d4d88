"""Commands that measure our own models: ``evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

evaluate = typer.Typer(help="Measure the models against what people labelled.", no_args_is_help=True)


@evaluate.command()
def plates(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="images/ and labels/ in YOLO format.")],
) -> None:
    """Measure the plate detector: recall, precision, false boxes an image, AP50, milliseconds."""
    from roadwitness.evaluating.plates import evaluate_plate_detector

    evaluate_plate_detector(folder)


@evaluate.command()
def reader(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            help="Crops with labels.csv (file, text, state or country), or named by their text.",
        ),
    ],
    readers: Annotated[
        str, typer.Option("--readers", metavar="NAME,…", help="Several are compared in the same run.")
    ] = "rapidocr",
    every: Annotated[
        int,
        typer.Option("--every", metavar="N", min=1, help="Take each N-th crop, beginning with the first."),
    ] = 1,
    ignore_first: Annotated[
        bool, typer.Option("--ignore-first", help="Do not judge the first character (a Chinese province).")
    ] = False,
    cores: Annotated[
        int | None, typer.Option("--cores", metavar="N", min=1, help="Use only so many of the cores.")
    ] = None,
) -> None:
    """Measure plate readers: exact match, edits, calibration, milliseconds."""
    from roadwitness.evaluating.reader import evaluate_plate_readers

    names = list(dict.fromkeys(name.strip() for name in readers.split(",") if name.strip()))
    if not names:
        raise typer.BadParameter("name at least one reader", param_hint="--readers")
    evaluate_plate_readers(folder, names, every=every, ignore_first=ignore_first, cores=cores)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(evaluate, name="evaluate")
