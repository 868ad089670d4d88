"""Any Ultralytics YOLO detector exported to ONNX, run without Ultralytics or torch.

Understands the raw output of YOLOv8, 9, 11 and 12, ``[batch, 4 + classes, anchors]`` with centre, size and
class scores, and exports with suppression inside (``nms=True``, YOLOv10, YOLO26), ``[batch, boxes, 6]``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from detectors.boxes import Floats, suppress, to_box
from detectors.letterbox import Image, Letterbox, fit, fit_all
from detectors.onnx_session import ModelUnusable, OnnxSession
from detectors.providers import on_gpu
from streams.messages import Box

#: Crops a batch where a GPU runs the model. A CPU takes as long for each of a batch as for one alone, and
#: alone a crop needs no padding to the shape of others.
_GPU_BATCH = 8


@dataclass(frozen=True)
class Detection:
    """One thing found in an image: its box in pixels of that image, what it is, and a score in 0..1."""

    box: Box
    label: str
    confidence: float


class YoloDetector:
    """A YOLO model on onnxruntime.

    ``input_size`` is the longest side of the model's input in px; the other side follows the image, rounded
    up to a multiple of 32. Of two boxes that overlap by more than ``iou``, the less confident one goes, if
    their labels are equal or stand together in one of ``rivals``. ``batch`` is how many crops run together,
    by default one on a CPU. ``rename`` turns the file's class names into labels; classes of one label are
    one. Not for use from two threads at once. Raises ModelUnusable for a file that is no such model.
    """

    def __init__(
        self,
        path: Path,
        *,
        input_size: int = 640,
        confidence: float = 0.25,
        iou: float = 0.6,
        threads: int = 0,
        providers: Sequence[str] | None = None,
        rivals: Sequence[Collection[str]] = (),
        batch: int | None = None,
        rename: Callable[[Sequence[str]], tuple[str, ...]] = tuple,
    ) -> None:
        self._input: Floats = np.empty((0, 3, 0, 0), np.float32)
        self.input_size = input_size
        self.confidence = confidence
        self.iou = iou
        self._session = OnnxSession(path, threads=threads, providers=providers)
        self._batch = batch or (_GPU_BATCH if on_gpu(self._session.providers) else 1)
        self.labels = rename(_labels(self._session))
        groups = [self.labels.index(label) for label in self.labels]
        for together in rivals:
            members = [index for index, label in enumerate(self.labels) if label in together]
            for index in members:
                groups[index] = members[0]
        self._groups = np.asarray(groups, np.int64)

    def detect(
        self, image: Image, input_size: int | None = None, confidence: float | None = None
    ) -> list[Detection]:
        """What is in one BGR image (H, W, 3), the most confident first."""
        height, width = image.shape[:2]
        letterbox = fit(width, height, input_size or self.input_size, self._fixed_canvas())
        return self._run([image], [letterbox], confidence)[0]

    def detect_batch(
        self, images: Sequence[Image], input_size: int | None = None, confidence: float | None = None
    ) -> list[list[Detection]]:
        """What is in each of several BGR images of any size; those of a batch share one canvas."""
        size = input_size or self.input_size
        if self._fixed_canvas() != (None, None) or self._session.batch is not None:
            return [self.detect(image, size, confidence) for image in images]
        # Neighbours in this order have like shapes, so that little of the shared canvas is padding.
        order = sorted(range(len(images)), key=lambda i: images[i].shape[0] / images[i].shape[1])
        found: list[list[Detection]] = [[] for _ in images]
        for start in range(0, len(order), self._batch):
            chosen = order[start : start + self._batch]
            batch = [images[i] for i in chosen]
            letterboxes = fit_all([(image.shape[1], image.shape[0]) for image in batch], size)
            for i, detections in zip(chosen, self._run(batch, letterboxes, confidence), strict=True):
                found[i] = detections
        return found

    def _fixed_canvas(self) -> tuple[int | None, int | None]:
        return (self._session.width, self._session.height)

    def _run(
        self, images: Sequence[Image], letterboxes: Sequence[Letterbox], confidence: float | None
    ) -> list[list[Detection]]:
        least = self.confidence if confidence is None else confidence
        canvases = [box.apply(image) for box, image in zip(letterboxes, images, strict=True)]
        output = self._session.run(self._fill(canvases))[0]
        return [self._decode(rows, box, least) for rows, box in zip(output, letterboxes, strict=True)]

    def _fill(self, canvases: Sequence[Image]) -> Floats:
        """Images (H, W, 3), BGR, of one size as the model's input: (B, 3, H, W), RGB, 0 to 1.

        The array is the same one as long as the shape is: memory of this size is given back to the system
        when it is freed, and to get it again costs more than to fill it.
        """
        height, width = canvases[0].shape[:2]
        shape = (len(canvases), 3, height, width)
        if self._input.shape != shape:
            self._input = np.empty(shape, np.float32)
        for planes, canvas in zip(self._input, canvases, strict=True):
            for channel, plane in enumerate(cv2.split(canvas)):
                np.multiply(plane, np.float32(1 / 255), out=planes[2 - channel], casting="unsafe")
        return self._input

    def _decode(self, rows: Floats, letterbox: Letterbox, confidence: float) -> list[Detection]:
        if rows.shape[0] == 4 + len(self.labels):
            boxes, scores, classes = _decode_raw(rows, confidence)
            kept = suppress(boxes, scores, self._groups[classes], self.iou)
        elif rows.shape[1] == 6:
            chosen = rows[rows[:, 4] >= confidence]
            boxes, scores, classes = chosen[:, :4], chosen[:, 4], chosen[:, 5].astype(np.int64)
            kept = suppress(boxes, scores, self._groups[classes], self.iou)
        else:
            raise ModelUnusable(
                f"The model {self._session.path} gives {list(rows.shape)} an image, which is no YOLO "
                f"detector's output for {len(self.labels)} classes; export a detection model."
            )
        restored = letterbox.restore(boxes[kept])
        return [
            Detection(to_box(box), self.labels[classes[i]], float(scores[i]))
            for box, i in zip(restored, kept, strict=True)
            if box[2] > box[0] and box[3] > box[1]
        ]


def _decode_raw(
    rows: Floats, confidence: float
) -> tuple[Floats, Floats, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Boxes ``xyxy``, scores and classes of the anchors that are confident: rows (4 + classes, anchors)."""
    best = rows[4:].max(axis=0)
    chosen = np.flatnonzero(best >= confidence)
    columns = rows[:, chosen]
    centre, half = columns[:2].T, columns[2:4].T / 2
    boxes = np.concatenate([centre - half, centre + half], axis=1)
    return boxes, best[chosen], columns[4:].argmax(axis=0)


def _labels(session: OnnxSession) -> tuple[str, ...]:
    written = session.metadata.get("names")
    if written is None:
        raise ModelUnusable(
            f"The model {session.path} does not name its classes; export it with Ultralytics, "
            "which writes them."
        )
    names: dict[int, str] = dict(ast.literal_eval(written))
    return tuple(str(names[index]) for index in sorted(names))
