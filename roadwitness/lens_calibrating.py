"""``roadwitness calibrate lens``: from photographs of a checkerboard to a lens file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import msgspec
from rich.table import Table

from detectors.calibrating.checkerboard import Board, Image, LensReport, calibrate_lens
from detectors.calibrating.control import CalibrationError
from roadwitness.calibrating import read_frame
from roadwitness.calibration_file import LensSettings, lens_toml
from roadwitness.progress import Advance, progress, results, say

_PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"}
#: Corners that never come nearer to the picture's own leave the lens unknown where it bends most.
_LEAST_REACH = 0.7
_GOOD_RMS_PX = 1.0


def calibrate_from_photos(photos: Sequence[Path], board: Board, out: Path) -> None:
    """Measure the lens from photographs, or folders of them; write it to ``out``, tell how well it is known.

    Raises:
        CalibrationError: when a photo cannot be read, or too few show the board.
    """
    files = [file for path in photos for file in _files(path)]
    with progress("Looking for the board", "photos") as advance:
        report = calibrate_lens(_read(files, advance), board)
    results.print(_table(report))
    for name, reason in report.left_out.items():
        say(f"{name} is left out: {reason}.", "yellow")
    if report.reach < _LEAST_REACH:
        say(
            f"The boards reach {report.reach:.0%} of the way to the picture's corners, and beyond it the lens"
            " is a guess; take photos with the board in the corners.",
            "yellow",
        )
    if report.rms_px > _GOOD_RMS_PX:
        say(
            f"Corners miss by {report.rms_px:.1f} px: the photos are blurred or the board is not flat;"
            " take better ones.",
            "yellow",
        )
    settings = LensSettings(
        **asdict(report.lens),
        image_size=report.image_size,
        rms_px=round(report.rms_px, 4),
        photos=len(report.photos),
        sigmas={name: float(f"{value:.4g}") for name, value in report.sigmas.items()},
    )
    remark = (
        f"# From {len(report.photos)} photos of a board of {board.across} x {board.down} inner corners.\n"
    )
    out.write_text(f"{remark}{lens_toml(msgspec.to_builtins(settings))}\n", encoding="utf-8")
    say(f"Written: {out}. Give it to `roadwitness calibrate points` or `lanes` with --lens {out.name}.")


def _read(files: Sequence[Path], advance: Advance) -> Iterator[tuple[str, Image]]:
    for number, file in enumerate(files, 1):
        yield str(file), read_frame(file)
        advance(number, len(files))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.iterdir() if file.suffix.lower() in _PICTURES)
    if not found:
        raise CalibrationError(f"the folder {path} holds no pictures; name one with photos of the board")
    return found


def _table(report: LensReport) -> Table:
    lens = report.lens
    values = (*lens.focal_px, *lens.centre_px, *lens.coefficients)
    table = Table("lens", "value", "+- (k = 2)", box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for (name, sigma), value in zip(report.sigmas.items(), values, strict=True):
        table.add_row(name, f"{value:.6g}", "fixed" if sigma == 0 else f"{2 * sigma:.2g}")
    table.add_row("rms", f"{report.rms_px:.3f} px", f"{len(report.photos)} photos")
    table.add_row("moves the corners by", f"{report.corner_shift_px:.1f} px")
    return table
