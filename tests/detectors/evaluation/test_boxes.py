from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.boxes import iou_matrix
from detectors.evaluation.box_errors import false_boxes, missed_boxes
from detectors.evaluation.dataset import DatasetError, labelled_images
from detectors.evaluation.matching import NO_MATCH, average_precision, match_greedily
from detectors.evaluation.plates import evaluate_plates
from detectors.evaluation.shares import Share
from detectors.evaluation.vehicles import class_names, evaluate_vehicles
from detectors.letterbox import Image
from detectors.yolo import Detection
from streams.messages import Box


def boxes_arrays(most: int = 10) -> st.SearchStrategy[np.ndarray]:
    row = st.tuples(*[st.floats(0, 60, width=32)] * 2, *[st.floats(5, 40, width=32)] * 2)
    return st.lists(row.map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])), max_size=most).map(
        lambda rows: np.asarray(rows, np.float32).reshape(-1, 4)
    )


@settings(deadline=None)
@given(boxes_arrays(), boxes_arrays(), st.floats(0.1, 0.9), st.randoms(use_true_random=False))
def test_matching_takes_each_label_once_and_the_surest_box_first(
    found: np.ndarray, truth: np.ndarray, iou: float, random: object
) -> None:
    rng = np.random.default_rng(random.randrange(2**32))  # type: ignore[attr-defined]
    scores = rng.permutation(len(found)).astype(np.float32)
    matches = match_greedily(found, scores, truth, iou)
    overlap = iou_matrix(found, truth)
    taken = [match for match in matches if match != NO_MATCH]
    assert len(taken) == len(set(taken))
    for i, match in enumerate(matches):
        earlier = {matches[j] for j in range(len(found)) if scores[j] > scores[i]}
        free = [k for k in range(len(truth)) if k not in earlier and overlap[i, k] >= iou]
        best = max((overlap[i, k] for k in free), default=None)
        assert (match == NO_MATCH) == (not free)
        assert match == NO_MATCH or overlap[i, match] == best


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=12), st.integers(0, 5))
def test_average_precision_is_the_mean_of_the_best_precisions(hits: list[bool], missed: int) -> None:
    labelled = sum(hits) + missed
    scores = np.linspace(1, 0.1, len(hits)).astype(np.float32)
    precision = [sum(hits[: i + 1]) / (i + 1) for i in range(len(hits))]
    expected = sum(max(precision[i:]) for i, hit in enumerate(hits) if hit) / max(1, labelled)
    assert average_precision(scores, np.asarray(hits), labelled) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("hits", "labelled", "expected"),
    [
        pytest.param([True, True], 2, 1.0, id="all found"),
        pytest.param([True, False], 2, 0.5, id="half found"),
        pytest.param([False, True], 1, 0.5, id="a false one first"),
        pytest.param([False, False], 3, 0.0, id="nothing right"),
        pytest.param([], 3, 0.0, id="nothing found"),
    ],
)
def test_average_precision_of_small_cases(hits: list[bool], labelled: int, expected: float) -> None:
    scores = np.linspace(1, 0.5, len(hits)).astype(np.float32)
    assert average_precision(scores, np.asarray(hits, bool), labelled) == pytest.approx(expected)


LABELS = {"a": "0 0.5 0.5 0.4 0.2", "b": "0 0.25 0.5 0.2 0.2\n0 0.75 0.5 0.2 0.2\n", "c": ""}


def save(folder: Path, images: str, labels: str) -> Path:
    for number, (name, text) in enumerate(LABELS.items()):
        for kind in (images, labels):
            (folder / kind).mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / images / f"{name}.png"), np.full((100, 200, 3), number, np.uint8))
        (folder / labels / f"{name}.txt").write_text(text)
    return folder


class Scripted:
    """Finds what the script says; the images' grey is their number."""

    def __init__(self, *answers: list[Detection]) -> None:
        self._answers = answers

    def detect(self, image: Image) -> list[Detection]:
        return self._answers[int(image[0, 0, 0])]


