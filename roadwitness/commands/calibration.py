"""Commands that calibrate a camera: ``calibrate points``, ``calibrate lanes`` and ``calibrate lens``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

calibrate = typer.Typer(
    help="Calibrate a camera: from surveyed points, lane markings, and a checkerboard.", no_args_is_help=True
)

FrameOption = Annotated[
    Path, typer.Option("--image", metavar="FRAME", help="A frame of the camera, in its own size.")
]
OutOption = Annotated[Path, typer.Option("--out", metavar="FILE.toml", help="The calibration file to write.")]
PictureOption = Annotated[
    Path | None,
    typer.Option("--picture", metavar="OUT.jpg", help="Draw the road's grid and the residuals on the frame."),
]
LensOption = Annotated[
    Path | None, typer.Option("--lens", metavar="LENS.toml", help="What `calibrate lens` wrote.")
]
_DAY = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


@calibrate.command()
def points(
    survey: Annotated[Path, typer.Argument(metavar="FILE.toml|FILE.csv", help="The surveyed points.")],
    image: FrameOption,
    out: OutOption,
    id: Annotated[str | None, typer.Option("--id", help="For a CSV: the calibration's name.")] = None,
    valid_from: Annotated[
        datetime | None,
        typer.Option("--valid-from", metavar="DATE", formats=_DAY, help="For a CSV: from when (UTC)."),
    ] = None,
    valid_until: Annotated[
        datetime | None,
        typer.Option("--valid-until", metavar="DATE", formats=_DAY, help="For a CSV: until when (UTC)."),
    ] = None,
    origin: Annotated[
        str | None,
        typer.Option("--origin", metavar="LAT,LON", help="For WGS84 in a CSV: where the road's (0, 0) is."),
    ] = None,
    towards: Annotated[
        str | None, typer.Option("--towards", metavar="LAT,LON", help="A place that the road runs towards.")
    ] = None,
    heading: Annotated[
        float | None, typer.Option("--heading", metavar="DEG", help="Or its heading, clockwise from north.")
    ] = None,
    lens: LensOption = None,
    picture: PictureOption = None,
) -> None:
    """Fit surveyed points: image px to metres on the road, or to WGS84.

    Prints residuals, what the points say of each other, and what the calibration alone does to a speed.
    """
    from roadwitness.calibrating import Naming, Outputs, calibrate_points
    from roadwitness.calibration_file import EarthSettings

    earth = None
    if origin is not None:
        place = _place(towards, "--towards") if towards else None
        earth = EarthSettings(_place(origin, "--origin"), heading, place)
    naming = Naming(id, _utc(valid_from), _utc(valid_until), earth)
    calibrate_points(survey, image, naming, Outputs(out, picture, lens))


@calibrate.command()
def lanes(
    markings: Annotated[
        Path, typer.Argument(metavar="FILE.toml", help="The painted pattern, and its dashes' ends in px.")
    ],
    image: FrameOption,
    out: OutOption,
    lens: LensOption = None,
    picture: PictureOption = None,
) -> None:
    """Fit lane markings of known length, gap and width.

    It takes dashes on two or more lines. The result is as good as the pattern is known: a dash and gap that
    may be 1 % off make every speed 1 % uncertain.
    """
    from roadwitness.calibrating import Outputs, calibrate_lanes

    calibrate_lanes(markings, image, Outputs(out, picture, lens))


@calibrate.command()
def lens(
    photos: Annotated[
        list[Path], typer.Argument(metavar="PHOTO|DIR…", help="Photos of the board by the camera as it runs.")
    ],
    board: Annotated[
        str, typer.Option("--board", metavar="9x6", help="The board's inner corners, across x down.")
    ],
    square_mm: Annotated[
        float, typer.Option("--square-mm", metavar="MM", min=0.1, help="The side of one square.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="LENS.toml", help="The lens file to write.")],
) -> None:
    """Measure the lens from photos of a checkerboard.

    Tells focal length, centre and distortion, each with its uncertainty.
    """
    from detectors.calibrating.checkerboard import Board
    from roadwitness.lens_calibrating import calibrate_from_photos

    across, _, down = board.partition("x")
    if not (across.isdigit() and down.isdigit() and int(across) > 2 and int(down) > 2):
        raise typer.BadParameter(
            f"{board!r} is no board; write 9x6 for ten by seven squares", param_hint="--board"
        )
    calibrate_from_photos(photos, Board(int(across), int(down), square_mm / 1000), out)


def _place(text: str, option: str) -> tuple[float, float]:
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no latitude and longitude; write 52.5163,13.3777", param_hint=option
        ) from None
    return latitude, longitude


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(calibrate, name="calibrate")
