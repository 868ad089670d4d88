"""The architecture is seen from the folders, and holds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PACKAGES = ("streams", "detectors", "enforcement", "dashboards", "roadwitness")
MODULES = sorted(path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))


def test_imports_go_one_way() -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 kept" in done.stdout


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_a_module_holds_one_idea(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 300
    assert module.stem not in {"utils", "helpers", "manager"}


def test_nothing_computes_a_face_embedding() -> None:
    forbidden = ("embedding", "arcface", "facenet", "face_recognition", "gallery")
    guilty = [
        f"{module.relative_to(REPOSITORY)}: {word}"
        for module in MODULES
        for word in forbidden
        if word in module.read_text(encoding="utf-8").lower()
    ]
    assert guilty == []
