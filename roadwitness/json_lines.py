"""JSON lines to a file or to stdout, flushed line by line so that a pipe sees them at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec


@contextmanager
def json_lines(target: str) -> Iterator[Callable[[dict[str, Any]], None]]:
    """A function that writes one line; ``target`` is a file name, or ``-`` for stdout."""
    if target == "-":
        yield _writer(sys.stdout.buffer)
        return
    with Path(target).open("wb") as file:
        yield _writer(file)


def _writer(stream: Any) -> Callable[[dict[str, Any]], None]:
    def write(line: dict[str, Any]) -> None:
        stream.write(msgspec.json.encode(line) + b"\n")
        stream.flush()

    return write
