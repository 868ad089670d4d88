"""The crossing road's traffic at the simulated junction."""

from __future__ import annotations

import numpy as np

from roadwitness.simulator.driving import Driver, crossing_at, drive
from roadwitness.simulator.paths import rounded
from roadwitness.simulator.scenes.casting import Cast
from roadwitness.simulator.scenes.junction_road import CROSSING_TO, LANE_M, LEFT_Y, crossing_programme
from roadwitness.simulator.scenes.request import SceneRequest
from roadwitness.simulator.trips import Trip


def crossing_trips(request: SceneRequest, cast: Cast, until_s: float) -> list[Trip]:
    """Traffic of the crossing road in both directions, in its own green."""
    rng = np.random.default_rng([request.seed, 22])
    trips = []
    for phase in crossing_programme().phases(0.0, until_s):
        if phase.state != "green":
            continue
        for way, heading in (
            (rounded([(-70.0, LEFT_Y - 2 * LANE_M), (90.0, LEFT_Y - 2 * LANE_M)], 1.0), "east"),
            (rounded([(80.0, CROSSING_TO - LANE_M / 2), (-70.0, CROSSING_TO - LANE_M / 2)], 1.0), "west"),
        ):
            middle = way.length_m / 2
            for number in range(int(rng.integers(1, 3))):
                role = cast.vehicle(
                    str(rng.choice(["hatchback", "saloon", "suv", "van", "bus", "motorcycle"]))
                )
                driver = Driver(0.0, float(rng.uniform(38, 48)) / 3.6, role.model.length)
                driver = crossing_at(
                    driver, middle, phase.from_s + 0.8 + 2.4 * number + float(rng.uniform(0, 0.4))
                )
                motion = drive(driver, None, until_s + 8)
                trips.append(
                    Trip(
                        role.vehicle_id,
                        role.model,
                        role.look,
                        role.plate,
                        0,
                        way,
                        motion,
                        driver.enters_s,
                        motion.when(way.length_m) or until_s,
                        middle,
                        f"crosses, heading {heading}",
                    )
                )
    return trips
