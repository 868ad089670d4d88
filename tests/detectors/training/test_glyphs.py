"""Glyphs for drawn plates: what comes out, what can be told apart as on real plates, how styles vary."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.training.plateart import faces, fonts, strokes
from detectors.training.plateart.faces import Face, build, faces_in, shaped
from detectors.training.plateart.fonts import Fetched, FontsUnavailable, fetch
from detectors.training.plateart.forms import Form
from detectors.training.plateart.glyphs import (
    CHINESE,
    LATIN,
    PROVINCES,
    GlyphLibrary,
    GlyphStyle,
    NoGlyph,
    UnknownLook,
)
from detectors.training.plateart.looks import LOOKS

LIBRARY = GlyphLibrary.open()
BUILT_IN = Face(None)
PAIRS = ["38", "68", "98", "69", "27", "5S", "B8", "CG", "PR", "EF", "VY", "UV", "4A", "0D", "HN", "MN", "VW"]


def drawn(look: str, seed: int, kind: str = "stroke") -> GlyphStyle:
    rng = np.random.default_rng(seed)
    while (style := LIBRARY.styles(rng, look)).kind != kind:
        pass
    return style


def overlap(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Intersection over union of two inks, both brought to 40 by 64 pixels."""
    return float(np.minimum(first, second).sum() / np.maximum(first, second).sum())


def alike(style: GlyphStyle, first: str, second: str) -> float:
    return overlap(*(LIBRARY.mask(style, each, 64, 40).astype(float) for each in (first, second)))


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_every_look_draws_every_character_to_the_full_height_and_cropped(look: str) -> None:
    style = drawn(look, seed=1)
    for character in LATIN:
        mask = LIBRARY.mask(style, character, 48)
        assert mask.dtype == np.uint8
        assert mask.shape[0] == 48
        # Some ink in every outer row and column, and not a solid block unless the character is a bar.
        assert min(mask[0].max(), mask[-1].max(), mask[:, 0].max(), mask[:, -1].max()) > 40, character
        assert character in "1I" or mask.mean() < 200, character


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_characters_that_differ_on_plates_differ_in_every_alphabet(look: str) -> None:
    for seed in range(4):
        style = drawn(look, seed)
        for pair in PAIRS:
            assert alike(style, *pair) < 0.94, (pair, style)


@pytest.mark.parametrize(
    ("look", "pair", "same"),
    [("mandatory", "0O", True), ("mandatory", "1I", True), ("china", "0O", True), ("fe", "1I", False)],
)
def test_what_looks_the_same_on_plates_looks_the_same_here(look: str, pair: str, same: bool) -> None:
    style = drawn(look, seed=5)
    narrow, other = (LIBRARY.mask(style, each, 64) for each in pair)
    assert (narrow.shape == other.shape and overlap(narrow, other) > 0.99) is same


def test_german_zero_is_narrower_than_the_letter() -> None:
    for seed in range(8):
        style = drawn("fe", seed)
        zero, letter = (LIBRARY.mask(style, each, 64).shape[1] for each in "0O")
        assert zero < 0.96 * letter


def test_american_dies_are_tall_and_narrow() -> None:
    for seed in range(8):
        assert 0.38 < LIBRARY.mask(drawn("us", seed), "H", 100).shape[1] / 100 < 0.62


