"""What the pages of a site work with; whoever serves them implements it, so that no model is known here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from streams.survey import SurveyReport, SurveyRequest


@dataclass(frozen=True)
class CameraFrame:
    """A reference picture of a camera: the bytes of a JPEG, and its size in px."""

    content: bytes
    width: int
    height: int


class Saved(msgspec.Struct, frozen=True):
    """Where something was saved, and what is still to be done for it to count (empty: nothing)."""

    place: str
    still: str = ""


class SiteDesk(Protocol):
    """Cameras whose calibration and road may be changed here. Used from several threads.

    Every method raises a ``RoadwitnessError`` whose sentence is shown on the page when it cannot do it.
    """

    def cameras(self) -> Sequence[str]:
        """The ids of the cameras."""
        ...

    def frame(self, camera_id: str) -> CameraFrame:
        """The reference picture of a camera."""
        ...

    def calibration(self, camera_id: str) -> SurveyRequest | None:
        """The survey as it is saved; None where there is none yet."""
        ...

    def survey(self, request: SurveyRequest) -> SurveyReport:
        """What a survey amounts to; what is wrong with it stands in the report."""
        ...

    def save_calibration(self, camera_id: str, request: SurveyRequest) -> Saved:
        """Keep a survey as the camera's calibration."""
        ...

    def road(self, camera_id: str) -> bytes:
        """The lines and zones as they are saved, as GeoJSON in metres; an empty collection without any."""
        ...

    def save_road(self, camera_id: str, geojson: bytes) -> Saved:
        """Keep lines and zones as the camera's road; what is wrong with them is raised."""
        ...
