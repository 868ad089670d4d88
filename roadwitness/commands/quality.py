"""Commands about the quality of reviews: ``known-cases add``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from roadwitness.commands.options import DEFAULT_DATA, DataOption, OwnEvidenceOption, OwnStoreOption

known_cases = typer.Typer(
    help="Invented cases with a known answer, by which reviewers are tested.", no_args_is_help=True
)


@known_cases.command("add")
def add(
    folders: Annotated[
        list[Path], typer.Argument(metavar="FOLDER…", help="Each with known.json and the case's pictures.")
    ],
    data: DataOption = DEFAULT_DATA,
    store: OwnStoreOption = None,
    evidence: OwnEvidenceOption = None,
) -> None:
    """Keep known cases; workers put them among the real ones, as many as the policy's [quality] says."""
    from roadwitness.known_cases import add_folders
    from roadwitness.premises import Premises

    add_folders(folders, Premises(data, store, evidence))


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(known_cases, name="known-cases")
