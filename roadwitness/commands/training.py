"""Commands that make our models again: ``train plates``, ``train vehicles`` and ``train reader``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

train = typer.Typer(help="Train a model from a data folder (needs the extra train).", no_args_is_help=True)

DataOption = Annotated[
    Path,
    typer.Option("--data", metavar="DIR", help="images/{train,val} and labels/{train,val} in YOLO format."),
]
OutOption = Annotated[
    Path,
    typer.Option("--out", metavar="DIR", help="Where model, card, figures, manifest and checkpoints go."),
]
WeightsOption = Annotated[
    Path, typer.Option("--weights", metavar="FILE", help="YOLOv8n's COCO weights: .safetensors or .pt.")
]
AlsoOption = Annotated[
    list[Path] | None,
    typer.Option("--also", metavar="DIR", help="More to learn from: images/train, labels/train. May repeat."),
]
EpochsOption = Annotated[int, typer.Option("--epochs", metavar="N", min=1)]
InputSizeOption = Annotated[
    int, typer.Option("--input-size", metavar="PX", min=32, help="Longer side of the training images.")
]
BatchOption = Annotated[int, typer.Option("--batch", metavar="N", min=1, help="Images a step.")]
SeedOption = Annotated[int, typer.Option("--seed", metavar="N", min=0)]
DeviceOption = Annotated[str, typer.Option("--device", metavar="auto|cpu|cuda", help="What to train on.")]
ThreadsOption = Annotated[
    int, typer.Option("--threads", metavar="N", min=0, help="Cores to use; 0 takes all.")
]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Go on with the training that --out holds.")]
TrainedOnOption = Annotated[
    list[str] | None,
    typer.Option("--trained-on", metavar="TEXT", help="A data set and its licence. May repeat."),
]


@train.command()
def plates(
    data: DataOption,
    out: OutOption,
    weights: WeightsOption,
    also: AlsoOption = None,
    epochs: EpochsOption = 10,
    input_size: InputSizeOption = 640,
    batch: BatchOption = 16,
    seed: SeedOption = 7,
    device: DeviceOption = "auto",
    threads: ThreadsOption = 0,
    resume: ResumeOption = False,
    trained_on: TrainedOnOption = None,
) -> None:
    """Train the plate detector; class 0 of the labels is a plate."""
    from roadwitness.training import DetectorOrder, train_detector_model

    train_detector_model(
        DetectorOrder(
            kind="plates",
            data=data,
            out=out,
            weights=weights,
            also=tuple(also or ()),
            epochs=epochs,
            input_size=input_size,
            batch=batch,
            seed=seed,
            device=device,
            threads=threads,
            resume=resume,
            trained_on=tuple(trained_on or ()),
        )
    )


@train.command()
def vehicles(
    data: DataOption,
    out: OutOption,
    weights: WeightsOption,
    also: AlsoOption = None,
    epochs: EpochsOption = 6,
    input_size: InputSizeOption = 640,
    batch: BatchOption = 16,
    seed: SeedOption = 7,
    device: DeviceOption = "auto",
    threads: ThreadsOption = 0,
    resume: ResumeOption = False,
    trained_on: TrainedOnOption = None,
) -> None:
    """Train the vehicle detector.

    The classes of the labels are 0 car, 1 motorcycle, 2 bus, 3 truck, 4 bicycle, 5 person.
    """
    from roadwitness.training import DetectorOrder, train_detector_model

    train_detector_model(
        DetectorOrder(
            kind="vehicles",
            data=data,
            out=out,
            weights=weights,
            also=tuple(also or ()),
            epochs=epochs,
            input_size=input_size,
            batch=batch,
            seed=seed,
            device=device,
            threads=threads,
            resume=resume,
            trained_on=tuple(trained_on or ()),
        )
    )


@train.command()
def reader(
    out: OutOption,
    fonts: Annotated[
        Path | None, typer.Option("--fonts", metavar="DIR", help="Fonts in the shape of plates' own.")
    ] = None,
    real: Annotated[
        Path | None,
        typer.Option("--real", metavar="DIR", help="Real crops named by their text, or with labels.csv."),
    ] = None,
    tuning: Annotated[
        Path | None,
        typer.Option("--tuning", metavar="DIR", help="Real crops to calibrate on; none is trained on."),
    ] = None,
    backdrops: Annotated[
        Path | None, typer.Option("--backdrops", metavar="DIR", help="Photographs without plates.")
    ] = None,
    samples: Annotated[
        int, typer.Option("--samples", metavar="N", min=1, help="Plates to render and learn from.")
    ] = 300_000,
    epochs: EpochsOption = 4,
    seed: SeedOption = 1,
    device: DeviceOption = "auto",
    threads: ThreadsOption = 0,
    resume: ResumeOption = False,
) -> None:
    """Train the plate reader on rendered plates, and real crops where there are any."""
    from roadwitness.training import ReaderOrder, train_reader_model

    train_reader_model(
        ReaderOrder(
            out=out,
            fonts=fonts,
            real=real,
            tuning=tuning,
            backdrops=backdrops,
            samples=samples,
            epochs=epochs,
            seed=seed,
            device=device,
            threads=threads,
            resume=resume,
        )
    )


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(train, name="train")
