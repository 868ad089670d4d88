"""Make the contact sheet of the simulator's scenes: ``python docs/pictures/scenes.py OUT.jpg``."""

from __future__ import annotations

import sys

import cv2
import numpy as np

from roadwitness.simulator import SceneRequest, build_scene
from roadwitness.simulator.rendering import picture_at

#: Scene, seed, weather, something in the way, second of the clip.
SHOWN = (
    ("straight", 3, "clear", False, 6.0),
    ("junction", 1, "clear", False, 12.0),
    ("junction", 1, "clear", False, 30.0),
    ("junction", 1, "rainy-night", False, 12.0),
    ("junction", 4, "fog", False, 12.0),
    ("junction", 3, "night", False, 9.0),
    ("lanes", 1, "clear", False, 20.0),
    ("lanes", 2, "rain", False, 14.0),
    ("wrong-way", 1, "dusk", False, 7.2),
    ("stopping", 1, "overcast", True, 30.0),
    ("tailgating", 1, "clear", False, 8.0),
    ("section", 2, "rain", False, 12.5),
)
COLUMNS, TILE = 4, (400, 225)


def main(out: str) -> None:
    """Write the sheet."""
    tiles = []
    for name, seed, weather, occluded, at_s in SHOWN:
        request = SceneRequest(name=name, seed=seed, weather=weather, occluded=occluded)
        picture = picture_at(build_scene(request).plans[0], at_s)
        tiles.append(cv2.resize(picture, TILE, interpolation=cv2.INTER_AREA))
    rows = [np.hstack(tiles[start : start + COLUMNS]) for start in range(0, len(tiles), COLUMNS)]
    cv2.imwrite(out, np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 82])


if __name__ == "__main__":
    main(sys.argv[1])
