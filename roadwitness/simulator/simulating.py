"""Renders a scene into a folder: the clip, its ground truth, and the site's files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import msgspec
import numpy as np

from roadwitness.simulator.background import paint_background
from roadwitness.simulator.camera import Image
from roadwitness.simulator.compositing import Actor, Sighting, compose
from roadwitness.simulator.errors import SimulatorError
from roadwitness.simulator.keepers import invent_register, save_register
from roadwitness.simulator.noise import NoiseBank
from roadwitness.simulator.scene import RENDERER_VERSION, SceneSettings
from roadwitness.simulator.site_files import write_policy, write_site
from roadwitness.simulator.traffic import Drive, plan_traffic
from roadwitness.simulator.truth import FrameTruth, Truth, VehicleTruth, save_truth

Progress = Callable[[int, int], None]
FILES = ("clip.mp4", "truth.json", "site.toml", "policy.toml", "register.csv")
STAMP = "scene.json"


@dataclass(frozen=True)
class SimulatedSite:
    """Where a finished simulation lies."""

    folder: Path
    scene: SceneSettings

    @property
    def site_file(self) -> Path:
        """The site file that names all others."""
        return self.folder / "site.toml"

    @property
    def clip(self) -> Path:
        """The clip."""
        return self.folder / "clip.mp4"

    @property
    def truth_file(self) -> Path:
        """The ground truth."""
        return self.folder / "truth.json"


def _stamp(scene: SceneSettings) -> bytes:
    return msgspec.json.encode({"renderer": RENDERER_VERSION, "scene": scene})


def is_rendered(out: Path, scene: SceneSettings) -> bool:
    """Whether ``out`` holds a finished render of exactly ``scene`` by this version."""
    stamp = out / STAMP
    return (
        stamp.is_file()
        and stamp.read_bytes() == _stamp(scene)
        and all((out / name).is_file() for name in FILES)
    )


def simulate(out: Path, scene: SceneSettings, progress: Progress | None = None) -> SimulatedSite:
    """Render ``scene`` into the folder ``out``; ``progress`` hears (frames done, frames in all).

    All is written beside ``out`` and renamed at the end, so ``out`` is either whole or as it was. An earlier
    simulation in ``out`` is replaced; any other folder that is not empty is left alone.

    Raises ``SimulatorError``.
    """
    if out.exists() and not (out / STAMP).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise SimulatorError(f"{out} holds something else than a simulation: choose an empty or new folder.")
    partial, old = (out.parent / f".{out.name}.{suffix}" for suffix in ("partial", "old"))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        for leftover in (partial, old):
            shutil.rmtree(leftover, ignore_errors=True)
        partial.mkdir()
        _write(partial, scene, progress)
        if out.exists():
            out.rename(old)
        partial.rename(out)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise SimulatorError(
            f"The simulation cannot be written to {out}: {error.strerror or error}."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return SimulatedSite(out, scene)


def _write(folder: Path, scene: SceneSettings, progress: Progress | None) -> None:
    drives = plan_traffic(scene)
    unregistered = _unregistered(scene, drives)
    rows = invent_register(drives, unregistered, scene.seed)
    seen: list[list[FrameTruth]] = [[] for _ in drives]
    _encode(folder / "clip.mp4", scene, render_frames(scene, drives, seen), progress)
    keepers = {row.plate: row.keeper_id for row in rows}
    vehicles = tuple(
        _vehicle_truth(scene, drive, frames, keepers.get(drive.plate.text))
        for drive, frames in zip(drives, seen, strict=True)
        if frames
    )
    truth = Truth(
        scene.seed,
        scene.fps,
        scene.width,
        scene.height,
        scene.frames,
        scene.limit_kmh,
        scene.threshold_kmh,
        vehicles,
    )
    save_truth(folder / "truth.json", truth)
    save_register(folder / "register.csv", rows)
    write_site(folder / "site.toml", scene)
    write_policy(folder / "policy.toml", scene)
    (folder / STAMP).write_bytes(_stamp(scene))


def _unregistered(scene: SceneSettings, drives: Sequence[Drive]) -> frozenset[str]:
    """In a scene of some size one speeder and one other have no keeper: a match must not be made up."""
    if len(drives) < 12:
        return frozenset()
    fast = [d.vehicle_id for d in drives if d.speed_kmh > scene.threshold_kmh]
    slow = [d.vehicle_id for d in drives if d.speed_kmh <= scene.threshold_kmh]
    return frozenset(fast[-1:] + slow[-1:])


def render_frames(
    scene: SceneSettings, drives: Sequence[Drive], seen: Sequence[list[FrameTruth]]
) -> Iterator[Image]:
    """The clip's frames, BGR (height, width, 3); what each shows is appended to ``seen``, a list a drive."""
    camera, light = scene.camera(), scene.light()
    rng = np.random.default_rng([scene.seed, 4])
    background = paint_background(camera, light, scene.road(), rng)
    noise = NoiseBank(rng, scene.width, scene.height, scene.noise)
    for frame in range(scene.frames):
        at_s = frame / scene.fps
        present = [i for i, drive in enumerate(drives) if drive.enters_s <= at_s <= drive.leaves_s]
        actors = [
            Actor(d.model, d.look, d.plate, d.pose(at_s), d.speed_kmh / 3.6)
            for d in (drives[i] for i in present)
        ]
        image, sightings = compose(background, camera, light, actors, scene.exposure_s)
        for index, sighting in zip(present, sightings, strict=True):
            if sighting is not None:
                seen[index].append(_frame_truth(frame, sighting))
        yield noise.apply(image)


def _frame_truth(frame: int, sighting: Sighting) -> FrameTruth:
    def rounded(values: Sequence[float]) -> tuple[float, ...]:
        return tuple(round(float(value), 2) for value in values)

    return msgspec.convert(
        {
            "frame": frame,
            "vehicle": rounded(sighting.vehicle.tolist()),
            "plate": None if sighting.plate is None else rounded(sighting.plate.tolist()),
            "plate_corners": None
            if sighting.plate_corners is None
            else tuple(rounded(corner) for corner in sighting.plate_corners.tolist()),
            "face": None if sighting.face is None else rounded(sighting.face.tolist()),
            "visible": round(sighting.visible, 3),
        },
        FrameTruth,
    )


def _vehicle_truth(
    scene: SceneSettings, drive: Drive, frames: Sequence[FrameTruth], keeper_id: str | None
) -> VehicleTruth:
    return VehicleTruth(
        vehicle_id=drive.vehicle_id,
        vehicle_class=drive.model.label,
        plate=drive.plate.text,
        plate_display=drive.plate.display,
        country=drive.plate.country,
        keeper_id=keeper_id,
        speed_kmh=drive.speed_kmh,
        lane=drive.lane,
        colour=drive.look.colour,
        first_frame=frames[0].frame,
        last_frame=frames[-1].frame,
        speeding=drive.speed_kmh > scene.threshold_kmh,
        boxes=tuple(frames),
    )


def _encode(path: Path, scene: SceneSettings, frames: Iterator[Image], progress: Progress | None) -> None:
    """Write H.264 with one presentation time a frame."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=scene.fps)
        stream.width, stream.height, stream.pix_fmt = scene.width, scene.height, "yuv420p"
        stream.time_base = Fraction(1, scene.fps)
        stream.options = {"crf": str(scene.quality_crf), "preset": "veryfast", "threads": "1"}
        for number, image in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, scene.fps)
            container.mux(stream.encode(frame))
            if progress is not None:
                progress(number + 1, scene.frames)
        container.mux(stream.encode(None))
