"""The linters that come as packages, beside this Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def lint(program: str, package: str, *words: str | Path) -> str:
    """What ``program`` found; empty when nothing. Skips, saying what is missing."""
    path = Path(sys.executable).with_name(program)
    if not path.exists():
        pytest.skip(f"no {program}: pip install {package} (part of roadwitness[test])")
    done = subprocess.run([path, *words], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr
