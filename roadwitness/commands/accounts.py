"""``roadwitness accounts``: who may sign in to the review pages of a data folder."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboards.sign_in.rights import Role
from roadwitness.commands.options import DEFAULT_DATA, DataOption

accounts = typer.Typer(help="Accounts of the review pages, in the data folder.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="What the person signs in as.")]


@accounts.command("add")
def add(
    name: NameArgument,
    roles: Annotated[list[Role], typer.Option("--role", help="What the person is at the desk; repeatable.")],
    shown_as: Annotated[str, typer.Option("--shown-as", metavar="TEXT", help="The name others see.")] = "",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Make an account and print its one-time password, which has to be changed at its first use."""
    from roadwitness.account_keeping import add_account

    add_account(data, name, roles, shown_as)


@accounts.command("list")
def list_all(data: DataOption = DEFAULT_DATA) -> None:
    """Show every account: its roles, whether it is locked, and whether it has a second factor."""
    from roadwitness.account_keeping import list_accounts

    list_accounts(data)


@accounts.command("roles")
def roles(
    name: NameArgument,
    given: Annotated[
        list[Role] | None, typer.Argument(metavar="ROLE…", help="All that it has from now on; none: no role.")
    ] = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Give an account these roles and no others; it has to sign in again."""
    from roadwitness.account_keeping import change_roles

    change_roles(data, name, given or [])


@accounts.command("reset")
def reset(name: NameArgument, data: DataOption = DEFAULT_DATA) -> None:
    """Print a new one-time password; the second factor has to be set up again."""
    from roadwitness.account_keeping import reset_account

    reset_account(data, name)


@accounts.command("lock")
def lock(
    name: NameArgument,
    undo: Annotated[bool, typer.Option("--undo", help="Open it again.")] = False,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Lock an account: whoever is signed in under it is out at once. Accounts are never removed."""
    from roadwitness.account_keeping import lock_account

    lock_account(data, name, is_locked=not undo)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(accounts, name="accounts")
