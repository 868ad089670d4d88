"""Lets an exported YOLO work out boxes for its likeliest anchors only.

A YOLOv8, 9, 11 or 12 gives a box for each anchor, 5,040 of them on 640 x 384 px, and turns 64 numbers into
four by softmax for every one. All but a few are thrown away afterwards: on a CPU that is a tenth of the
quantised model's time. The graph is changed so that the anchors with the best class scores are chosen first.
The output keeps its form, ``[batch, 4 + classes, anchors]``, with fewer anchors, the best first.
"""

from __future__ import annotations

import onnx
from onnx import TensorProto, helper

from streams.errors import RoadwitnessError

#: More than any picture of a road needs: a vehicle has ten to twenty anchors, and suppression leaves one.
MOST_ANCHORS = 600


class NoSuchHead(RoadwitnessError):
    """A model that does not end as Ultralytics' detectors do."""


def keep_likeliest(model: onnx.ModelProto, most: int = MOST_ANCHORS) -> onnx.ModelProto:
    """A copy of ``model`` that decodes ``most`` anchors an image, or all where it has fewer.

    Raises NoSuchHead for a model whose end is not that of Ultralytics' YOLOv8 family, raw output.
    """
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    graph = copy.graph
    made_by = {name: node for node in graph.node for name in node.output}

    def before(node: onnx.NodeProto, operator: str) -> onnx.NodeProto:
        for name in node.input:
            if name in made_by and made_by[name].op_type == operator:
                return made_by[name]
        raise NoSuchHead(
            f"The model has no {operator} before {node.name or node.op_type}; give a raw export of "
            "Ultralytics' YOLOv8, 9, 11 or 12 (nms=False)."
        )

    end = made_by[graph.output[0].name]
    scaled, scores = before(end, "Mul"), before(end, "Sigmoid")
    softmax = next((node for node in graph.node if node.op_type == "Softmax" and "dfl" in node.name), None)
    if softmax is None:
        raise NoSuchHead("The model has no distribution of distances (DFL); give a YOLOv8, 9, 11 or 12.")
    unfold = before(before(softmax, "Transpose"), "Reshape")
    left = next(n for n in graph.node if n.op_type == "Sub" and "Slice" in made_by[n.input[1]].op_type)
    classes, distances, centres = scores.input[0], unfold.input[0], left.input[0]
    strides = next(name for name in scaled.input if made_by[name].op_type != "Concat")

    def constant(name: str, values: list[int]) -> str:
        tensor = helper.make_tensor(name, TensorProto.INT64, [len(values)], values)
        graph.initializer.append(tensor)
        return name

    two, few = constant("likeliest/two", [2]), constant("likeliest/most", [most])
    nodes = [
        helper.make_node("ReduceMax", [classes], ["likeliest/score"], axes=[1], keepdims=0),
        helper.make_node("Shape", [classes], ["likeliest/shape"]),
        helper.make_node("Gather", ["likeliest/shape", two], ["likeliest/anchors"]),
        helper.make_node("Min", ["likeliest/anchors", few], ["likeliest/count"]),
        helper.make_node(
            "TopK", ["likeliest/score", "likeliest/count"], ["likeliest/scores", "likeliest/index"], axis=1
        ),
        helper.make_node("Unsqueeze", ["likeliest/index", two], ["likeliest/places"]),
    ]
    # Values of one image lie apart by anchors, so an anchor's are gathered from the transposed tensor.
    for number, name in enumerate((classes, distances)):
        there, chosen, back = (f"likeliest/{word}{number}" for word in ("there", "chosen", "back"))
        nodes += [
            helper.make_node("Transpose", [name], [there], perm=[0, 2, 1]),
            helper.make_node("GatherND", [there, "likeliest/places"], [chosen], batch_dims=1),
            helper.make_node("Transpose", [chosen], [back], perm=[0, 2, 1]),
        ]
    nodes += [
        helper.make_node("Squeeze", [centres, constant("likeliest/zero", [0])], ["likeliest/grid"]),
        helper.make_node("Gather", ["likeliest/grid", "likeliest/index"], ["likeliest/points"], axis=1),
        helper.make_node("Transpose", ["likeliest/points"], ["likeliest/centres"], perm=[1, 0, 2]),
        helper.make_node("Gather", [strides, "likeliest/index"], ["likeliest/steps"], axis=1),
        helper.make_node("Transpose", ["likeliest/steps"], ["likeliest/strides"], perm=[1, 0, 2]),
    ]
    instead = {
        classes: "likeliest/back0",
        distances: "likeliest/back1",
        centres: "likeliest/centres",
        strides: "likeliest/strides",
    }
    for node in graph.node:
        for position, name in enumerate(node.input):
            if name in instead:
                node.input[position] = instead[name]
    graph.node.extend(nodes)
    # Shapes noted by the exporter no longer hold behind the choice.
    del graph.value_info[:]
    _sort(graph)
    onnx.checker.check_model(copy)
    return copy


def _sort(graph: onnx.GraphProto) -> None:
    """Put the nodes into an order in which each comes after what it needs."""
    known = {entry.name for entry in graph.input} | {entry.name for entry in graph.initializer} | {""}
    waiting, ordered = list(graph.node), []
    while waiting:
        ready = [node for node in waiting if known.issuperset(node.input)]
        ordered += ready
        known |= {name for node in ready for name in node.output}
        waiting = [node for node in waiting if not known.issuperset(node.output)]
        if not ready:
            raise NoSuchHead("The changed graph has a circle; the model does not end as was expected.")
    del graph.node[:]
    graph.node.extend(ordered)
