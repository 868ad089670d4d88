from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_onnx import raw_output, write_model

from detectors.boxes import containment, iou_matrix, suppress, to_box, to_xyxy
from detectors.letterbox import STRIDE, fit, fit_all
from detectors.onnx_session import ModelUnusable
from detectors.yolo import YoloDetector
from streams.messages import Box

NAMES = {0: "car", 1: "truck"}
IMAGE = np.zeros((320, 640, 3), np.uint8)

sides = st.integers(8, 2500)
coordinates = st.floats(0, 1, width=32)


def boxes_arrays(most: int = 12) -> st.SearchStrategy[np.ndarray]:
    corner = st.tuples(*[st.floats(0, 500, width=32)] * 2)
    size = st.tuples(*[st.floats(1, 200, width=32)] * 2)
    box = st.tuples(corner, size).map(lambda b: (*b[0], b[0][0] + b[1][0], b[0][1] + b[1][1]))
    return st.lists(box, max_size=most).map(lambda rows: np.asarray(rows, np.float32).reshape(-1, 4))


@settings(deadline=None)
@given(sides, sides, st.sampled_from([320, 640, 960]), coordinates, coordinates)
def test_a_box_comes_back_from_the_canvas_where_it_was(
    width: int, height: int, size: int, x: float, y: float
) -> None:
    letterbox = fit(width, height, size)
    box = np.asarray([[0.9 * x * width, 0.9 * y * height, width, height]], np.float32)
    assert letterbox.restore(letterbox.place(box)) == pytest.approx(box, abs=0.01 + 1e-5 * max(width, height))


@settings(deadline=None)
@given(sides, sides, st.sampled_from([320, 640]))
def test_the_canvas_is_the_smallest_that_a_yolo_accepts(width: int, height: int, size: int) -> None:
    letterbox = fit(width, height, size)
    assert max(letterbox.inner) == size
    for inner, canvas in zip(letterbox.inner, letterbox.canvas, strict=True):
        assert canvas % STRIDE == 0
        assert 0 <= canvas - inner < STRIDE


def test_the_letterbox_moves_pixels_as_it_moves_boxes() -> None:
    image = np.zeros((300, 700, 3), np.uint8)
    image[120:180, 350:490] = 255
    letterbox = fit(700, 300, 320)
    canvas = letterbox.apply(image)
    assert canvas.shape == (160, 320, 3)
    rows, columns = np.nonzero(canvas[..., 0] > 200)
    seen = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    placed = letterbox.place(np.asarray([[350, 120, 490, 180]], np.float32))[0]
    assert seen == pytest.approx(placed, abs=1)


def test_images_of_many_shapes_share_one_canvas() -> None:
    letterboxes = fit_all([(640, 320), (100, 300), (50, 50)], 320)
    assert {box.canvas for box in letterboxes} == {(320, 320)}
    assert [max(box.inner) for box in letterboxes] == [320, 320, 320]


@settings(deadline=None)
@given(boxes_arrays(), boxes_arrays())
def test_overlap_is_symmetric_and_between_nothing_and_all(first: np.ndarray, second: np.ndarray) -> None:
    overlap = iou_matrix(first, second)
    assert overlap.shape == (len(first), len(second))
    assert ((overlap >= 0) & (overlap <= 1 + 1e-5)).all()
    assert overlap == pytest.approx(iou_matrix(second, first).T)
    assert (overlap <= containment(first, second) + 1e-5).all()
    assert np.diag(iou_matrix(first, first)) == pytest.approx(np.ones(len(first)), abs=1e-4)


@settings(deadline=None)
@given(boxes_arrays(), st.floats(0.1, 0.9), st.randoms(use_true_random=False))
def test_suppression_leaves_no_two_of_a_group_and_loses_nothing_else(
    boxes: np.ndarray, iou: float, random: object
) -> None:
    rng = np.random.default_rng(random.randrange(2**32))  # type: ignore[attr-defined]
    scores = rng.permutation(len(boxes)).astype(np.float32) / 100 + 0.2
    groups = rng.integers(0, 2, len(boxes))
    kept = suppress(boxes, scores, groups, iou)
    rivals = (iou_matrix(boxes, boxes) > iou + 1e-4) & (groups[:, None] == groups[None, :])
    assert not rivals[np.ix_(kept, kept)][~np.eye(len(kept), dtype=bool)].any()
    assert list(scores[kept]) == sorted(scores[kept], reverse=True)
    rivals_or_so = (iou_matrix(boxes, boxes) >= iou - 1e-4) & (groups[:, None] == groups[None, :])
    for lost in set(range(len(boxes))) - set(kept.tolist()):
        assert (rivals_or_so[lost, kept] & (scores[kept] > scores[lost])).any()


def test_boxes_survive_the_way_through_arrays() -> None:
    box = Box(1.5, 2.5, 30.0, 40.0)
    assert to_box(to_xyxy([box])[0]) == box


