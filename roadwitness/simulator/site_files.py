"""The site and policy files of a simulated site, as a surveyor and a lawyer would have written them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from enforcement.road_file import write_road
from roadwitness.simulator.plan import Plan


def calibration_points(plan: Plan) -> list[tuple[float, float, float, float]]:
    """Surveyed points (u px, v px, x m, y m) of the plan's survey that lie inside the picture."""
    places = np.array([(x, y, 0.0) for x, y in plan.site.survey])
    pixels, depth = plan.camera.project(places)
    inside = np.all((pixels >= 2) & (pixels <= [plan.width - 2, plan.height - 2]), axis=1) & (depth > 0)
    return [
        (round(float(u), 2), round(float(v), 2), float(x), float(y))
        for (u, v), (x, y, _) in zip(pixels[inside], places[inside], strict=True)
    ]


def write_site(path: Path, plan: Plan) -> None:
    """Write site.toml, and road.geojson beside it where the plan has a road."""
    site = plan.site
    up = "../" if site.folder else ""
    points = "\n".join(
        f"  {{ image = [{u}, {v}], road = [{x}, {y}] }}," for u, v, x, y in calibration_points(plan)
    )
    lanes = "\n".join(
        f'[[lanes]]\nid = "{lane}"\nx_from_m = {x_from}\nx_to_m = {x_to}\n'
        for lane, x_from, x_to in site.lanes
    )
    tables = [
        f"""# A simulated site: every vehicle, plate and keeper in it is invented.
[site]
id = "{site.site_id}"
name = "{site.name}"

[camera]
id = "{site.camera_id}"
source = "clip.mp4"
recorded_at = {site.recorded_at:%Y-%m-%dT%H:%M:%S}{_fraction(plan)}Z{_clock(plan)}

[calibration]
id = "{site.camera_id}-2026-05"
valid_from = 2026-01-01T00:00:00Z
valid_until = 2036-01-01T00:00:00Z
image_size = [{plan.width}, {plan.height}]
points = [
{points}
]

{lanes}
[measuring]
y_from_m = {site.measuring[0]}
y_to_m = {site.measuring[1]}

[policy]
file = "{up}policy.toml"

[register]
file = "{up}register.csv"
"""
    ]
    for head in plan.signals:
        region = head.region(plan.camera)
        if region is not None and head.heading_deg == 0:
            box = ", ".join(f"{value:.1f}" for value in region)
            tables.append(f'[[signals]]\nid = "{head.signal_id}"\nregion = [{box}]\n')
    if plan.road is not None:
        tables.append('[road]\nfile = "road.geojson"\n')
        write_road(path.with_name("road.geojson"), plan.road)
    path.write_text("\n".join(tables), encoding="utf-8")


def _fraction(plan: Plan) -> str:
    micro = plan.site.recorded_at.microsecond
    return f".{micro:06d}" if micro else ""


def _clock(plan: Plan) -> str:
    sigma = plan.site.clock_sigma_ms
    return "" if sigma is None else f"\nclock_sigma_ms = {sigma}"


#: The page is that of `demo` and `run` where nothing else is said.
_NOTICE = """
[notice]
authority = "Traffic Office of Simulated"
address = ["1 Invented Square", "Simulated"]
page = "http://127.0.0.1:8080/nomination"
"""

#: One officer is enough here, and may think better of it.
_REVIEW = """
[review]
undo_minutes = 10
"""


def speeding_table(limit_kmh: float) -> str:
    """The policy's table of a speed limit, with the tolerance that ``scene.tolerance_kmh`` computes."""
    return f"""
[speeding]
limit_kmh = {limit_kmh}

[speeding.tolerance]
below_100_kmh = 3.0
above_100_percent = 3.0
"""


def policy_text(policy_id: str, *tables: str) -> str:
    """A policy file from its tables, how cases are reviewed, and who writes to keepers."""
    head = f'id = "{policy_id}"\nversion = "1"\njurisdiction = "Simulated"\nvalid_from = 2026-01-01\n'
    return head + "".join((*tables, _REVIEW, _NOTICE))
