from __future__ import annotations

from pathlib import Path

import pytest

from detectors.evaluation.crops import LabelledCrop, labelled_crops
from detectors.evaluation.dataset import DatasetError
from detectors.evaluation.reader import BATCH, evaluate_readers, judged, without_first
from detectors.evaluation.shares import Share
from detectors.reading import NOTHING_READ, open_reader
from tests.detectors.evaluation.plate_crops import ScriptedReader, invented_crops, reading


def test_a_reader_that_is_wrong_on_purpose_has_the_figures_worked_out_by_hand(tmp_path: Path) -> None:
    """Ten plates; six right at 0.95, one wrong by one at 0.95, two wrong by two at 0.35, one unread."""
    texts = list(invented_crops(tmp_path, 10).values())
    script = {i: reading(text, 1.0, 0.95) for i, text in enumerate(texts)}
    script[6] = reading(texts[6][:-1] + "?", 1.0, 0.95)
    script[7] = reading(texts[7] + "XX", 1.0, 0.35)
    script[8] = reading(texts[8][2:], 1.0, 0.35)
    script[9] = NOTHING_READ
    (found,) = evaluate_readers(labelled_crops(tmp_path), {"wrong": ScriptedReader(script)})
    assert found.exact == Share(6, 10)
    assert found.within_one == Share(7, 10)
    assert found.character_error_rate == pytest.approx((1 + 2 + 2 + len(texts[9])) / len("".join(texts)))
    # 0.7 * |0.95 - 6/7| + 0.2 * |0.35 - 0| + 0.1 * |0 - 0|
    assert found.reliability.ece == pytest.approx(0.7 * (0.95 - 6 / 7) + 0.2 * 0.35)
    assert found.reliability.confident_half == Share(6, 7)
    assert found.reliability.surest == Share(0, 0)
    assert [read.crop.path.name for read in found.errors[:1]] == ["crop006.png"], "the surest error first"
    assert [read.crop.path.name for read in found.errors[-1:]] == ["crop009.png"]
    assert found.confusions[("", "X")] == 2


def test_confidence_is_the_calibrated_one_or_the_product_of_the_characters() -> None:
    crop = LabelledCrop(Path("x.png"), "AB12")
    assert judged(crop, reading("AB12", 0.9), 1.0).confidence == pytest.approx(0.9**4)
    assert judged(crop, reading("AB12", 0.9, 0.8), 1.0).confidence == 0.8
    assert judged(crop, NOTHING_READ, 1.0).confidence == 0.0


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        pytest.param("皖A00E66", "A00E66", id="the province was read"),
        pytest.param("京A00E66", "A00E66", id="another province was read"),
        pytest.param("8A00E66", "A00E66", id="the province was taken for a digit"),
        pytest.param("A00E66", "A00E66", id="the province was not read"),
        pytest.param("00E66", "00E66", id="too little was read"),
        pytest.param("", "", id="nothing was read"),
    ],
)
def test_the_first_character_can_be_left_out(text: str, compared: str) -> None:
    assert without_first(text, "皖A00E66") == compared
    read = judged(LabelledCrop(Path("x.png"), "皖A00E66"), reading(text, 0.9), 1.0, ignore_first=True)
    assert (read.truth, read.text) == ("A00E66", compared)
    assert read.confidence == pytest.approx(0.9 ** len(compared) if text else 0.0)


def test_zero_for_o_is_an_error_that_is_counted_apart(tmp_path: Path) -> None:
    invented_crops(tmp_path, 3)
    (tmp_path / "labels.csv").write_text("file,text\ncrop000.png,A0I\ncrop001.png,A0B\ncrop002.png,A0C\n")
    script = {0: reading("AO1", 0.9), 1: reading("AOB", 0.9), 2: reading("A0B", 0.9)}
    (found,) = evaluate_readers(labelled_crops(tmp_path), {"twins": ScriptedReader(script)})
    assert found.exact == Share(0, 3)
    assert found.exact_but_for_twins == Share(2, 3)


def test_readers_take_turns_and_read_every_crop_alone_and_in_batches(tmp_path: Path) -> None:
    texts = list(invented_crops(tmp_path, 2 * BATCH + 1).values())
    script = {i: reading(text, 1.0) for i, text in enumerate(texts)}
    one, two = ScriptedReader(script), ScriptedReader(script)
    seen: list[tuple[int, int]] = []
    found = evaluate_readers(
        labelled_crops(tmp_path), {"one": one, "two": two}, progress=lambda *done: seen.append(done)
    )
    assert [each.name for each in found] == ["one", "two"]
    assert one.calls == two.calls == [1] * (1 + len(texts)) + [BATCH, BATCH]
    assert [len(each.batch_ms) for each in found] == [2, 2]
    assert seen[-1] == (len(texts), len(texts))


def test_a_real_reader_reads_most_of_the_simulators_plates(tmp_path: Path) -> None:
    invented_crops(tmp_path, 6)
    (found,) = evaluate_readers(labelled_crops(tmp_path), {"rapidocr": open_reader("rapidocr", threads=1)})
    assert found.within_one.hits >= 4
    assert found.milliseconds(95) >= found.milliseconds() > 0


def test_a_crop_that_is_gone_is_named(tmp_path: Path) -> None:
    invented_crops(tmp_path, 2)
    (tmp_path / "crop001.png").unlink()
    with pytest.raises(DatasetError, match=r"crop001\.png cannot be read"):
        evaluate_readers(
            labelled_crops(tmp_path), {"any": ScriptedReader({i: reading("A", 1.0) for i in range(2)})}
        )
