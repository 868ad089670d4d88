from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from detectors.evaluation.crops import labelled_crops
from detectors.evaluation.dataset import DatasetError


def images(folder: Path, *names: str) -> Path:
    for name in names:
        # OpenCV's writer does not know every name that a file may have.
        (folder / name).write_bytes(cv2.imencode(".png", np.zeros((24, 94, 3), np.uint8))[1].tobytes())
    return folder


def test_labels_keep_their_order_and_say_where_a_plate_is_from(tmp_path: Path) -> None:
    table = "file,state,text\nb.png,tx,abc-12 3\na.png,,XYZ9\n"
    (images(tmp_path, "a.png", "b.png") / "labels.csv").write_text(table)
    crops = labelled_crops(tmp_path)
    assert [(crop.path.name, crop.text, crop.origin) for crop in crops] == [
        ("b.png", "ABC123", "tx"),
        ("a.png", "XYZ9", ""),
    ]


def test_names_are_texts_where_there_are_no_labels(tmp_path: Path) -> None:
    crops = labelled_crops(images(tmp_path, "皖A00E66.png", "AB-12_2.png"))
    assert [(crop.text, crop.origin) for crop in crops] == [("AB12", ""), ("皖A00E66", "皖")]


@pytest.mark.parametrize(("every", "kept"), [(1, "abcdefg"), (4, "ae"), (7, "a"), (9, "a")])
def test_every_nth_crop_beginning_with_the_first(tmp_path: Path, every: int, kept: str) -> None:
    images(tmp_path, *(f"{name}.png" for name in "gfedcba"))
    assert [crop.path.stem for crop in labelled_crops(tmp_path, every)] == list(kept)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        pytest.param("name,plate\na.png,X\n", "needs a header with the columns file and text", id="columns"),
        pytest.param("file,text\n", "and rows below it", id="no rows"),
        pytest.param("file,text\na.png,--\n", "line 2 names no file or no plate", id="no text"),
        pytest.param("file,text\na.png,A1\n,B2\n", "line 3 names no file or no plate", id="no file"),
        pytest.param("file,text\na.png\n", "line 2 names no file or no plate", id="a short row"),
    ],
)
def test_labels_that_cannot_be_used_say_why(tmp_path: Path, table: str, sentence: str) -> None:
    (tmp_path / "labels.csv").write_text(table)
    with pytest.raises(DatasetError, match=sentence):
        labelled_crops(tmp_path)


def test_folders_that_cannot_be_used_say_why(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="There is no folder"):
        labelled_crops(tmp_path / "none")
    with pytest.raises(DatasetError, match="There are no images"):
        labelled_crops(tmp_path)
    with pytest.raises(DatasetError, match="holds no plate's text"):
        labelled_crops(images(tmp_path, "_1.png"))
