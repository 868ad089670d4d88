"""Commands about what is kept: ``sql``, ``register import`` and ``unseal``."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from roadwitness.commands.options import DEFAULT_DATA, DataOption


class OutputFormat(StrEnum):
    """How ``sql`` prints its answer."""

    table = "table"
    csv = "csv"
    json = "json"
    arrow = "arrow"


keepers = typer.Typer(help="The vehicle register: plates and their keepers.", no_args_is_help=True)


def sql(
    query: Annotated[str, typer.Argument(metavar='"SELECT …"', help="A read-only ClickHouse query.")],
    data: DataOption = DEFAULT_DATA,
    format: Annotated[OutputFormat, typer.Option("--format", help="How to print.")] = OutputFormat.table,
) -> None:
    """Query the embedded store, read-only.

    Works also while `demo` or `run` is serving.
    Views: v_violations, v_passages, v_speeds_hourly. Tables and columns carry comments (system.columns).
    """
    from enforcement.queries import query_store

    sys.stdout.buffer.write(query_store(data, query, format.value))
    sys.stdout.buffer.flush()


@keepers.command("import")
def import_csv(
    csv: Annotated[Path, typer.Argument(metavar="CSV", help="plate, keeper_id and optional keeper columns.")],
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Import a CSV of plates and keepers; a plate that is already there gets its new keeper."""
    from roadwitness.keeping import import_keepers

    import_keepers(csv, data)


def unseal(
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="SHA-256 of the sealed original.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the opened picture goes.")],
    officer: Annotated[str, typer.Option("--officer", help="Who looks.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in words; it is logged.")],
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Open one sealed, unblurred original for an officer.

    Only for an officer who is entitled to see it; who, what and why are logged first.
    """
    from roadwitness.keeping import open_sealed_original

    open_sealed_original(data, digest, out, officer, reason)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(sql)
    app.command()(unseal)
    app.add_typer(keepers, name="register")
