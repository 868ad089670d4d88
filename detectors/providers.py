"""What runs the models: onnxruntime's CPU, or another of its execution providers, never a silent one.

onnxruntime falls back to its CPU without a word when a provider cannot be loaded. Here a provider that was
asked for either runs the model or is an error that says what to install. ``auto`` takes the first of
:data:`AUTO_ORDER` that opens a small model on this machine.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import onnxruntime

from streams.errors import RoadwitnessError

#: Wins over a site file's setting: it describes the machine at hand.
PROVIDER_VARIABLE = "ROADWITNESS_PROVIDER"
AUTO = "auto"

#: Our names, and what onnxruntime is given for each: the first runs the model, the others what it cannot.
CHAINS: dict[str, tuple[str, ...]] = {
    "cpu": ("CPUExecutionProvider",),
    "cuda": ("CUDAExecutionProvider", "CPUExecutionProvider"),
    "tensorrt": ("TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"),
    "openvino": ("OpenVINOExecutionProvider", "CPUExecutionProvider"),
    "coreml": ("CoreMLExecutionProvider", "CPUExecutionProvider"),
}
#: TensorRT is not in it: it builds an engine for minutes at the first start, which nobody asked for.
AUTO_ORDER = ("cuda", "openvino", "coreml", "cpu")
CPU = CHAINS["cpu"]

_ON_A_GPU = frozenset({"CUDAExecutionProvider", "TensorrtExecutionProvider"})
_INSTALL = {
    "cpu": "run: pip install onnxruntime",
    "cuda": "run: pip uninstall -y onnxruntime && pip install onnxruntime-gpu",
    "tensorrt": "run: pip uninstall -y onnxruntime && pip install onnxruntime-gpu tensorrt",
    "openvino": "run: pip uninstall -y onnxruntime && pip install onnxruntime-openvino",
    "coreml": "run on macOS, where onnxruntime has it",
}
_CHECK = {
    "cpu": "install onnxruntime again",
    "cuda": "check that nvidia-smi shows a GPU and that CUDA and cuDNN are of the versions that "
    "onnxruntime-gpu names",
    "tensorrt": "check that nvidia-smi shows a GPU and that TensorRT is installed (pip install tensorrt)",
    "openvino": "install onnxruntime-openvino again",
    "coreml": "install onnxruntime again",
}


class ProviderUnusable(RoadwitnessError):
    """A provider that is not known, not installed, or does not work on this machine."""


@dataclass(frozen=True)
class ProviderState:
    """Whether one provider runs models on this machine; ``advice`` says what to do where it does not."""

    name: str
    usable: bool
    advice: str


def choose(name: str | None = None) -> tuple[str, ...]:
    """The chain of onnxruntime's names for one of ours: ``name``, unless ROADWITNESS_PROVIDER says another.

    Without either it is the CPU's.

    Raises:
        ProviderUnusable: for a name that is not known, or a provider that does not run here.
    """
    wanted = (os.environ.get(PROVIDER_VARIABLE) or name or "cpu").strip().lower()
    if wanted == AUTO:
        wanted = next((choice for choice in AUTO_ORDER if not _trouble(choice)), "cpu")
    if wanted not in CHAINS:
        raise ProviderUnusable(
            f"There is no provider {wanted!r} to run models with; choose one of {', '.join([AUTO, *CHAINS])}."
        )
    trouble = _trouble(wanted)
    if trouble:
        raise ProviderUnusable(f'{trouble}, or choose the provider "cpu".')
    return CHAINS[wanted]


def name_of(chain: Sequence[str]) -> str:
    """Our name of a chain: that of its first member."""
    return next((name for name, known in CHAINS.items() if known[0] == chain[0]), chain[0])


def on_gpu(chain: Sequence[str]) -> bool:
    """Whether a chain runs models where several images at once cost little more than one."""
    return chain[0] in _ON_A_GPU


def survey() -> list[ProviderState]:
    """Every provider that we know, and whether it runs models here; each is tried on a small model."""
    return [ProviderState(name, not _trouble(name), _trouble(name) or "") for name in CHAINS]


def options_of(chain: Sequence[str], threads: int) -> list[dict[str, str]]:
    """onnxruntime's options for each member of a chain; ``threads`` 0 leaves the number to it."""
    return [_options(member, threads) for member in chain]


def demand(session: onnxruntime.InferenceSession, chain: Sequence[str], what: str) -> None:
    """Raise ProviderUnusable where a session does not run on the first of its chain."""
    running = session.get_providers()
    if running[0] != chain[0]:
        name = name_of(chain)
        raise ProviderUnusable(
            f"{what} was to run on {name} and onnxruntime would run it on {name_of(running)}: "
            f'{_CHECK.get(name, "install the provider")}, or choose the provider "cpu".'
        )


def _options(member: str, threads: int) -> dict[str, str]:
    if member == "OpenVINOExecutionProvider":
        chosen = {"device_type": "CPU"}
        return chosen | {"num_of_threads": str(threads)} if threads else chosen
    if member == "TensorrtExecutionProvider":
        # An engine takes minutes to build and is good for this GPU and this model only.
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "roadwitness" / "tensorrt"
        return {"trt_engine_cache_enable": "1", "trt_engine_cache_path": str(folder)}
    return {}


def _trouble(name: str) -> str | None:
    """Why a provider does not run models here and what to do, without the full stop; None where it does."""
    available = onnxruntime.get_available_providers()
    if CHAINS[name][0] not in available:
        present = ", ".join(known for known, chain in CHAINS.items() if chain[0] in available)
        return f"The installed onnxruntime cannot use {name} (it offers {present}): {_INSTALL[name]}"
    reason = _why_it_does_not_start(name)
    return reason and f"onnxruntime's {name} does not start here ({reason}): {_CHECK[name]}"


@functools.cache
def _why_it_does_not_start(name: str) -> str | None:
    """What onnxruntime says when it opens a small model with a provider; None where that works."""
    if name in ("cuda", "tensorrt") and hasattr(onnxruntime, "preload_dlls"):
        # Finds CUDA and cuDNN where pip put them.
        onnxruntime.preload_dlls()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            _small_model(), options, providers=list(CHAINS[name]), enable_fallback=0
        )
    except Exception as error:  # onnxruntime raises many unrelated classes
        return (str(error).splitlines() or [type(error).__name__])[0].strip().rstrip(".")
    running = session.get_providers()
    return None if running[0] == CHAINS[name][0] else f"it runs a model on {name_of(running)} instead"


def _small_model() -> bytes:
    """A model that adds its input to itself."""
    from onnx import TensorProto, helper

    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Add", ["x", "x"], ["y"])], "probe", ends[:1], ends[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return bytes(model.SerializeToString())
