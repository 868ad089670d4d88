"""The trained reader as an ONNX file that carries all that is needed to use it."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path

import msgspec
import onnx
import torch
from torch import Tensor, nn

from detectors.readers.slots import CORNERS, ReaderFacts
from detectors.training.reader.calibrating import Calibration
from detectors.training.reader.classes import CHARACTERS, REGIONS
from detectors.training.reader.network import PlateReaderNetwork
from detectors.training.reader.shapes import CROP_SIZE, PLATE_SIZE

OUTPUTS = ("characters", "regions", "legibility")
#: When and how a plate is looked at again (:class:`ReaderFacts`), chosen on tuning crops.
DOUBT = 0.8
LOOKS = ((0.025, 0.0), (0.0, -0.03))
_FACTS = "reader"


class _Finder(nn.Module):
    def __init__(self, network: PlateReaderNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, crops: Tensor) -> Tensor:
        return self.network.corners(crops / 127.5 - 1)


class _Reader(_Finder):
    def forward(self, plates: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.network.characters(plates / 127.5 - 1)


def export(network: PlateReaderNetwork, path: Path) -> Path:
    """Write ``network`` to ``path``: input ``plates`` float32 (batch, 3, 48, 144), RGB, 0 to 255.

    The network that finds the corners in a crop (batch, 3, 64, 176) travels in the metadata, beside what the
    reader has to know; its confidence is not calibrated yet.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    network = network.eval().float().to(memory_format=torch.contiguous_format)
    model = _graph(_Reader(network), "plates", PLATE_SIZE, OUTPUTS)
    finder = _graph(_Finder(network), "crops", CROP_SIZE, ("corners",))
    facts = ReaderFacts(
        characters=CHARACTERS,
        regions=REGIONS,
        crop_height=CROP_SIZE[0],
        crop_width=CROP_SIZE[1],
        plate_height=PLATE_SIZE[0],
        plate_width=PLATE_SIZE[1],
        temperature=1.0,
        calibration=(0.0, 1.0, 0.0),
        doubt=DOUBT,
        looks=LOOKS,
    )
    names = dict(enumerate(CHARACTERS))
    for key, value in (
        (_FACTS, msgspec.json.encode(facts).decode()),
        ("names", repr(names)),
        ("task", "read"),
        (CORNERS, base64.b85encode(finder.SerializeToString()).decode()),
    ):
        model.metadata_props.add(key=key, value=value)
    onnx.save(model, path)
    return path


def enter_calibration(path: Path, calibration: Calibration) -> None:
    """Write into the model at ``path`` what its figures mean."""
    model = onnx.load(path)
    (entry,) = (entry for entry in model.metadata_props if entry.key == _FACTS)
    facts = msgspec.json.decode(entry.value, type=ReaderFacts)
    facts = msgspec.structs.replace(
        facts,
        temperature=calibration.temperature,
        calibration=calibration.coefficients,
        leanings=calibration.leanings,
    )
    entry.value = msgspec.json.encode(facts).decode()
    onnx.save(model, path)


def _graph(network: nn.Module, entry: str, size: tuple[int, int], outputs: Sequence[str]) -> onnx.ModelProto:
    written = io.BytesIO()
    torch.onnx.export(
        network,
        (torch.zeros(2, 3, *size),),
        written,
        input_names=[entry],
        output_names=list(outputs),
        dynamic_axes={name: {0: "batch"} for name in (entry, *outputs)},
        opset_version=17,
        dynamo=False,
    )
    return onnx.load_from_string(written.getvalue())
