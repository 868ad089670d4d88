"""Options that several commands share, worded once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
JsonlOption = Annotated[
    str, typer.Option("--jsonl", metavar="FILE|-", help="Where the JSON lines go; - is standard output.")
]
