"""What the images leave out, as environments in which it cannot be imported."""

from __future__ import annotations

from importlib.metadata import packages_distributions
from pathlib import Path

from tests.conftest import REPOSITORY

IMAGES = REPOSITORY / "docker" / "images"
EVERYWHERE = IMAGES / "left-out.txt"
AT_THE_EDGE = IMAGES / "left-out-edge.txt"


def packages(*files: Path) -> list[str]:
    """The names in lists of packages, without comments."""
    lines = [line.strip() for file in files for line in file.read_text().splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def without(*files: Path) -> dict[str, str]:
    """Variables for a process of ours that is to run without the packages in ``files``."""
    left_out = set(packages(*files))
    modules = {
        module
        for module, owners in packages_distributions().items()
        if {owner.lower().replace("_", "-") for owner in owners} <= left_out
    }
    return {
        "PYTHONPATH": str(Path(__file__).parent / "without"),
        "ROADWITNESS_TEST_LEFT_OUT": ",".join(sorted(modules)),
    }
