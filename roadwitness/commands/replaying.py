"""The command ``replay``: another policy, over what was judged before."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from roadwitness.commands.options import DEFAULT_DATA, DataOption


def replay(
    policy: Annotated[
        Path, typer.Option("--policy", metavar="NEW.toml", help="The policy to try on what is stored.")
    ],
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="From when on: 2026-05-01 or 2026-05-01T08:00Z.")
    ],
    camera: Annotated[
        list[str] | None, typer.Option("--camera", metavar="ID", help="Only this camera; repeatable.")
    ] = None,
    site: Annotated[
        list[Path] | None,
        typer.Option("--site", metavar="SITE.toml", help="Whose drawn road is judged on; repeatable."),
    ] = None,
    data: DataOption = DEFAULT_DATA,
    store: Annotated[
        str | None, typer.Option("--store", metavar="URL", help="A ClickHouse server in place of --data.")
    ] = None,
    bus: Annotated[
        str | None, typer.Option("--bus", metavar="URL", help="Where passages may still be, such as Kafka.")
    ] = None,
    jsonl: Annotated[
        str | None, typer.Option("--jsonl", metavar="FILE|-", help="Each change as a JSON line.")
    ] = None,
) -> None:
    """Tell what another policy would change in what was judged before; no case is touched.

    Works also while `demo` or `run` is serving.
    """
    from roadwitness.replaying import Sources
    from roadwitness.replaying import replay as run

    run(policy, _time(since), camera or [], site or [], Sources(data, store, bus), jsonl)


def _time(text: str) -> datetime:
    """A time; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            "write a time as 2026-05-01 or 2026-05-01T08:00Z", param_hint="--since"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def register(app: typer.Typer) -> None:
    """Add this group's command."""
    app.command()(replay)
