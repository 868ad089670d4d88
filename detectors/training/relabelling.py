"""Finds the plates that a labelled data set leaves out, so that finding them is not punished in training.

    python -m detectors.training.relabelling --images DIR --labels DIR --out DIR --sheets DIR \\
        [--model ONNX] [--confidence 0.5] [--only "ro_*"] [--refuse FILE] [--tighten FILE]

A trained detector looks at every picture twice over, at 640 and at 1280 px. What it is sure of and no label
shares is added to a copy of the labels. Contact sheets show every addition and every label that the detector
draws much tighter, for a person to look at: ``--refuse`` names a file of additions to leave out and
``--tighten`` one of labels to replace by the detector's box, one ``STEM NUMBER`` a line as on the sheets. The
same arguments give the same labels.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.plates import PlateDetector
from detectors.training.labels import Box, area, pictures, read_labels, shared, shared_part, write_labels
from detectors.yolo import Detection

Picture = NDArray[np.uint8]

#: Longest sides at which a picture is looked at.
LOOKS_PX = (640, 1280)
#: A find that shares more of the smaller of both boxes with a label is that label's plate.
SAME_PLATE = 0.2
#: A label is loose when the detector's box lies in it and overlaps it by less.
LOOSE_IOU = 0.7
_CELL_PX, _ACROSS = 160, 10


@dataclass(frozen=True)
class Find:
    """A box (x0, y0, x1, y1) in px, with the detector's confidence; ``number`` counts within its picture."""

    stem: str
    number: int
    box: Box
    confidence: float


def missing(
    stem: str, labels: Sequence[Box], candidates: Sequence[Detection], confidence: float
) -> list[Find]:
    """The candidates that are plates without a label, the most confident first, none of them twice."""
    known = list(labels)
    found: list[Find] = []
    for candidate in sorted(candidates, key=lambda d: -d.confidence):
        box = corners(candidate)
        if candidate.confidence < confidence:
            break
        if all(shared_part(box, other) <= SAME_PLATE for other in known):
            known.append(box)
            found.append(Find(stem, len(found), box, candidate.confidence))
    return found


def loose(stem: str, labels: Sequence[Box], candidates: Sequence[Detection], confidence: float) -> list[Find]:
    """Tighter boxes for labels in which the detector sees a clearly smaller plate; number is the label's."""
    found = []
    for number, label in enumerate(labels):
        inside = [
            d
            for d in candidates
            if d.confidence >= confidence and shared(corners(d), label) > 0.93 * area(corners(d))
        ]
        if not inside:
            continue
        best = max(inside, key=lambda d: d.confidence)
        box = corners(best)
        if 0.2 < area(box) / area(label) < LOOSE_IOU:
            found.append(Find(stem, number, box, best.confidence))
    return found


def corners(detection: Detection) -> Box:
    """A detection's box as (x0, y0, x1, y1)."""
    box = detection.box
    return box.x, box.y, box.x + box.w, box.y + box.h


def candidates_in(detector: PlateDetector, picture: Picture) -> list[Detection]:
    """What two looks find at each of :data:`LOOKS_PX`."""
    found: list[Detection] = []
    for size in LOOKS_PX:
        if size <= 1.5 * max(picture.shape[:2]):
            found += detector.look_again(picture, detector.detect(picture, size, 0.1), 0.3)
    return found


