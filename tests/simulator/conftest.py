"""A tiny site, rendered once."""

from __future__ import annotations

from pathlib import Path

import pytest

from roadwitness.simulator import SceneSettings, SimulatedSite, Truth, load_truth, simulate

TINY = SceneSettings(seed=3, vehicles=3, speeders=1, duration_s=8.0, width=960, height=540, fps=10)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> SimulatedSite:
    return simulate(tmp_path_factory.mktemp("simulated") / "site", TINY)


@pytest.fixture(scope="session")
def truth(site: SimulatedSite) -> Truth:
    return load_truth(site.truth_file)


@pytest.fixture
def scene_folder(tmp_path: Path) -> Path:
    return tmp_path / "scene"
