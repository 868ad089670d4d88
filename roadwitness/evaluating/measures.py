"""The figures of an evaluation, said once: for the terminal, the report and the JSON file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from detectors.evaluation.shares import Share


@dataclass(frozen=True)
class Quantity:
    """A figure that is no share, None where there is none; written with ``digits`` after the point."""

    value: float | None
    digits: int = 2
    unit: str = ""

    def __str__(self) -> str:
        """As it is written, with its unit.

        >>> str(Quantity(1.234, 1, "ms"))
        '1.2 ms'
        """
        return "–" if self.value is None else f"{self.value:.{self.digits}f} {self.unit}".rstrip()


Value = Share | Quantity


@dataclass(frozen=True)
class Measure:
    """One line: what is measured, a sentence on what that means, and a value for each thing compared.

    ``key`` names it in the JSON file.
    """

    key: str
    label: str
    meaning: str
    values: tuple[Value, ...]


def share_text(share: Share) -> str:
    """A share to three digits, a dash for an empty sample.

    >>> share_text(Share(9, 10)), share_text(Share(0, 0))
    ('0.900', '–')
    """
    return "–" if share.value is None else f"{share.value:.3f}"


def interval_text(share: Share) -> str:
    """The interval of a share and its sample.

    >>> interval_text(Share(9, 10))
    '0.596–0.982, 9 of 10'
    """
    if share.value is None:
        return "no sample"
    return "{:.3f}–{:.3f}, {} of {}".format(*share.interval, share.hits, share.of)


def as_table(title: str, subjects: Sequence[str], measures: Sequence[Measure]) -> Table:
    """A column for each thing compared; below a share its 95 % interval and sample."""
    table = Table(title, box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for subject in subjects:
        table.add_column(subject, overflow="fold")
    for measure in measures:
        table.add_row(measure.label, *map(_cell, measure.values))
    return table


def _cell(value: Value) -> Text:
    if isinstance(value, Quantity):
        return Text(str(value), "bold")
    return Text.assemble((share_text(value), "bold"), "\n", (interval_text(value), "dim"))


def as_json(subjects: Sequence[str], measures: Sequence[Measure]) -> dict[str, dict[str, Any]]:
    """The figures by subject and key; a share with its bounds and its sample."""
    return {
        subject: {measure.key: _plain(measure.values[i]) for measure in measures}
        for i, subject in enumerate(subjects)
    }


def _plain(value: Value) -> Any:
    if isinstance(value, Quantity):
        return value.value
    low, high = value.interval
    return {"share": value.value, "low": low, "high": high, "hits": value.hits, "of": value.of}
