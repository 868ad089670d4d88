"""Drawings and pictures on a sheet: lines, areas and words in the drawing's own pixels."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fpdf.enums import RenderStyle
from PIL import Image, UnidentifiedImageError

from enforcement.errors import CaseFileError
from enforcement.papers.sheet import INK, TEXT_MM, Colour, Sheet

Point = tuple[float, float]

#: A drawing or picture is at most so high, mm, so that two stand on a page.
MOST_MM = 86.0


@dataclass(frozen=True)
class Stroke:
    """A line through ``points``; ``width`` is in mm on the paper, ``dashed`` in strokes and gaps of 1 mm."""

    points: tuple[Point, ...]
    colour: Colour = INK
    width: float = 0.3
    dashed: bool = False


@dataclass(frozen=True)
class Area:
    """An area with ``points`` as corners; ``opacity`` is that of the filling, and there may be an edge."""

    points: tuple[Point, ...]
    colour: Colour
    opacity: float = 0.15
    edge: Colour | None = None


@dataclass(frozen=True)
class Dot:
    """A round mark, ``radius`` mm on the paper."""

    at: Point
    colour: Colour
    radius: float = 0.6


@dataclass(frozen=True)
class Words:
    """Text whose foot stands at ``at``; ``align`` is start, middle or end."""

    at: Point
    text: str
    colour: Colour = INK
    align: str = "middle"
    size_pt: float = 7.0
    bold: bool = False


@dataclass(frozen=True)
class Figure:
    """A drawing of ``width`` x ``height`` pixels, drawn in the order of ``parts``."""

    title: str
    caption: str
    width: float
    height: float
    parts: tuple[Stroke | Area | Dot | Words, ...]


@dataclass(frozen=True)
class Picture:
    """A piece of evidence as a picture, with what is drawn over it in its pixels."""

    title: str
    caption: str
    content: bytes
    width: int
    height: int
    over: tuple[Stroke | Area | Dot | Words, ...] = ()
    most_mm: float = MOST_MM


def put_figure(sheet: Sheet, figure: Figure) -> None:
    """Draw over the whole width, with title and caption, all on one page."""
    scale = min(TEXT_MM / figure.width, MOST_MM / figure.height)
    _begin(sheet, figure.title, figure.height * scale)
    with _clipped(sheet, figure.width * scale, figure.height * scale) as (left, top):
        for part in figure.parts:
            _put(sheet, part, left, top, scale)
    sheet.set_y(sheet.get_y() + figure.height * scale + 1.5)
    sheet.caption(figure.caption)


def put_picture(sheet: Sheet, picture: Picture) -> None:
    """Show a picture as large as it may be, with title and caption, all on one page.

    Raises:
        CaseFileError: when its bytes are no picture.
    """
    scale = min(TEXT_MM / picture.width, picture.most_mm / picture.height)
    width, height = picture.width * scale, picture.height * scale
    _begin(sheet, picture.title, height)
    left, top = sheet.l_margin, sheet.get_y()
    try:
        with Image.open(io.BytesIO(picture.content)) as opened:
            opened.verify()
        sheet.image(io.BytesIO(picture.content), left, top, width, height, alt_text=picture.caption)
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise CaseFileError(
            f"{picture.title} is not a picture that can be printed: check it with `roadwitness evidence "
            "check`."
        ) from error
    with _clipped(sheet, width, height):
        for part in picture.over:
            _put(sheet, part, left, top, scale)
    sheet.set_y(top + height + 1.5)
    sheet.caption(picture.caption)


def _begin(sheet: Sheet, title: str, height_mm: float) -> None:
    sheet.room(height_mm + 24.0)
    if title:
        sheet.heading(title, 2)


@contextmanager
def _clipped(sheet: Sheet, width: float, height: float) -> Iterator[Point]:
    """Where the drawing begins (mm); what lies outside of it is not shown."""
    left, top = sheet.l_margin, sheet.get_y()
    # The clip alone takes back the colours of the page, and not those that the sheet believes it has.
    with sheet.local_context(), sheet.rect_clip(left, top, width, height):
        yield left, top


def _put(sheet: Sheet, part: Stroke | Area | Dot | Words, left: float, top: float, scale: float) -> None:
    def at(point: Point) -> Point:
        return left + point[0] * scale, top + point[1] * scale

    match part:
        case Stroke():
            _stroke(sheet, part, [at(point) for point in part.points])
        case Area():
            with sheet.local_context(fill_opacity=part.opacity):
                sheet.set_fill_color(*part.colour)
                sheet.polygon([at(point) for point in part.points], style=RenderStyle.F)
            if part.edge is not None:
                corners = [at(point) for point in (*part.points, part.points[0])]
                _stroke(sheet, Stroke((), part.edge, 0.25), corners)
        case Dot():
            x, y = at(part.at)
            sheet.set_fill_color(*part.colour)
            sheet.circle(x, y, part.radius, style=RenderStyle.F)
        case Words():
            _words(sheet, part, at(part.at))


def _stroke(sheet: Sheet, stroke: Stroke, points: list[Point]) -> None:
    with sheet.local_context():
        sheet.set_draw_color(*stroke.colour)
        sheet.set_line_width(stroke.width)
        if stroke.dashed:
            sheet.set_dash_pattern(dash=1.2, gap=1.0)
        sheet.polyline(points)


def _words(sheet: Sheet, words: Words, at: Point) -> None:
    sheet.write_at(words.text, at, words.size_pt, words.colour, words.align, bold=words.bold)
