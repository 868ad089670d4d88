"""Every command that README and docs tell of is there, with the options that they name."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from roadwitness.cli import app
from tests.conftest import REPOSITORY

PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"```[a-z]*\n(.*?)```", re.DOTALL)
_IN_LINE = re.compile(r"`((?:\.venv/bin/)?roadwitness [^`]+)`")
_CALL = re.compile(r"(?:^|[$&] *|bin/)roadwitness (?!→)(.*)")


def told(page: Path) -> Iterator[str]:
    """What stands behind ``roadwitness`` on a page, comments left out."""
    text = page.read_text(encoding="utf-8")
    for part in (*_BLOCK.findall(text), *_IN_LINE.findall(text)):
        for line in part.splitlines():
            if call := _CALL.search(line):
                yield re.split(r"\s#|&&", call[1])[0].rstrip("\\ ")


def fault_of(call: str) -> str:
    """What of a command is not there; empty when nothing is."""
    command: Any = typer.main.get_command(app)
    words = shlex.split(call)
    while hasattr(command, "commands"):
        # "read|evaluate" tells of several; "…" and options end what is told.
        name = words[0].partition("|")[0] if words else ""
        if name not in command.commands:
            return f"no command {name}" if name and not name.startswith(("-", "…")) else ""
        command, words = command.commands[name], words[1:]
    known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
    named = {word.strip("[]").partition("=")[0] for word in words if word.strip("[]").startswith("--")}
    return ", ".join(sorted(named - known))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_what_a_page_tells_can_be_typed(page: Path) -> None:
    assert {call: fault for call in told(page) if (fault := fault_of(call))} == {}


def test_enough_is_found_and_a_fault_would_be() -> None:
    assert sum(1 for page in PAGES for _ in told(page)) > 80
    assert fault_of("streams topics --correct") == "no command topics"
    assert fault_of("audit verify --desks copy") == "--desks"
