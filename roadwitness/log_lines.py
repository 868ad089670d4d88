"""How the log looks: sentences for people, or one JSON object a line for machines."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from enum import StrEnum
from io import TextIOBase
from typing import IO, cast

from roadwitness.progress import console
from streams.errors import RoadwitnessError
from streams.events import FIELDS, NAME

_PACKAGES = ("streams", "detectors", "enforcement", "dashboards", "roadwitness")
#: These log each failed connection at length; our own sentence says it once.
_NOISY = ("kafka", "urllib3.connectionpool", "clickhouse_connect")
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")
_said = logging.getLogger("roadwitness.said")


class LogFormat(StrEnum):
    """Choices of ``--log-format``."""

    TEXT = "text"
    JSON = "json"


class BadLevel(RoadwitnessError):
    """ROADWITNESS_LOG names no level."""


def open_log(look: LogFormat, process: str, level: str | None = None) -> None:
    """Log to stderr from now on; what is said to people on stderr is an event too where lines are JSON.

    ``level`` None: warnings of ours as text, and the ordinary course of things as JSON. Libraries only warn,
    whatever the level: what they tell beyond that may quote the messages they carry.

    Raises:
        BadLevel: when there is no such level.
    """
    ordinary = "INFO" if look is LogFormat.JSON else "WARNING"
    handler = _Stderr()
    handler.setFormatter(_Json(process) if look is LogFormat.JSON else _Text())
    root = logging.getLogger()
    for earlier in [each for each in root.handlers if isinstance(each.formatter, _Text | _Json)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel("WARNING")
    for package in _PACKAGES:
        try:
            logging.getLogger(package).setLevel((level or ordinary).upper())
        except ValueError as error:
            raise BadLevel(
                f"ROADWITNESS_LOG is {level!r}: give it one of DEBUG, INFO, WARNING and ERROR."
            ) from error
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel("WARNING" if (level or "").upper() == "DEBUG" else "CRITICAL")
    _said.setLevel("INFO")
    # None is the stderr of the moment.
    console.file = cast(IO[str], _Said() if look is LogFormat.JSON else None)


def as_json() -> bool:
    """Whether lines are JSON now."""
    return isinstance(console.file, _Said)


class _Stderr(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        try:
            # The stream of this very moment, and one write a line: lines of several threads stay whole.
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={value}" for name, value in getattr(record, FIELDS, {}).items())
        text = f"{record.levelname} {record.name}: {record.getMessage()}{fields}"
        for name, value in _failure(record).items():
            text += f" {name}={value}"
        return _CREDENTIALS.sub("", text)


class _Json(logging.Formatter):
    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "process": self._process,
            "event": getattr(record, NAME, record.name),
            **getattr(record, FIELDS, {}),
            "message": " ".join(record.getMessage().split()),
        }
        line.update(_failure(record))
        return _CREDENTIALS.sub("", json.dumps(line, ensure_ascii=False, default=str))


def _failure(record: logging.LogRecord) -> dict[str, object]:
    """The kind and the place of an exception. Not its text, which may quote what it stumbled over."""
    if not record.exc_info or record.exc_info[0] is None:
        return {}
    frames = traceback.extract_tb(record.exc_info[2])
    return {"failure": record.exc_info[0].__name__, "at": [f"{each.name}:{each.lineno}" for each in frames]}


class _Said(TextIOBase):
    """The people's console where nobody sits at it: each line is an event."""

    def write(self, text: str) -> int:
        for line in text.splitlines():
            if line.strip():
                _said.info("%s", line.strip(), extra={NAME: "said"})
        return len(text)
