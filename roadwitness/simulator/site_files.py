"""The site and policy files of a simulated site, as a surveyor and a lawyer would have written them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from roadwitness.simulator.scene import SceneSettings

RECORDED_AT = "2026-05-04T08:00:00Z"
SURVEY_Y_M = (12.0, 16.0, 22.0, 30.0, 40.0)


def calibration_points(scene: SceneSettings) -> list[tuple[float, float, float, float]]:
    """Surveyed points (u px, v px, x m, y m) on lane edges and middles, all of them inside the picture."""
    camera, road = scene.camera(), scene.road()
    xs = [lane * road.lane_width_m for lane in range(scene.lanes + 1)] + [road.lane_width_m * scene.lanes / 2]
    places = np.array([(x, y, 0.0) for y in SURVEY_Y_M for x in dict.fromkeys(xs)])
    pixels, _ = camera.project(places)
    inside = np.all((pixels >= 2) & (pixels <= [scene.width - 2, scene.height - 2]), axis=1)
    return [
        (round(float(u), 2), round(float(v), 2), float(x), float(y))
        for (u, v), (x, y, _) in zip(pixels[inside], places[inside], strict=True)
    ]


def write_site(path: Path, scene: SceneSettings) -> None:
    """Write site.toml."""
    road = scene.road()
    points = "\n".join(
        f"  {{ image = [{u}, {v}], road = [{x}, {y}] }}," for u, v, x, y in calibration_points(scene)
    )
    lanes = "\n".join(
        f'[[lanes]]\nid = "{lane + 1}"\nx_from_m = {lane * road.lane_width_m}\n'
        f"x_to_m = {(lane + 1) * road.lane_width_m}\n"
        for lane in range(scene.lanes)
    )
    path.write_text(
        f"""# A simulated site: every vehicle, plate and keeper in it is invented.
[site]
id = "demo-a1"
name = "A1, northbound, kilometre 12.4 (simulated)"

[camera]
id = "demo-a1-north"
source = "clip.mp4"
recorded_at = {RECORDED_AT}

[calibration]
id = "demo-a1-north-2026-05"
valid_from = 2026-01-01T00:00:00Z
valid_until = 2027-01-01T00:00:00Z
image_size = [{scene.width}, {scene.height}]
points = [
{points}
]

{lanes}
[measuring]
y_from_m = {round(scene.near_y_m + 1.2, 1)}
y_to_m = 45.0

[policy]
file = "policy.toml"

[register]
file = "register.csv"
""",
        encoding="utf-8",
    )


def write_policy(path: Path, scene: SceneSettings) -> None:
    """Write policy.toml with the tolerance that ``scene.tolerance_kmh`` computes."""
    path.write_text(
        f"""id = "sim-rural-2026"
version = "1"
jurisdiction = "Simulated"
valid_from = 2026-01-01

[speeding]
limit_kmh = {scene.limit_kmh}

[speeding.tolerance]
below_100_kmh = 3.0
above_100_percent = 3.0
""",
        encoding="utf-8",
    )
