"""How plates of a country look: the layout files, one TOML a country, read into frozen structures.

Sizes are millimetres on the plate, colours are ``#rrggbb``, weights are relative, chances are 0 to 1.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from detectors.training.plateart.patterns import SEPARATORS, BadPattern, Pattern, compile_pattern
from streams.errors import RoadwitnessError

#: The layouts that come with the package.
OWN_LAYOUTS = Path(__file__).parent / "layouts"


class LayoutError(RoadwitnessError):
    """A layout file that is missing, is no TOML, or describes an impossible plate."""


class Paint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One pair of colours; ``to`` makes the background a gradient from ``plate`` at the top to ``to``."""

    plate: str
    ink: str
    weight: float = 1.0
    to: str = ""
    border: str = ""


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A coloured band along one side; ``letters`` stand at its end, ``stars`` or a ``flag`` above them."""

    side: Literal["left", "right", "top", "bottom"]
    width_mm: float
    colour: str = "#0b3a9b"
    letters: tuple[str, ...] = ()
    ink: str = "#f5f5f5"
    emblem: tuple[str, ...] = ()
    chance: float = 1.0


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of characters: their height, the middle's distance from the plate's top, gaps in between.

    With ``cell_mm`` every character may stand in a cell of that width, as many dies are cut.
    """

    height_mm: float
    middle_mm: float
    gap_mm: float = 7.0
    space_mm: float = 20.0
    stretch: tuple[float, float] = (0.95, 1.05)
    cell_mm: float = 0.0
    cell_chance: float = 1.0
    small: float = 0.7
    align: Literal["centre", "left", "spread"] = "centre"


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A format with its weight; ``text`` is in the language of :mod:`.patterns`."""

    text: str
    weight: float = 1.0


class Decoy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Small print that is no part of the text, its middle at ``at`` (fractions of width and height)."""

    text: str
    at: tuple[float, float]
    height_mm: float
    chance: float = 1.0
    face: Literal["sans", "serif", "script", "any"] = "sans"
    ink: str = ""


class Marks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may stand at ``~`` of a pattern (an emblem's name, or none), and how wide it is at most."""

    seal: tuple[str, ...] = ("none",)
    seal_mm: float = 50.0


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of plate of one country."""

    country: str
    name: str
    weight: float
    size_mm: tuple[float, float]
    looks: dict[str, float]
    paints: tuple[Paint, ...]
    rows: tuple[Row, ...]
    wordings: tuple[Wording, ...]
    patterns: tuple[Pattern, ...]
    border_mm: float = 0.0
    border_chance: float = 1.0
    corner_mm: float = 8.0
    bands: tuple[Band, ...] = ()
    decoys: tuple[Decoy, ...] = ()
    small_print: tuple[Pattern, ...] = ()
    marks: Marks = Marks()
    scene: Literal["plain", "states"] = "plain"
    traits: tuple[str, ...] = ()
    emboss: tuple[float, float] = (0.2, 1.0)
    height_px: int = 0

    @property
    def key(self) -> str:
        """Such as ``de/one-line``: unique over all countries."""
        return f"{self.country.lower()}/{self.name}"


class _LayoutEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    size_mm: tuple[float, float]
    rows: tuple[Row, ...]
    wordings: tuple[Wording, ...]
    weight: float = 1.0
    looks: dict[str, float] = {}
    paints: tuple[Paint, ...] = ()
    border_mm: float = 0.0
    border_chance: float = 1.0
    corner_mm: float = 8.0
    bands: tuple[Band, ...] = ()
    decoys: tuple[Decoy, ...] = ()
    marks: Marks = Marks()
    scene: Literal["plain", "states"] = "plain"
    traits: tuple[str, ...] = ()
    emboss: tuple[float, float] = (0.2, 1.0)
    height_px: int = 0


class _CountryFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    country: str
    weight: float
    source: str
    looks: dict[str, float]
    paints: tuple[Paint, ...]
    layouts: tuple[_LayoutEntry, ...]
    sets: dict[str, tuple[str, ...]] = {}


def load_layouts(folder: Path | None = None) -> tuple[Layout, ...]:
    """All layouts of ``folder`` (the package's own without one), sorted by country.

    A layout's weight is the country's, shared among its layouts by theirs. Raises :class:`LayoutError`.
    """
    folder = OWN_LAYOUTS if folder is None else folder
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise LayoutError(f"No layout file lies in {folder}: give a folder with one TOML file a country.")
    layouts = [layout for file in files for layout in _read_country(file)]
    keys = [layout.key for layout in layouts]
    for key in keys:
        if keys.count(key) > 1:
            raise LayoutError(f"The layout {key} is there twice in {folder}: give one another name.")
    return tuple(layouts)


def _read_country(file: Path) -> list[Layout]:
    try:
        read = msgspec.toml.decode(file.read_bytes(), type=_CountryFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise LayoutError(f"The layout file {file.name} cannot be read: {error}.") from error
    total = sum(entry.weight for entry in read.layouts)
    return [_layout(file, read, entry, read.weight * entry.weight / total) for entry in read.layouts]


def _layout(file: Path, read: _CountryFile, entry: _LayoutEntry, weight: float) -> Layout:
    try:
        patterns = tuple(compile_pattern(wording.text, read.sets) for wording in entry.wordings)
        small_print = tuple(compile_pattern(decoy.text, read.sets) for decoy in entry.decoys)
    except BadPattern as error:
        raise LayoutError(f"The layout file {file.name} cannot be used: {error}") from error
    for wording in entry.wordings:
        if wording.text.count("/") + 1 != len(entry.rows):
            raise LayoutError(
                f"The layout {entry.name} of {file.name} has {len(entry.rows)} rows, its format "
                f"{wording.text!r} other ones: separate the lines by {SEPARATORS[5]!r}."
            )
    if not entry.wordings or min(entry.size_mm) <= 0 or weight < 0:
        raise LayoutError(f"The layout {entry.name} of {file.name} needs formats, a size and a weight.")
    fields = {name: getattr(entry, name) for name in entry.__struct_fields__} | {
        "country": read.country,
        "weight": weight,
        "looks": entry.looks or read.looks,
        "paints": entry.paints or read.paints,
        "patterns": patterns,
        "small_print": small_print,
    }
    return Layout(**fields)
