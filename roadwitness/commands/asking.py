"""Commands of analysts: ``sql`` and ``export``."""

from __future__ import annotations

import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from roadwitness.commands.options import DEFAULT_DATA, DataOption

_MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class OutputFormat(StrEnum):
    """How ``sql`` prints its answer."""

    table = "table"
    csv = "csv"
    json = "json"
    arrow = "arrow"


ServerOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        envvar="ROADWITNESS_STORE",
        help="A server, http://USER:PASSWORD@HOST:8123/DATABASE, in place of --data.",
    ),
]


def sql(
    query: Annotated[
        str | None,
        typer.Argument(metavar='"SELECT …"|@NAME', help="A read-only ClickHouse query, or the name of one."),
    ] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--param", metavar="NAME=VALUE", help="What {NAME:Type} stands for; repeatable."),
    ] = None,
    data: DataOption = DEFAULT_DATA,
    store: ServerOption = None,
    format: Annotated[OutputFormat, typer.Option("--format", help="How to print.")] = OutputFormat.table,
    listing: Annotated[
        bool, typer.Option("--list", help="List the named queries and what they take.")
    ] = False,
    show: Annotated[bool, typer.Option("--show", help="Print the SQL of @NAME; ask nothing.")] = False,
) -> None:
    """Query the store, read-only.

    Works also while `demo` or `run` is serving. Tables, views and columns carry comments (system.columns).
    `roadwitness sql --list` shows questions that run by name, such as `roadwitness sql @speeds-by-hour`.
    """
    from roadwitness import asking

    given = asking.parameters_of(parameters or [])
    if listing:
        asking.list_questions()
    elif query is None:
        raise typer.BadParameter("write a query, or @NAME of one that --list shows", param_hint="QUERY")
    elif show:
        asking.show_question(query)
    else:
        answer = asking.ask(asking.place_of(data, store), query, given, format.value)
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()


class FileFormat(StrEnum):
    """What ``export`` writes."""

    parquet = "parquet"
    arrow = "arrow"
    csv = "csv"


def export(
    view: Annotated[str, typer.Argument(metavar="VIEW", help="A view without personal data, as v_passages.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the rows go; made as a whole.")],
    since: Annotated[
        datetime | None, typer.Option("--from", formats=_MOMENTS, help="From this moment on, UTC.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=_MOMENTS, help="Before this moment, UTC.")
    ] = None,
    cameras: Annotated[
        list[str] | None, typer.Option("--camera", metavar="ID", help="Only this camera; repeatable.")
    ] = None,
    data: DataOption = DEFAULT_DATA,
    store: ServerOption = None,
    format: Annotated[
        FileFormat | None, typer.Option("--format", help="What to write; else what FILE ends in says it.")
    ] = None,
) -> None:
    """Write an anonymous view to a Parquet, Arrow or CSV file.

    Views: v_passages, v_traffic_hourly, v_speeds_hourly, v_offences_hourly, v_reader_hourly, v_camera_health,
    v_camera_health_hourly, v_camera_drift, v_cameras. What names a person, a plate or a case is refused.
    """
    from dashboards.exporting import Wanted
    from roadwitness import asking

    chosen = format.value if format else out.suffix.removeprefix(".")
    if chosen not in list(FileFormat):
        raise typer.BadParameter(
            "name FILE .parquet, .arrow or .csv, or say which with --format", param_hint="--out"
        )
    wanted = Wanted(view, since, until, tuple(cameras or ()))
    asking.export_to(out, wanted, asking.place_of(data, store), chosen)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(sql)
    app.command()(export)
