"""A desk file whose audit is whole, made once, and a copy for each test that spoils it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.enforcement.desk.tampering import Kept, keep


@pytest.fixture(scope="package")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return keep(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def copy(kept: Kept, tmp_path: Path) -> Path:
    return Path(shutil.copy(kept.path, tmp_path / "copy.sqlite"))
