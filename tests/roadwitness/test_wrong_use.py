"""Help is enough to use every command, and wrong use ends with 2."""

from __future__ import annotations

import re

import pytest

from tests.roadwitness.command import roadwitness
from tests.roadwitness.in_process import CommandLine

#: Every command, and what its help must name beside -h.
COMMANDS = {
    "demo": ("--data", "--no-serve", "--port"),
    "run": ("SITE.toml", "--source", "--data", "--no-serve", "--port"),
    "draw": ("SITE.toml", "--source", "--at", "--port"),
    "watch": ("SOURCE", "--site", "--jsonl", "--video"),
    "read": ("IMAGE|DIR", "--jsonl", "--reader"),
    "sql": ("SELECT", "--data", "--format", "table|csv|json|arrow"),
    "simulate": ("OUT", "--seed", "--vehicles", "--seconds", "--width", "--height", "--fps"),
    "models": (),
    "unseal": ("DIGEST", "--out", "--officer", "--reason", "--data"),
    "register import": ("CSV", "--data"),
    "formats": ("PLATE", "--place"),
    "evaluate plates": ("DIR",),
    "edge": ("SITE.toml", "--bus", "--source", "--seal-to"),
    "enforce": ("SITE.toml", "--bus", "--store", "--evidence", "--until-idle"),
    "serve": ("--bus", "--store", "--evidence", "--host", "--port", "--site"),
}

WRONG = [
    "nonsense",
    "run",
    "run site.toml --nonsense",
    "run site.toml --port many",
    "run site.toml --port 70000",
    "draw",
    "draw site.toml --at -1",
    "watch",
    "watch one.mp4 two.mp4",
    "read",
    "sql",
    "sql SELECT --format xml",
    "simulate",
    "simulate out --vehicles 0",
    "simulate out --fps fast",
    "register",
    "register import",
    "edge site.toml",
    "enforce site.toml --bus local:x",
    "unseal 00 --out x",
    "formats",
    "formats AB123 --place RO=much",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_every_option(command_line: CommandLine, command: str) -> None:
    done = command_line(*command.split(), "--help")
    assert done.code == 0
    assert done.stderr == ""
    for name in COMMANDS[command]:
        assert name in done.stdout.decode(), name


def test_the_list_of_commands_fits_80_columns_and_cuts_no_sentence() -> None:
    done = roadwitness("--help")
    assert done.code == 0
    text = done.stdout.decode()
    for command in COMMANDS:
        line = re.search(rf"^  {command.split()[0]} +(.+)$", text, re.M)
        assert line, command
        assert line[1].endswith("."), line[1]
        assert not line[1].endswith("..."), line[1]
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("arguments", WRONG)
def test_wrong_use_ends_with_2_and_says_what_is_wrong(command_line: CommandLine, arguments: str) -> None:
    done = command_line(*arguments.split())
    assert done.code == 2
    assert done.stdout == b"" or "Usage" in done.stdout.decode()
    assert "Usage: roadwitness" in done.stderr + done.stdout.decode()
    assert "Traceback" not in done.stderr


def test_the_installed_command_says_the_same() -> None:
    done = roadwitness("nonsense")
    assert done.code == 2
    assert "No such command 'nonsense'" in done.stderr
    assert done.stdout == b""
