"""Makes an 8-bit copy of a detector: less than half the time on a CPU, and nearly the same boxes.

    python -m detectors.training.quantising best.onnx --out vehicles.onnx \\
        --images DATA/plates/images/train --images DATA/vehicles/images/train --images SIM/images

Needs no torch. Static quantisation by onnxruntime, in its QDQ form: weights in int8 by output channel,
activations in uint8 by tensor, each with the range that costs least on calibration pictures, not the widest
that was seen. Three things are particular to these networks:

- A convolution is followed by SiLU, x * sigmoid(x), which is nearly 0 for all x below -6. Ranges are chosen
  by the error behind the SiLU, so no step of the 256 is spent on values that come to nothing.
- The last convolution of each branch stays in float: a step of a class score would be seen in the result.
- So do the first modules: their values spread widest, and in 8 bits each costs more accuracy than ten later
  ones, but no time, as they have few channels.
- Boxes are worked out for the likeliest anchors only, see :mod:`detectors.training.likeliest`.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationMethod, QuantType
from onnxruntime.quantization.calibrate import TensorData, TensorsData
from onnxruntime.quantization.qdq_quantizer import QDQQuantizer
from rich.progress import track

from detectors.letterbox import fit
from detectors.training.likeliest import MOST_ANCHORS, keep_likeliest

Floats = NDArray[np.float32]

#: What runs in 8 bits. onnxruntime has a fast kernel for each, and between two of them nothing is converted.
OPERATORS = ("Conv", "Sigmoid", "Mul", "Concat", "Add", "Split", "Resize", "MaxPool")
#: In the head, the branches' last convolutions and what comes behind them stay in float.
_HEAD_FLOAT = re.compile(r"cv[23]\.\d+/cv[23]\.\d+\.2/Conv|dfl/.*|[A-Z][A-Za-z]*(_\d+)?")
_MODULE = re.compile(r"/model\.(\d+)/(.*)")
FLOAT_MODULES = (0, 1, 2)
_SAMPLES_AN_IMAGE = 2000
_SAMPLES_A_RANGE = 20_000
_LEVELS = 255


def quantise(
    model: onnx.ModelProto,
    pictures: Sequence[Path],
    input_size: int = 640,
    most: int = MOST_ANCHORS,
    float_modules: Collection[int] = FLOAT_MODULES,
) -> onnx.ModelProto:
    """The 8-bit copy of a raw YOLOv8-like export, calibrated on ``pictures``; ``most`` anchors are decoded.

    ``float_modules`` are the numbers of modules that stay in float, besides the head's last convolutions.
    The metadata stays (class names, stride), and says ``quantised: int8``. Raises NoSuchHead.
    """
    stay = in_float(model, float_modules)
    seen = observed(model, stay, pictures, input_size)
    ranges = {name: best_range(*values) for name, values in seen.items()}
    inputs = {entry.name for entry in model.graph.input}
    ranges |= dict.fromkeys(inputs, (0.0, 1.0))
    quantizer = QDQQuantizer(
        onnx.shape_inference.infer_shapes(model),
        True,
        False,
        QuantType.QInt8,
        QuantType.QUInt8,
        _as_tensors_data(ranges),
        [],
        sorted(stay),
        list(OPERATORS),
        {},
    )
    quantizer.quantize_model()
    made = keep_likeliest(quantizer.model.model, most)
    kept = {entry.key: entry.value for entry in model.metadata_props}
    kept["quantised"] = f"int8, calibrated on {len(pictures)} pictures at {input_size} px"
    # The exporter writes the path of its data set here.
    kept.pop("description", None)
    onnx.helper.set_model_props(made, kept)
    return made


def in_float(model: onnx.ModelProto, modules: Collection[int] = FLOAT_MODULES) -> set[str]:
    """The names of the nodes that stay in float: those of ``modules``, and the end of the head."""
    placed = [(match, node.name) for node in model.graph.node if (match := _MODULE.fullmatch(node.name))]
    head = max((int(match[1]) for match, _ in placed), default=0)
    return {
        name
        for match, name in placed
        if int(match[1]) in modules or (int(match[1]) == head and _HEAD_FLOAT.fullmatch(match[2]))
    }


def observed(
    model: onnx.ModelProto, stay: Collection[str], pictures: Sequence[Path], input_size: int
) -> dict[str, tuple[Floats, Callable[[Floats], Floats]]]:
    """Values of every tensor that is to be quantised, a sample of each picture, and what follows it."""
    wide = onnx.ModelProto()
    wide.CopyFrom(model)
    before_silu = {name for node in model.graph.node if node.op_type == "Sigmoid" for name in node.input}
    made = {name for node in model.graph.node for name in node.output}
    # Also what a node takes from one that stays in float.
    names = sorted(
        {
            name
            for node in model.graph.node
            if node.op_type in OPERATORS and node.name not in stay
            for name in [*node.input, *node.output]
            if name in made
        }
        - {entry.name for entry in wide.graph.output}
    )
    wide.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in names)
    options = onnxruntime.SessionOptions()
    # Fused, the tensors between would be gone.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        wide.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    seen: dict[str, list[Floats]] = {name: [] for name in names}
    for blob in _blobs(pictures, input_size):
        outputs = session.run(names, {session.get_inputs()[0].name: blob})
        for name, values in zip(names, outputs, strict=True):
            if values.dtype == np.float32 and values.size:
                flat = values.reshape(-1)
                few = flat[:: max(1, flat.size // _SAMPLES_AN_IMAGE)]
                seen[name].append(np.concatenate([few, [flat.min(), flat.max()]]).astype(np.float32))
    return {
        name: (np.concatenate(values), silu if name in before_silu else _itself)
        for name, values in seen.items()
        if values
    }


def best_range(values: Floats, through: Callable[[Floats], Floats]) -> tuple[float, float]:
    """The (low, high) whose 256 steps cost the least mean square error of ``through(values)``."""
    lowest, highest = float(min(values.min(), 0.0)), float(max(values.max(), 0.0))
    values = np.append(values[:: max(1, values.size // _SAMPLES_A_RANGE)], [lowest, highest])
    values = values.astype(np.float32)
    target = through(values)

    def cost(low: float, high: float) -> float:
        step = max(high - low, 1e-6) / _LEVELS
        stepped = np.clip(np.round((values - low) / step), 0, _LEVELS) * step + low
        return float(((through(stepped.astype(np.float32)) - target) ** 2).mean())

    low, high = lowest, highest
    parts = np.linspace(0.1, 1.0, 37)
    for _ in range(2):
        high = min((highest * part for part in parts), key=lambda value: cost(low, value))
        low = min((lowest * part for part in [0.0, *parts]), key=lambda value: cost(value, high))
    return float(low), float(high)


def silu(values: Floats) -> Floats:
    """The activation of these networks, x * sigmoid(x)."""
    return np.asarray(values / (1 + np.exp(-np.clip(values, -60, 60))), np.float32)


def _itself(values: Floats) -> Floats:
    return values


def _as_tensors_data(ranges: dict[str, tuple[float, float]]) -> TensorsData:
    return TensorsData(
        CalibrationMethod.MinMax,
        {
            name: TensorData(lowest=np.array(low, np.float32), highest=np.array(high, np.float32))
            for name, (low, high) in ranges.items()
        },
    )


def _blobs(pictures: Sequence[Path], input_size: int) -> Iterator[Floats]:
    for path in track(pictures, "calibrating"):
        image = cv2.imread(str(path))
        if image is None:
            raise FileNotFoundError(f"{path} is no picture; leave it out.")
        height, width = image.shape[:2]
        canvas = fit(width, height, input_size).apply(np.asarray(image, np.uint8))
        yield np.asarray(cv2.dnn.blobFromImages([canvas], 1 / 255, swapRB=True), np.float32)


def spread(folders: Sequence[Path], each: int) -> list[Path]:
    """``each`` pictures of every folder, evenly spread over their names: the same ones every time."""
    chosen: list[Path] = []
    for folder in folders:
        files = sorted(p for p in folder.iterdir() if p.suffix.lower() in {".jpg", ".jpeg", ".png"})
        chosen += files[:: max(1, len(files) // each)][:each]
    return chosen


def main(arguments: Sequence[str] | None = None) -> None:
    """Quantise, and say what it changed."""
    parser = argparse.ArgumentParser(prog="python -m detectors.training.quantising", description=__doc__)
    parser.add_argument("model", type=Path, help="raw float32 export of a YOLOv8-like detector")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--images", type=Path, action="append", required=True, help="folder; may repeat")
    parser.add_argument("--each", type=int, default=16, help="pictures from each folder")
    parser.add_argument("--input-size", type=int, default=640)
    given = parser.parse_args(arguments)
    pictures = spread(given.images, given.each)
    made = quantise(onnx.load(str(given.model)), pictures, given.input_size)
    given.out.write_bytes(made.SerializeToString())
    print(f"{given.out}: {given.out.stat().st_size / 1e6:.1f} MB, calibrated on {len(pictures)} pictures")


if __name__ == "__main__":
    main()
