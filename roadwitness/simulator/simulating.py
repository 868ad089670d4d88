"""Renders a scene into a folder: the clip, its ground truth, and the site's files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from roadwitness.simulator.camera import Image
from roadwitness.simulator.clip import Progress, encode, truth_of
from roadwitness.simulator.errors import SimulatorError
from roadwitness.simulator.keepers import invent_register, save_register
from roadwitness.simulator.rendering import render
from roadwitness.simulator.scene import RENDERER_VERSION, SceneSettings
from roadwitness.simulator.scenes import straight
from roadwitness.simulator.scenes.registry import build_scene
from roadwitness.simulator.scenes.request import SceneRequest
from roadwitness.simulator.site_files import write_site
from roadwitness.simulator.traffic import Drive
from roadwitness.simulator.truth import FrameTruth, save_truth

Scene = SceneSettings | SceneRequest
SITE_FILES = ("clip.mp4", "truth.json", "site.toml")
SHARED_FILES = ("policy.toml", "register.csv")
STAMP = "scene.json"


@dataclass(frozen=True)
class SimulatedSite:
    """Where a finished simulation lies."""

    folder: Path
    scene: Scene

    @property
    def site_file(self) -> Path:
        """The site file that names all others."""
        return self.folder / "site.toml"

    @property
    def site_files(self) -> tuple[Path, ...]:
        """The site files of all its cameras; one, unless the scene is a section."""
        return tuple(sorted(self.folder.glob("site.toml")) or sorted(self.folder.glob("*/site.toml")))

    @property
    def clip(self) -> Path:
        """The clip."""
        return self.folder / "clip.mp4"

    @property
    def truth_file(self) -> Path:
        """The ground truth."""
        return self.folder / "truth.json"


def _stamp(scene: Scene) -> bytes:
    return msgspec.json.encode({"renderer": RENDERER_VERSION, "scene": scene})


def is_rendered(out: Path, scene: Scene) -> bool:
    """Whether ``out`` holds a finished render of exactly ``scene`` by this version."""
    stamp = out / STAMP
    return (
        stamp.is_file()
        and stamp.read_bytes() == _stamp(scene)
        and all((out / name).is_file() for name in SHARED_FILES)
        and any(all((at / name).is_file() for name in SITE_FILES) for at in (out, out / "entry"))
    )


def simulate(out: Path, scene: Scene, progress: Progress | None = None) -> SimulatedSite:
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


def _write(folder: Path, scene: Scene, progress: Progress | None) -> None:
    scenario = build_scene(scene) if isinstance(scene, SceneRequest) else straight.build(scene)
    everyone = {v.vehicle_id: v for plan in scenario.plans for v in plan.vehicles}
    rows = invent_register(list(everyone.values()), scenario.unregistered, scenario.seed)
    keepers = {row.plate: row.keeper_id for row in rows}
    total, done = sum(len(plan.times()) for plan in scenario.plans), 0
    for plan in scenario.plans:
        place = folder / plan.site.folder
        place.mkdir(exist_ok=True)
        seen: list[list[FrameTruth]] = [[] for _ in plan.vehicles]
        encode(place / "clip.mp4", plan, render(plan, seen), _after(progress, done, total))
        done += len(plan.times())
        save_truth(place / "truth.json", truth_of(plan, seen, keepers))
        write_site(place / "site.toml", plan)
    save_register(folder / "register.csv", rows)
    (folder / "policy.toml").write_text(scenario.policy, encoding="utf-8")
    (folder / STAMP).write_bytes(_stamp(scene))


def _after(progress: Progress | None, done: int, total: int) -> Progress | None:
    """Progress of one of several clips in terms of all their frames."""
    return None if progress is None else lambda number, _: progress(done + number, total)


def render_frames(
    scene: SceneSettings, drives: Sequence[Drive], seen: Sequence[list[FrameTruth]]
) -> Iterator[Image]:
    """A straight scene's frames, BGR (height, width, 3); what each shows is appended to ``seen``."""
    return render(straight.plan_of(scene, drives), seen)
