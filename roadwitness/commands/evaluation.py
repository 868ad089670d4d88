"""Commands that measure our own models: ``evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detectors.reading import DEFAULT_READER

ReportOption = Annotated[
    Path | None,
    typer.Option(
        "--report", metavar="FILE.html", help="Default: roadwitness-evaluation/….html in this folder."
    ),
]
JsonOption = Annotated[
    Path | None, typer.Option("--json", metavar="FILE.json", help="The figures and every result, as JSON.")
]

CoresOption = Annotated[
    int | None, typer.Option("--cores", metavar="N", min=1, help="Use only so many of the cores.")
]
ImagesArgument = Annotated[
    Path, typer.Argument(metavar="DIR", help="Images with labels in YOLO format: images/val, labels/val.")
]
ModelOption = Annotated[
    Path | None, typer.Option("--model", metavar="FILE.onnx", help="Instead of the shipped model.")
]
CompareOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--compare", metavar="FILE.onnx", help="Another in the same run; may be given several times."
    ),
]
InputSizeOption = Annotated[
    int,
    typer.Option("--input-size", metavar="PX", min=32, help="Longer side at which the models see the image."),
]

evaluate = typer.Typer(help="Measure the models against what people labelled.", no_args_is_help=True)


@evaluate.command()
def plates(
    folder: ImagesArgument,
    model: ModelOption = None,
    compare: CompareOption = None,
    input_size: InputSizeOption = 640,
    confidence: Annotated[
        float | None, typer.Option("--confidence", metavar="P", min=0, max=1, help="Threshold; default 0.5.")
    ] = None,
    cores: CoresOption = None,
    report: ReportOption = None,
    json: JsonOption = None,
) -> None:
    """Measure plate detectors: recall, false boxes, AP50, milliseconds."""
    from roadwitness.evaluating.boxes import evaluate_plate_detectors

    evaluate_plate_detectors(
        folder,
        [model, *(compare or ())],
        input_size=input_size,
        confidence=confidence,
        cores=cores,
        report=report,
        json=json,
    )


@evaluate.command()
def vehicles(
    folder: ImagesArgument,
    model: ModelOption = None,
    compare: CompareOption = None,
    classes: Annotated[
        str,
        typer.Option(
            "--classes",
            metavar="NAME,…",
            help="What the label files number, in order; default: the folder's YAML, else car,motorcycle.",
        ),
    ] = "",
    four_wheels: Annotated[
        bool, typer.Option("--four-wheels", help="A bus or truck that is found counts as a car.")
    ] = False,
    input_size: InputSizeOption = 640,
    confidence: Annotated[
        float, typer.Option("--confidence", metavar="P", min=0, max=1, help="Threshold of what is in use.")
    ] = 0.3,
    cores: CoresOption = None,
    report: ReportOption = None,
    json: JsonOption = None,
) -> None:
    """Measure vehicle detectors: recall, false boxes, mAP50 by class, milliseconds."""
    from roadwitness.evaluating.boxes import evaluate_vehicle_detectors

    evaluate_vehicle_detectors(
        folder,
        [model, *(compare or ())],
        _listed(classes),
        input_size=input_size,
        confidence=confidence,
        four_wheels=four_wheels,
        cores=cores,
        report=report,
        json=json,
    )


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
    ] = DEFAULT_READER,
    every: Annotated[
        int,
        typer.Option("--every", metavar="N", min=1, help="Take each N-th crop, beginning with the first."),
    ] = 1,
    ignore_first: Annotated[
        bool, typer.Option("--ignore-first", help="Do not judge the first character (a Chinese province).")
    ] = False,
    cores: CoresOption = None,
    report: ReportOption = None,
    json: JsonOption = None,
) -> None:
    """Measure plate readers: exact match, edits, calibration, milliseconds."""
    from roadwitness.evaluating.reader import evaluate_plate_readers

    names = _listed(readers)
    if not names:
        raise typer.BadParameter("name at least one reader", param_hint="--readers")
    evaluate_plate_readers(
        folder, names, every=every, ignore_first=ignore_first, cores=cores, report=report, json=json
    )


@evaluate.command()
def passages(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A simulated site: site.toml and truth.json (see simulate).")
    ],
    cores: CoresOption = None,
    report: ReportOption = None,
    json: JsonOption = None,
) -> None:
    """Measure the whole roadside: vehicles, plates, speeds, false accusations."""
    from roadwitness.evaluating.passages import evaluate_passages

    evaluate_passages(folder, cores=cores, report=report, json=json)


def _listed(names: str) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(evaluate, name="evaluate")
