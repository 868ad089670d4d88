"""Commands about the quality of reviews: ``known-cases add`` and ``known-cases simulate``."""

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


@known_cases.command("simulate")
def simulate(
    limit: Annotated[
        float,
        typer.Option(
            "--limit", metavar="KMH", min=20, max=130, help="The limit of the cases that it stands beside."
        ),
    ] = 80.0,
    vehicles: Annotated[
        int,
        typer.Option("--vehicles", metavar="N", min=2, max=40, help="How many pass; a case of most of them."),
    ] = 12,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Another number gives other cases.")] = 1,
    data: DataOption = DEFAULT_DATA,
    store: OwnStoreOption = None,
    evidence: OwnEvidenceOption = None,
) -> None:
    """Make known cases of speeding from the simulator, which knows what is right: some are, some not.

    Wrong are a plate that was misread, a register's entry of another vehicle, a speed that the way
    contradicts.
    """
    from roadwitness.known_simulating import simulate_known
    from roadwitness.premises import Premises

    premises = Premises(data, store, evidence)
    simulate_known(premises, limit_kmh=limit, vehicles=vehicles, seed=seed)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(known_cases, name="known-cases")