def cell(picture: Picture, find: Find, label: Box | None = None) -> Picture:
    """One square of a contact sheet: the find in green, the label that it is about in red."""
    outer = label or find.box
    middle = (outer[0] + outer[2]) / 2, (outer[1] + outer[3]) / 2
    reach = max(30.0, (0.7 if label else 1.5) * max(outer[2] - outer[0], outer[3] - outer[1]))
    matrix = np.array(
        [
            (_CELL_PX / 2 / reach, 0, _CELL_PX / 2 * (1 - middle[0] / reach)),
            (0, _CELL_PX / 2 / reach, _CELL_PX / 2 * (1 - middle[1] / reach)),
        ]
    )
    shown = cv2.warpAffine(picture, matrix, (_CELL_PX, _CELL_PX + 18), flags=cv2.INTER_AREA)
    shown[_CELL_PX:] = 0
    for box, colour in ((label, (60, 60, 255)), (find.box, (0, 255, 0))):
        if box is not None:
            points = (np.array(box).reshape(2, 2) @ matrix[:, :2] + matrix[:, 2]).round().astype(int)
            cv2.rectangle(shown, tuple(map(int, points[0])), tuple(map(int, points[1])), colour, 1)
    text = f"{find.stem[-13:]} {find.number} {find.confidence:.2f}"
    cv2.putText(
        shown, text, (1, _CELL_PX + 13), cv2.FONT_HERSHEY_SIMPLEX, 0.36, (255, 255, 255), 1, cv2.LINE_AA
    )
    return np.asarray(shown, np.uint8)


def write_sheets(folder: Path, name: str, cells: Sequence[Picture]) -> None:
    """Contact sheets of 80 cells each."""
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(cells), 8 * _ACROSS):
        part = list(cells[start : start + 8 * _ACROSS])
        part += [np.zeros_like(part[0])] * (-len(part) % _ACROSS)
        rows = [np.hstack(part[at : at + _ACROSS]) for at in range(0, len(part), _ACROSS)]
        cv2.imwrite(str(folder / f"{name}-{start // (8 * _ACROSS)}.png"), np.vstack(rows))


def read_review(file: Path | None) -> set[tuple[str, int]]:
    """What a person decided: (stem, number) of every line ``STEM NUMBER``; ``#`` starts a remark."""
    if file is None:
        return set()
    lines = (line.partition("#")[0].split() for line in file.read_text().splitlines())
    return {(stem, int(number)) for stem, number in (line for line in lines if line)}


def main() -> None:
    """Write the completed labels and the sheets to look at."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="the completed labels")
    parser.add_argument("--sheets", type=Path, required=True, help="contact sheets of what was changed")
    parser.add_argument("--model", type=Path, help="ONNX; the shipped plate detector by default")
    parser.add_argument("--confidence", type=float, default=0.5, help="least confidence of an addition")
    parser.add_argument("--only", default="*", help="pictures to add labels to, such as 'ro_*'")
    parser.add_argument("--refuse", type=Path, help="additions that a person refused")
    parser.add_argument("--tighten", type=Path, help="loose labels that a person gave to the detector's box")
    options = parser.parse_args()
    detector = PlateDetector(options.model)
    refused, tightened = read_review(options.refuse), read_review(options.tighten)
    additions: list[tuple[float, Picture]] = []
    doubts: list[Picture] = []
    for image in pictures(options.images):
        picture = np.asarray(cv2.imread(str(image)), np.uint8)
        size = picture.shape[1], picture.shape[0]
        boxes = read_labels(options.labels / f"{image.stem}.txt", size)
        candidates = candidates_in(detector, picture)
        for find in loose(image.stem, boxes, candidates, options.confidence):
            doubts.append(cell(picture, find, boxes[find.number]))
            if (find.stem, find.number) in tightened:
                boxes[find.number] = find.box
        if image.match(options.only):
            for find in missing(image.stem, boxes, candidates, options.confidence):
                additions.append((find.confidence, cell(picture, find)))
                if (find.stem, find.number) not in refused:
                    boxes.append(find.box)
        write_labels(options.out / f"{image.stem}.txt", boxes, size)
    write_sheets(
        options.sheets, "added", [shown for _, shown in sorted(additions, key=lambda pair: -pair[0])]
    )
    write_sheets(options.sheets, "loose", doubts)
    print(f"{len(additions)} additions and {len(doubts)} loose labels are on the sheets in {options.sheets}.")


if __name__ == "__main__":
    main()
