"""A reader in miniature: real ONNX files whose answers a test chooses."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CHARACTERS = ["", "A", "B", "8", "京"]
FACTS = {
    "characters": CHARACTERS,
    "regions": ["US", "CN"],
    "crop_height": 64,
    "crop_width": 176,
    "plate_height": 48,
    "plate_width": 144,
    "temperature": 1.0,
    "calibration": [0.0, 1.0, 0.0],
}


def model_that_says(
    path: Path, logits: np.ndarray, facts: dict | None = FACTS, corners: str | None = None
) -> Path:
    """A network that gives ``logits`` (slots, classes) for every plate, and US; ``corners`` as packed."""
    answers = {
        "characters": logits[None].astype(np.float32),
        "regions": np.array([[3.0, 0.0]], np.float32),
        "legibility": np.zeros((1, 1), np.float32),
    }
    model = network_that_gives(answers, (48, 144))
    for key, value in (("reader", json.dumps(facts)), ("corners", corners)):
        if value not in ("null", None):
            model.metadata_props.add(key=key, value=value)
    onnx.save(model, path)
    return path


def corners_a_tenth_inside() -> str:
    """A network that finds them in every crop, packed as a reader carries it."""
    corners = np.array([[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]], np.float32)
    model = network_that_gives({"corners": corners[None]}, (64, 176))
    return base64.b85encode(model.SerializeToString()).decode()


def network_that_gives(answers: dict[str, np.ndarray], size: tuple[int, int]) -> onnx.ModelProto:
    """The same answers (1, …) for each of a batch of pictures of that size."""
    nodes = [
        helper.make_node("Shape", ["pictures"], ["shape"]),
        helper.make_node("Slice", ["shape", "from", "to"], ["batch"]),
    ]
    initializers = [
        numpy_helper.from_array(np.array([0]), "from"),
        numpy_helper.from_array(np.array([1]), "to"),
    ]
    outputs = []
    for name, value in answers.items():
        rest = numpy_helper.from_array(np.array(value.shape[1:], np.int64), f"{name}_rest")
        initializers += [numpy_helper.from_array(value, f"{name}_one"), rest]
        last = f"{name}_all" if name == "legibility" else name
        nodes.append(helper.make_node("Concat", ["batch", f"{name}_rest"], [f"{name}_shape"], axis=0))
        nodes.append(helper.make_node("Expand", [f"{name}_one", f"{name}_shape"], [last]))
        shape = ["batch"] if name == "legibility" else ["batch", *value.shape[1:]]
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    initializers.append(numpy_helper.from_array(np.array([1]), "axis"))
    if "legibility" in answers:
        nodes.append(helper.make_node("Squeeze", ["legibility_all", "axis"], ["legibility"]))
    pictures = helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["batch", 3, *size])
    graph = helper.make_graph(nodes, "reader", [pictures], outputs, initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def logits_of(*positions: dict[str, float]) -> np.ndarray:
    """Logits whose softmax are these probabilities; what is not named has almost none."""
    rows = np.full((len(positions), len(CHARACTERS)), 1e-6)
    for row, position in zip(rows, positions, strict=True):
        for character, probability in position.items():
            row[CHARACTERS.index(character)] = probability
    return np.log(rows / rows.sum(axis=1, keepdims=True))


def model_that_sees_red(path: Path, **facts: object) -> Path:
    """Of one position: A where more than half of the plate is red, else B, and not sure near half."""
    model = onnx.load(model_that_says(path, logits_of({"A": 1.0}), FACTS | facts, corners_a_tenth_inside()))
    weights = np.zeros((len(CHARACTERS), 3, 1, 1), np.float32)
    weights[CHARACTERS.index("A"), 0] = 12 / 255
    bias = np.full(len(CHARACTERS), -20, np.float32)
    bias[[CHARACTERS.index("A"), CHARACTERS.index("B")]] = (-6, 0)
    values = {"weights": weights, "bias": bias, "one_position": np.array([-1, 1, len(CHARACTERS)])}
    model.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in values.items())
    constant = next(node for node in model.graph.node if "characters" in node.output)
    model.graph.node.remove(constant)
    model.graph.node.extend(
        [
            helper.make_node("GlobalAveragePool", ["pictures"], ["mean"]),
            helper.make_node("Conv", ["mean", "weights", "bias"], ["scores"]),
            helper.make_node("Reshape", ["scores", "one_position"], ["characters"]),
        ]
    )
    onnx.save(model, path)
    return path


def crop_red_up_to(column: int) -> np.ndarray:
    crop = np.zeros((64, 176, 3), np.uint8)
    crop[:, :column, 2] = 255
    return crop
