"""A line of a table: a scene, and whether it has to be found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.scenarios.scene import Scene


@dataclass(frozen=True)
class Scenario:
    """A scene of an offence's table.

    A positive must be ``found``. A near miss must not: because it is lawful, or because it is no proof
    (``proven`` False: unreadable, hidden, contradictory, or not the law that day).
    """

    offence: str
    scene: Scene
    found: bool
    proven: bool = True

    @property
    def name(self) -> str:
        return self.scene.name

    def __str__(self) -> str:
        return f"{self.offence}: {self.name}"


def positives(offence: str, scenes: Iterable[Scene]) -> tuple[Scenario, ...]:
    """Scenes that must be found."""
    return tuple(Scenario(offence, scene, found=True) for scene in scenes)


def lawful(offence: str, scenes: Iterable[Scene]) -> tuple[Scenario, ...]:
    """Scenes in which nothing forbidden happened."""
    return tuple(Scenario(offence, scene, found=False) for scene in scenes)


def unproven(offence: str, scenes: Iterable[Scene]) -> tuple[Scenario, ...]:
    """Scenes that must not be found although, or whether or not, something forbidden happened."""
    return tuple(Scenario(offence, scene, found=False, proven=False) for scene in scenes)
