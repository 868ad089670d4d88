"""The page about offences: its policy is one, and it names what the example road has."""

from __future__ import annotations

import re
from pathlib import Path

from enforcement.policy import load_policy
from enforcement.road_file import load_road

ROOT = Path(__file__).parents[2]


def test_the_policy_on_the_page_fits_the_example_road(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "offences.md").read_text()
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    file = tmp_path / "policy.toml"
    file.write_text("\n".join(blocks))
    policy = load_policy(file)
    road = load_road(ROOT / "examples" / "roads" / "junction.geojson")
    zones = [*policy.reserved_lanes, *policy.stopping, *policy.vehicle_bans]
    assert zones
    assert all(road.zone(law.zone) is not None for law in zones)
    lines = [gate for law in policy.movements for gate in (law.enters, law.leaves)]
    lines += [law.line for law in policy.solid_lines]
    assert lines
    assert all(road.line(line) is not None for line in lines)
    for table in ("red_light", "stop_line", "wrong_way", "following"):
        assert getattr(policy, table) is not None
