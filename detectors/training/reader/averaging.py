"""The mean of two readers' weights: what a second course of training taught, without what it unlearned.

    python -m detectors.training.reader.averaging A/checkpoint.pt B/checkpoint.pt --share 0.5 --out RUN

A short course on new kinds of plates moves the weights towards those and away from others. Where it began at
the first's weights, their mean reads both (Wortsman et al., "Robust fine-tuning of zero-shot models", 2022).
``finishing --run RUN`` makes a model of it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor

from detectors.training.reader.fitting import load_checkpoint


def averaged(before: Path, after: Path, share: float) -> dict[str, Tensor]:
    """Weights on the way from one checkpoint (``share`` 0) to the other (1); counts are the first's."""
    one, two = load_checkpoint(before).state_dict(), load_checkpoint(after).state_dict()
    return {
        name: torch.lerp(weight, two[name], share) if weight.is_floating_point() else weight
        for name, weight in one.items()
    }


def main() -> None:
    """Write the checkpoint of the mean."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="how far towards the second, 0 to 1")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    torch.save({"average": averaged(asked.before, asked.after, asked.share)}, asked.out / "checkpoint.pt")


if __name__ == "__main__":
    main()
