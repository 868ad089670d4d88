"""The trained reader as an ONNX file that carries all that is needed to use it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import onnx
import torch

from detectors.readers.slots import ReaderFacts
from detectors.training.reader.calibrating import Calibration
from detectors.training.reader.classes import CHARACTERS, REGIONS
from detectors.training.reader.network import PlateReaderNetwork
from detectors.training.reader.shapes import CROP_SIZE

OUTPUTS = ("characters", "regions", "legibility", "corners")


def export(network: PlateReaderNetwork, calibration: Calibration, path: Path) -> Path:
    """Write ``network`` to ``path``: input ``crops`` float32 (batch, 3, 64, 176), RGB, 0 to 255."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network.eval().float().to(memory_format=torch.contiguous_format),
        (torch.zeros(2, 3, *CROP_SIZE),),
        str(path),
        input_names=["crops"],
        output_names=list(OUTPUTS),
        dynamic_axes={name: {0: "batch"} for name in ("crops", *OUTPUTS)},
        opset_version=17,
        dynamo=False,
    )
    facts = ReaderFacts(
        characters=CHARACTERS,
        regions=REGIONS,
        crop_height=CROP_SIZE[0],
        crop_width=CROP_SIZE[1],
        temperature=calibration.temperature,
        calibration=calibration.coefficients,
        leanings=calibration.leanings,
    )
    model = onnx.load(path)
    names = dict(enumerate(CHARACTERS))
    for key, value in (
        ("reader", msgspec.json.encode(facts).decode()),
        ("names", repr(names)),
        ("task", "read"),
    ):
        model.metadata_props.add(key=key, value=value)
    onnx.save(model, path)
    return path
