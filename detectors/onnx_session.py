"""An ONNX model opened with onnxruntime: threads, providers and the facts that its file carries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from detectors import providers as execution
from streams.errors import RoadwitnessError


class ModelUnusable(RoadwitnessError):
    """A model file that onnxruntime cannot open or whose inputs and outputs are not what we run."""


class OnnxSession:
    """One model with one image input ``[batch, 3, height, width]``, ready to run.

    ``providers`` is one of ``detectors.providers.CHAINS``, by default what ROADWITNESS_PROVIDER names, else
    the CPU; ProviderUnusable where it does not run the model. ``threads`` 0 leaves the number to
    onnxruntime. ``height``, ``width`` and ``batch`` are None where the model leaves them open. ``metadata``
    is what the exporter wrote beside the graph. ``content``, where given, is the serialised model, opened in
    place of the file; ``path`` then only says where it came from.
    """

    def __init__(
        self,
        path: Path,
        *,
        content: bytes | None = None,
        threads: int = 0,
        providers: Sequence[str] | None = None,
    ) -> None:
        self.providers = execution.choose() if providers is None else tuple(providers)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.log_severity_level = 3
        # Spinning workers take the cores that decoding and the other models need.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(
                str(path) if content is None else content,
                options,
                providers=list(self.providers),
                provider_options=execution.options_of(self.providers, threads),
                enable_fallback=0,
            )
        except Exception as error:  # onnxruntime raises many unrelated classes
            raise ModelUnusable(
                f"The model {path} cannot be opened ({_first_line(error)}); export it to ONNX again "
                "or restore it."
            ) from error
        execution.demand(self._session, self.providers, f"The model {path}")
        self.path = path
        entry = self._session.get_inputs()[0]
        shape = list(entry.shape)
        if len(shape) != 4 or shape[1] != 3:
            raise ModelUnusable(
                f"The model {path} takes {shape}, not [batch, 3, height, width]; give a detector of "
                "colour images."
            )
        self.batch, self.height, self.width = (
            size if isinstance(size, int) else None for size in (shape[0], shape[2], shape[3])
        )
        self.metadata: dict[str, str] = dict(self._session.get_modelmeta().custom_metadata_map)
        self.output_names: tuple[str, ...] = tuple(output.name for output in self._session.get_outputs())
        self._input_name: str = entry.name
        self._half = entry.type == "tensor(float16)"

    def run(self, images: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Run on images (B, 3, H, W) and return every output, float32, in the model's order.

        A model of a fixed batch is given as many as it wants, and its answers to the padding are left out.
        """
        entry = images.astype(np.float16) if self._half else images
        missing = (self.batch or 0) - len(entry)
        if missing > 0:
            entry = np.concatenate([entry, np.zeros((missing, *entry.shape[1:]), entry.dtype)])
        try:
            outputs = self._session.run(None, {self._input_name: entry})
        except Exception as error:  # onnxruntime raises many unrelated classes
            raise ModelUnusable(
                f"The model {self.path} does not run on images of {entry.shape[3]} x {entry.shape[2]} px "
                f"({_first_line(error)}); export it with a free input size (dynamic=True)."
            ) from error
        answers = [np.asarray(output, np.float32) for output in outputs]
        return [answer[: len(images)] for answer in answers] if missing > 0 else answers


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].strip().rstrip(".")
