"""Commands of the distributed house: ``edge``, ``enforce`` and ``serve`` as processes of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from roadwitness.commands.options import (
    DEFAULT_DATA,
    BusOption,
    DataOption,
    EvidenceOption,
    LogFormatOption,
    MetricsHostOption,
    MetricsPortOption,
    PortOption,
    SignInOption,
    SiteArgument,
    StoreOption,
)
from roadwitness.log_lines import LogFormat


def edge(
    site: SiteArgument,
    bus: BusOption,
    source: Annotated[
        str | None,
        typer.Option(
            "--source", metavar="CLIP|DIR|rtsp://…", help="Instead of the site file's camera.source."
        ),
    ] = None,
    seal_to: Annotated[
        Path | None,
        typer.Option(
            "--seal-to",
            metavar="PUBLIC_KEY",
            envvar="ROADWITNESS_SEAL_TO",
            help="The authority's public key; without it no unblurred original is published.",
        ),
    ] = None,
    spool: Annotated[
        Path,
        typer.Option(
            "--spool",
            metavar="FILE",
            envvar="ROADWITNESS_SPOOL",
            help="Where everything waits on this unit's disk until Kafka has it.",
        ),
    ] = DEFAULT_DATA / "spool.sqlite",
    spool_limit: Annotated[
        float, typer.Option("--spool-limit", metavar="GB", min=0.01, help="The most that may wait.")
    ] = 8.0,
    sign_with: Annotated[
        Path | None,
        typer.Option(
            "--sign-with",
            metavar="KEY",
            envvar="ROADWITNESS_SIGN_WITH",
            help="This unit's signing key (`roadwitness keys create`); without it no statement is signed.",
        ),
    ] = None,
    repeat: Annotated[
        float | None,
        typer.Option(
            "--repeat",
            metavar="S",
            min=1,
            help="Play a clip again every S seconds as if it were filmed now: a simulated unit.",
        ),
    ] = None,
    metrics_port: MetricsPortOption = None,
    metrics_host: MetricsHostOption = "127.0.0.1",
    log_format: LogFormatOption = LogFormat.TEXT,
) -> None:
    """Roadside unit: camera to passages and evidence on the bus.

    Everything is written to --spool first, in order. While Kafka is away it waits there; short of room,
    statistics give way to violations, which are never given up.
    """
    from roadwitness.operating import Operating
    from roadwitness.unit import run_edge

    operating = Operating(metrics_port, metrics_host)
    run_edge(site, bus, source, seal_to, spool, round(spool_limit * 1e9), sign_with, operating, repeat)


def enforce(
    sites: Annotated[
        list[Path], typer.Argument(metavar="SITE.toml…", help="Sites whose passages are judged.")
    ],
    bus: BusOption,
    store: StoreOption,
    evidence: EvidenceOption,
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="End when nothing more comes, instead of waiting for ever.")
    ] = False,
    batch_records: Annotated[
        int, typer.Option("--batch-records", metavar="N", min=1, help="So many messages make a batch, …")
    ] = 5000,
    batch_s: Annotated[
        float,
        typer.Option("--batch-s", metavar="S", min=0.0, help="… or what came so long after its first one."),
    ] = 0.5,
    halt_share: Annotated[
        float,
        typer.Option(
            "--halt-share",
            metavar="SHARE",
            min=0.0,
            max=1.0,
            help="Stop when more than this share of the last 200 messages, and 20, cannot be handled.",
        ),
    ] = 0.1,
    countersign_with: Annotated[
        Path | None,
        typer.Option(
            "--countersign-with",
            metavar="KEY",
            envvar="ROADWITNESS_COUNTERSIGN_WITH",
            help="The centre's signing key: receipts for the units' statements as they come.",
        ),
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(
            "--keys",
            metavar="FILE",
            envvar="ROADWITNESS_KEYS",
            help="The archive of public keys: no receipt for what is not signed by its unit.",
        ),
    ] = None,
    authority: Annotated[
        str | None,
        typer.Option(
            "--authority",
            metavar="URL",
            envvar="ROADWITNESS_TIME_STAMPS",
            help="An RFC 3161 authority that time-stamps the receipts.",
        ),
    ] = None,
    authority_certificate: Annotated[
        Path | None,
        typer.Option("--authority-certificate", metavar="FILE", help="Its certificates (PEM)."),
    ] = None,
    metrics_port: MetricsPortOption = None,
    metrics_host: MetricsHostOption = "127.0.0.1",
    log_format: LogFormatOption = LogFormat.TEXT,
) -> None:
    """Worker: passages to cases and evidence in the store.

    As many as there are partitions may run side by side, each with the same sites. While the store or the
    evidence cannot be reached a worker holds what it has and tries again. It ends with an error, and commits
    nothing, when too much of what comes cannot be handled.
    """
    from enforcement.gathering import Pace
    from enforcement.halting import Halt
    from roadwitness.distributed import run_enforce
    from roadwitness.operating import Operating
    from roadwitness.own_keys import Countersigning

    operating = Operating(metrics_port, metrics_host)
    pace, halt = Pace(batch_records, batch_s), Halt(halt_share)
    countersigning = Countersigning(countersign_with, keys, authority, authority_certificate)
    run_enforce(
        sites,
        bus,
        store,
        evidence,
        operating,
        pace,
        halt,
        countersigning=countersigning,
        until_idle=until_idle,
    )


def serve(
    bus: BusOption,
    store: StoreOption,
    evidence: EvidenceOption,
    data: DataOption = DEFAULT_DATA,
    port: PortOption = 8080,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    sites: Annotated[
        list[Path] | None,
        typer.Option("--site", metavar="SITE.toml", help="Show its cases on its drawn road; repeatable."),
    ] = None,
    sign_in: SignInOption = None,
    search_days: Annotated[
        int,
        typer.Option(
            "--search-days",
            metavar="N",
            min=1,
            envvar="ROADWITNESS_SEARCH_DAYS",
            help="How old a record may be that a search for a plate finds.",
        ),
    ] = 365,
    metrics_port: MetricsPortOption = None,
    metrics_host: MetricsHostOption = "127.0.0.1",
    log_format: LogFormatOption = LogFormat.TEXT,
) -> None:
    """Review pages for people. --metrics-port is a port of its own: the pages show no metrics.

    --data holds the accounts and the audit. At the first start an administrator is made whose one-time
    password is printed on standard output.
    """
    from roadwitness.distributed import run_serve
    from roadwitness.operating import Operating

    operating = Operating(metrics_port, metrics_host)
    run_serve(
        bus,
        store,
        evidence,
        data,
        operating,
        sites=sites or [],
        host=host,
        port=port,
        sign_in=sign_in,
        search_days=search_days,
    )


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    for command in (edge, enforce, serve):
        app.command()(command)
