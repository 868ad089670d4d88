"""The reader in 8 bits: the same reads, and all that the file says of itself."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from detectors.readers.slots import SlotReader
from detectors.training.reader.shrinking import shrink
from tests.detectors.small_reader import crop_red_up_to, model_that_sees_red

CROPS = [crop_red_up_to(column) for column in range(0, 176, 11)]


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    """The reader in float and in 8 bits."""
    folder = tmp_path_factory.mktemp("readers")
    paths = [model_that_sees_red(folder / name, doubt=0.9) for name in ("float.onnx", "small.onnx")]
    shrink(paths[1], CROPS)
    return paths


@pytest.fixture(scope="module")
def readers(paths):
    return [SlotReader(path) for path in paths]


def test_both_read_the_same(readers):
    texts = [[read.text for read in reader.read(CROPS)] for reader in readers]
    assert texts[0] == texts[1]
    assert set(texts[0]) == {"A", "B"}


def test_both_are_about_as_sure(readers):
    sure = [[read.probability for read in reader.read(CROPS)] for reader in readers]
    assert np.allclose(sure[0], sure[1], atol=0.05)


def test_what_the_file_says_stays_and_eight_bits_are_said(readers, paths):
    assert readers[1].facts == readers[0].facts
    model = onnx.load(paths[1])
    notes = {entry.key: entry.value for entry in model.metadata_props}
    assert notes["quantised"] == "int8, calibrated on 16 plates"
    assert {"QuantizeLinear", "DequantizeLinear"} <= {node.op_type for node in model.graph.node}
