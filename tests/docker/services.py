"""The services of docker/compose.yaml."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.conftest import REPOSITORY

DOCKER = REPOSITORY / "docker"
WRITTEN: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = WRITTEN["services"]
OURS = sorted(name for name, service in SERVICES.items() if service["image"].startswith("roadwitness-"))


def calls(service: dict[str, Any]) -> list[list[str]]:
    """What ``roadwitness`` is called with, also by a shell."""
    command: list[str] = service["command"]
    if "entrypoint" in service:
        (script,) = command
        return [words.split() for words in re.findall(r"\broadwitness ((?:(?!&&)[^\n|])+)", script)]
    return [command]
