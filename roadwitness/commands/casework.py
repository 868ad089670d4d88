"""Commands about cases in time: ``exemptions``, ``deadlines`` and ``retention``."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from roadwitness.commands.asking import ServerOption
from roadwitness.commands.options import DEFAULT_DATA, DataOption, OwnEvidenceOption, OwnStoreOption

exemptions = typer.Typer(help="Whom rules do not concern, and until when.", no_args_is_help=True)
retention = typer.Typer(help="What is erased at its time, and what is kept.", no_args_is_help=True)

AuthorOption = Annotated[
    str,
    typer.Option("--author", default_factory=getpass.getuser, help="Who says so; else this system's user."),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in words; it is kept.")]
CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help="The case's id.")]


@exemptions.command("import")
def import_(
    csv: Annotated[
        Path, typer.Argument(metavar="CSV", help="plate, kind, valid_from, valid_until, reason, …")
    ],
    author: AuthorOption,
    timezone: Annotated[
        str, typer.Option("--timezone", help="Where days begin, for times that do not say it.")
    ] = "UTC",
    data: DataOption = DEFAULT_DATA,
    store: OwnStoreOption = None,
) -> None:
    """Add exemptions out of a CSV file: emergency vehicles on duty, permits, periods of grace.

    kind is emergency, permit or grace. offences and cameras, parted by blanks, narrow one down. All lines are
    added, or none. What is a case already stays one.
    """
    from roadwitness.exemption_keeping import import_exemptions
    from roadwitness.premises import Premises

    import_exemptions(Premises(data, store), csv, author, timezone)


@exemptions.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Those too that are over.")] = False,
    data: DataOption = DEFAULT_DATA,
    store: OwnStoreOption = None,
) -> None:
    """List the exemptions that are valid now or later."""
    from roadwitness.exemption_keeping import list_exemptions
    from roadwitness.premises import Premises

    list_exemptions(Premises(data, store), everything=everything)


@exemptions.command("end")
def end(
    exemption_id: Annotated[str, typer.Argument(metavar="ID", help="As `exemptions list` shows it.")],
    reason: ReasonOption,
    author: AuthorOption,
    data: DataOption = DEFAULT_DATA,
    store: OwnStoreOption = None,
) -> None:
    """End an exemption from now on; for the time before it holds as it did."""
    from roadwitness.exemption_keeping import end_exemption
    from roadwitness.premises import Premises

    end_exemption(Premises(data, store), exemption_id, author, reason)


def deadlines(
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most so many.")] = 100,
    data: DataOption = DEFAULT_DATA,
    store: ServerOption = None,
) -> None:
    """List undecided cases by the time that is left until they lapse."""
    from roadwitness.asking import place_of
    from roadwitness.deadline_list import list_deadlines

    list_deadlines(place_of(data, store), limit)


@retention.command("run")
def run(
    dry: Annotated[bool, typer.Option("--dry-run", help="Only say which cases would be erased.")] = False,
    data: DataOption = DEFAULT_DATA,
    store: OwnStoreOption = None,
    evidence: OwnEvidenceOption = None,
) -> None:
    """Erase now what a worker would erase within the hour: cases whose time is over, evidence included."""
    from roadwitness.case_erasing import run_retention
    from roadwitness.premises import Premises

    run_retention(Premises(data, store, evidence), dry=dry)


@retention.command("mark")
def mark(
    case_id: CaseArgument,
    what: Annotated[
        str, typer.Argument(metavar="held|released|paid|closed|reopened", help="What is so from now on.")
    ],
    reason: ReasonOption,
    author: AuthorOption,
    data: DataOption = DEFAULT_DATA,
    store: OwnStoreOption = None,
) -> None:
    """Hold a case beyond its time (held, released), or say that it is finished (paid, closed, reopened)."""
    from enforcement.erasing.marks import mark_of
    from roadwitness.case_erasing import mark as set_mark
    from roadwitness.premises import Premises

    set_mark(Premises(data, store), case_id, mark_of(what), author, reason)


@retention.command("tombstones")
def tombstones(
    camera: Annotated[
        str | None, typer.Option("--camera", metavar="ID", help="Of this camera alone.")
    ] = None,
    jsonl: Annotated[
        str | None,
        typer.Option(
            "--jsonl", metavar="FILE|-", help="One JSON line each, as `verify --tombstones` reads it."
        ),
    ] = None,
    data: DataOption = DEFAULT_DATA,
    store: OwnStoreOption = None,
) -> None:
    """Show what is left of erased cases: how many by camera and rule, or each with --jsonl."""
    from roadwitness.case_erasing import list_tombstones
    from roadwitness.premises import Premises

    list_tombstones(Premises(data, store), camera, jsonl)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(exemptions, name="exemptions")
    app.command()(deadlines)
    app.add_typer(retention, name="retention")
