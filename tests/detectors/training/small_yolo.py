"""A YOLOv8 in miniature: the end of Ultralytics' export as it is, on a body of two convolutions."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CLASSES = 2
STRIDE = 8


def small_yolo(seed: int = 1) -> onnx.ModelProto:
    """A raw export: images (1, 3, h, w) to output0 (1, 4 + 2, anchors), one scale of stride 8."""
    rng = np.random.default_rng(seed)
    held: list[onnx.TensorProto] = []

    def hold(name: str, values: object, kind: type = np.int64) -> str:
        held.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def convolution(name: str, source: str, into: int, out: int, kernel: int, stride: int) -> list[object]:
        weight = hold(
            f"{name}.weight",
            rng.normal(0, 1 / (into * kernel**2) ** 0.5, (out, into, kernel, kernel)),
            np.float32,
        )
        bias = hold(f"{name}.bias", rng.normal(0, 0.5, out), np.float32)
        pad = kernel // 2
        return [
            helper.make_node(
                "Conv",
                [source, weight, bias],
                [f"{name}/conv"],
                name=f"{name}/Conv",
                strides=[stride] * 2,
                pads=[pad] * 4,
            )
        ]

    def activated(name: str, source: str, into: int, out: int, stride: int) -> list[object]:
        return [
            *convolution(name, source, into, out, 3, stride),
            helper.make_node("Sigmoid", [f"{name}/conv"], [f"{name}/gate"], name=f"{name}/act/Sigmoid"),
            helper.make_node(
                "Mul", [f"{name}/conv", f"{name}/gate"], [f"{name}/out"], name=f"{name}/act/Mul"
            ),
        ]

    h = "/model.4"
    zero, one, two, four = hold("zero", [0]), hold("one", [1]), hold("two", [2]), hold("four", [4])
    scalar = {value: hold(f"scalar{value}", value) for value in (0, 1, 2, 3)}
    nodes: list[object] = [
        *activated("/model.0", "images", 3, 8, 2),
        *activated("/model.1", "/model.0/out", 8, 16, 2),
        *activated("/model.3", "/model.1/out", 16, 16, 2),
        *convolution(f"{h}/cv2.0/cv2.0.2", "/model.3/out", 16, 64, 1, 1),
        *convolution(f"{h}/cv3.0/cv3.0.2", "/model.3/out", 16, CLASSES, 1, 1),
        helper.make_node(
            "Reshape",
            [f"{h}/cv2.0/cv2.0.2/conv", hold("s64", [1, 64, -1])],
            ["distances"],
            name=f"{h}/Reshape",
        ),
        helper.make_node(
            "Reshape",
            [f"{h}/cv3.0/cv3.0.2/conv", hold("sc", [1, CLASSES, -1])],
            ["classes"],
            name=f"{h}/Reshape_1",
        ),
        helper.make_node("Shape", ["/model.3/out"], ["shape"], name=f"{h}/Shape"),
        helper.make_node("Gather", ["shape", scalar[2]], ["rows"], name=f"{h}/Gather"),
        helper.make_node("Gather", ["shape", scalar[3]], ["columns"], name=f"{h}/Gather_1"),
        helper.make_node("Mul", ["rows", "columns"], ["count"], name=f"{h}/Mul"),
        helper.make_node("Range", [scalar[0], "count", scalar[1]], ["number"], name=f"{h}/Range"),
        helper.make_node("Mod", ["number", "columns"], ["x"], name=f"{h}/Mod"),
        helper.make_node("Div", ["number", "columns"], ["y"], name=f"{h}/Div"),
        helper.make_node("Unsqueeze", ["x", zero], ["x1"], name=f"{h}/Unsqueeze"),
        helper.make_node("Unsqueeze", ["y", zero], ["y1"], name=f"{h}/Unsqueeze_1"),
        helper.make_node("Concat", ["x1", "y1"], ["xy"], axis=0, name=f"{h}/Concat"),
        helper.make_node("Cast", ["xy"], ["xyf"], to=TensorProto.FLOAT, name=f"{h}/Cast"),
        helper.make_node("Add", ["xyf", hold("half", 0.5, np.float32)], ["grid"], name=f"{h}/Add"),
        helper.make_node("Unsqueeze", ["grid", zero], ["centres"], name=f"{h}/Unsqueeze_2"),
        helper.make_node("Mul", ["grid", hold("no", 0.0, np.float32)], ["nothing"], name=f"{h}/Mul_1"),
        helper.make_node(
            "Add", ["nothing", hold("eight", float(STRIDE), np.float32)], ["eights"], name=f"{h}/Add_1"
        ),
        helper.make_node("Slice", ["eights", zero, one, zero], ["strides"], name=f"{h}/Slice_2"),
        helper.make_node(
            "Reshape", ["distances", hold("s16", [1, 4, 16, -1])], ["folded"], name=f"{h}/dfl/Reshape"
        ),
        helper.make_node("Transpose", ["folded"], ["turned"], perm=[0, 2, 1, 3], name=f"{h}/dfl/Transpose"),
        helper.make_node("Softmax", ["turned"], ["shares"], axis=1, name=f"{h}/dfl/Softmax"),
        helper.make_node(
            "Conv",
            ["shares", hold("bins", np.arange(16).reshape(1, 16, 1, 1), np.float32)],
            ["expected"],
            name=f"{h}/dfl/conv/Conv",
        ),
        helper.make_node(
            "Reshape", ["expected", hold("s4", [1, 4, -1])], ["sides"], name=f"{h}/dfl/Reshape_1"
        ),
        helper.make_node("Slice", ["sides", zero, two, one], ["lefttop"], name=f"{h}/Slice"),
        helper.make_node("Slice", ["sides", two, four, one], ["rightbottom"], name=f"{h}/Slice_1"),
        helper.make_node("Sub", ["centres", "lefttop"], ["begin"], name=f"{h}/Sub"),
        helper.make_node("Add", ["centres", "rightbottom"], ["end"], name=f"{h}/Add_2"),
        helper.make_node("Add", ["begin", "end"], ["sum"], name=f"{h}/Add_3"),
        helper.make_node("Sub", ["end", "begin"], ["size"], name=f"{h}/Sub_1"),
        helper.make_node("Div", ["sum", hold("twof", 2.0, np.float32)], ["middle"], name=f"{h}/Div_1"),
        helper.make_node("Concat", ["middle", "size"], ["boxes"], axis=1, name=f"{h}/Concat_1"),
        helper.make_node("Mul", ["boxes", "strides"], ["scaled"], name=f"{h}/Mul_2"),
        helper.make_node("Sigmoid", ["classes"], ["scores"], name=f"{h}/Sigmoid"),
        helper.make_node("Concat", ["scaled", "scores"], ["output0"], axis=1, name=f"{h}/Concat_2"),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, "height", "width"])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 4 + CLASSES, "anchors"])],
        held,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(
        model, {"names": "{0: 'car', 1: 'truck'}", "description": "trained on /somewhere/data.yaml"}
    )
    onnx.checker.check_model(model)
    return model
