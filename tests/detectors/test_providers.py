"""What runs the models is what was asked for, or an error that says what to install: never something else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from tiny_onnx import raw_output, write_model

from detectors import providers
from detectors.onnx_session import ModelUnusable, OnnxSession
from detectors.providers import CHAINS, CPU, ProviderUnusable, choose, name_of, options_of, survey
from detectors.yolo import YoloDetector

INSTALLED = [name for name, chain in CHAINS.items() if chain[0] in onnxruntime.get_available_providers()]
ABSENT = [name for name in CHAINS if name not in INSTALLED]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "m.onnx", raw_output([(0, 0, 64, 64, [0.9])]), {0: "plate"})


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROADWITNESS_PROVIDER", raising=False)


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An onnxruntime that lists every provider, as one built for a GPU does on a machine without one."""
    everything = sorted({member for chain in CHAINS.values() for member in chain})
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: everything)
    providers._why_it_does_not_start.cache_clear()
    yield
    providers._why_it_does_not_start.cache_clear()


def test_the_cpu_runs_models_unless_something_else_is_asked_for() -> None:
    assert choose() == choose("cpu") == CPU


@pytest.mark.parametrize("name", ABSENT)
def test_a_provider_that_is_not_installed_is_refused_with_what_to_install(name: str) -> None:
    with pytest.raises(ProviderUnusable) as raised:
        choose(name)
    sentence = str(raised.value)
    assert sentence.startswith(f"The installed onnxruntime cannot use {name} (it offers cpu")
    assert sentence.endswith(', or choose the provider "cpu".')
    package = {"cuda": "onnxruntime-gpu", "tensorrt": "onnxruntime-gpu", "openvino": "onnxruntime-openvino"}
    assert package.get(name, "macOS") in sentence


@pytest.mark.filterwarnings("ignore:Specified provider")
@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("name", ABSENT)
def test_a_provider_that_is_listed_and_does_not_start_is_refused_too(name: str) -> None:
    with pytest.raises(ProviderUnusable, match=f"onnxruntime's {name} does not start here .*, or choose"):
        choose(name)


@pytest.mark.filterwarnings("ignore:Specified provider")
@pytest.mark.parametrize("name", ABSENT)
def test_a_session_that_onnxruntime_would_run_elsewhere_is_refused(model: Path, name: str) -> None:
    """onnxruntime itself opens this session and runs it on the CPU."""
    with pytest.raises(ProviderUnusable, match=f"m.onnx was to run on {name} and .* would run it on cpu: "):
        OnnxSession(model, providers=CHAINS[name])


def test_an_unknown_provider_is_answered_with_the_list() -> None:
    with pytest.raises(
        ProviderUnusable, match=r"no provider 'gpu' .* choose one of auto, cpu, cuda, tensorrt"
    ):
        choose("gpu")


@pytest.mark.parametrize(("asked", "written"), [("cpu", "gpu"), (None, "gpu"), ("cuda", "gpu")])
def test_the_environment_wins_over_a_setting(
    monkeypatch: pytest.MonkeyPatch, asked: str | None, written: str
) -> None:
    monkeypatch.setenv("ROADWITNESS_PROVIDER", written)
    with pytest.raises(ProviderUnusable, match=f"no provider '{written}'"):
        choose(asked)


def test_the_environment_reaches_every_model(monkeypatch: pytest.MonkeyPatch, model: Path) -> None:
    monkeypatch.setenv("ROADWITNESS_PROVIDER", "gpu")
    with pytest.raises(ProviderUnusable):
        YoloDetector(model)


@pytest.mark.filterwarnings("ignore:Specified provider")
@pytest.mark.usefixtures("listed")
def test_auto_passes_over_what_is_listed_and_does_not_start() -> None:
    expected = next(name for name in providers.AUTO_ORDER if name in INSTALLED)
    assert name_of(choose("auto")) == expected


@pytest.mark.parametrize(
    ("working", "expected"),
    [
        ({"cpu"}, "cpu"),
        ({"cpu", "openvino"}, "openvino"),
        ({"cpu", "openvino", "cuda"}, "cuda"),
        ({"cpu", "cuda", "tensorrt"}, "cuda"),
        ({"cpu", "coreml"}, "coreml"),
    ],
)
def test_auto_takes_the_best_that_works(
    monkeypatch: pytest.MonkeyPatch, working: set[str], expected: str
) -> None:
    monkeypatch.setattr(providers, "_trouble", lambda name: None if name in working else "It does not work")
    assert name_of(choose("auto")) == expected
    assert {state.name for state in survey() if state.usable} == working


def test_the_survey_names_every_provider_and_what_it_lacks() -> None:
    states = survey()
    assert [state.name for state in states] == list(CHAINS)
    assert [state.name for state in states if state.usable] == INSTALLED
    assert all(bool(state.advice) != state.usable for state in states)


@pytest.mark.parametrize("name", CHAINS)
def test_every_provider_has_the_cpu_behind_it_for_what_it_cannot_run(name: str) -> None:
    assert CHAINS[name][-1:] == CPU
    assert len(options_of(CHAINS[name], 2)) == len(CHAINS[name])


def test_openvino_is_given_the_number_of_threads() -> None:
    assert options_of(CHAINS["openvino"], 2)[0] == {"device_type": "CPU", "num_of_threads": "2"}
    assert options_of(CHAINS["openvino"], 0)[0] == {"device_type": "CPU"}


@pytest.mark.skipif("openvino" not in INSTALLED, reason="optional: needs onnxruntime-openvino")
def test_openvino_finds_the_same_boxes(model: Path) -> None:
    image = np.zeros((64, 64, 3), np.uint8)
    assert (
        YoloDetector(model, providers=choose("openvino")).detect(image)
        == YoloDetector(model, providers=CPU).detect(image)
        != []
    )


def test_a_model_of_a_fixed_batch_is_given_as_many_images_as_it_wants(tmp_path: Path) -> None:
    output = np.concatenate([raw_output([(0, 0, 64, 64, [score])]) for score in (0.9, 0.8)])
    path = write_model(tmp_path / "m.onnx", output, {0: "plate"}, (2, 3, 64, 64))
    (found,) = YoloDetector(path).detect(np.zeros((64, 64, 3), np.uint8))
    assert found.confidence == pytest.approx(0.9)


def test_a_model_that_fails_on_an_image_says_of_which_size(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.onnx", raw_output([(0, 0, 64, 64, [0.9])]), None, (1, 3, 64, 64))
    session = OnnxSession(path)
    with pytest.raises(ModelUnusable, match=r"does not run on images of 96 x 32 px .*dynamic=True"):
        session.run(np.zeros((1, 3, 32, 96), np.float32))
