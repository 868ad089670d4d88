"""Who drives when: constant speeds, one lane each, and room between followers while both are seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from roadwitness.simulator.compositing import Actor
from roadwitness.simulator.errors import SimulatorError
from roadwitness.simulator.looks import Look, invent_look
from roadwitness.simulator.model import Model
from roadwitness.simulator.plates import FORMATS, Plate, invent_plate
from roadwitness.simulator.posing import Pose
from roadwitness.simulator.scene import SceneSettings
from roadwitness.simulator.truth import OffenceTruth
from roadwitness.simulator.vehicles import build_model

ENTER_Y_M = 85.0
LEAVE_Y_M = -14.0
GAP_M = 13.0
GAP_BEHIND_TALL_M = 30.0
TALL_M = 2.4
CLEAR_OF_THRESHOLD_KMH = 4.5
KINDS = {"hatchback": 0.30, "saloon": 0.28, "suv": 0.20, "van": 0.10, "truck": 0.08, "bus": 0.04}


@dataclass(frozen=True)
class Drive:
    """One vehicle's way past the camera; ``lane`` counts from 1 at the left."""

    vehicle_id: str
    model: Model
    look: Look
    plate: Plate
    lane: int
    x_m: float
    speed_kmh: float
    enters_s: float
    behaviour: str = ""
    offences: tuple[OffenceTruth, ...] = ()

    def pose(self, at_s: float) -> Pose:
        """Where it is at ``at_s`` seconds."""
        return Pose(self.x_m, ENTER_Y_M - self.speed_kmh / 3.6 * (at_s - self.enters_s))

    def speed_ms_at(self, at_s: float) -> float:
        """Its speed at any time, m/s."""
        return self.speed_kmh / 3.6

    def actor(self, at_s: float) -> Actor:
        """What is painted of it at ``at_s`` seconds."""
        return Actor(self.model, self.look, self.plate, self.pose(at_s), self.speed_kmh / 3.6)

    @property
    def leaves_s(self) -> float:
        """When its rear is well behind the camera's picture."""
        return self.enters_s + (ENTER_Y_M - LEAVE_Y_M) * 3.6 / self.speed_kmh

    @property
    def gap_m(self) -> float:
        """The free road it keeps behind it: more behind a tall one, or its follower could not be seen."""
        return GAP_BEHIND_TALL_M if self.model.height > TALL_M else GAP_M


def _headway_s(leader: Drive, speed_kmh: float) -> float:
    """Seconds after ``leader`` at which a follower may enter and never come nearer than the leader's gap."""
    room = leader.model.length + leader.gap_m
    lead, own = leader.speed_kmh / 3.6, speed_kmh / 3.6
    way = ENTER_Y_M - LEAVE_Y_M
    return max(room / lead, way / lead - (way - room) / own)


def _speeds(scene: SceneSettings, rng: np.random.Generator) -> list[float]:
    """Speeds in random order, none near the threshold."""
    fast = rng.uniform(
        scene.threshold_kmh + CLEAR_OF_THRESHOLD_KMH, scene.limit_kmh + 34, scene.speeder_count
    )
    slow = rng.uniform(
        scene.limit_kmh * 0.69,
        scene.threshold_kmh - CLEAR_OF_THRESHOLD_KMH,
        scene.vehicles - scene.speeder_count,
    )
    speeds = np.round(np.concatenate([fast, slow]), 1)
    return [float(speed) for speed in rng.permutation(speeds)]


def _kinds(scene: SceneSettings, speeds: list[float], rng: np.random.Generator) -> list[str]:
    """Kinds by their usual shares. Lorries, buses and motorcycles (no front plate) keep to the limit."""
    names, shares = list(KINDS), np.array(list(KINDS.values()))
    light = np.where(np.isin(names, ["truck", "bus"]), 0.0, shares)
    kinds = [
        str(rng.choice(names, p=light / light.sum() if speed > scene.limit_kmh else shares / shares.sum()))
        for speed in speeds
    ]
    law_abiding = [i for i, speed in enumerate(speeds) if speed <= scene.limit_kmh]
    if scene.vehicles >= 12:
        for kind, place in zip(("motorcycle", "bus", "truck"), law_abiding, strict=False):
            kinds[place] = kind
    return kinds


def plan_traffic(scene: SceneSettings) -> list[Drive]:
    """All drives in order of entry; raises ``SimulatorError`` where they do not fit into the duration."""
    rng, plates = np.random.default_rng([scene.seed, 2]), np.random.default_rng([scene.seed, 5])
    speeds = _speeds(scene, rng)
    kinds = _kinds(scene, speeds, rng)
    road, taken = scene.road(), set[str]()
    queues: list[list[Drive]] = [[] for _ in range(scene.lanes)]
    for number, (speed, kind) in enumerate(zip(speeds, kinds, strict=True)):
        plate = invent_plate(plates, str(plates.choice(scene.countries)))
        while plate.text in taken:
            plate = invent_plate(plates, plate.country)
        taken.add(plate.text)
        made = FORMATS[plate.country]
        own = np.random.default_rng([scene.seed, 6, number])
        model = build_model(kind, own, (made.width_m, made.height_m))
        queue = min(queues, key=lambda q: q[-1].leaves_s if q else 0.0)
        lane = queues.index(queue)
        start = queue[-1].enters_s + _headway_s(queue[-1], speed) if queue else 0.3 * lane
        drift = float(rng.normal(0, 0.15))
        look = invent_look(own, kind, lamps_on=False)
        queue.append(
            Drive(f"v{number + 1:03d}", model, look, plate, lane + 1, road.centre(lane) + drift, speed, start)
        )
    return sorted((d for queue in queues for d in _spread(scene, queue, rng)), key=lambda d: d.enters_s)


def _spread(scene: SceneSettings, queue: list[Drive], rng: np.random.Generator) -> list[Drive]:
    """Share the lane's spare time among its gaps, so that the traffic fills the clip."""
    if not queue:
        return []
    spare = scene.duration_s - max(drive.leaves_s for drive in queue)
    if spare < 0:
        raise SimulatorError(
            f"{scene.vehicles} vehicles do not fit into {scene.duration_s:g} s: "
            f"make the scene at least {np.ceil(-spare):.0f} s longer."
        )
    shares = rng.dirichlet(np.full(len(queue) + 1, 3.0))[: len(queue)].cumsum()
    return [
        Drive(
            d.vehicle_id,
            d.model,
            d.look,
            d.plate,
            d.lane,
            d.x_m,
            d.speed_kmh,
            round(d.enters_s + spare * float(s), 4),
        )
        for d, s in zip(queue, shares, strict=True)
    ]
