"""Summaries of commands in the lists of ``--help``: whole sentences, which the library would cut off."""

from __future__ import annotations

import inspect

import typer


def show_whole(app: typer.Typer) -> None:
    """Let the lists of ``app``, and of the groups in it, wrap each command's first sentence."""
    for command in app.registered_commands:
        command.short_help = _first_sentence(command.help or inspect.getdoc(command.callback) or "")
    for group in app.registered_groups:
        if group.typer_instance is not None:
            group.short_help = _first_sentence(str(group.typer_instance.info.help))
            show_whole(group.typer_instance)


def _first_sentence(text: str) -> str:
    paragraph = " ".join(text.partition("\n\n")[0].split())
    return paragraph.partition(". ")[0].rstrip(".") + "."
