"""What an example in a docstring shows is so."""

from __future__ import annotations

import doctest
import re
from importlib import import_module
from pathlib import Path

import pytest

from tests.test_architecture import MODULES, REPOSITORY

_EXAMPLE = re.compile(r"^ +>>> ", re.MULTILINE)


def name_of(module: Path) -> str:
    return ".".join(module.relative_to(REPOSITORY).with_suffix("").parts)


@pytest.mark.parametrize(
    "module", [name_of(each) for each in MODULES if _EXAMPLE.search(each.read_text(encoding="utf-8"))]
)
def test_its_examples_hold(module: str) -> None:
    found = doctest.testmod(import_module(module))
    assert found.attempted > 0
    assert found.failed == 0
