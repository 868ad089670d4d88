"""Half-precision training on a CPU: twice the speed where the processor has bfloat16 instructions.

Ultralytics switches mixed precision on for GPUs only. bfloat16 keeps eight bits of mantissa, which is too
coarse for box coordinates, so the network runs in bfloat16 and the loss in float32.
"""

from __future__ import annotations

from typing import Any

import torch
import ultralytics.engine.trainer as ultralytics_trainer
import ultralytics.utils.loss as ultralytics_loss


def _as_float32(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.float() if value.is_floating_point() else value
    if isinstance(value, dict):
        return {key: _as_float32(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_as_float32(item) for item in value)
    return value


def train_in_bfloat16() -> None:
    """Make every Ultralytics detection training of this process run its network in bfloat16 on the CPU."""
    loss_in_full_precision = ultralytics_loss.v8DetectionLoss.__call__

    def loss(self: Any, predictions: Any, batch: Any) -> Any:
        with torch.autocast("cpu", enabled=False):
            return loss_in_full_precision(self, _as_float32(predictions), batch)

    ultralytics_loss.v8DetectionLoss.__call__ = loss
    ultralytics_trainer.autocast = lambda *_, **__: torch.autocast("cpu", dtype=torch.bfloat16)
