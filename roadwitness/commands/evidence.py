"""Commands about the evidence: ``evidence check``."""

from __future__ import annotations

from typing import Annotated

import typer

from roadwitness.commands.options import DEFAULT_DATA, DataOption, OwnEvidenceOption, OwnStoreOption

evidence_group = typer.Typer(help="The pieces of evidence, and where they lie.", no_args_is_help=True)


@evidence_group.command("check")
def check(
    data: DataOption = DEFAULT_DATA,
    store: OwnStoreOption = None,
    evidence: OwnEvidenceOption = None,
    mark: Annotated[
        bool,
        typer.Option("--mark", help="Enter what is lost, or has returned, so that its cases say so."),
    ] = False,
    erase_unknown: Annotated[
        bool, typer.Option("--erase-unknown", help="Erase pieces that the index does not have.")
    ] = False,
) -> None:
    """Fetch and hash every piece that the index has, and look for pieces that it does not have.

    Prints a line for each that is not as it should be: missing, corrupt, returned or unknown; its digest;
    the cases that need it.
    Exit code 1 if there are any. Changes nothing without --mark or --erase-unknown.
    """
    from roadwitness.auditing import check_evidence
    from roadwitness.premises import Premises

    check_evidence(Premises(data, store, evidence), mark=mark, erase_unknown=erase_unknown)


@evidence_group.callback()
def _group() -> None:
    """Keep `check` a command of its own, though it is the only one."""


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(evidence_group, name="evidence")
