"""Commands about the store itself: ``store migrate``, ``store retention`` and ``store roles``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from roadwitness.commands.options import StoreOption

store = typer.Typer(
    help="The store: its tables, how long records are kept, who may see what.", no_args_is_help=True
)


@store.command("migrate")
def migrate(store: StoreOption) -> None:
    """Bring the tables up to date; safe to run again, and by several at once.

    With ?cluster=NAME in the store's address on all servers of a cluster, with &replicated=1 as copies.
    """
    from roadwitness.store_care import migrate

    migrate(store)


@store.command("retention")
def retention(
    store: StoreOption,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE.toml", help="Days by class of record, [keep_days]: apply them."),
    ] = None,
) -> None:
    """Show how long each class of record is kept; with --file, set it."""
    from roadwitness.store_care import keep_for

    keep_for(store, file)


@store.command("roles")
def roles(
    store: StoreOption,
    site_groups: Annotated[
        list[str] | None,
        typer.Option(
            "--sites",
            metavar="NAME=ID,ID",
            help="A role `sites_NAME` that sees only these sites; repeatable.",
        ),
    ] = None,
    grants: Annotated[
        list[str] | None,
        typer.Option("--grant", metavar="USER=ROLE,ROLE", help="Give roles to an existing user; repeatable."),
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Run the statements on the server.")] = False,
) -> None:
    """Print the SQL that makes the roles of a ClickHouse server; with --apply, run it.

    Roles: analyst, supervisor, auditor, reviewer, worker. The user of the address has to manage access.
    """
    from roadwitness.store_care import show_roles

    show_roles(store, _pairs(site_groups, "--sites"), _pairs(grants, "--grant"), apply=apply)


def _pairs(written: list[str] | None, option: str) -> dict[str, list[str]]:
    pairs = {}
    for text in written or []:
        name, _, values = text.partition("=")
        pairs[name.strip()] = [value.strip() for value in values.split(",") if value.strip()]
        if not name.strip() or not pairs[name.strip()]:
            raise typer.BadParameter("write it as NAME=VALUE,VALUE", param_hint=option)
    return pairs


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(store, name="store")
