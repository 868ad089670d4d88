"""Encodes a plan's frames with the times that its clip gives them, and states the truth about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from roadwitness.simulator.camera import Image
from roadwitness.simulator.clip_time import FrameTime
from roadwitness.simulator.plan import Plan
from roadwitness.simulator.trips import Moving
from roadwitness.simulator.truth import ClockTruth, FrameTruth, PathPoint, PhaseTruth, Truth, VehicleTruth

Progress = Callable[[int, int], None]
TICKS_A_SECOND = 90_000


def encode(path: Path, plan: Plan, frames: Iterator[Image], progress: Progress | None) -> None:
    """Write H.264 with one presentation time a frame; ``progress`` hears (frames done, frames in all).

    The coding itself always declares the rate of the camera; the container has the times of the plan's clock.
    """
    times = plan.times()
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=plan.fps)
        stream.width, stream.height, stream.pix_fmt = plan.width, plan.height, "yuv420p"
        stream.time_base = Fraction(1, plan.fps)
        stream.options = {"crf": str(plan.quality_crf), "preset": "veryfast", "threads": "1"}
        if plan.clock_fault != "right":
            # Without frames that refer forwards, packets come out in the order of their times.
            stream.options = {**stream.options, "bf": "0"}
        for number, image in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, plan.fps)
            container.mux(_stamped(stream.encode(frame), plan, times))
            if progress is not None:
                progress(number + 1, len(times))
        container.mux(_stamped(stream.encode(None), plan, times))


def _stamped(packets: list[Any], plan: Plan, times: Sequence[FrameTime]) -> list[Any]:
    """The packets with the times that the plan's clock gives them."""
    if plan.clock_fault != "right":
        for packet in packets:
            number = round(packet.pts * packet.time_base * plan.fps)
            packet.time_base = Fraction(1, TICKS_A_SECOND)
            packet.pts = packet.dts = round(times[number].stamped_s * TICKS_A_SECOND)
    return packets


def truth_of(plan: Plan, seen: Sequence[Sequence[FrameTruth]], keepers: Mapping[str, str]) -> Truth:
    """The truth of a rendered plan; ``keepers`` are the register's keeper ids by plate."""
    times = plan.times()
    right = plan.clock_fault == "right"
    taken, stamped = (
        ((), ()) if right else (tuple(t.taken_s for t in times), tuple(t.stamped_s for t in times))
    )
    phases = tuple(
        PhaseTruth(head.signal_id, phase.state, phase.from_s, phase.until_s)
        for head in plan.signals
        for phase in head.programme.phases(0.0, plan.duration_s)
    )
    return Truth(
        plan.seed,
        plan.fps,
        plan.width,
        plan.height,
        len(times),
        plan.limit_kmh,
        plan.threshold_kmh,
        tuple(
            _vehicle_truth(plan, vehicle, frames, keepers.get(vehicle.plate.text), times)
            for vehicle, frames in zip(plan.vehicles, seen, strict=True)
            if frames
        ),
        scene=plan.scene,
        weather=plan.weather.name,
        shake=plan.shake.kind,
        camera_turned_at_s=plan.shake.turned_at_s(plan.duration_s),
        recorded_at=(plan.site.recorded_at - timedelta(seconds=plan.clock_offset_s)).isoformat(),
        phases=phases,
        road=plan.road,
        clock=ClockTruth(plan.clock_fault, plan.clock_offset_s, taken, stamped),
    )


def _vehicle_truth(
    plan: Plan,
    vehicle: Moving,
    frames: Sequence[FrameTruth],
    keeper_id: str | None,
    times: Sequence[FrameTime],
) -> VehicleTruth:
    return VehicleTruth(
        vehicle_id=vehicle.vehicle_id,
        vehicle_class=vehicle.model.label,
        plate=vehicle.plate.text,
        plate_display=vehicle.plate.display,
        country=vehicle.plate.country,
        keeper_id=keeper_id,
        speed_kmh=vehicle.speed_kmh,
        lane=vehicle.lane,
        colour=vehicle.look.colour,
        first_frame=frames[0].frame,
        last_frame=frames[-1].frame,
        speeding=vehicle.speed_kmh > plan.threshold_kmh,
        boxes=tuple(frames),
        behaviour=vehicle.behaviour,
        length_m=round(vehicle.model.length, 3),
        width_m=round(vehicle.model.width, 3),
        path=path_truth(vehicle, times),
        offences=vehicle.offences,
    )


def path_truth(vehicle: Moving, times: Sequence[FrameTime]) -> tuple[PathPoint, ...]:
    """Where a vehicle is in each frame in which it is in the scene."""
    points = []
    for number, time in enumerate(times):
        if vehicle.enters_s <= time.taken_s <= vehicle.leaves_s:
            pose = vehicle.pose(time.taken_s)
            place = (round(pose.x_m, 3), round(pose.y_m, 3), round(pose.heading_deg, 2))
            points.append(PathPoint(number, *place, round(vehicle.speed_ms_at(time.taken_s) * 3.6, 3)))
    return tuple(points)