@pytest.mark.parametrize(
    ("rows", "rivals", "expected"),
    [
        pytest.param([(10, 10, 110, 60, [0.9, 0.1])], [], [("car", 0.9)], id="one box"),
        pytest.param([(10, 10, 110, 60, [0.2, 0.1])], [], [], id="too uncertain"),
        pytest.param(
            [(10, 10, 110, 60, [0.7, 0]), (12, 10, 112, 60, [0.9, 0])], [], [("car", 0.9)], id="found twice"
        ),
        pytest.param(
            [(10, 10, 110, 60, [0.7, 0]), (12, 10, 112, 60, [0, 0.9])],
            [],
            [("truck", 0.9), ("car", 0.7)],
            id="two labels at one place",
        ),
        pytest.param(
            [(10, 10, 110, 60, [0.7, 0]), (12, 10, 112, 60, [0, 0.9])],
            [{"car", "truck"}],
            [("truck", 0.9)],
            id="two labels that are rivals",
        ),
        pytest.param(
            [(10, 10, 110, 60, [0.7, 0]), (300, 10, 400, 60, [0.9, 0])],
            [],
            [("car", 0.9), ("car", 0.7)],
            id="two cars, the surer first",
        ),
    ],
)
def test_what_the_models_numbers_mean(
    tmp_path: Path,
    rows: list[tuple[float, float, float, float, list[float]]],
    rivals: list[set[str]],
    expected: list[tuple[str, float]],
) -> None:
    path = write_model(tmp_path / "m.onnx", raw_output(rows), NAMES)
    found = YoloDetector(path, rivals=rivals).detect(IMAGE)
    assert [(d.label, pytest.approx(d.confidence)) for d in found] == expected


def test_boxes_are_in_pixels_of_the_image_given(tmp_path: Path) -> None:
    output = raw_output([(100, 50, 300, 150, [0.9, 0])])
    path = write_model(tmp_path / "m.onnx", output, NAMES)
    # 1280 x 640 goes into 640 x 320, so everything doubles.
    (found,) = YoloDetector(path).detect(np.zeros((640, 1280, 3), np.uint8))
    assert found.box == Box(200, 100, 400, 200)


def test_a_model_that_suppresses_by_itself_is_understood_too(tmp_path: Path) -> None:
    output = np.zeros((1, 300, 6), np.float32)
    output[0, 0] = [10, 20, 110, 70, 0.8, 1]
    (found,) = YoloDetector(write_model(tmp_path / "m.onnx", output, NAMES)).detect(IMAGE)
    assert (found.label, found.box) == ("truck", Box(10, 20, 100, 50))


def test_a_model_of_fixed_size_gets_its_size(tmp_path: Path) -> None:
    output = raw_output([(0, 80, 320, 240, [0.9, 0])])
    path = write_model(tmp_path / "m.onnx", output, NAMES, (1, 3, 320, 320))
    detector = YoloDetector(path, input_size=640)
    whole = Box(0, 0, 640, 320)
    assert detector.detect(IMAGE)[0].box == whole
    assert [found[0].box for found in detector.detect_batch([IMAGE, IMAGE])] == [whole, whole]


def test_a_batch_gives_each_image_its_own_answer(tmp_path: Path) -> None:
    rows = [raw_output([(0, 0, 64, 64, [score, 0])]) for score in (0.9, 0.5)]
    path = write_model(tmp_path / "m.onnx", np.concatenate(rows), NAMES)
    flat, tall = np.zeros((64, 128, 3), np.uint8), np.zeros((128, 64, 3), np.uint8)
    detector = YoloDetector(path, input_size=128, batch=8)
    # The flatter image runs first, whatever its place.
    assert [found[0].confidence for found in detector.detect_batch([flat, tall])] == pytest.approx([0.9, 0.5])
    assert [found[0].confidence for found in detector.detect_batch([tall, flat])] == pytest.approx([0.5, 0.9])
    assert detector.detect_batch([]) == []


def test_the_model_gets_red_green_and_blue_from_0_to_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_model(tmp_path / "m.onnx", raw_output([(0, 0, 64, 64, [0.9, 0])]), NAMES)
    detector = YoloDetector(path, input_size=64)
    given: list[np.ndarray] = []
    run = detector._session.run

    def noted(images: np.ndarray) -> list[np.ndarray]:
        given.append(images.copy())
        return run(images)

    monkeypatch.setattr(detector._session, "run", noted)
    rng = np.random.default_rng(4)
    for height in (64, 64, 32):
        image = rng.integers(0, 256, (height, 64, 3), np.uint8)
        detector.detect(image)
        assert np.array_equal(given[-1], cv2.dnn.blobFromImages([image], 1 / 255, swapRB=True))


@pytest.mark.parametrize(
    ("output", "names", "shape", "sentence"),
    [
        pytest.param(np.zeros((1, 7, 10)), NAMES, ("b", 3, "h", "w"), "YOLO detector", id="classes"),
        pytest.param(np.zeros((1, 6, 10)), None, ("b", 3, "h", "w"), "does not name its classes", id="names"),
        pytest.param(np.zeros((1, 6, 10)), NAMES, ("b", 1, "h", "w"), "colour images", id="grey"),
    ],
)
def test_a_model_of_another_kind_is_refused_in_a_sentence(
    tmp_path: Path,
    output: np.ndarray,
    names: dict[int, str] | None,
    shape: tuple[int | str, int | str, int | str, int | str],
    sentence: str,
) -> None:
    path = write_model(tmp_path / "m.onnx", output, names, shape)
    with pytest.raises(ModelUnusable, match=sentence) as raised:
        YoloDetector(path).detect(IMAGE)
    assert str(path) in str(raised.value)


def test_a_file_that_is_no_model_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(b"not a model")
    with pytest.raises(ModelUnusable, match="cannot be opened") as raised:
        YoloDetector(path)
    assert "\n" not in str(raised.value)
