"""JSON lines to a file or to stdout, flushed line by line so that a pipe sees them at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from streams.errors import RoadwitnessError


class OutputNotWritable(RoadwitnessError):
    """The file that the lines should go to cannot be written."""


@contextmanager
def json_lines(target: str) -> Iterator[Callable[[dict[str, Any]], None]]:
    """A function that writes one line; ``target`` is a file name, or ``-`` for stdout.

    Raises:
        OutputNotWritable: when the file cannot be opened.
    """
    if target == "-":
        yield _writer(sys.stdout.buffer)
        return
    with ExitStack() as closing:
        try:
            file = closing.enter_context(Path(target).open("wb"))
        except OSError as error:
            raise OutputNotWritable(
                f"The file {target} cannot be written ({error.strerror}): "
                "name one in a folder that exists, or - for standard output."
            ) from error
        yield _writer(file)


def _writer(stream: Any) -> Callable[[dict[str, Any]], None]:
    def write(line: dict[str, Any]) -> None:
        stream.write(msgspec.json.encode(line) + b"\n")
        stream.flush()

    return write
