"""Writes ONNX models of one constant answer, byte by byte, so that decoding is tested on real files.

The format is protobuf: a field is a key (number and kind), and a varint or a length with that many bytes.
Numbers of fields are those of onnx.proto.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

FLOAT = 1


def _varint(value: int) -> bytes:
    parts = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        parts.append(low | (0x80 if value else 0))
        if not value:
            return bytes(parts)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, content: bytes | str) -> bytes:
    raw = content.encode() if isinstance(content, str) else content
    return _varint(field << 3 | 2) + _varint(len(raw)) + raw


def _value_info(name: str, shape: list[int | str]) -> bytes:
    dimensions = b"".join(
        _bytes(1, _number(1, size) if isinstance(size, int) else _bytes(2, size)) for size in shape
    )
    tensor_type = _number(1, FLOAT) + _bytes(2, dimensions)
    return _bytes(1, name) + _bytes(2, _bytes(1, tensor_type))


def write_model(
    path: Path,
    output: np.ndarray,
    names: dict[int, str] | None,
    image_shape: tuple[int | str, int | str, int | str, int | str] = ("batch", 3, "height", "width"),
) -> Path:
    """A model that takes an image and always gives ``output``; ``names`` are written as Ultralytics does."""
    constant = b"".join(_number(1, size) for size in output.shape)
    constant += _number(2, FLOAT) + _bytes(8, "constant") + _bytes(9, output.astype("<f4").tobytes())
    node = _bytes(1, "constant") + _bytes(2, "output0") + _bytes(4, "Identity")
    graph = _bytes(1, node) + _bytes(2, "graph") + _bytes(5, constant)
    graph += _bytes(11, _value_info("images", list(image_shape)))
    graph += _bytes(12, _value_info("output0", list(output.shape)))
    model = _number(1, 8) + _bytes(7, graph) + _bytes(8, _number(2, 13))
    if names is not None:
        model += _bytes(14, _bytes(1, "names") + _bytes(2, repr(names)))
    path.write_bytes(model)
    return path


def raw_output(rows: list[tuple[float, float, float, float, list[float]]]) -> np.ndarray:
    """YOLOv8's output, (1, 4 + classes, anchors), from rows of left, top, right, bottom and class scores."""
    columns = [[(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1, *scores] for x1, y1, x2, y2, scores in rows]
    return np.asarray(columns, np.float32).T[None]
