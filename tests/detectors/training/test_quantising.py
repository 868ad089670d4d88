"""The 8-bit copy of a detector: what of it is in 8 bits, and that it says nearly the same."""

from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest

from detectors.training.likeliest import NoSuchHead, keep_likeliest
from detectors.training.quantising import best_range, in_float, main, quantise, silu, spread
from detectors.yolo import YoloDetector
from tests.detectors.training.small_yolo import small_yolo


def answer(model: onnx.ModelProto, images: np.ndarray) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return np.asarray(session.run(None, {"images": images})[0])


def images(height: int = 64, width: int = 96) -> np.ndarray:
    return np.random.default_rng(5).random((1, 3, height, width), np.float32)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(3)
    for number in range(6):
        cv2.imwrite(str(folder / f"{number}.png"), rng.integers(0, 256, (64, 96, 3), np.uint8))
    return folder


def test_the_likeliest_anchors_are_those_that_the_whole_model_scores_highest() -> None:
    model = small_yolo()
    everything, few = answer(model, images()), answer(keep_likeliest(model, 20), images())
    assert few.shape == (1, 6, 20)
    best = np.argsort(-everything[0, 4:].max(axis=0), kind="stable")[:20]
    assert few[0] == pytest.approx(everything[0][:, best], abs=1e-4)


def test_a_picture_with_fewer_anchors_keeps_them_all() -> None:
    model = keep_likeliest(small_yolo(), 600)
    assert answer(model, images(32, 32)).shape == (1, 6, 16)


def test_a_model_with_another_end_is_refused_in_a_sentence() -> None:
    other = onnx.helper.make_graph(
        [onnx.helper.make_node("Relu", ["images"], ["output0"])],
        "other",
        [onnx.helper.make_tensor_value_info("images", 1, [1, 3, "h", "w"])],
        [onnx.helper.make_tensor_value_info("output0", 1, [1, 3, "h", "w"])],
    )
    with pytest.raises(NoSuchHead, match="raw export"):
        keep_likeliest(onnx.helper.make_model(other))


def test_the_end_of_the_head_and_the_first_modules_stay_in_float() -> None:
    names = in_float(small_yolo(), [0])
    assert {"/model.0/Conv", "/model.4/cv2.0/cv2.0.2/Conv", "/model.4/dfl/Softmax", "/model.4/Mul_2"} <= names
    assert not names & {"/model.1/Conv", "/model.3/Conv", "/model.3/act/Mul"}


def test_the_8_bit_copy_says_nearly_the_same(pictures: Path) -> None:
    model = small_yolo()
    made = quantise(model, sorted(pictures.iterdir()), 96, most=20, float_modules=[0])
    in_8_bits = {node.name for node in made.graph.node if node.op_type == "DequantizeLinear"}
    assert any("/model.3" in name for name in in_8_bits)
    before, after = answer(keep_likeliest(model, 20), images()), answer(made, images())
    matched = np.abs(before[0, :4, :, None] - after[0, :4, None, :]).max(axis=0).min(axis=1)
    assert np.median(matched) < 1.5, "boxes within a pixel or so, in whatever order"
    assert np.sort(after[0, 4:].max(axis=0)) == pytest.approx(np.sort(before[0, 4:].max(axis=0)), abs=0.05)


def test_the_copy_keeps_its_classes_and_tells_that_it_is_one(pictures: Path) -> None:
    made = quantise(small_yolo(), sorted(pictures.iterdir()), 96)
    notes = {entry.key: entry.value for entry in made.metadata_props}
    assert notes["names"] == "{0: 'car', 1: 'truck'}"
    assert notes["quantised"].startswith("int8, calibrated on 6 pictures")
    assert "description" not in notes, "the exporter writes a path of its machine there"


def test_the_command_makes_a_model_that_the_detector_opens_and_repeats_itself(
    pictures: Path, tmp_path: Path
) -> None:
    source = tmp_path / "float.onnx"
    source.write_bytes(small_yolo().SerializeToString())
    made = [tmp_path / "one.onnx", tmp_path / "two.onnx"]
    for file in made:
        main([str(source), "--out", str(file), "--images", str(pictures), "--input-size", "96"])
    assert made[0].read_bytes() == made[1].read_bytes()
    detector = YoloDetector(made[0], input_size=96, confidence=0.0)
    assert detector.labels == ("car", "truck")
    assert detector.detect(np.full((64, 96, 3), 120, np.uint8))


def test_a_range_spends_no_step_on_what_comes_to_nothing() -> None:
    values = np.concatenate([np.linspace(-80, -7, 500), np.linspace(-3, 9, 500)]).astype(np.float32)
    low, high = best_range(values, silu)
    assert -16 <= low <= -2
    assert high == pytest.approx(9, abs=0.5)


def test_pictures_are_spread_over_a_folder_and_the_same_every_time(pictures: Path) -> None:
    (pictures / "notes.txt").write_text("no picture")
    chosen = spread([pictures], 3)
    assert [path.name for path in chosen] == ["0.png", "2.png", "4.png"]
    assert spread([pictures], 3) == chosen
