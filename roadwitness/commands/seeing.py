"""Commands that only see: ``watch``, ``read`` and ``models``. They keep nothing of what they see."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from detectors.manifest import ModelManifest
from detectors.providers import survey
from detectors.reading import DEFAULT_READER
from roadwitness.commands.options import JsonlOption
from roadwitness.progress import results, say


def watch(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A clip, a folder of images or rtsp://….")],
    site: Annotated[
        Path | None,
        typer.Option("--site", metavar="SITE.toml", help="Calibration, lanes and reader; no law."),
    ] = None,
    jsonl: JsonlOption = "-",
    video: Annotated[
        Path | None,
        typer.Option("--video", metavar="OUT.mp4", help="Draw boxes, tracks, reads and speeds on the clip."),
    ] = None,
) -> None:
    """Detect only: one JSON line a vehicle that passed.

    It has the plate and the speed where they are known. No rule is applied and nothing is stored.
    Without --site there is no calibration, so speeds are null.
    """
    from roadwitness.watching import watch_source

    watch_source(source, site, jsonl, video)


def read(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE|DIR…", help="Images, or folders of images.")],
    jsonl: JsonlOption = "-",
    reader: Annotated[
        str, typer.Option("--reader", help="own, rapidocr, or easyocr (an extra).")
    ] = DEFAULT_READER,
) -> None:
    """Read the plates in still images: one JSON line an image.

    Boxes are [x, y, w, h] in the image's own pixels.
    """
    from roadwitness.stills import read_images

    read_images(images, jsonl, reader)


def models() -> None:
    """List the models, whether each is intact, and what runs them.

    Ends with 1 where a file is not.
    """
    table = Table(
        "model",
        "state",
        "size",
        "licence",
        "sha256",
        "classes",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
    )
    for column in table.columns[:-1]:
        column.no_wrap = True
    statuses = ModelManifest.load().check()
    for status in statuses:
        entry = status.entry
        table.add_row(
            entry.name,
            status.state,
            f"{entry.bytes / 1e6:.1f} MB",
            entry.licence,
            entry.sha256[:12],
            ", ".join(entry.classes),
        )
    results.print(table)
    results.print()
    results.print(_providers())
    problems = [status.problem for status in statuses if status.problem]
    for problem in problems:
        say(problem)
    if problems:
        raise typer.Exit(1)


def _providers() -> Table:
    table = Table("runs on", "state", "to use it", box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for column in table.columns[:-1]:
        column.no_wrap = True
    for provider in survey():
        table.add_row(
            provider.name,
            "available" if provider.usable else "-",
            Text(f'[inference] provider = "{provider.name}", or ROADWITNESS_PROVIDER={provider.name}')
            if provider.usable
            else Text(provider.advice),
        )
    return table


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    for command in (watch, read, models):
        app.command()(command)
