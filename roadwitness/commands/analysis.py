"""Commands that run the whole chain in one process: ``demo``, ``run``; and ``simulate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from roadwitness.commands.options import (
    DEFAULT_DATA,
    DataOption,
    LogFormatOption,
    MetricsHostOption,
    MetricsPortOption,
    PortOption,
    ServeOption,
    SignInOption,
    SiteArgument,
)
from roadwitness.log_lines import LogFormat


def demo(data: DataOption = DEFAULT_DATA, serve: ServeOption = True, port: PortOption = 8080) -> None:
    """Show everything on a simulated site.

    Renders it once, runs the whole chain, prints what was found beside the truth, and serves the pages.
    """
    from roadwitness.demo import run_demo

    run_demo(data, serve=serve, port=port)


def run(
    site: SiteArgument,
    source: Annotated[
        str | None,
        typer.Option(
            "--source", metavar="CLIP|DIR|rtsp://…", help="Instead of the site file's camera.source."
        ),
    ] = None,
    data: DataOption = DEFAULT_DATA,
    serve: ServeOption = True,
    port: PortOption = 8080,
    sign_in: SignInOption = None,
    metrics_port: MetricsPortOption = None,
    metrics_host: MetricsHostOption = "127.0.0.1",
    log_format: LogFormatOption = LogFormat.TEXT,
) -> None:
    """Run a real camera or clip through the whole chain.

    One process does it all: it sees, judges, keeps, and serves the review pages. Killed and started again on
    the same clip, it ends with the same violations.
    """
    from roadwitness.operating import Operating
    from roadwitness.running import run_site

    operating = Operating(metrics_port, metrics_host)
    run_site(site, source, data, operating, serve=serve, port=port, sign_in=sign_in)


def simulate(
    out: Annotated[
        Path | None, typer.Argument(metavar="OUT", help="Folder to write the clip and its truth into.")
    ] = None,
    scene: Annotated[
        str, typer.Option("--scene", metavar="NAME", help="Which scene; --list names them.")
    ] = "straight",
    weather: Annotated[str, typer.Option("--weather", metavar="NAME")] = "clear",
    shake: Annotated[str, typer.Option("--shake", metavar="NAME", help="How the camera moves.")] = "none",
    clock: Annotated[
        str, typer.Option("--clock", metavar="NAME", help="What is wrong with the clip's times.")
    ] = "right",
    occluded: Annotated[
        bool, typer.Option("--occluded", help="Set a pole in the way of the camera.")
    ] = False,
    listing: Annotated[bool, typer.Option("--list", help="List what can be named, and end.")] = False,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Another seed is another scene.")] = 1,
    vehicles: Annotated[
        int,
        typer.Option("--vehicles", metavar="N", min=1, help="How many vehicles pass in the scene straight."),
    ] = 12,
    seconds: Annotated[
        float | None,
        typer.Option(
            "--seconds",
            metavar="S",
            min=1,
            help="Length of the clip; 20 in the scene straight.",
            show_default=False,
        ),
    ] = None,
    width: Annotated[int, typer.Option("--width", metavar="PX", min=320)] = 1280,
    height: Annotated[int, typer.Option("--height", metavar="PX", min=180)] = 720,
    fps: Annotated[int, typer.Option("--fps", metavar="N", min=5)] = 25,
) -> None:
    """Render a site with its ground truth.

    Writes clip.mp4, truth.json, site.toml, policy.toml and register.csv, and road.geojson where the scene
    has lines and zones; `run OUT/site.toml` analyses it.
    """
    from roadwitness.simulating import list_scenes, simulate_into
    from roadwitness.simulator import SceneRequest

    if listing:
        list_scenes()
        return
    if out is None:
        raise typer.BadParameter("Name a folder to write into, or ask for --list.", param_hint="OUT")
    request = SceneRequest(
        name=scene,
        seed=seed,
        weather=weather,
        shake=shake,
        clock=clock,
        occluded=occluded,
        seconds=seconds,
        vehicles=vehicles,
        width=width,
        height=height,
        fps=fps,
    )
    simulate_into(out, request)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    for command in (demo, run, simulate):
        app.command()(command)
