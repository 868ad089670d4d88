"""Nobody's face can be recognised in a picture that leaves the pipeline unsealed."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from enforcement.evidence import EvidenceFolder
from roadwitness.simulator import SimulatedSite, Truth
from roadwitness.site import load_site
from streams.encoding import decode
from streams.messages import Passage
from tests.roadwitness.command import sql

Image = NDArray[np.uint8]
#: On a narrower vehicle a face is a few pixels wide.
NEAR_PX = 60


@pytest.fixture(scope="module")
def shown(finished_run: Path, site: SimulatedSite) -> list[tuple[int, Image, Image]]:
    """Frame number, frame as recorded and frame as published, for every violation."""
    began_ns = load_site(site.site_file).recorded_at_ns or 0
    with av.open(str(site.clip)) as clip:
        recorded = [frame.to_ndarray(format="bgr24") for frame in clip.decode(video=0)]
    folder = EvidenceFolder(finished_run / "evidence")
    pairs = []
    for row in sql(finished_run, "SELECT passage FROM violations FINAL"):
        passage = decode(row["passage"].encode(), Passage)
        for reference in passage.evidence:
            if reference.kind == "frame":
                number = round((reference.captured_at_ns - began_ns) * 20 / 1e9)
                published = cv2.imdecode(
                    np.frombuffer(folder.get(reference.digest), np.uint8), cv2.IMREAD_COLOR
                )
                pairs.append((number, recorded[number], published))
    return pairs


def detail(image: Image, box: tuple[float, float, float, float]) -> float:
    """How much fine structure a region shows: the scatter of its Laplacian."""
    x, y, w, h = (round(value) for value in box)
    return float(
        cv2.Laplacian(cv2.cvtColor(image[y : y + h, x : x + w], cv2.COLOR_BGR2GRAY), cv2.CV_64F).std()
    )


def test_every_drivers_face_has_lost_its_detail(shown: list[tuple[int, Image, Image]], truth: Truth) -> None:
    faces = 0
    for number, recorded, published in shown:
        for vehicle in truth.vehicles:
            for sighting in vehicle.boxes:
                if sighting.frame == number and sighting.face and sighting.vehicle[2] >= NEAR_PX:
                    faces += 1
                    assert detail(published, sighting.face) < 0.4 * detail(recorded, sighting.face)
    assert faces >= 2


def test_what_is_no_face_is_left_as_it_was(shown: list[tuple[int, Image, Image]]) -> None:
    for _, recorded, published in shown:
        unchanged = np.abs(recorded.astype(int) - published).max(axis=2) < 40
        assert unchanged.mean() > 0.9
