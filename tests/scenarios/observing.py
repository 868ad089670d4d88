"""What the roadside makes of a scene: the truth with the errors of a camera, a clock, a reader."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass

import numpy as np

from enforcement.circumstances import Circumstances, OtherSighting, SectionEntry
from streams.messages import (
    Box,
    CharacterCandidate,
    LampPhase,
    Leader,
    Passage,
    PlateRead,
    PlateReading,
    SpeedMeasurement,
    TrackPoint,
)
from tests.scenarios.geometry_truth import Mask
from tests.scenarios.motion import Drive, Reals
from tests.scenarios.scene import LENGTHS_M, Reading, Scene, Vehicle

_BOX = Box(100.0, 100.0, 300.0, 200.0)
# For how long a detector's error of place lasts: what does not move looks the same in every picture, but
# for a part of the error.
_MEMORY_S, _MEMORY_STANDING_S, _JITTER_STANDING = 0.3, 60.0, 0.2


@dataclass(frozen=True)
class Quality:
    """How well a camera sees. Positions err by ``near_m`` plus ``per_metre`` of distance (k = 1).

    ``steady`` is the part of that variance that is the same for the whole track (calibration); ``lost`` the
    part of looks without a position, ``glitches`` that with one that is wrong by metres. A vehicle is first
    seen up to ``late_s`` late and hidden at most once, for up to ``hidden_s``. ``speed_kmh`` is the expanded
    uncertainty of a speed.
    """

    name: str
    rate_hz: float = 25.0
    jitter: float = 0.05
    near_m: float = 0.03
    per_metre: float = 0.003
    steady: float = 0.4
    lost: float = 0.0
    glitches: float = 0.0
    late_s: float = 0.1
    hidden_s: float = 0.0
    lamp_ms: float = 60.0
    confidence: tuple[float, float] = (0.95, 0.99)
    speed_kmh: float = 1.0


DAY = Quality("day")
TWELVE = Quality("twelve looks", 12.0, 0.1, 0.04, 0.004, 0.6, lost=0.03, speed_kmh=1.4)
NIGHT = Quality(
    "night", 15.0, 0.15, 0.05, 0.006, 0.3, lost=0.1, late_s=0.3, lamp_ms=120.0, confidence=(0.9, 0.97),
    speed_kmh=2.0,
)  # fmt: skip
TRAFFIC = Quality(
    "traffic", 12.0, 0.1, 0.04, 0.004, 0.4, lost=0.05, glitches=0.001, late_s=0.4, hidden_s=0.35
)
RAIN = Quality("rain", 8.0, 0.2, 0.06, 0.006, 0.5, 0.1, 0.001, 0.3, 0.0, 150.0, (0.9, 0.95), 2.5)
#: In which offences have to be found.
QUALITIES = (DAY, TWELVE, NIGHT, TRAFFIC, RAIN)
STORM = Quality("storm", 6.0, 0.3, 0.1, 0.01, 0.3, 0.2, 0.02, 0.8, 0.8, 300.0, (0.85, 0.95), 4.0)
BOXES_JUMP = Quality("boxes jump", 20.0, 0.05, 0.03, 0.003, 0.2, glitches=0.06)
#: In which at least nobody may be accused.
POOR_QUALITIES = (*QUALITIES, STORM, BOXES_JUMP)


def chance(*names: object) -> np.random.Generator:
    """A generator that is the same for the same names on every machine."""
    return np.random.default_rng(zlib.crc32("/".join(map(str, names)).encode()))


def within(rng: np.random.Generator) -> float:
    """A standard normal error, kept within k = 2: what is stated as expanded uncertainty holds."""
    while abs(error := float(rng.standard_normal())) > 2.0:
        pass
    return error


def observe(scene: Scene, quality: Quality, rng: np.random.Generator) -> Circumstances | None:
    """The circumstances as a roadside unit and the centre would put them before the rules.

    None where the vehicle is seen less than three times: that is no passage.
    """
    sight = scene.sight
    error_s = (
        sight.clock_error_ms
        if sight.clock_error_ms is not None
        else (sight.clock_sigma_ms or 0) * within(rng)
    )
    shift_ns = round(error_s * 1e6)
    frames = _frames(scene, quality, rng)
    track = _track(scene, scene.drive, scene.vehicle, frames, quality, rng, shift_ns)
    if len(track) < 3:
        return None
    kind, confidence = sight.read_as or (scene.vehicle.kind, float(rng.uniform(*quality.confidence)))
    length, length_sigma = LENGTHS_M[kind]
    leader = None
    if scene.leader is not None:
        lead_kind = scene.leader_vehicle.kind
        places = _track(scene, scene.leader, scene.leader_vehicle, frames, quality, rng, shift_ns)
        leader = Leader("leader", lead_kind, places, sight.said or sight.part, *LENGTHS_M[lead_kind])
    passage = Passage(
        passage_id=f"p-{zlib.crc32(scene.name.encode()):08x}",
        camera_id=scene.camera,
        site_id="site",
        vehicle=kind,
        vehicle_confidence=confidence,
        started_at_ns=track[0].captured_at_ns,
        ended_at_ns=track[-1].captured_at_ns,
        frames=len(track),
        box=_BOX,
        track=track if sight.on_road else tuple(TrackPoint(p.captured_at_ns, p.x_px, p.y_px) for p in track),
        speed=_speed(scene, frames, quality, rng, shift_ns),
        plate=_plate(scene.reading, track),
        calibration_id="survey-1",
        tracked_part=sight.said or sight.part,
        length_m=length if sight.length_known else None,
        length_sigma_m=length_sigma if sight.length_known else 0.0,
        lamps=_lamps(scene, quality, rng, frames, shift_ns) if sight.lamps_known else (),
        leader=leader,
        conditions=scene.conditions if sight.conditions is None else sight.conditions,
        clock_sigma_ms=sight.clock_sigma_ms,
    )
    return Circumstances(passage, scene.road, *_elsewhere(scene, rng), scene.registered)


def _frames(scene: Scene, quality: Quality, rng: np.random.Generator) -> Reals:
    """(N,) when the camera looked while the tracked part was in its window."""
    sight = scene.sight
    t = scene.times()[::5]
    behind = 0.0 if sight.part == "front" else scene.vehicle.length_m
    x, y = scene.drive.place(t, behind).T
    left, right, near, far = sight.window
    inside = (
        (left <= x) & (x <= right) & (near <= y) & (y <= far) & (sight.seen[0] <= t) & (t <= sight.seen[1])
    )
    seen = t[inside]
    if len(seen) < 2:
        return np.zeros(0)
    first = seen[0] + rng.uniform(0.0, min(quality.late_s, 0.1 * (seen[-1] - seen[0])))
    count = int((seen[-1] - first) * quality.rate_hz) + 1
    steps = (1.0 + quality.jitter * np.clip(rng.standard_normal(count), -2, 2)) / quality.rate_hz
    frames = first + np.cumsum(steps) - steps[0]
    return np.asarray(frames[frames <= seen[-1]])


def _track(
    scene: Scene, drive: Drive, vehicle: Vehicle, frames: Reals, quality: Quality, rng: np.random.Generator,
    shift_ns: int,
) -> tuple[TrackPoint, ...]:  # fmt: skip
    sight = scene.sight
    kept = rng.random(len(frames)) >= quality.lost
    if quality.hidden_s and len(frames):
        start = rng.uniform(frames[0], frames[-1])
        kept &= (frames < start) | (frames > start + rng.uniform(0.0, quality.hidden_s))
    for start, end in sight.hidden:
        kept &= (frames < start) | (frames > end)
    t = frames[kept]
    behind = 0.0 if sight.part == "front" else vehicle.length_m
    places = drive.place(t, behind)
    # A camera that sees fronts stands ahead, one that sees rears behind.
    camera = np.array([3.0, sight.window[3] + 5.0 if sight.part == "front" else sight.window[2] - 5.0])
    sigma = quality.near_m + quality.per_metre * np.linalg.norm(places - camera, axis=1)
    standing = np.abs(drive.speed_ms(t)) < 0.1
    across, along = _errors(t, standing, quality, rng), _errors(t, standing, quality, rng)
    seen = places + sigma[:, None] * np.stack([0.6 * across, along], axis=1)
    wrong = rng.random(len(t)) < quality.glitches
    seen[wrong] += rng.uniform(-2.5, 2.5, (int(wrong.sum()), 2))
    return tuple(
        TrackPoint(scene.moment_ns(float(at)) + shift_ns, 960.0 + 20.0 * x, 540.0 - 10.0 * y, x, y, float(s))
        for at, (x, y), s in zip(t, seen.tolist(), sigma, strict=True)
    )


def _errors(t: Reals, standing: Mask, quality: Quality, rng: np.random.Generator) -> Reals:
    """(N,) errors in units of sigma: one for the whole track, and one that lasts for some looks."""
    own, fresh = np.zeros(len(t)), rng.standard_normal(len(t))
    keep = np.exp(-np.diff(t, prepend=t[:1]) / np.where(standing, _MEMORY_STANDING_S, _MEMORY_S))
    for i in range(len(t)):
        own[i] = fresh[i] if i == 0 else keep[i] * own[i - 1] + math.sqrt(1 - keep[i] ** 2) * fresh[i]
    own = own + np.where(standing, _JITTER_STANDING * rng.standard_normal(len(t)), 0.0)
    both = math.sqrt(quality.steady) * within(rng) + math.sqrt(1 - quality.steady) * own
    return np.asarray(np.clip(both, -2.0, 2.0))


def _speed(
    scene: Scene, frames: Reals, quality: Quality, rng: np.random.Generator, shift_ns: int
) -> SpeedMeasurement:
    sight = scene.sight
    middle = float((frames[0] + frames[-1]) / 2)
    true_kmh = float(abs(scene.drive.speed_ms(np.array([middle]))[0])) * 3.6
    if sight.void is not None or true_kmh < 3.0:
        return SpeedMeasurement(None, void_reason=sight.void or "the vehicle hardly moved")
    expanded = quality.speed_kmh * max(1.0, true_kmh / 100.0)
    if sight.speed_uncertainty_kmh is not None:
        expanded = sight.speed_uncertainty_kmh
    error = expanded / 2 * within(rng) if sight.speed_error_kmh is None else sight.speed_error_kmh
    return SpeedMeasurement(
        true_kmh + error, expanded, base_m=20.0, duration_s=1.0, points=len(frames), residual_m=0.1,
        at_ns=scene.moment_ns(middle) + shift_ns, tracked=sight.part,
    )  # fmt: skip


def _lamps(
    scene: Scene, quality: Quality, rng: np.random.Generator, frames: Reals, shift_ns: int
) -> tuple[LampPhase, ...]:
    by_camera = scene.sight.lamps_from == "camera"
    expanded_ms = quality.lamp_ms if by_camera else 20.0
    phases = []
    for lamp in (*scene.lamps, *scene.sight.extra_lamps):
        if lamp.until_s < frames[0] - 20.0 or lamp.from_s > frames[-1] + 1.0:
            continue
        # The camera knows a state until its last look before the change.
        until = min(lamp.until_s, frames[-1] + 1.0) - (rng.uniform(0.0, 0.1) if by_camera else 0.0)
        start = lamp.from_s + expanded_ms / 2e3 * within(rng)
        phases.append(LampPhase(
            lamp.signal, lamp.state,
            scene.moment_ns(start) + by_camera * shift_ns,
            scene.moment_ns(max(until, start)) + by_camera * shift_ns,
            expanded_ms, scene.sight.lamps_from,
        ))  # fmt: skip
    return tuple(phases)


def _plate(reading: Reading | None, track: tuple[TrackPoint, ...]) -> PlateReading | None:
    if reading is None:
        return None
    if reading.text is None:
        return PlateReading(None, reading.probability)
    text = reading.text
    each = reading.probability ** (1 / len(text))
    lattice = [
        (CharacterCandidate(c, each), CharacterCandidate("7" if c != "7" else "1", 0.9 * (1 - each)))
        for c in text
    ]
    if reading.instead is not None:
        place, character, share = reading.instead
        lattice[place] = (CharacterCandidate(text[place], 1 - share), CharacterCandidate(character, share))
    confidence = math.prod(slot[0].probability for slot in lattice)
    reads = tuple(
        PlateRead(p.captured_at_ns, text, 0.97, (0.99,) * len(text), _BOX)
        for p in track[:: max(len(track) // 3, 1)]
    )
    return PlateReading(text, confidence, tuple(lattice), reads)


def _elsewhere(scene: Scene, rng: np.random.Generator) -> tuple[SectionEntry | None, OtherSighting | None]:
    section = other = None
    if (entry := scene.entered) is not None:
        error_ms = entry.sigma_ms * within(rng) if entry.error_ms is None else entry.error_ms
        behind = scene.vehicle.length_m if entry.part == "rear" else 0.0
        late_s = behind / float(scene.drive.speed_ms(np.zeros(1))[0])
        section = SectionEntry(
            entry.section, entry.camera, "entry-passage",
            scene.moment_ns(entry.at_s + late_s + error_ms / 1e3), entry.sigma_ms, entry.probability,
            entry.part, entry.conditions,
        )  # fmt: skip
    if (seen := scene.elsewhere) is not None:
        error_ms = seen.sigma_ms * within(rng) if seen.error_ms is None else seen.error_ms
        other = OtherSighting(
            seen.camera, "other-passage", scene.moment_ns(seen.at_s + error_ms / 1e3), seen.distance_m,
            seen.probability, seen.sigma_ms, seen.kind, 0.95 if seen.kind else 0.0,
        )  # fmt: skip
    return section, other
