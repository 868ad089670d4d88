"""The last page of a notice: a form for those who answer by post."""

from __future__ import annotations

from enforcement.papers.sheet import INK, Sheet
from enforcement.papers.texts import Texts

_BOX_MM = 4.5
_LINE_MM = 9.0


def write_keepers_form(sheet: Sheet, texts: Texts, number: str) -> None:
    """Write the keeper's form on a page of its own; ``number`` is by what the answer is found again."""
    _head(sheet, texts, number)
    _box(sheet, texts.say("notice.form_driver"))
    sheet.ln(5.0)
    _box(sheet, texts.say("notice.form_other"))
    for name, lines in (("form_name", 1), ("form_address", 3), ("form_licence", 1)):
        _lines(sheet, texts.say(f"notice.{name}"), lines)
    sheet.ln(5.0)
    _box(sheet, texts.say("notice.form_dispute"))
    _lines(sheet, "", 6)
    _foot(sheet, texts)


def write_drivers_form(sheet: Sheet, texts: Texts, number: str) -> None:
    """Write the form of a driver whom the keeper named on a page of its own."""
    _head(sheet, texts, number)
    _box(sheet, texts.say("driver_notice.form_driver"))
    sheet.ln(5.0)
    _box(sheet, texts.say("driver_notice.form_denied"))
    _lines(sheet, "", 8)
    _foot(sheet, texts)


def _head(sheet: Sheet, texts: Texts, number: str) -> None:
    sheet.add_page()
    sheet.heading(texts.say("notice.form_title"))
    sheet.facts([(texts.say("notice.number"), number)], strong=(0,))
    sheet.paragraph(texts.say("notice.form_tick"))


def _foot(sheet: Sheet, texts: Texts) -> None:
    sheet.ln(6.0)
    _lines(sheet, texts.say("notice.form_signed"), 1)


def _box(sheet: Sheet, text: str) -> None:
    sheet.set_draw_color(*INK)
    sheet.set_line_width(0.35)
    sheet.rect(sheet.l_margin, sheet.get_y(), _BOX_MM, _BOX_MM)
    sheet.set_x(sheet.l_margin + 8.0)
    sheet.paragraph_here(text)


def _lines(sheet: Sheet, name: str, count: int) -> None:
    """Lines to write on, the name small below the first of them."""
    sheet.set_draw_color(*INK)
    sheet.set_line_width(0.2)
    left, right = sheet.l_margin + 8.0, sheet.w - sheet.r_margin
    for number in range(count):
        sheet.ln(_LINE_MM)
        sheet.line(left, sheet.get_y(), right, sheet.get_y())
        if number == 0 and name:
            sheet.write_small(name, (left, sheet.get_y() + 3.4))
    sheet.ln(3.5)
