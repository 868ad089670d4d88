"""The dashboards as people describe them: one TOML file each, rows of panels with a query."""

from __future__ import annotations

from pathlib import Path

import msgspec

from streams.errors import RoadwitnessError

_HERE = Path(__file__).parent
#: The dashboards, in the order of a first look.
NAMES = ("operations", "traffic", "enforcement")
#: Width of Grafana's grid.
COLUMNS = 24


class DescriptionError(RoadwitnessError):
    """A description of a dashboard is not written as it should be; the text names the place."""


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table that may hold nothing but its own fields."""


class PromQuery(_Strict, frozen=True):
    """A question to Prometheus; ``legend`` names a line after its labels, as in ``{{camera}}``."""

    expr: str
    legend: str = ""


class Threshold(_Strict, frozen=True):
    """From ``value`` on a figure has this colour."""

    value: float
    colour: str


class Panel(_Strict, frozen=True):
    """One panel: a question to ClickHouse (``sql``) or to Prometheus (``promql``), and how it is shown.

    ``kind`` is a panel type of Grafana's, ``unit`` one of its units; ``width`` is in 24ths of the page.
    ``units`` are those of columns that have another one. ``interval`` is the least that a point of a graph
    stands for, ``stacked`` puts lines on top of each other, ``heat`` colours a table's cells by their value.
    """

    title: str
    kind: str
    about: str
    sql: str = ""
    promql: tuple[PromQuery, ...] = ()
    unit: str = "short"
    units: dict[str, str] = {}
    width: int = 12
    height: int = 8
    interval: str = ""
    stacked: bool = False
    heat: bool = False
    decimals: int | None = None
    thresholds: tuple[Threshold, ...] = ()


class Row(_Strict, frozen=True):
    """Panels under one heading."""

    title: str
    panels: tuple[Panel, ...]


class Variable(_Strict, frozen=True):
    """Something to pick at the top of the page, several or all; ``sql`` lists what there is."""

    name: str
    label: str
    sql: str


class Board(_Strict, frozen=True):
    """One dashboard."""

    uid: str
    title: str
    about: str
    from_: str = msgspec.field(name="from", default="now-7d")
    refresh: str = "1m"
    variables: tuple[Variable, ...] = ()
    rows: tuple[Row, ...] = ()

    @property
    def name(self) -> str:
        """Short, as its files are called."""
        return self.uid.removeprefix("roadwitness-")

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All panels, in reading order."""
        return tuple(panel for row in self.rows for panel in row.panels)


def board(name: str) -> Board:
    """The dashboard described in ``NAME.toml`` beside this file.

    Raises:
        DescriptionError: when it says something that a dashboard does not have.
    """
    path = _HERE / f"{name}.toml"
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Board)
    except msgspec.DecodeError as error:
        raise DescriptionError(f"{path.name} is wrong: {error}; correct it.") from error


def boards() -> list[Board]:
    """All dashboards."""
    return [board(name) for name in NAMES]
