"""Commands about the audit: ``audit verify``, ``audit list`` and ``audit export``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from roadwitness.commands.options import DEFAULT_DATA, DataOption

audit = typer.Typer(help="Who saw, searched, opened, decided and exported what.", no_args_is_help=True)

DeskOption = Annotated[
    Path | None,
    typer.Option("--desk", metavar="FILE", help="The desk file, if it is not in the data folder, or a copy."),
]
WhoOption = Annotated[str, typer.Option("--who", metavar="NAME", help="Only what this person did.")]
ActionOption = Annotated[str, typer.Option("--action", metavar="ACTION", help="Only this, as `searched`.")]
CaseOption = Annotated[str, typer.Option("--case", metavar="ID", help="Only what was done to this case.")]
SinceOption = Annotated[
    datetime | None, typer.Option("--from", metavar="TIME", help="From this time on, UTC.")
]
UntilOption = Annotated[datetime | None, typer.Option("--to", metavar="TIME", help="Before this time, UTC.")]


@audit.command("verify")
def verify(
    data: DataOption = DEFAULT_DATA,
    desk: DeskOption = None,
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            metavar="URL",
            envvar="ROADWITNESS_STORE",
            help="The store with the mirror, if not the data folder's: http://USER:PASSWORD@HOST:8123/DB.",
        ),
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(
            "--keys", metavar="FILE", help="The archive of public keys, if not the data folder's own."
        ),
    ] = None,
) -> None:
    """Check every entry, their order and their end, against the mirror and the signed heads.

    With --desk and without --store only the file itself is checked. Prints a line for each fault; exit code 1
    if there are any. The file may be in use meanwhile, or a copy.
    """
    from roadwitness.desk_audit import verify_desk

    verify_desk(data, desk, store, keys)


@audit.command("list")
def list_(
    data: DataOption = DEFAULT_DATA,
    desk: DeskOption = None,
    who: WhoOption = "",
    action: ActionOption = "",
    case: CaseOption = "",
    since: SinceOption = None,
    until: UntilOption = None,
    plate: Annotated[
        str,
        typer.Option("--plate", metavar="PLATE", help="Only searches for this plate, and what they found."),
    ] = "",
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most so many.")] = 100,
) -> None:
    """Print entries, newest first. That the audit was looked at is an entry too.

    --plate needs the key of plates' digests, which lies in the data folder.
    """
    from roadwitness.desk_audit import digest_here, filter_of, list_entries

    digest = digest_here(data, plate) if plate else ""
    list_entries(data, desk, filter_of(who, action, case, since, until, digest), limit)


@audit.command("export")
def export(
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Where it goes: .csv, or .jsonl with all fields.")
    ],
    data: DataOption = DEFAULT_DATA,
    desk: DeskOption = None,
    who: WhoOption = "",
    action: ActionOption = "",
    case: CaseOption = "",
    since: SinceOption = None,
    until: UntilOption = None,
) -> None:
    """Write entries to a file, oldest first. The export is an entry of its own, and comes before it."""
    from roadwitness.desk_audit import export_entries, filter_of

    export_entries(data, desk, filter_of(who, action, case, since, until), out)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(audit, name="audit")