def test_the_mouth_of_a_six_stays_open_however_bold_the_pen() -> None:
    bold = strokes.draw(Form(width=0.6, stroke=0.174, aperture=0.29, radius=0.25), "6")
    # Down the right edge: ink of the hook, then a gap, then the ring.
    edge = bold[:, -bold.shape[1] // 8]
    assert (edge > 127).any()
    first = int(np.argmax(edge > 127))
    assert (edge[first : first + 45] < 64).any()


def test_cuts_are_made_in_a_face_that_resists_forgery_and_in_no_other() -> None:
    whole, cut = strokes.draw(Form(), "R"), strokes.draw(Form(gap=0.05), "R")
    assert whole.sum() > 1.01 * cut.sum()
    assert np.array_equal(strokes.draw(Form(), "H"), strokes.draw(Form(gap=0.05), "H"))


def test_a_slashed_zero_has_ink_in_its_middle() -> None:
    plain, slashed = (strokes.draw(Form(zero=zero), "0") for zero in ("plain", "slash"))
    middle = slice(40, 56), slice(20, 28)
    assert plain[middle].max() == 0
    assert slashed[middle].max() == 255


def test_flat_pens_end_in_corners_and_round_ones_do_not() -> None:
    flat = strokes.draw(Form(round_ends=False, round_joins=False), "L")
    round_pen = strokes.draw(Form(), "L")
    for corner in ((1, 1), (-2, 1), (-2, -2)):
        assert flat[corner] > 200
        assert round_pen[corner] < 60


def test_the_same_seed_draws_the_same_style_and_another_seed_another() -> None:
    assert drawn("us", 3) == drawn("us", 3)
    assert len({drawn("us", seed) for seed in range(40)}) == 40


def test_a_mask_can_be_stretched_and_is_drawn_once() -> None:
    style = drawn("din", 2)
    assert LIBRARY.mask(style, "8", 30, 50).shape == (30, 50)
    assert LIBRARY.mask(style, "8", 30) is LIBRARY.mask(style, "8", 30)
    with pytest.raises(ValueError, match="read-only"):
        LIBRARY.mask(style, "8", 30)[0, 0] = 1


def test_cyrillic_letters_that_look_latin_are_drawn_as_those() -> None:
    style = drawn("russian", 0)
    assert np.array_equal(LIBRARY.mask(style, "Н", 40), LIBRARY.mask(style, "H", 40))


def test_what_no_typeface_has_is_refused_in_one_sentence() -> None:
    style = drawn("china", 0)
    assert not LIBRARY.has(style, "京")
    with pytest.raises(NoGlyph, match="open the library with a folder of typefaces"):
        LIBRARY.mask(style, "京", 40)
    with pytest.raises(UnknownLook, match="take one of any, brazil"):
        LIBRARY.styles(np.random.default_rng(0), "klingon")


def test_the_chinese_characters_are_those_of_plates() -> None:
    assert len(set(PROVINCES)) == len(PROVINCES) == 31
    assert len(set(CHINESE)) == len(CHINESE) == 38


def test_the_typeface_inside_pillow_letters_plates_without_any_folder() -> None:
    style = drawn("any", 0, kind="font")
    assert style.face == BUILT_IN
    assert LIBRARY.mask(style, "Q", 32).shape[0] == 32


@pytest.mark.parametrize("stretch", [0.6, 1.0, 1.4])
def test_a_typeface_is_stretched_and_made_bolder_as_asked(stretch: float) -> None:
    plain = shaped(BUILT_IN, "I", 96, stretch, 0.0)
    bolder = shaped(BUILT_IN, "I", 96, stretch, 0.06)
    natural = shaped(BUILT_IN, "I", 96, 1.0, 0.0)
    assert plain.shape[1] == pytest.approx(natural.shape[1] * stretch, abs=2)
    # A stem gains 6 % of the height before, and the height itself grows by as much.
    assert bolder.shape[1] == pytest.approx((plain.shape[1] + 0.06 * 96) / 1.06, abs=1.6)


def test_a_typeface_knows_its_proportions() -> None:
    built = build(BUILT_IN)
    assert built is not None
    assert 0.05 < built.stem < 0.25 < built.width < 1.1


def test_a_file_that_is_no_typeface_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"no typeface")
    (tmp_path / "notes.txt").write_text("none either")
    (broken,) = faces_in(tmp_path)
    assert build(broken) is None
    rng = np.random.default_rng(0)
    library = GlyphLibrary.open(tmp_path)
    assert all(library.styles(rng, "any").face in (None, BUILT_IN) for _ in range(20))


def test_fetching_without_a_package_manager_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("detectors.training.plateart.fonts.PYTHON_PACKAGES", ())
    with pytest.raises(FontsUnavailable, match="check that apt-get or pip has a network"):
        fetch(tmp_path / "fonts")


def test_a_letter_that_reaches_below_the_line_keeps_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = np.zeros((100, 70), np.uint8)
    ring[:12], ring[-12:], ring[:, :12], ring[:, -12:] = 255, 255, 255, 255
    tail = np.zeros((30, 70), np.uint8)
    tail[:, 30:42] = 255
    inks = {"H": ring, "Q": np.concatenate([ring, tail])}
    monkeypatch.setattr(faces, "ink", lambda face, character: inks[character])
    letter = shaped(Face("a-typeface-of-this-test.ttf"), "Q", 96, 1.0, 0.0)
    # The lower bar of the ring would end at 96 * 100 / 130 = 74 if the tail were not flattened.
    below = np.flatnonzero(letter[:, letter.shape[1] // 4] > 127)[-1]
    assert 85 <= below < 92


def test_fetching_keeps_upright_typefaces_with_their_licences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unpack(package: str, folder: Path) -> str | None:
        if package == "fonts-gone":
            return None
        (folder / "unpacked/doc").mkdir(parents=True)
        for name in ("Plate-Bold.ttf", "Plate-BoldItalic.ttf", "Plate-Thin.otf", "readme.html"):
            (folder / "unpacked" / name).write_bytes(b"")
        (folder / "unpacked/doc/copyright").write_text("Files: *\nLicense: OFL-1.1\n")
        return "1.2-3"

    monkeypatch.setattr(fonts, "DEBIAN_PACKAGES", ("fonts-gone", "fonts-plate"))
    monkeypatch.setattr(fonts, "PYTHON_PACKAGES", ())
    monkeypatch.setattr(fonts, "_debian", unpack)
    assert fetch(tmp_path) == [Fetched("Plate-Bold.ttf", "fonts-plate", "1.2-3", "OFL-1.1")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Plate-Bold.ttf", "fonts.tsv", "licences"]
    assert (tmp_path / "fonts.tsv").read_text().splitlines()[
        1
    ] == "Plate-Bold.ttf\tfonts-plate\t1.2-3\tOFL-1.1"
    assert (tmp_path / "licences/fonts-plate/copyright").exists()
