"""Options that several commands share, worded once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from roadwitness.log_lines import LogFormat, open_log

DataOption = Annotated[
    Path,
    typer.Option(
        "--data", metavar="DIR", envvar="ROADWITNESS_DATA", help="Where log, store and evidence are kept."
    ),
]
DEFAULT_DATA = Path("roadwitness-data")

ServeOption = Annotated[
    bool, typer.Option("--serve/--no-serve", help="Serve the review pages, also after the analysis.")
]
PortOption = Annotated[
    int, typer.Option("--port", metavar="N", min=0, max=65535, help="Port of the review pages.")
]
SiteArgument = Annotated[
    Path, typer.Argument(metavar="SITE.toml", help="The site file: camera, calibration, policy.")
]
BusOption = Annotated[
    str,
    typer.Option(
        "--bus", metavar="URL", envvar="ROADWITNESS_BUS", help="kafka://HOST:PORT[,HOST:PORT] or local:PATH."
    ),
]
StoreOption = Annotated[
    str,
    typer.Option(
        "--store",
        metavar="URL",
        envvar="ROADWITNESS_STORE",
        help="http://USER:PASSWORD@HOST:8123/DATABASE or a folder.",
    ),
]
EvidenceOption = Annotated[
    str,
    typer.Option(
        "--evidence",
        metavar="DIR|URL",
        envvar="ROADWITNESS_EVIDENCE",
        help="A folder, or s3://BUCKET/PREFIX?endpoint=URL.",
    ),
]
OwnStoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        envvar="ROADWITNESS_STORE",
        help="The store, if not the data folder's: http://USER:PASSWORD@HOST:8123/DATABASE or a folder.",
    ),
]
OwnEvidenceOption = Annotated[
    str | None,
    typer.Option(
        "--evidence",
        metavar="DIR|URL",
        envvar="ROADWITNESS_EVIDENCE",
        help="The evidence, if it is not in the data folder: s3://BUCKET/PREFIX?endpoint=URL or a folder.",
    ),
]
SignInOption = Annotated[
    Path | None,
    typer.Option(
        "--sign-in",
        metavar="FILE.toml",
        envvar="ROADWITNESS_SIGN_IN",
        help="How people sign in: the pages' https address, sessions, second factors, OIDC.",
    ),
]
MetricsPortOption = Annotated[
    int | None,
    typer.Option(
        "--metrics-port",
        metavar="N",
        min=0,
        max=65535,
        envvar="ROADWITNESS_METRICS_PORT",
        help="Answer /metrics, /health and /ready there, for those who operate this.",
    ),
]
MetricsHostOption = Annotated[
    str,
    typer.Option(
        "--metrics-host",
        metavar="ADDRESS",
        envvar="ROADWITNESS_METRICS_HOST",
        help="Address of that port; whoever reaches it may ask.",
    ),
]


def begin_log(process: str, look: LogFormat | None = None) -> None:
    """Log as the options and the environment say.

    Raises:
        BadLevel: when ROADWITNESS_LOG is no level.
    """
    open_log(look or LogFormat.TEXT, process, os.environ.get("ROADWITNESS_LOG"))


def _log_of(context: typer.Context, look: LogFormat) -> LogFormat:
    begin_log(context.info_name or "roadwitness", look)
    return look


LogFormatOption = Annotated[
    LogFormat,
    typer.Option(
        "--log-format",
        envvar="ROADWITNESS_LOG_FORMAT",
        callback=_log_of,
        help="How stderr looks: sentences for people, or one JSON object a line.",
    ),
]
JsonlOption = Annotated[
    str, typer.Option("--jsonl", metavar="FILE|-", help="Where the JSON lines go; - is standard output.")
]
