"""The secrets that the services are given."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docker.services import DOCKER


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The secrets of a copy of docker/, made by its own script."""
    copy = tmp_path_factory.mktemp("checkout") / "docker"
    shutil.copytree(DOCKER, copy, ignore=shutil.ignore_patterns("secrets"))
    subprocess.run([sys.executable, copy / "make-secrets"], check=True, capture_output=True)
    return copy / "secrets"
