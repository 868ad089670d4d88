"""Commands about the bus: ``streams init`` and ``streams dead-letters``."""

from __future__ import annotations

from typing import Annotated

import typer

from roadwitness.commands.options import BusOption

streams = typer.Typer(help="The bus: its topics, and what could not be handled.", no_args_is_help=True)
dead_letters = typer.Typer(help="Messages that could not be read or handled.", no_args_is_help=True)


@streams.command("init")
def init(
    bus: BusOption,
    correct: Annotated[
        bool, typer.Option("--correct", help="Set also what was there before as it should be.")
    ] = False,
) -> None:
    """Make the topics that are missing, and say how the brokers keep each.

    A topic that is kept otherwise than it should be is an error: a passage kept too long is a plate kept
    too long.
    """
    from roadwitness.bus_care import make_topics

    make_topics(bus, correct=correct)


@dead_letters.command("list")
def list_(
    bus: BusOption, json: Annotated[bool, typer.Option("--jsonl", help="One JSON line a letter.")] = False
) -> None:
    """List them: number, time, topic, key and reason."""
    from roadwitness.bus_care import list_letters

    list_letters(bus, as_json=json)


@dead_letters.command("show")
def show(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="As the list has it, such as 0-12.")],
    bus: BusOption,
) -> None:
    """Say why one is dead, and write its original bytes to stdout."""
    from roadwitness.bus_care import show_letter

    show_letter(bus, number)


@dead_letters.command("replay")
def replay(
    bus: BusOption,
    numbers: Annotated[list[str] | None, typer.Argument(metavar="NUMBER…", help="Which ones.")] = None,
    topic: Annotated[
        str | None, typer.Option("--all-of", metavar="TOPIC", help="All that came from this topic.")
    ] = None,
) -> None:
    """Send them back to their topics, after what was wrong has been mended."""
    if bool(numbers) == (topic is not None):
        raise typer.BadParameter("name letters or give --all-of TOPIC", param_hint="NUMBER…")
    from roadwitness.bus_care import replay_letters

    replay_letters(bus, numbers or [], all_of_topic=topic)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    streams.add_typer(dead_letters, name="dead-letters")
    app.add_typer(streams, name="streams")
