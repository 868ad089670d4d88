"""A sheet of paper: page size, type, tables, and on every page whose case it is and which of how many it is.

The same calls with the same time always give the same bytes, so a paper can be made again and compared.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace

Colour = tuple[int, int, int]

INK: Colour = (23, 28, 36)
MUTED: Colour = (86, 96, 110)
LINE: Colour = (196, 202, 211)
ACCENT: Colour = (29, 79, 145)
BAD: Colour = (161, 38, 43)
ORANGE: Colour = (201, 84, 17)
PALE: Colour = (240, 242, 246)

#: The width between the margins, mm.
TEXT_MM = 170.0
_MARGIN_MM = 20.0
_HEAD_MM, _FOOT_MM = 24.0, 22.0
_TYPE = "text"
_BODY_PT, _SMALL_PT = 10.0, 8.5
_LEADING = 0.49  # mm of line for a point of type


@dataclass(frozen=True)
class Footing:
    """What stands on every page, in the paper's language; ``pages`` says ``{page} of {pages}`` in it."""

    left: str
    right: str
    pages: str


class Sheet(FPDF):
    """Pages of A4 that are written from top to bottom."""

    def __init__(self, title: str, language: str, made_at_ns: int, footing: Footing) -> None:
        """Begin a paper; ``made_at_ns`` (UTC ns) is the time that the file itself bears."""
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self._footing = footing
        folder = files("font_source_sans_pro") / "files"
        for style, name in (("", "Regular"), ("B", "Semibold")):
            self.add_font(_TYPE, style, Path(str(folder / f"SourceSansPro-{name}.ttf")))
        self.set_title(title)
        self.set_lang(language)
        self.set_creator("Roadwitness")
        self.set_creation_date(datetime.datetime.fromtimestamp(made_at_ns // 1_000_000_000, tz=datetime.UTC))
        self.set_margins(_MARGIN_MM, _HEAD_MM, _MARGIN_MM)
        self.c_margin = 0.0
        self.set_auto_page_break(True, _FOOT_MM)
        self.add_page()

    def header(self) -> None:
        """Whose case it is, on top of each page."""
        self._type(_SMALL_PT, MUTED)
        self.set_y(12.0)
        self.cell(TEXT_MM / 2, 5, self._footing.left)
        self.cell(TEXT_MM / 2, 5, self._footing.right, align="R")
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)
        self.line(_MARGIN_MM, 18.0, _MARGIN_MM + TEXT_MM, 18.0)
        self.set_y(_HEAD_MM)

    def footer(self) -> None:
        """Which page of how many, at the foot of each."""
        self.set_y(-14.0)
        self._type(_SMALL_PT, MUTED)
        shown = self._footing.pages.format(page=self.page_no(), pages="{nb}")
        self.cell(TEXT_MM, 5, shown, align="C")

    def heading(self, text: str, level: int = 1) -> None:
        """A heading; one of the first level can be jumped to from the reader's outline."""
        size, before, room = {0: (22.0, 0.0, 30.0), 1: (14.0, 6.0, 40.0), 2: (11.0, 3.0, 25.0)}[level]
        if self.will_page_break(room):
            self.add_page()
        else:
            self.ln(before if self.get_y() > _HEAD_MM else 0)
        if level == 1:
            self.start_section(text)
        self._type(size, INK, "B")
        self._lines(text, size)
        self.ln(1.5)

    def paragraph(self, text: str, *, colour: Colour = INK, bold: bool = False, small: bool = False) -> None:
        """Text over the whole width, not parted between two pages."""
        size = _SMALL_PT if small else _BODY_PT
        self._type(size, colour, "B" if bold else "")
        if self.will_page_break(self._height_of(text, size)):
            self.add_page()
            self._type(size, colour, "B" if bold else "")
        self._lines(text, size)
        self.ln(2.0)

    def paragraph_here(self, text: str) -> None:
        """Text from where the pen stands to the right margin."""
        self._type(_BODY_PT, INK)
        self._lines(text, _BODY_PT, self.w - self.r_margin - self.get_x())

    def write_small(self, text: str, at: tuple[float, float]) -> None:
        """A small note whose foot stands at a place of the page (mm)."""
        self._type(_SMALL_PT, MUTED)
        self.text(at[0], at[1], text)

    def address(self, lines: Iterable[str]) -> None:
        """Lines of an address, none of them filled up."""
        self._type(_BODY_PT, INK)
        for line in lines:
            self._lines(line, _BODY_PT)

    def points(self, texts: Iterable[str], numbered: bool = False) -> None:
        """A list with numbers or dots."""
        self._type(_BODY_PT, INK)
        for number, text in enumerate(texts, 1):
            if self.will_page_break(2 * _BODY_PT * _LEADING):
                self.add_page()
                self._type(_BODY_PT, INK)
            self.cell(7.0, _BODY_PT * _LEADING, f"{number}." if numbered else "•")
            self._lines(text, _BODY_PT, TEXT_MM - 7.0)
            self.ln(1.0)
        self.ln(1.0)

    def facts(
        self, rows: Sequence[tuple[str, str]], name_mm: float = 52.0, strong: Iterable[int] = ()
    ) -> None:
        """Names with their values, one a row; ``strong`` are the rows that matter most."""
        heavy = set(strong)
        self._ready_for_table()
        self._type(_BODY_PT, INK)
        with self.table(
            col_widths=(name_mm, TEXT_MM - name_mm),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            first_row_as_headings=False,
            line_height=_BODY_PT * _LEADING,
            padding=(0.8, 1, 0.8, 0),
            text_align="L",
        ) as table:
            for number, (name, value) in enumerate(rows):
                face = FontFace(emphasis="B") if number in heavy else None
                row = table.row()
                row.cell(name, style=FontFace(color=MUTED) if face is None else face)
                row.cell(value, style=face)
        self.ln(3.0)

    def columns(
        self,
        heads: Sequence[str],
        rows: Iterable[Sequence[str]],
        widths: Sequence[float],
        right: Iterable[int] = (),
    ) -> None:
        """A table whose head stands again on each page; the columns in ``right`` hold numbers."""
        numbers = set(right)
        self._ready_for_table()
        self._type(_SMALL_PT, INK)
        with self.table(
            col_widths=tuple(width * TEXT_MM / sum(widths) for width in widths),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(emphasis="B", fill_color=PALE),
            line_height=_SMALL_PT * _LEADING,
            padding=(0.8, 1, 0.8, 1),
            text_align=tuple("R" if index in numbers else "L" for index in range(len(heads))),
        ) as table:
            for cells in (heads, *rows):
                row = table.row()
                for cell in cells:
                    row.cell(cell)
        self.ln(3.0)

    def room(self, height_mm: float) -> None:
        """Go on to the next page where less than this height is left on the present one."""
        if self.will_page_break(height_mm):
            self.add_page()

    def caption(self, text: str) -> None:
        """What a picture above shows."""
        self._type(_SMALL_PT, MUTED)
        self._lines(text, _SMALL_PT)
        self.ln(3.0)

    def write_at(
        self, text: str, at: tuple[float, float], size_pt: float, colour: Colour, align: str, *, bold: bool
    ) -> None:
        """One line of text whose foot stands at a place of the page (mm); ``align``: start, middle, end."""
        self._type(size_pt, colour, "B" if bold else "")
        part = {"start": 0.0, "middle": 0.5, "end": 1.0}[align]
        self.text(at[0] - part * self.get_string_width(text), at[1], text)

    def as_bytes(self) -> bytes:
        """The file."""
        return bytes(self.output())

    def _ready_for_table(self) -> None:
        """A table takes over the colours that were last drawn with."""
        self.set_fill_color(255, 255, 255)
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)

    def _type(self, size_pt: float, colour: Colour, style: str = "") -> None:
        self.set_font(_TYPE, style, size_pt)
        self.set_text_color(*colour)

    def _height_of(self, text: str, size_pt: float) -> float:
        height = self.multi_cell(
            TEXT_MM, size_pt * _LEADING, text, dry_run=True, output=MethodReturnValue.HEIGHT
        )
        assert isinstance(height, float)
        return height

    def _lines(self, text: str, size_pt: float, width_mm: float = TEXT_MM) -> None:
        self.multi_cell(width_mm, size_pt * _LEADING, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
