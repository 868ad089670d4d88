"""Commands about what is kept: ``register import``, ``unseal`` and ``formats``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from roadwitness.commands.options import DEFAULT_DATA, DataOption, OwnEvidenceOption, OwnStoreOption

keepers = typer.Typer(help="The vehicle register: plates and their keepers.", no_args_is_help=True)


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
    store: OwnStoreOption = None,
    evidence: OwnEvidenceOption = None,
) -> None:
    """Open one sealed, unblurred original for an officer.

    Only for an officer who is entitled to see it; who, what and why are logged first.
    """
    from roadwitness.keeping import open_sealed_original
    from roadwitness.premises import Premises

    open_sealed_original(Premises(data, store, evidence), digest, out, officer, reason)


def formats(
    plates: Annotated[list[str], typer.Argument(metavar="PLATE", help="What is written on them.")],
    places: Annotated[
        list[str] | None,
        typer.Option("--place", metavar="RO=0.9", help="Where vehicles come from; repeatable."),
    ] = None,
) -> None:
    """Say which plate formats a text fits, and how likely each is.

    Without --place every country is as likely. Prints text, probability, country, place and format.
    """
    from roadwitness.formats import describe, places_of

    try:
        prior = places_of(places or [])
    except ValueError as error:
        raise typer.BadParameter("write a place as RO=0.9", param_hint="--place") from error
    for plate in plates:
        for line in describe(plate, prior):
            print(line)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(unseal)
    app.command()(formats)
    app.add_typer(keepers, name="register")
