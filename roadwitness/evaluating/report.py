"""The report: one HTML file that holds everything it shows, without a script and without the network."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from detectors.evaluation.shares import Share
from roadwitness.evaluating.measures import Measure, as_json, interval_text, share_text
from roadwitness.evaluating.svg import Plot, interval_bar

#: Where reports go that nobody named a file for.
FOLDER = Path("roadwitness-evaluation")
STYLES = ("s0", "s1", "s2", "s3")


@dataclass(frozen=True)
class Drawing:
    """A plot with a title of its own, where several stand side by side."""

    plot: Plot
    title: str = ""


@dataclass(frozen=True)
class Figure:
    """Plots under one heading, and a sentence that says what they mean. ``legend`` is (style, words)."""

    heading: str
    sentence: str
    drawings: tuple[Drawing, ...]
    legend: tuple[tuple[str, str], ...] = ()
    wide: bool = False


@dataclass(frozen=True)
class Picture:
    """One thing that went wrong: a JPEG as a data URI (None where there is no picture), and lines below."""

    source: str | None
    says: str
    lines: tuple[Markup | str, ...]


@dataclass(frozen=True)
class Sheet:
    """Pictures of what went wrong; ``more`` says how many others there are."""

    heading: str
    sentence: str
    pictures: tuple[Picture, ...]
    more: int = 0


@dataclass(frozen=True)
class Rows:
    """A table; a cell is words or a share, which is drawn with its interval."""

    heading: str
    sentence: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | Share | Markup, ...], ...]
    folded: bool = False


@dataclass(frozen=True)
class Report:
    """All that a report says. ``subjects`` are compared, the first is what the pictures of errors are of.

    ``shows_plates`` False says that every plate in it was invented.
    """

    heading: str
    source: str
    lead: tuple[str, ...]
    subjects: tuple[str, ...]
    measures: tuple[Measure, ...]
    figures: tuple[Figure, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    tables: tuple[Rows, ...] = ()
    notes: tuple[str, ...] = ()
    shows_plates: bool = True


def write_report(path: Path, report: Report) -> None:
    """Write the report; folders above it are made. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page = (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            styles=STYLES,
            made_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            machine=machine(),
            command=" ".join(["roadwitness", *sys.argv[1:]]),
        )
    )
    path.write_text(page, encoding="utf-8")


def write_json(path: Path, report: Report, details: dict[str, Any]) -> None:
    """Write the figures, and what they were made from, as JSON. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "evaluated": report.heading,
        "source": report.source,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": version("roadwitness"),
        "machine": machine(),
        "figures": as_json(report.subjects, report.measures),
        **details,
    }
    path.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=1))


def machine() -> str:
    """What milliseconds were measured on, in words."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    cores = "core" if usable == 1 else "cores"
    waiting = f", {os.getloadavg()[0]:.1f} programs at work at the end" if hasattr(os, "getloadavg") else ""
    return f"{_processor()}, {usable} {cores} used{waiting}"


@cache
def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("roadwitness.evaluating"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(share=share_text, interval=interval_text)
    environment.globals.update(interval_bar=_interval_bar)
    environment.tests["share"] = lambda value: isinstance(value, Share)
    return environment


def _interval_bar(share: Share, style: str = "s0") -> Markup:
    return Markup("") if share.value is None else interval_bar(*share.interval, share.value, style)


def legend(subjects: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The colours of the things compared; empty where there is one alone."""
    return tuple(zip(STYLES, subjects, strict=False)) if len(subjects) > 1 else ()
