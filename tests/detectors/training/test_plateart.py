"""Printed plates: what formats give, what layout files must say, and what a printed plate promises."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.training.plateart import typeset
from detectors.training.plateart.emblems import EMBLEMS, emblem
from detectors.training.plateart.glyphs import PROVINCES, GlyphLibrary, NoGlyph
from detectors.training.plateart.layouts import LayoutError, load_layouts
from detectors.training.plateart.lettering import Lettering
from detectors.training.plateart.patterns import BadPattern, compile_pattern, plain_text
from detectors.training.plateart.relief import plain, press
from detectors.training.plateart.rendering import PlatePrinter, draw_display
from detectors.training.plateart.sheet import contact_sheet
from detectors.training.plateart.states import dress_state
from detectors.training.plateart.typeset import Typesetter

LAYOUTS = {layout.key: layout for layout in load_layouts()}
GLYPHS = GlyphLibrary.open()

#: Chinese characters need a typeface, and none comes with the software.
ONE_OF_A_COUNTRY = {layout.country: key for key, layout in LAYOUTS.items() if layout.country != "CN"}

COUNTRY = """
country = "XX"
weight = 1.0
source = "A standard"
looks = {{ din = 1.0 }}
paints = [{{ plate = "#ffffff", ink = "#000000" }}]
[[layouts]]
name = "one"
size_mm = [520, 110]
rows = [{{ height_mm = 75, middle_mm = 55 }}]
wordings = [{{ text = "{text}" }}]
{more}
"""


@pytest.fixture(autouse=True)
def _one_style_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """One alphabet of each look is enough here, and is cut once for all tests."""
    monkeypatch.setattr(typeset, "STYLES", {"": 1})


def bar(_: str) -> NDArray[np.uint8]:
    """A die whose every character is a full block."""
    return np.full((72, 30), 255, np.uint8)


def printed(key: str, seed: int) -> NDArray[np.uint8]:
    return PlatePrinter([LAYOUTS[key]], GLYPHS).print(np.random.default_rng(seed)).image


@pytest.mark.parametrize(
    ("pattern", "gives"),
    [
        ("AB", "AB"),
        (r"[A-C]\d", r"[A-C]\d"),
        (r"[A-HJ-NP-Z]{2}\d{3}", r"[A-HJ-NP-Z]{2}\d{3}"),
        (r"[A-C\d]{4}", r"[A-C\d]{4}"),
        ("A(B|CD)?E", "A(B|CD)?E"),
        ("A-?B", "A-?B"),
        ("%place% [12]", "(WA|KR) [12]"),
        ("A[-X]B", "A[-X]B"),
    ],
)
def test_a_pattern_gives_what_the_regular_expression_it_looks_like_accepts(pattern: str, gives: str) -> None:
    compiled = compile_pattern(pattern, {"place": ("WA", "KR")})
    rng = np.random.default_rng(1)
    texts = {compiled.draw(rng) for _ in range(200)}
    assert all(re.fullmatch(gives, text) for text in texts), texts
    assert len(texts) > 1 or pattern == "AB"


@pytest.mark.parametrize(
    "pattern", ["A)", "(A", "[A", "[]", "A{2", "A{x}", "A{3,2}", r"\w", "A*", "%nowhere%", "%"]
)
def test_a_pattern_that_cannot_be_understood_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern, match="pattern"):
        compile_pattern(pattern, {})


@pytest.mark.parametrize(
    ("display", "text"),
    [("M~AB 123", "MAB123"), ("A123BC~<77>", "A123BC77"), ("京A.12345", "京A12345"), ("ČK~12-A/B", "CK12AB")],
)
def test_the_text_holds_the_characters_without_marks_and_gaps(display: str, text: str) -> None:
    assert plain_text(display) == text


def test_there_are_plates_of_the_world_and_one_in_five_is_american() -> None:
    weights = {layout.key: layout.weight for layout in LAYOUTS.values()}
    countries = {layout.country for layout in LAYOUTS.values()}
    assert len(countries) >= 45
    assert {"US", "CN", "BR", "DE", "FR", "GB", "IT", "ES", "NL", "PL", "RO", "ID"} <= countries
    of_states = sum(weight for key, weight in weights.items() if key.startswith("us/"))
    assert 0.2 < of_states / sum(weights.values()) < 0.3
    assert sum(key.startswith("us/") for key in weights) >= 12


@pytest.mark.parametrize("key", LAYOUTS)
def test_every_format_gives_register_texts_with_as_many_lines_as_rows(key: str) -> None:
    layout, rng = LAYOUTS[key], np.random.default_rng(3)
    for _ in range(60):
        display = draw_display(rng, layout)
        assert re.fullmatch(f"[A-Z0-9{PROVINCES}学警港澳挂使领]{{1,10}}", plain_text(display)), display
        assert display.count("/") + 1 == len(layout.rows)


@pytest.mark.parametrize(
    ("key", "format_"),
    [
        ("cn/blue", rf"[{PROVINCES}][A-HJ-NP-Z][A-HJ-NP-Z\d]{{5}}"),
        ("cn/energy", rf"[{PROVINCES}][A-HJ-NP-Z][A-HJ-NP-Z\d]{{6}}"),
        ("br/grey", r"[A-Z]{3}\d{4}"),
        ("br/mercosul", r"[A-Z]{3}\d[A-Z]\d{2}"),
        ("es/one-line", r"\d{4}[BCDFGHJKLMNPRSTVWXYZ]{3}"),
        ("fr/siv", r"[A-HJ-NP-TV-Z]{2}\d{3}[A-HJ-NP-TV-Z]{2}"),
        ("it/rear", r"[A-HJ-NPR-TV-Z]{2}\d{3}[A-HJ-NPR-TV-Z]{2}"),
        ("ru/one-line", r"[ABEKMHOPCTYX]\d{3}[ABEKMHOPCTYX]{2}\d{2,3}"),
        ("ro/one-line", r"([A-Z]{2}\d{2}|B\d{2,3})[A-Z]{3}|[A-Z]{1,2}\d{6}"),
        ("us/light", r"[A-Z0-9]{4,7}"),
    ],
)
def test_a_countrys_texts_keep_to_its_format(key: str, format_: str) -> None:
    rng = np.random.default_rng(5)
    for _ in range(200):
        text = plain_text(draw_display(rng, LAYOUTS[key]))
        assert re.fullmatch(format_, text), text


@pytest.mark.parametrize(
    ("text", "more", "says"),
    [
        ("AB/12", "", "rows"),
        ("%nowhere%", "", "nowhere"),
        ("AB", "colour = 1", "colour"),
        ("AB", "weight = 'much'", "weight"),
        ("AB", "[[", "xx.toml"),
    ],
)
def test_a_layout_file_that_contradicts_itself_is_refused(
    tmp_path: Path, text: str, more: str, says: str
) -> None:
    (tmp_path / "xx.toml").write_text(COUNTRY.format(text=text, more=more))
    with pytest.raises(LayoutError, match=says):
        load_layouts(tmp_path)


def test_a_folder_without_layouts_and_a_layout_there_twice_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="No layout file"):
        load_layouts(tmp_path)
    for name in ("xx.toml", "yy.toml"):
        (tmp_path / name).write_text(COUNTRY.format(text="AB", more=""))
    with pytest.raises(LayoutError, match="xx/one is there twice"):
        load_layouts(tmp_path)


def test_a_text_too_long_for_any_register_is_refused(tmp_path: Path) -> None:
    (tmp_path / "xx.toml").write_text(COUNTRY.format(text="A{11}", more=""))
    with pytest.raises(LayoutError, match="xx/one"):
        draw_display(np.random.default_rng(1), load_layouts(tmp_path)[0])


@pytest.mark.parametrize("key", ONE_OF_A_COUNTRY.values())
def test_a_plate_of_every_country_is_printed_flat_with_its_label(key: str) -> None:
    layout = LAYOUTS[key]
    plate = PlatePrinter([layout], GLYPHS).print(np.random.default_rng(11))
    height, width = plate.image.shape[:2]
    assert plate.image.dtype == np.uint8
    assert 96 <= height <= 180
    assert 0.75 < (width / height) / (layout.size_mm[0] / layout.size_mm[1]) < 1.1
    assert (plate.country, plate.layout, plate.lines) == (layout.country, key, len(layout.rows))
    assert plate.image.std() > 10


def test_the_generator_alone_decides_what_is_printed() -> None:
    used = PlatePrinter(tuple(LAYOUTS[key] for key in ("us/light", "de/one-line")), GLYPHS)
    first = [used.print(np.random.default_rng(seed)) for seed in (1, 2, 3)]
    fresh = PlatePrinter(tuple(LAYOUTS[key] for key in ("us/light", "de/one-line")), GLYPHS)
    again = [fresh.print(np.random.default_rng(seed)) for seed in (3, 2, 1)][::-1]
    for one, other in zip(first, again, strict=True):
        assert one.text == other.text
        assert np.array_equal(one.image, other.image)
    assert len({plate.text for plate in first}) == 3


def test_weights_replace_a_countrys_share_and_leave_countries_out() -> None:
    layouts = tuple(LAYOUTS[key] for key in ("us/light", "us/dark", "de/one-line", "cn/blue"))
    printer = PlatePrinter(layouts, GLYPHS, weights={"CN": 0.0, "US": 1.0, "DE": 3.0})
    rng = np.random.default_rng(2)
    countries = [printer.print(rng).country for _ in range(200)]
    assert 110 < countries.count("DE") < 185
    assert countries.count("CN") == 0


def test_nothing_to_print_and_a_character_without_a_glyph_are_said_plainly() -> None:
    with pytest.raises(LayoutError, match="above zero"):
        PlatePrinter([LAYOUTS["de/one-line"]], GLYPHS, weights={"DE": 0.0})
    with pytest.raises(NoGlyph, match="typefaces"):
        printed("cn/blue", 1)


@pytest.mark.parametrize("display", ["WWWWWWWW", "W W W W W W", "II", "A~B"])
@pytest.mark.parametrize("key", ["us/light", "de/one-line", "us/motorcycle"])
def test_characters_stay_between_the_columns_left_for_them_and_apart(key: str, display: str) -> None:
    setter, rng = Typesetter(GLYPHS), np.random.default_rng(4)
    setting = setter.set(rng, display, LAYOUTS[key], setter.style(rng, "us"), (96, 260), (40, 230))
    columns = np.flatnonzero(setting.characters.max(axis=0))
    assert columns[0] >= 38
    assert columns[-1] <= 231
    groups = 1 + np.count_nonzero(np.diff(np.flatnonzero(setting.characters.max(axis=0) > 100)) > 1)
    assert groups == len(plain_text(display))
    assert len(setting.gaps) == display.count("~")


@pytest.mark.parametrize("seed", range(8))
def test_a_class_of_the_same_die_stands_outside_the_columns_left_for_the_number(seed: int) -> None:
    rng, picture = np.random.default_rng(seed), plain(112, 226, (255, 255, 255))
    layout = msgspec.structs.replace(LAYOUTS["us/classed"], traits=("die-stack",))
    left, right = dress_state(rng, layout, picture, (0, 0, 0), (10, 216), Lettering(), bar)
    dark = np.flatnonzero(picture.max(axis=2).min(axis=0) < 60)
    stacked = right - left < 206
    assert stacked or not len(dark)
    if stacked:
        assert (dark[-1] < left) if left > 10 else (dark[0] >= right)
        rows = np.flatnonzero((picture.max(axis=2) < 60).any(axis=1))
        assert np.count_nonzero(np.diff(rows) > 1) in (1, 2)  # two or three, apart
        assert rows[0] > 10


@pytest.mark.parametrize("kind", sorted(EMBLEMS))
def test_an_emblem_shows_and_is_the_same_each_time(kind: str) -> None:
    drawn = emblem(kind, 3, 40, 40)
    assert drawn.shape == (40, 40, 4)
    assert (drawn[:, :, 3] > 127).mean() > 0.03
    emblem.cache_clear()
    assert (emblem(kind, 3, 40, 40) == drawn).all()


def test_a_divider_reaches_from_edge_to_edge_and_is_no_character() -> None:
    layout = LAYOUTS["ru/bold"]
    layout = msgspec.structs.replace(layout, marks=msgspec.structs.replace(layout.marks, seal=("divider",)))
    plate = PlatePrinter([layout], GLYPHS).print(np.random.default_rng(2))
    inner = plate.image[6:-6, 20:-20].max(axis=2) < 110
    assert inner.mean(axis=0).max() > 0.95
    assert re.fullmatch(r"[A-Z]\d{3}[A-Z]{2}\d{2,3}", plate.text)


def test_a_marked_letter_is_lower_and_its_mark_stands_above_it() -> None:
    setter, rng = Typesetter(GLYPHS), np.random.default_rng(4)
    layout, style = LAYOUTS["de/one-line"], setter.style(rng, "din")
    tops = []
    for letter in ("U", "Ü"):
        one = setter.set(np.random.default_rng(1), letter, layout, style, (96, 260), (40, 230)).characters
        rows = np.flatnonzero(one.max(axis=1) > 100)
        middle = one[:, (np.flatnonzero(one.max(axis=0)).min() + np.flatnonzero(one.max(axis=0)).max()) // 2]
        tops.append((rows[0], rows[-1], int(np.count_nonzero(np.diff(rows) > 1)), middle))
    assert abs(tops[0][0] - tops[1][0]) <= 4
    assert tops[0][1] == tops[1][1]
    assert (tops[0][2], tops[1][2]) == (0, 1)


def test_pressing_brightens_the_side_towards_the_light_and_darkens_the_other() -> None:
    picture, shape = plain(60, 60, (128, 128, 128)), np.zeros((60, 60), np.uint8)
    cv2.rectangle(shape, (20, 20), (40, 40), 255, -1)
    press(picture, shape, 40, (0, -1))
    assert picture[19:21, 30].max() > 150
    assert picture[40:42, 30].min() < 106
    assert (picture[30, 30] == 128).all()


def test_small_print_is_never_as_tall_as_the_characters_and_fits_its_room() -> None:
    rng = np.random.default_rng(1)
    for face in ("sans", "serif", "script", "any"):
        mask = Lettering().words(rng, "TAXATION WITHOUT REPRESENTATION", face, 10, 120)
        assert mask.shape[1] <= 120
        assert 8 <= mask.shape[0] <= 20
        assert mask.max() > 60


def test_a_contact_sheet_shows_every_plate() -> None:
    printer = PlatePrinter([LAYOUTS["us/light"], LAYOUTS["de/two-line"]], GLYPHS)
    rng = np.random.default_rng(1)
    sheet = contact_sheet([printer.print(rng) for _ in range(5)], columns=3)
    assert sheet.shape == (300, 780, 3)


def test_the_table_of_layouts_names_every_layout() -> None:
    table = (Path(__file__).parents[3] / "docs" / "plate-layouts.md").read_text()
    missing = [key for key in LAYOUTS if f"`{key}`" not in table]
    assert not missing
