"""Weights between two courses of training; needs the extra ``train``."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="optional: needs the extra train")


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    from detectors.training.reader.classes import CHARACTERS, REGIONS
    from detectors.training.reader.network import PlateReaderNetwork

    folder = tmp_path_factory.mktemp("checkpoints")
    paths = [folder / name for name in ("before.pt", "after.pt")]
    for seed, path in enumerate(paths):
        torch.manual_seed(seed)
        torch.save({"average": PlateReaderNetwork(len(CHARACTERS), len(REGIONS)).state_dict()}, path)
    return paths


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_every_weight_lies_so_far_on_the_way(checkpoints, share):
    from detectors.training.reader.averaging import averaged
    from detectors.training.reader.fitting import load_checkpoint

    before, after = (load_checkpoint(path).state_dict() for path in checkpoints)
    between = averaged(*checkpoints, share)
    assert between.keys() == before.keys()
    weight = "character.weight"
    assert torch.allclose(
        between[weight], before[weight] + share * (after[weight] - before[weight]), atol=1e-6
    )
