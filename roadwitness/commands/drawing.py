"""``roadwitness draw``: the pages on which a camera is calibrated and its road drawn."""

from __future__ import annotations

from typing import Annotated

import typer

from roadwitness.commands.options import PortOption, SiteArgument


def draw(
    site: SiteArgument,
    source: Annotated[
        str | None,
        typer.Option(
            "--source", metavar="CLIP|DIR|rtsp://…", help="Instead of the site file's camera.source."
        ),
    ] = None,
    at_s: Annotated[
        float, typer.Option("--at", metavar="SECONDS", min=0.0, help="Take the picture this far into it.")
    ] = 0.0,
    port: PortOption = 8081,
) -> None:
    """Calibrate a camera and draw its lines and zones in a browser.

    Serves this machine alone, since nobody signs in. What is saved lies beside the site file.
    """
    from roadwitness.drawing import draw_site

    draw_site(site, source, at_s, port)


def register(app: typer.Typer) -> None:
    """Add this group's command."""
    app.command()(draw)