def plate(box: tuple[float, float, float, float], confidence: float) -> Detection:
    return Detection(Box(*box), "plate", confidence)


SCRIPT = (
    [plate((60, 40, 80, 20), 0.9)],
    [plate((30, 40, 40, 20), 0.8), plate((130, 40, 40, 20), 0.2), plate((0, 0, 20, 10), 0.6)],
    [plate((0, 0, 20, 10), 0.1)],
)


def test_a_detectors_figures_on_a_data_set(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    (result,) = evaluate_plates(
        save(tmp_path, "images/val", "labels/val"),
        {"scripted": Scripted(*SCRIPT)},
        confidence=0.5,
        progress=lambda done, of: seen.append((done, of)),
    )
    assert (len(result.images), result.labelled()) == (3, 3)
    assert result.point.recall == Share(2, 3)
    assert result.point.precision == Share(2, 3)
    assert result.point.false_boxes_per_image == pytest.approx(1 / 3)
    assert result.point.mean_iou == pytest.approx(1.0, abs=1e-3)
    assert result.average_precision(0) == result.mean_average_precision == pytest.approx((1 + 1 + 3 / 4) / 3)
    assert result.curve(0)[2] == pytest.approx((2 / 3, 2 / 3))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_every_error_is_listed_with_its_cause_and_the_worst_comes_first(tmp_path: Path) -> None:
    (result,) = evaluate_plates(
        save(tmp_path, "images", "labels"),
        {"scripted": Scripted([plate((10, 40, 80, 20), 0.9), plate((150, 80, 9, 9), 0.95)], *SCRIPT[1:])},
        confidence=0.5,
    )
    assert [(e.path.stem, e.confidence, e.reason) for e in false_boxes(result)] == [
        ("a", pytest.approx(0.95), "nothing is labelled there"),
        ("a", pytest.approx(0.9), "too loose on a plate: IoU 0.23"),
        ("b", pytest.approx(0.6), "nothing is labelled there"),
    ]
    assert [(e.path.stem, e.box.w, e.reason) for e in missed_boxes(result)] == [
        ("a", pytest.approx(80), "too loose: IoU 0.23"),
        ("b", pytest.approx(40), "below the threshold: 0.20"),
    ]


def test_a_lower_threshold_never_finds_less(tmp_path: Path) -> None:
    detector = Scripted(
        [plate((60, 40, 80, 20), 0.35)], [plate((30, 40, 40, 20), 0.55), plate((0, 0, 9, 9), 0.65)], []
    )
    (result,) = evaluate_plates(save(tmp_path, "images", "labels"), {"scripted": detector})
    for lower, higher in itertools.pairwise(result.points):
        assert lower.recall.hits >= higher.recall.hits
        assert lower.false_boxes_per_image >= higher.false_boxes_per_image


def test_small_boxes_are_told_from_large_ones(tmp_path: Path) -> None:
    (result,) = evaluate_plates(save(tmp_path, "images", "labels"), {"scripted": Scripted(*SCRIPT)})
    assert result.recall_by_width([0, 60, 100]) == [(0, 60, Share(1, 2)), (60, 100, Share(1, 1))]


def road_user(label: str, box: tuple[float, float, float, float], confidence: float) -> Detection:
    return Detection(Box(*box), label, confidence)


def test_vehicles_are_right_only_as_what_they_are(tmp_path: Path) -> None:
    folder = save(tmp_path, "images", "labels")
    (folder / "labels" / "b.txt").write_text("1 0.25 0.5 0.2 0.2\n0 0.75 0.5 0.2 0.2\n")
    detector = Scripted(
        [road_user("bus", (60, 40, 80, 20), 0.9)],
        [road_user("car", (30, 40, 40, 20), 0.8), road_user("car", (130, 40, 40, 20), 0.7)],
        [road_user("bicycle", (30, 40, 40, 20), 0.8)],
    )
    (result,) = evaluate_vehicles(folder, {"scripted": detector}, ("car", "motorcycle"))
    assert (result.at(0.3, 0).recall, result.at(0.3, 1).recall) == (Share(1, 2), Share(0, 1))
    assert result.point.precision == Share(1, 2), "what nobody labelled is neither right nor wrong"
    assert result.found_as_anything == Share(3, 3)
    assert result.mean_average_precision == pytest.approx((result.average_precision(0) + 0) / 2)
    assert {(e.label, e.reason) for e in missed_boxes(result)} == {
        ("car", "found as bus"),
        ("motorcycle", "found as car"),
    }
    assert [e.reason for e in false_boxes(result)] == ["labelled motorcycle"]


@pytest.mark.parametrize(
    ("given", "file", "content", "expected"),
    [
        pytest.param((), "", "", ("car", "motorcycle"), id="nothing said"),
        pytest.param(("Motorbike", "lorry"), "", "", ("motorcycle", "truck"), id="given"),
        pytest.param((), "data.yaml", "names: [motorbike, car]", ("motorcycle", "car"), id="a list in YAML"),
        pytest.param((), "d.yaml", "names: {0: car, 1: bus}", ("car", "bus"), id="numbers in YAML"),
        pytest.param((), "classes.txt", "bus\ncar\n", ("bus", "car"), id="a text file"),
        pytest.param(("car",), "data.yaml", "names: [bus]", ("car",), id="what is given wins"),
    ],
)
def test_classes_are_mapped_by_name(
    tmp_path: Path, given: tuple[str, ...], file: str, content: str, expected: tuple[str, ...]
) -> None:
    if file:
        (tmp_path / file).write_text(content)
    assert class_names(tmp_path, given) == expected


@pytest.mark.parametrize(
    ("images", "labels", "given"),
    [
        pytest.param("images/val", "labels/val", "", id="divided into parts"),
        pytest.param("images/val", "labels/val", "images/val", id="the images of a part"),
        pytest.param("images", "labels", "", id="undivided"),
        pytest.param("val/images", "val/labels", "", id="parts outside"),
        pytest.param("valid/images", "valid/labels", "", id="parts of another name"),
        pytest.param("all", "all", "all", id="side by side"),
    ],
)
def test_data_sets_are_understood_in_their_usual_shapes(
    tmp_path: Path, images: str, labels: str, given: str
) -> None:
    save(tmp_path, images, labels)
    pairs = labelled_images(tmp_path / given)
    assert [pair.image.stem for pair in pairs] == ["a", "b", "c"]
    assert [len(pair.boxes(200, 100)) for pair in pairs] == [1, 2, 0]
    assert pairs[0].boxes(200, 100)[0] == pytest.approx([60, 40, 140, 60], abs=1e-3)


def test_classes_that_nobody_named_are_refused(tmp_path: Path) -> None:
    folder = save(tmp_path, "images", "labels")
    (folder / "labels" / "b.txt").write_text("2 0.25 0.5 0.2 0.2")
    with pytest.raises(DatasetError, match="has class 2"):
        evaluate_vehicles(folder, {"scripted": Scripted([], [], [])}, ("car", "motorcycle"))
    with pytest.raises(DatasetError, match="is one of ours"):
        class_names(folder, ("apple", "pear"))


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        pytest.param(lambda folder: None, "There are no images", id="an empty folder"),
        pytest.param(
            lambda folder: shutil.rmtree(save(folder, "images", "labels") / "labels"),
            "has a label file",
            id="no labels",
        ),
        pytest.param(
            lambda folder: (save(folder, "images", "labels") / "labels" / "a.txt").write_text("plate 1 2 3"),
            "no YOLO label file",
            id="labels of another format",
        ),
        pytest.param(
            lambda folder: (save(folder, "images", "labels") / "images" / "a.png").write_bytes(b"torn"),
            "cannot be read",
            id="a broken image",
        ),
    ],
)
def test_a_data_set_that_cannot_be_used_says_why(tmp_path: Path, prepare: object, sentence: str) -> None:
    prepare(tmp_path)  # type: ignore[operator]
    with pytest.raises(DatasetError, match=sentence):
        evaluate_plates(tmp_path, {"scripted": Scripted([], [], [])})
